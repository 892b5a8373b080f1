"""What waits for the database is bounded, and `/health` waits for nothing that others hold."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack

import pytest
import servers
from databases import Databases
from gitleague.core.db import MOST_WAITING_TO_WRITE, Database
from gitleague.core.errors import Unavailable
from gitleague.core.session import MOST_WAITING_TO_WRITE as MOST_WAITING_FOR_A_TURN
from gitleague.core.session import WRITERS
from gitleague.core.settings import Settings
from gitleague.server.health import SILENT, Health
from httpx import Client, Response
from make import Person
from sqlalchemy import text

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
THREADS = 40  # in which a process answers requests
CROWD = WRITERS + MOST_WAITING_FOR_A_TURN + 3


@pytest.fixture
def pool(settings: Settings, databases: Databases, database_url: str) -> Database:
    """The app's own."""
    return databases.lend(database_url, "app", wait_seconds=settings.database_wait_seconds)


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CROWD) as threads:
        yield threads


@pytest.mark.on_both
def test_health_waits_for_no_connection_and_no_thread_of_the_requests(
    http: Client, ada: Person, pool: Database, crowd: ThreadPoolExecutor
) -> None:
    with ExitStack() as held:
        for _ in range(pool.engine.pool.size() + pool.engine.pool._max_overflow):
            held.enter_context(pool.engine.connect())
        waiting = [
            crowd.submit(http.get, "/api/v1/projects", headers=ada.headers)
            for _ in range(THREADS + 5)
        ]
        told = [http.get("/health").status_code for _ in range(3)]
        assert not any(each.done() for each in waiting)
    assert told == [200] * 3
    assert {each.result().status_code for each in waiting} == {200}


def test_a_database_that_is_silent_is_not_waited_for() -> None:
    """One question is under way at a time, however many want to know."""

    async def ask() -> list[str]:
        told = []
        for _ in range(3):
            with pytest.raises(Unavailable) as error:
                await health.check()
            told.append(error.value.detail)
        return told

    with servers.listening() as silent:
        silent.listen()
        silent.setblocking(False)
        port = silent.getsockname()[1]
        health = Health(f"postgresql+psycopg://nobody@127.0.0.1:{port}/league", seconds=0.05)
        with ThreadPoolExecutor(1) as apart:  # a browser of another test has its loop here
            assert apart.submit(asyncio.run, ask()).result() == [SILENT] * 3
        came, _ = silent.accept()
        came.close()
        with pytest.raises(BlockingIOError):
            silent.accept()
    health.close()


@ON_SQLITE
def test_so_many_wait_for_their_turn_to_write_and_the_rest_comes_back(
    http: Client, ada: Person, database: Database, crowd: ThreadPoolExecutor
) -> None:
    def join() -> Response:
        return http.post(f"/api/v1/projects/{ada.project_id}/join", headers=ada.headers)

    most = WRITERS + MOST_WAITING_FOR_A_TURN
    with database.writing() as session:
        session.execute(text("SELECT 1"))
        asked = [crowd.submit(join) for _ in range(most + 3)]
        refused = [each.result() for _, each in zip(range(3), as_completed(asked), strict=False)]
        assert [each.status_code for each in refused] == [503] * 3
        assert all(int(each.headers["Retry-After"]) > 0 for each in refused)
        assert http.get("/health").status_code == 200
    told = [each.result().status_code for each in asked]
    assert (told.count(503), len(set(told))) == (3, 2)


@ON_SQLITE
def test_so_many_threads_wait_for_the_one_writer_of_sqlite(
    database: Database, crowd: ThreadPoolExecutor
) -> None:
    """Also those that belong to no request."""

    def write() -> bool:
        try:
            with database.writing() as session:
                session.execute(text("SELECT 1"))
        except Unavailable:
            return False
        return True

    with database.writing() as session:
        session.execute(text("SELECT 1"))
        asked = [crowd.submit(write) for _ in range(MOST_WAITING_TO_WRITE + 3)]
        refused = [each.result() for _, each in zip(range(3), as_completed(asked), strict=False)]
    assert refused == [False] * 3
    assert [each.result() for each in asked].count(True) == MOST_WAITING_TO_WRITE
