"""Beyond what a process can answer in time it says so at once, and recovers by itself."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
from gitleague.core.shedding import Shedding
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send


def test_a_crowd_is_told_to_come_back_and_the_next_one_is_answered() -> None:
    assert _told("/api/v1", 3) == ([200, 200, 503], 200)


def test_what_watches_the_server_and_streams_are_not_counted() -> None:
    for path in ("/health", "/api/v1/projects/x/events", "/static/league.css"):
        assert _told(path, 3) == ([200, 200, 200], 200)


def _told(path: str, size: int) -> tuple[list[int], int]:
    with ThreadPoolExecutor(1) as apart:  # a browser leaves a loop running in the main thread
        return apart.submit(asyncio.run, _crowd(path, size)).result()


async def _crowd(path: str, size: int) -> tuple[list[int], int]:
    """What `size` callers at once are told by a process that answers two; and one after them."""
    open_now = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await open_now.wait()
        await PlainTextResponse("done")(scope, receive, send)

    def answer(_request: Request, error: Exception) -> Response:
        headers = getattr(error, "headers", {})
        assert int(headers["Retry-After"]) > 0
        return PlainTextResponse(str(error), status_code=503, headers=headers)

    app = Shedding(slow, most=2, answer=answer)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://league") as http:
        asked = [asyncio.create_task(http.get(path)) for _ in range(size)]
        for _ in range(100):  # turns of the loop, in which all of them ask
            await asyncio.sleep(0)
        open_now.set()
        told = sorted([(await task).status_code for task in asked])
        return told, (await http.get(path)).status_code
