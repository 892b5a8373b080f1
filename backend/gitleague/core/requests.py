"""Around every request: an id, a line in the log, and headers that keep pages safe. Plain ASGI."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gitleague.core.log import request_id as current_request_id
from gitleague.core.metrics import Metrics, route_of

log = logging.getLogger("gitleague.access")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
_HSTS = "max-age=31536000"


class RequestTrail:
    """Gives a request its id, and tells the log how it went: never its path as it was sent, its
    query, headers or body.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        https: bool,
        metrics: Metrics,
        answer_defect: Callable[[Request, Exception], Response],
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.answer_defect = answer_defect
        self.headers = SAFE_HEADERS | ({"Strict-Transport-Security": _HSTS} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        known_as = current_request_id.set(request_id)
        started = time.perf_counter()
        answered = 0.0
        status = 0

        async def with_headers(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                answered = time.perf_counter()
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                varies = "authorization" in headers.get("vary", "").lower()
                if "private" in headers["Cache-Control"] and not varies:
                    headers.add_vary_header("Authorization, Cookie")
            await send(message)

        try:
            await self.app(scope, receive, with_headers)
        except Exception as error:
            if status:
                raise  # half an answer is out: the connection must break
            response = await run_in_threadpool(self.answer_defect, Request(scope), error)
            await response(scope, receive, with_headers)
        finally:
            seconds = (answered or time.perf_counter()) - started
            self.metrics.note_request(scope, status=status, seconds=seconds)
            _log(scope, status, time.perf_counter() - started, request_id)
            current_request_id.reset(known_as)


def _log(scope: Scope, status: int, seconds: float, request_id: str) -> None:
    method, path = scope["method"], shown(scope)
    milliseconds = round(seconds * 1000, 1)
    fields: dict[str, Any] = {
        "method": method,
        "path": path,
        "status": status,
        "milliseconds": milliseconds,
        "request_id": request_id,
    }
    log.info("%s %s %s %.1fms %s", method, path, status, milliseconds, request_id, extra=fields)


def shown(scope: Scope) -> str:
    """The template of the route, with ids in it. All else in a path can be a secret: a token, or
    what stands before the host of a git URL; and so can a path that no route has.
    """
    template = route_of(scope)
    for name, value in scope.get("path_params", {}).items():
        if is_id(str(value)):
            template = template.replace(f"{{{name}}}", str(value))
    return template


def is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
