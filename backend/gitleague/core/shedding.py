"""More at once than can be answered in time: the rest is told at once when to come back."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gitleague.core.errors import Unavailable

RETRY_AFTER = 2  # seconds: a crowd goes as fast as it comes
NEVER_SHED = ("/health", "/metrics", "/static/")  # what watches the server, and costs nothing
STREAM = "/events"  # stays open for hours, and waits for news only


class Shedding:
    """Answers 503 with Retry-After while `most` requests are under way in this process."""

    def __init__(
        self, app: ASGIApp, *, most: int, answer: Callable[[Request, Exception], Response]
    ) -> None:
        self.app = app
        self.most = most
        self.answer = answer
        self.under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_free(scope["path"]):
            await self.app(scope, receive, send)
            return
        if self.under_way >= self.most:
            error = Unavailable(
                "The server has more to do than it can. Try again shortly; nothing was lost.",
                retry_after=RETRY_AFTER,
            )
            await self.answer(Request(scope), error)(scope, receive, send)
            return
        self.under_way += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.under_way -= 1


def _is_free(path: str) -> bool:
    return path.startswith(NEVER_SHED) or path.endswith(STREAM)
