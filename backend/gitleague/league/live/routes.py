"""Live updates over HTTP."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gitleague.accounts.caller import Spectator, identify_again, member_of
from gitleague.core.errors import LeagueError, Unavailable
from gitleague.core.routing import Routes
from gitleague.core.session import database_of
from gitleague.core.settings import Settings
from gitleague.league.live.newsroom import Newsroom
from gitleague.league.live.stream import stream

router = Routes(tags=["events"])
HOUR = 3600
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
EXAMPLE = "id: 7\nevent: standings.changed\ndata: {}\n\n"


class _Listening(StreamingResponse):
    """Leaves in any case: a stream whose reader went before its first word never runs."""

    def __init__(self, words: AsyncIterator[bytes], *, leave: Callable[[], None]) -> None:
        super().__init__(words, media_type="text/event-stream", headers=HEADERS)
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


@router.get(
    "/projects/{project_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `standings.changed`, `award.given`, and "
            "`fantasy.changed` with the id of the fantasy league.",
            "content": {"text/event-stream": {"example": EXAMPLE}},
        }
    },
)
async def listen(
    request: Request,
    member: Spectator,
    last_event_id: Annotated[
        str,
        Header(description="The id of the last event received: newer ones are sent first."),
    ] = "",
    seconds: Annotated[
        int,
        Query(
            ge=0,
            le=HOUR,
            description="How long the stream stays open, in seconds, up to 3600. Default 3600. "
            "Connect again when it ends.",
        ),
    ] = HOUR,
) -> StreamingResponse:
    """Streams an event whenever there is something new. It ends when the caller loses access."""

    def still_may() -> bool:
        try:
            caller = identify_again(request)
            if caller is None:
                return False
            with database_of(request).reading() as session:
                member_of(session, caller, member.project_id)
        except Unavailable:
            return True  # the database is busy: asked again soon
        except LeagueError:
            return False
        return True

    newsroom: Newsroom = request.app.state.newsroom
    listener = await newsroom.join(member.project_id, member.caller.user_id)
    seen = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else None
    if seen is not None and len(last_event_id) > 18:
        seen = None
    settings: Settings = request.app.state.settings
    words = stream(
        newsroom,
        listener,
        last_id=seen,
        seconds=seconds,
        heartbeat=settings.live_heartbeat_seconds,
        still_may=still_may,
    )
    return _Listening(
        words,
        leave=partial(newsroom.leave, listener),
    )
