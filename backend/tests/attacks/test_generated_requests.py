"""What nobody would think of: requests that are made from the description of the API.

Each operation is asked what fits its description and what does not, about objects that exist, by
the commissioner of their league. No answer is an error of the server, and each is as described.
`make test` asks 20 times an operation; `make fuzz` 500 times, in a league that has everything.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
import schemathesis
import servers
from attacks.access import Route
from attacks.conftest import CASES, IS_LONG, SEED, UNLIMITED
from attacks.table import LET_IN, ROUTES, body_of, subject_of
from attacks.world import World, make_world, world_of_everything
from generated_docs import DOCS
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from httpx import Client, Response
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import copy_of, everything_on

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DESCRIPTION = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [
    f"{method.upper()} {path}" for path, said in DESCRIPTION["paths"].items() for method in said
]
BY_PLACE = {route.place.replace(":path}", "}"): route for route in ROUTES}
ODD = st.text() | st.integers() | st.lists(st.text(max_size=3), max_size=2)  # in a query
ODD_IDS = st.uuids().map(str) | st.text(min_size=1).filter(lambda text: text.strip(".")).map(quote)
SHORT = {"seconds": 0}  # how long a stream stays open


class Fuzzed(NamedTuple):
    """A server whose database is as it was before each operation. It does no jobs."""

    world: World
    schema: BaseSchema
    file: Path
    as_it_was: Path

    def fresh_world(self) -> World:
        with (
            closing(sqlite3.connect(self.as_it_was)) as source,
            closing(sqlite3.connect(self.file, timeout=60)) as target,
        ):
            source.backup(target)
        callers = replace(
            self.world.callers,
            people=dict(self.world.callers.people),
            credentials=dict(self.world.callers.credentials),
        )
        return replace(self.world, callers=callers)


@pytest.fixture(scope="module")
def fuzzed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    folder = tmp_path_factory.mktemp("fuzzed")
    made = everything_on(sqlite_template) if IS_LONG else None
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        league = Settings(
            _env_file=None,
            database_url=copy_of(made.file if made else sqlite_template, folder),
            data_dir=folder,
            public_url=url,
            operators=("olga@example.org",),
            **UNLIMITED,
        )
        with (
            servers.serving(create_app(league), opened),
            Client(base_url=url, timeout=60) as http,
            closing(Database(league.database)) as database,
        ):
            if made:
                world = world_of_everything(database, league, http, made.league[0])
            else:
                world = make_world(database, league, http)
            as_it_was = folder / "as-it-was.db"
            with (
                closing(sqlite3.connect(folder / "league.db")) as source,
                closing(sqlite3.connect(as_it_was)) as target,
            ):
                source.backup(target)
            schema = schemathesis.openapi.from_dict(deepcopy(DESCRIPTION))
            yield Fuzzed(world, schema, folder / "league.db", as_it_was)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("place", OPERATIONS)
def test_no_request_finds_an_error_of_the_server(fuzzed: Fuzzed, place: str) -> None:
    route, world = BY_PLACE[place], fuzzed.fresh_world()
    kind = next(kind for kind in LET_IN if kind in route.access.value)
    subject = subject_of(world, route, kind)
    operation = fuzzed.schema.find_operation_by_label(place)
    assert operation

    @seed(SEED)
    @settings(
        max_examples=CASES,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests(operation, route, subject))
    def is_answered_as_described(case: Case) -> None:
        answer = send(world.http, case, world.callers.headers(kind))
        if route.leaves:
            world.callers.sign_in_again(world.database, kind)
        case.validate_response(answer, checks=CHECKS)

    is_answered_as_described()


def send(http: Client, case: Case, headers: dict[str, str]) -> Response:
    asked = case.as_transport_kwargs(base_url=str(http.base_url))
    names = {"method", "url", "params", "json", "data"} & set(asked)
    http.cookies.clear()
    request = {name: asked[name] for name in names}
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    return http.request(**request, headers={**asked["headers"], **headers})


@st.composite
def requests(
    draw: st.DrawFn, operation: APIOperation, route: Route, subject: dict[str, object]
) -> Case:
    """Most fit the description, and are about what exists.

    What is wrong in a query is made here, since schemathesis takes ten times as long for it.
    """
    path = {name: str(value) for name, value in subject.items() if f"{{{name}}}" in route.place}
    path |= {"repo": path.pop("repo:path")} if "repo:path" in path else {}
    fixed: dict[str, Any] = {"path_parameters": path or None}
    if "{project_id}/events" in route.place:
        fixed["query"] = SHORT
    fits = operation.as_strategy(GenerationMode.POSITIVE, **fixed)
    wrong = operation.as_strategy(GenerationMode.NEGATIVE, **fixed) if operation.body else fits
    case: Case = draw(st.one_of(fits, fits, wrong))
    asked = [each.name for each in operation.query]
    if asked and "query" not in fixed and draw(st.integers(0, 2)) == 0:
        case.query[draw(st.sampled_from(asked))] = draw(ODD)
    if path and draw(st.integers(0, 9)) == 0:
        case.path_parameters[draw(st.sampled_from(sorted(path)))] = draw(ODD_IDS)
    known = known_values(subject)
    for part in (case.query, case.body):
        if isinstance(part, dict):
            names = sorted(known.keys() & part.keys())
            part |= {name: known[name] for name in names if draw(st.booleans())}
    valid = body_of(route.json, subject)
    if valid and isinstance(case.body, dict) and draw(st.booleans()):
        changed = draw(st.sets(st.sampled_from(sorted(case.body)), max_size=1)) if case.body else ()
        case.body = {**valid, **{name: case.body[name] for name in changed}}
    return case


def known_values(subject: dict[str, object]) -> dict[str, Any]:
    """What exists, by the names that the fields of bodies and queries have."""
    found: dict[str, Any] = {}
    for name, value in subject.items():
        if isinstance(value, dict):
            found |= value
        else:
            found[name] = str(value)
    player, other = found["player_id"], found.get("other")
    found |= {"a": player, "subject_id": player, "players": [other or player]}
    found |= {"b": other} if other else {}
    return found
