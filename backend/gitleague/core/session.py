"""How a route gets its session: the transaction ends before the answer is sent.

Who waits for a connection holds a thread, and who has a connection needs a thread to go on: were
there more requests at work than connections and threads for them all, each would wait for the
others. So they take turns before they have either; who writes, apart from who reads, since those
who write to one league wait for one another. Of those who write, only so many wait for their turn.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from anyio import Semaphore
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


def _reading(request: Request, _turn: Turn) -> Iterator[Session]:
    with database_of(request).reading() as session:
        yield session


def _writing(request: Request, _turn: Turn) -> Iterator[Session]:
    with database_of(request).writing() as session:
        yield session


ReadSession = Annotated[Session, Depends(_reading, scope="function")]
WriteSession = Annotated[Session, Depends(_writing, scope="function")]
