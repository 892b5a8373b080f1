"""Bodies that are made to fill the memory of a server or to keep it busy.

Each is sent to a process of its own that serves a league. What it holds while it answers stays
below 512 MB, and its answer comes within 60 seconds and is short.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from attacks.bodies import BODIES, MEGABYTE, Hostile, send
from attacks.processes import Process, server_process
from gitleague.core.db import Database
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_person, make_project, make_repo
from served import copy_of

MOST_MEMORY, MOST_SECONDS, MOST_SAID = 512 * MEGABYTE, 60, 2 * MEGABYTE


class League(NamedTuple):
    process: Process
    ada: Person
    places: tuple[object, object]


@pytest.fixture(scope="module")
def league(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[League]:
    folder = tmp_path_factory.mktemp("hostile")
    url = copy_of(sqlite_template, folder)
    with (
        server_process(folder, GITLEAGUE_DATABASE_URL=url) as process,
        closing(Database(url)) as database,
    ):
        with database.writing() as session:
            project_id = make_project(session)
            repo_id = make_repo(session, project_id)
        ada = make_person(database, process.settings, "Ada", project_id, Role.COMMISSIONER)
        yield League(process, ada, (project_id, repo_id))


@pytest.mark.real_clock
@pytest.mark.timeout(360)
@pytest.mark.parametrize("hostile", BODIES, ids=lambda hostile: hostile.name)
def test_it_costs_little_memory_and_time(league: League, hostile: Hostile) -> None:
    league.process.forget_peak()
    told = send(
        hostile, league.process.address, league.ada.jwt, league.places, seconds=MOST_SECONDS
    )
    peak = league.process.peak()
    assert told.status == hostile.status, told
    assert told.size < MOST_SAID
    assert peak < MOST_MEMORY
    with Client(base_url=league.process.settings.public_url) as http:
        assert http.get("/health").is_success
