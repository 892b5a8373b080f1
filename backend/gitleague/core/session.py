"""How a route gets its session: the transaction ends before the answer is sent.

Who waits for a connection holds a thread, and who has a connection needs a thread to go on: were
there more requests at work than connections and threads for them all, each would wait for the
others. So they take turns before they have either; who writes, apart from who reads, since those
who write to one league wait for one another. Of those who write, only so many wait for their turn.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from typing import Annotated

from anyio import CancelScope, CapacityLimiter, Semaphore, to_thread
from fastapi import Depends, Request
from sqlalchemy.orm import Session

from gitleague.core.db import Database
from gitleague.core.errors import Unavailable

# A request has two connections at most: of whom it asks who the caller is, and of its own.
READERS, WRITERS = 6, 4
MOST_WAITING_TO_WRITE = 80
SAFE = {"GET", "HEAD", "OPTIONS"}


class Turns:
    """How many requests of a process may be at work with the database."""

    def __init__(self) -> None:
        self._readers, self._writers = Semaphore(READERS), Semaphore(WRITERS)
        self.endings = CapacityLimiter(READERS + WRITERS)

    def of(self, request: Request) -> Semaphore:
        """Raises Unavailable where too many wait already."""
        if request.method in SAFE:
            return self._readers
        if self._writers.statistics().tasks_waiting >= MOST_WAITING_TO_WRITE:
            raise Unavailable
        return self._writers


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _turn(request: Request) -> AsyncIterator[None]:
    turns: Turns = request.app.state.turns
    async with turns.of(request):
        yield


Turn = Annotated[None, Depends(_turn, scope="function")]


@asynccontextmanager
async def _in_a_route(
    request: Request, opened: AbstractContextManager[Session]
) -> AsyncIterator[Session]:
    """A session asks nothing when it begins; to commit, or to give back its connection, may wait.

    That has threads of its own: else those who end would wait for those who wait for them.
    """
    turns: Turns = request.app.state.turns
    session = opened.__enter__()
    try:
        yield session
    except BaseException as error:
        end = partial(opened.__exit__, type(error), error, error.__traceback__)
        with CancelScope(shield=True):
            await to_thread.run_sync(end, limiter=turns.endings)
        raise
    await to_thread.run_sync(opened.__exit__, None, None, None, limiter=turns.endings)


async def _reading(request: Request, _turn: Turn) -> AsyncIterator[Session]:
    async with _in_a_route(request, database_of(request).reading()) as session:
        yield session


async def _writing(request: Request, _turn: Turn) -> AsyncIterator[Session]:
    async with _in_a_route(request, database_of(request).writing()) as session:
        yield session


ReadSession = Annotated[Session, Depends(_reading, scope="function")]
WriteSession = Annotated[Session, Depends(_writing, scope="function")]
