"""PostgreSQL and Redis are killed while a server is asked, and come back.

Who asks meanwhile is answered: without its database a server says to come back (503), without
Redis it goes on by itself. It is never an error of the server, nobody waits for long, and when the
other is back all is as before, without a restart.
"""

import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import NamedTuple

import psycopg
import pytest
import redis
import servers
from attacks.processes import SECONDS, Process, server_process
from attacks.world import DAYS
from awaited import until
from databases import DATABASES
from gitleague.core.db import Database
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_person, make_project
from migrations import migrate

pytestmark = [
    pytest.mark.real_clock,
    pytest.mark.timeout(600),  # each starts a handful of programs
    pytest.mark.skipif("postgresql" not in DATABASES, reason="PostgreSQL is left out of this run"),
]
ASKING = 8  # at once
LONG = 60  # seconds; the settings let nobody wait for more than ten


class League(NamedTuple):
    process: Process
    ada: Person
    postgresql: str  # conninfo
    redis: str
    restarted: ExitStack  # what was killed and started again, for the tests that follow

    def client(self) -> Client:
        url = self.process.settings.public_url
        return Client(base_url=url, headers=self.ada.headers, timeout=2 * LONG)


@pytest.fixture(scope="module")
def league(tmp_path_factory: pytest.TempPathFactory) -> Iterator[League]:
    folder = tmp_path_factory.mktemp("killed")
    with servers.postgresql() as conninfo, servers.redis_server() as redis_url:
        host = psycopg.conninfo.conninfo_to_dict(conninfo)["host"]
        url = f"postgresql+psycopg://postgres@/postgres?host={host}"
        migrate(url)
        environment = {"GITLEAGUE_DATABASE_URL": url, "GITLEAGUE_REDIS_URL": redis_url}
        with server_process(folder, **environment) as process:
            database = Database(url)
            with database.writing() as session:
                project_id = make_project(session)
            ada = make_person(database, process.settings, "Ada", project_id, Role.COMMISSIONER)
            database.close()
            with ExitStack() as restarted:
                yield League(process, ada, conninfo, redis_url, restarted)


class Load:
    """Reads and writes, of a league and its jobs, by several at once."""

    def __init__(self, league: League) -> None:
        self.league = league
        self.told: Counter[int] = Counter()
        self.longest = 0.0
        self.stop = Event()

    def ask(self, _number: int) -> None:
        place = f"/api/v1/projects/{self.league.ada.project_id}"
        with self.league.client() as http:
            while not self.stop.is_set():
                for method, path, body in (
                    ("GET", f"{place}/standings", None),
                    ("POST", f"{place}/squads", {"name": uuid.uuid4().hex}),
                    ("POST", f"{place}/awards/give", {"anew_from": str(next(DAYS))}),
                ):
                    began = time.monotonic()
                    answer = http.request(method, path, json=body)
                    self.longest = max(self.longest, time.monotonic() - began)
                    self.told[answer.status_code] += 1

    def goes_on(self) -> None:
        """Each has asked a few times more."""
        enough = self.told.total() + 5 * ASKING
        until(lambda: self.told.total() > enough, seconds=SECONDS)


def why(league: League) -> list[str]:
    """What the server wrote down when it last said to come back."""
    lines = league.process.log.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "away or busy" in line][-5:]


@contextmanager
def under_load(league: League) -> Iterator[Load]:
    load = Load(league)
    with ThreadPoolExecutor(ASKING) as threads:
        asking = [threads.submit(load.ask, number) for number in range(ASKING)]
        try:
            load.goes_on()
            yield load
        finally:
            load.stop.set()
    for each in asking:
        each.result()


def test_postgresql(league: League) -> None:
    with under_load(league) as load:
        assert set(load.told) == {200, 201, 202}
        servers.kill_postgresql(league.postgresql)
        until(lambda: load.told[503], seconds=SECONDS)
        load.goes_on()
        with league.client() as http:
            assert http.get("/health").status_code == 503
        league.restarted.enter_context(servers.postgresql_again(league.postgresql))
        with league.client() as http:
            until(lambda: http.get("/health").is_success, seconds=SECONDS)
        load.told.clear()
        until(lambda: {200, 201, 202} <= set(load.told), seconds=SECONDS)
    assert set(load.told) <= {200, 201, 202, 503}
    assert load.longest < LONG


def test_redis(league: League) -> None:
    with under_load(league) as load, redis.Redis.from_url(league.redis) as client:
        os.kill(client.info()["process_id"], signal.SIGKILL)
        load.goes_on()
        load.goes_on()
        assert set(load.told) == {200, 201, 202}, why(league)
        league.restarted.enter_context(servers.redis_server_at(league.redis))
        until(client.dbsize, seconds=SECONDS)  # what it counts, and the jobs that it asks for
        load.goes_on()
    assert set(load.told) == {200, 201, 202}, why(league)
    assert load.longest < LONG
