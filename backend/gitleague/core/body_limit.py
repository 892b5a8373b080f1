"""How much a request may carry. A route whose bodies are larger than most says so: `@carries`.

Bodies are read before anybody asks who is calling, so without a limit a stranger could fill the
memory of the server. (Starlette's own limit answers in plain text, and knows no settings.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gitleague.core.errors import TooLarge

MOST_BYTES = 64 * 1024
_STATE = "most_body_bytes"
Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


def carries(most_bytes: int) -> Callable[[Endpoint], Endpoint]:
    """Above a route's function, below its decorator: what its bodies may have."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _STATE, most_bytes)
        return endpoint

    return mark


class BodyLimit:
    """Ends the reading of a body that is too large. Plain ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # Who answers is known by now: nobody reads a body before the route is found.
            most = state.get(_STATE) or getattr(scope.get("endpoint"), _STATE, MOST_BYTES)
            if received > most:
                raise body_too_large(most)
            return message

        await self.app(scope, limited, send)


def carries_up_to(request: Request, limit: int) -> None:
    """As `carries`, for what depends on the settings; to be said before the body is read."""
    setattr(request.state, _STATE, limit)


def body_too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {limit:,} bytes when unpacked, the most that one request may "
        "carry here. Send less at a time."
    )
