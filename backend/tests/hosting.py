"""One HTTP server for all tests of a process; the app behind it is each test's own."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from gitleague.cli.serve import SERVING
from servers import END_SECONDS, START_SECONDS, ServerFailed, listening
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class _Server(uvicorn.Server):
    loop: asyncio.AbstractEventLoop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)


class Host:
    """Listens for as long as the tests run."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._listener = listening()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._server = _Server(uvicorn.Config(self, lifespan="off", **SERVING))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._listener],), name="host", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise ServerFailed("the server did not start; its error is above")
            time.sleep(0.002)

    @contextmanager
    def serving(self, app: FastAPI) -> Iterator[None]:
        """The app from its start to its end, at `url`; one at a time."""
        if self._app:
            raise ServerFailed("this test has the server already; servers.serving starts another")
        begun: Future[asyncio.Event] = Future()
        life = asyncio.run_coroutine_threadsafe(self._live(app, begun), self._server.loop)
        stop = begun.result(START_SECONDS)
        self._app = app
        try:
            yield
        finally:
            self._server.loop.call_soon_threadsafe(stop.set)
            try:
                life.result(2 * END_SECONDS)
            finally:
                self._app = None

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(END_SECONDS)
        self._listener.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._app:
            raise ServerFailed("no test is being served")
        await self._app(scope, receive, send)

    async def _live(self, app: FastAPI, begun: "Future[asyncio.Event]") -> None:
        stop = asyncio.Event()
        try:
            async with app.router.lifespan_context(app):
                begun.set_result(stop)
                await stop.wait()
                await self._hang_up()
        except BaseException as error:
            if not begun.done():
                begun.set_exception(error)
            raise

    async def _hang_up(self) -> None:
        """What is under way is answered; whoever has asked nothing has nothing to wait for."""
        state, deadline = self._server.server_state, time.monotonic() + END_SECONDS
        for connection in list(state.connections):
            if isinstance(connection, HttpToolsProtocol):
                HttpToolsProtocol.shutdown(connection)  # and not as Draining does, who waits
        while state.connections or state.tasks:
            if time.monotonic() > deadline:
                for connection in list(state.connections):
                    connection.transport.abort()
                raise ServerFailed(f"a request did not end within {END_SECONDS} s")
            await asyncio.sleep(0.002)
