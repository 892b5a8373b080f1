"""Every route of the app, with every kind of caller. A route that is not in the table fails.

Whoever may not is refused before anything is written, so one league serves all the rows, and one
subject all who are refused.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from attacks.access import Route, refusal
from attacks.callers import Kind
from attacks.table import LET_IN, ROUTES, call, subject_of
from attacks.world import API, World
from databases import DATABASES
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from gitleague.core.settings import Settings
from gitleague.tables.server import AnswerCount, LifeMinute, PushCount, TimeCount
from httpx import Response

IDS = {"repo_id", "season_id", "player_id", "squad", "user_id"}  # what a list can be narrowed by
WRITING = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
# What a server counts of all that it is asked, and writes down every few seconds.
COUNTED = {each.__tablename__ for each in (PushCount, LifeMinute, AnswerCount, TimeCount)}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.place)
def test_who_is_let_in(world: World, queries: list[str], route: Route) -> None:
    """Every kind of caller; those who are refused first, since they leave all as it was."""
    subject = subject_of(world, route, Kind.COMMISSIONER)
    queries.clear()
    wrong = [
        f"{kind.value}: {answer.status_code} {answer.text[:300]}"
        for kind in Kind
        if kind not in route.access.value
        and (answer := call(world, route, kind, subject)).status_code != refusal(route.access, kind)
    ]
    assert (wrong, written(queries)) == ([], []), "refused"
    for kind in Kind:
        if kind not in route.access.value:
            continue
        if route.own or route.changes:
            subject = subject_of(world, route, kind)
        answer = call(world, route, kind, subject)
        if route.leaves:
            world.callers.sign_in_again(world.database, kind)
        if answer.status_code != route.unlike.get(kind, route.status):
            wrong.append(f"{kind.value}: {answer.status_code} {answer.text[:300]}")
        if not is_for_the_caller_alone(answer):
            wrong.append(f"{kind.value}: {answer.headers}")
    assert wrong == [], "let in"


def is_for_the_caller_alone(answer: Response) -> bool:
    """No cache on the way keeps it for somebody else."""
    control = answer.headers["Cache-Control"]
    if "public" in control or control == "no-store":
        return True
    return "private" in control and "authorization" in answer.headers["Vary"].lower()


@pytest.mark.skipif("postgresql" not in DATABASES, reason="PostgreSQL is left out of this run")
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.place)
def test_its_sql_is_understood_by_postgresql(world_on_postgresql: World, route: Route) -> None:
    """One caller who is let in is enough: who may is told above."""
    kind = next(kind for kind in LET_IN if kind in route.access.value)
    subject = subject_of(world_on_postgresql, route, kind)
    answer = call(world_on_postgresql, route, kind, subject)
    if route.leaves:
        world_on_postgresql.callers.sign_in_again(world_on_postgresql.database, kind)
    assert answer.status_code == route.unlike.get(kind, route.status), answer.text


@pytest.mark.parametrize(
    "whose",
    [
        "world",
        pytest.param(
            "world_on_postgresql",
            marks=pytest.mark.skipif(
                "postgresql" not in DATABASES, reason="PostgreSQL is left out of this run"
            ),
        ),
    ],
)
def test_every_list_knows_its_end_and_no_id_of_nobody(
    request: pytest.FixtureRequest, whose: str
) -> None:
    world: World = request.getfixturevalue(whose)
    lists = lists_of(world.callers.settings)
    assert len(lists) > 50
    assert wrong_lists(world, lists) == []


def wrong_lists(world: World, lists: dict[str, set[str]]) -> list[str]:
    wrong = []
    for route in ROUTES:
        if route.place in lists:
            kind = next(kind for kind in LET_IN if kind in route.access.value)
            asked = partial(ask, world, route, kind, subject_of(world, route, kind))
            wrong += [f"{route.place}{each}" for each in wrong_pages(asked)]
            wrong += [f"{route.place}{each}" for each in wrong_of_nobody(asked, lists[route.place])]
    return wrong


def ask(
    world: World, route: Route, kind: Kind, subject: dict[str, object], **asked: object
) -> Response:
    params = {**route.params(subject), **asked}
    return call(world, route._replace(params=lambda _subject: params), kind, subject)


def wrong_pages(ask: Callable[..., Response]) -> Iterator[str]:
    """The first, the last, the one after it, and one that is far away."""
    first = ask(page=1, limit=1)
    is_json = "json" in first.headers["Content-Type"]
    total = first.json()["total"] if is_json and first.is_success else 1
    full = min(total, 1)
    for page, length in ((1, full), (max(total, 1), full), (total + 1, 0), (1_000_000, 0)):
        answer = ask(page=page, limit=1)
        if not answer.is_success:
            yield f"?page={page}: {answer.status_code}"
        elif is_json:
            told = answer.json()
            if (len(told["items"]), told["total"], told["pages"]) != (length, total, total):
                yield f"?page={page}: {told}, of {total}"


def wrong_of_nobody(ask: Callable[..., Response], names: set[str]) -> Iterator[str]:
    """An id that means something to the code finds what any other does that is nobody's."""
    for name in sorted(names & IDS):
        unknown, answer = (ask(**{name: str(each)}) for each in (uuid.uuid4(), uuid.UUID(int=0)))
        if answer.status_code >= 500:
            yield f"?{name}: {answer.status_code}"
        elif "json" in answer.headers["Content-Type"]:
            found = answer.json().get("total")
            if found != unknown.json().get("total"):
                yield f"?{name}: {found} of nobody"


def lists_of(settings: Settings) -> dict[str, set[str]]:
    """What each route that gives pages can be asked."""
    app = create_app(settings)
    found = {}
    for route in iter_route_contexts(app.routes):
        asked = query_names(getattr(route, "dependant", None))
        if "page" in asked and "GET" in (route.methods or set()):
            found[f"GET {route.path}"] = asked
    return found


def query_names(dependant: Dependant | None) -> set[str]:
    if dependant is None:
        return set()
    names: set[str] = set()
    for field in dependant.query_params:
        model = field.field_info.annotation
        names |= set(getattr(model, "model_fields", None) or {field.alias})
    return names.union(*(query_names(each) for each in dependant.dependencies))


def written(queries: list[str]) -> list[str]:
    """What changed a table; not that a key was used, which is noted once a minute."""
    return [
        statement
        for statement in queries
        if (writing := WRITING.match(statement))
        and writing[1] not in COUNTED
        and "last_used_at=" not in statement
    ]


def test_every_route_is_in_the_table(tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    places = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert places == {route.place for route in ROUTES}


def test_a_wrong_credential_is_not_taken_for_none(world: World) -> None:
    """An API key beside a good cookie is judged by itself: what is sent must be right."""
    for header in ("Basic YWRhOmFkYQ==", "Bearer", "Bearer x.y.z", "Bearer tgl_"):
        answer = world.http.get(f"{API}/projects", headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
