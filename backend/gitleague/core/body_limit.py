"""How much a request may carry. A route whose bodies are larger than most says so by itself.

Bodies are read before anybody asks who is calling, so without a limit a stranger could fill the
memory of the server. (Starlette's own limit answers in plain text, and knows no settings.)
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gitleague.core.errors import TooLarge

MOST_BYTES = 2 * 1024 * 1024
_STATE = "most_body_bytes"


class BodyLimit:
    """Ends the reading of a body that is too large. Plain ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state[_STATE] = MOST_BYTES
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > state[_STATE]:
                raise body_too_large(state[_STATE])
            return message

        await self.app(scope, limited, send)


def carries_up_to(request: Request, limit: int) -> None:
    """To be said before the body is read."""
    setattr(request.state, _STATE, limit)


def body_too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {limit:,} bytes when unpacked, the most that one request may "
        "carry here. Send less at a time."
    )
