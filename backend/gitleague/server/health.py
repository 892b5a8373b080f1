"""Whether the database answers, asked over a connection and in a thread of its own.

Whatever waits in the pool of connections or for a thread of the requests: this waits for neither.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from math import ceil

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gitleague.core.db import Database
from gitleague.core.errors import Unavailable

log = logging.getLogger(__name__)
SECONDS = 1.0  # to wait for an answer
SILENT = "The database has not answered in time. Try again shortly."
BROKEN = "The database does not answer. The log of the server says why."
THREAD = "health"  # what its name begins with


class Health:
    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        self.database = Database(url, pool_size=1, wait_seconds=ceil(seconds))
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=THREAD)
        self._asked: Future[None] | None = None

    async def check(self) -> None:
        """Raises Unavailable. All who ask while a question is under way wait for its answer."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._ask)
        answer = asyncio.wrap_future(self._asked)
        done, _ = await asyncio.wait([answer], timeout=self._seconds)
        if not done:
            raise Unavailable(SILENT)
        try:
            answer.result()
        except DBAPIError as error:  # whatever is wrong with it
            log.exception("the database does not answer")
            raise Unavailable(BROKEN) from error

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        self.database.close()

    def _ask(self) -> None:
        with self.database.reading() as session:
            session.execute(text("SELECT 1"))
