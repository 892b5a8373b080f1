"""The index finds the route that FastAPI's own walk over all of them finds."""

import re
from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter
from fastapi.routing import RouteContext, iter_route_contexts
from gitleague.app import create_app
from gitleague.core.route_index import RouteIndex
from gitleague.core.settings import Settings
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match
from starlette.types import Scope

PARAMETER = re.compile(r"\{\w+(:\w+)?\}")
METHODS = ["GET", "POST", "DELETE"]
PARTS = ["", "a", "b", "team", "team.svg", "api"]
PATHS = ["", "/", "/a", "/a/b", "/a/{x}", "/{x}", "/{x}/b", "/a/{x}.svg", "/a/{x:path}", "/b/{x}/a"]


def walk(routes: Sequence[RouteContext], scope: Scope) -> tuple[RouteContext, Scope] | None:
    for route in routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return route, found
    return None


def asked(method: str, path: str) -> Scope:
    return {"type": "http", "method": method, "path": path, "root_path": ""}


def finds_the_same(index: RouteIndex, routes: Sequence[RouteContext], scope: Scope) -> bool:
    walked, chosen = walk(routes, dict(scope)), index.choose(scope)
    if walked is None or chosen is None:
        return walked is chosen
    route, found = walked
    same = (chosen.endpoint, scope["path_params"]) == (route.endpoint, found["path_params"])
    return same and scope["route"] is chosen


@given(
    st.lists(st.tuples(st.sampled_from(METHODS), st.sampled_from(PATHS)), max_size=12),
    st.lists(st.tuples(st.sampled_from(METHODS), st.lists(st.sampled_from(PARTS), max_size=4))),
)
def test_it_finds_what_a_walk_finds(
    added: list[tuple[str, str]], requests: list[tuple[str, list[str]]]
) -> None:
    inner, outer = APIRouter(), APIRouter()
    for number, (method, path) in enumerate(added):
        router = inner if path and number % 2 else outer
        router.add_api_route(path or "/", lambda: None, methods=[method])
    outer.include_router(inner, prefix="/api")
    routes = list(iter_route_contexts(outer.routes))
    index = RouteIndex(outer.routes)
    for method, parts in requests:
        scope = asked(method, "/" + "/".join(parts))
        assert finds_the_same(index, routes, scope), scope["path"]


def test_it_finds_every_route_of_the_server(tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    routes = list(iter_route_contexts(app.routes))
    index = RouteIndex(app.routes)
    assert len(routes) > 300
    for route in routes:
        for method in route.methods or ():
            scope = asked(method, PARAMETER.sub("5f0c4f5e", route.path or ""))
            assert finds_the_same(index, routes, scope), scope["path"]
            assert "route" in scope, scope["path"]
