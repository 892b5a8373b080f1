"""What goes over the line: server-sent events, as the HTML standard has them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

from anyio import to_thread

from gitleague.league.live.newsroom import Listener, News, Newsroom

BEATS_TO_CHECK = 2  # after which it is asked again whether the listener still may
COME_BACK = 5000  # milliseconds


async def stream(
    newsroom: Newsroom,
    listener: Listener,
    *,
    last_id: int | None,
    seconds: float,
    heartbeat: float,
    still_may: Callable[[], bool],
) -> AsyncIterator[bytes]:
    """Until time is up, the server stops, or the listener may no longer look.

    A word at least every `heartbeat` seconds: proxies end what says nothing for longer.
    """
    try:
        yield f"retry: {COME_BACK}\n\n".encode()
        sent = 0
        if last_id is not None:
            for news in await newsroom.since(listener.project_id, last_id):
                sent = news.id
                yield _written(news)
        ends = time.monotonic() + seconds
        checked = time.monotonic()
        while (left := ends - time.monotonic()) > 0:
            came = await _next(listener, min(heartbeat, left))
            if time.monotonic() - checked >= BEATS_TO_CHECK * heartbeat:
                if not await to_thread.run_sync(still_may):
                    return
                checked = time.monotonic()
            if came is None:
                return
            if isinstance(came, News):
                if came.id > sent:
                    yield _written(came)
            else:
                yield b": still here\n\n"
    finally:
        newsroom.leave(listener)


async def _next(listener: Listener, seconds: float) -> News | bool | None:
    """News, None for the end, False where nothing came."""
    try:
        return await asyncio.wait_for(listener.queue.get(), seconds)
    except asyncio.TimeoutError:
        return False


def _written(news: News) -> bytes:
    data = json.dumps(news.data, separators=(",", ":"))
    return f"id: {news.id}\nevent: {news.event}\ndata: {data}\n\n".encode()
