"""An id of another project, wherever it can stand, is answered as the id of nothing.

The commissioner of a league asks each route of that league, and puts in place of each id (in the
path, the body, the form and the query) that of the same kind of thing in a league that is not
theirs. What they are told tells nothing, and nothing is written. The ids are found in the routes
and in the table of routes: a route whose ids are not known here fails.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from attacks.access import Route
from attacks.callers import Kind
from attacks.table import ROUTES, body_of, call, subject_of
from attacks.test_routes import written
from attacks.world import World, pushed_world
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from httpx import Response
from make import make_member, make_repo

HEX = re.compile(r"[0-9a-f-]{32,}")  # ids of things and of requests
IN_PATH = re.compile(r"\{([\w:]+)\}")
BOUND = "project_id = ?"  # what is written where this is asked, is theirs: here, no row
NO_IDS = {"project_id", "version", "what", "token", "name"}  # of what a path names
TIMES = 3  # a job that ends between two answers changes the page, once
OF_A_LIST = {"players", "identities"}
# By what name the thing is known that a field is about, where it is another one.
SAME = {
    "a": "player_id",
    "b": "player_id",
    "into": "player_id",
    "players": "player_id",
    "subject_id": "player_id",
    "identities": "identity",
    "squad": "squad_id",
}


class Cell(NamedTuple):
    where: str  # path, json, form or params
    names: tuple[str, ...]  # whose ids are another project's


class Leagues(NamedTuple):
    """Whose things are asked for, and by whom: neither knows the other."""

    theirs: World
    own: World
    subjects: dict[tuple[bool, Callable[[World], dict[str, object]]], dict[str, object]]

    def subject(self, world: World, route: Route) -> dict[str, Any]:
        """Made once: whoever asks is refused, so that it stays as it is."""
        kept = (world is self.own, route.subject)
        if kept not in self.subjects:
            self.subjects[kept] = subject_of(world, route, Kind.COMMISSIONER)
        return dict(self.subjects[kept])


@pytest.fixture(scope="module")
def leagues(world: World) -> Leagues:
    return Leagues(world, league_of_a_stranger(world), {})


@pytest.fixture(scope="module")
def ids(world: World) -> dict[str, str]:
    """One of each kind of thing in the league that is not theirs."""
    things = world.fresh_season() | world.fresh_squad() | world.fresh_member() | world.two_players()
    things |= {"key_id": world.callers.own_key(world.http, Kind.COMMISSIONER)}
    return {name: str(each) for name, each in things.items()} | {
        "project_id": str(world.project_id),
        "repo_id": str(world.repo_id),
    }


@pytest.fixture(scope="module")
def dependants(world: World) -> dict[str, Dependant]:
    """What each route asks of a request."""
    return {
        f"{method} {route.path}": route.dependant
        for route in iter_route_contexts(create_app(world.callers.settings).routes)
        for method in route.methods or ()
        if getattr(route, "dependant", None)
    }


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.place)
def test_it_is_as_that_of_nothing(
    leagues: Leagues,
    ids: dict[str, str],
    dependants: dict[str, Dependant],
    queries: list[str],
    route: Route,
) -> None:
    cells = cells_of(route, dependants.get(route.place))
    if not cells:
        return
    own = leagues.subject(leagues.own, route)
    known = ids | leagues.subject(leagues.theirs, route)
    wrong = []
    queries.clear()
    for cell in cells:
        theirs = {name: str(known[SAME.get(name, name)]) for name in cell.names}
        nothings = {name: of_nothing(name) for name in theirs}
        for _ in range(TIMES):
            found = ask(leagues.own, route, own, cell, theirs)
            nothing = ask(leagues.own, route, own, cell, nothings)
            if said(found) == said(nothing):
                break
        else:
            wrong.append(f"{cell}: {said(found)}, and of nothing {said(nothing)}")
        if cell.where != "params" and found.status_code < 400:
            wrong.append(f"{cell} is taken: {found.status_code}")
    assert (wrong, [each for each in written(queries) if BOUND not in each]) == ([], [])


def cells_of(route: Route, dependant: Dependant | None) -> list[Cell]:
    path = [name for name in IN_PATH.findall(route.place) if name not in NO_IDS]
    cells = [Cell("path", tuple(path[at:])) for at in range(len(path))]
    if dependant:
        body = "form" if route.form else "json"
        cells += [Cell(body, (name,)) for name in sorted(ids_among(dependant, "body_params"))]
        cells += [Cell("params", (name,)) for name in sorted(ids_among(dependant, "query_params"))]
    return cells


def ids_among(dependant: Dependant, where: str) -> set[str]:
    """The names of the fields that hold ids."""
    names: set[str] = set()
    for field in getattr(dependant, where):
        fields = getattr(
            field.field_info.annotation, "model_fields", {field.alias: field.field_info}
        )
        names |= {name for name, each in fields.items() if is_id(name, each.annotation)}
    return names.union(*(ids_among(each, where) for each in dependant.dependencies))


def is_id(name: str, annotation: object) -> bool:
    return "UUID" in str(annotation) or name in SAME


def ask(
    own: World, route: Route, subject: dict[str, object], cell: Cell, given: dict[str, str]
) -> Response:
    """`given` in place of what is theirs to ask about."""
    if cell.where == "path":
        subject = subject | given
    else:
        sent = {name: [each] if name in OF_A_LIST else each for name, each in given.items()}
        before = body_of(getattr(route, cell.where), subject) or {}
        route = route._replace(**{cell.where: lambda _subject: before | sent})
    return call(own, route, Kind.COMMISSIONER, subject)


def of_nothing(name: str) -> str:
    return uuid.uuid4().hex * 2 if name == "sha" else str(uuid.uuid4())


def said(answer: Response) -> tuple[int, str]:
    """But for the ids in it, which each may read in what they sent."""
    return answer.status_code, HEX.sub("", answer.text)


def league_of_a_stranger(world: World) -> World:
    """Where the stranger is commissioner, and plays beside a player of the other league."""
    callers, stranger = world.callers, world.callers.people[Kind.STRANGER]
    with world.database.writing() as session:
        make_member(session, stranger.project_id, callers.people[Kind.PLAYER].user_id)
        repo_id = make_repo(session, stranger.project_id)
    theirs = replace(
        callers,
        people={**callers.people, Kind.COMMISSIONER: stranger},
        credentials={**callers.credentials, Kind.COMMISSIONER: stranger.jwt},
    )
    return pushed_world(world.http, world.database, theirs, stranger.project_id, repo_id)
