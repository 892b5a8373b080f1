"""The table of all routes, and how one of them is asked."""

from typing import Any

from attacks import (
    routes_of_running,
    routes_of_the_league,
    routes_of_the_pages,
    routes_of_the_server,
)
from attacks.access import Body, Route
from attacks.callers import Kind
from attacks.world import World
from httpx import Response

ROUTES = [
    *routes_of_the_server.ROUTES,
    *routes_of_the_league.ROUTES,
    *routes_of_the_pages.ROUTES,
    *routes_of_running.ROUTES,
]
LET_IN = (Kind.COMMISSIONER, Kind.OPERATOR)  # one of them is let in everywhere


def subject_of(world: World, route: Route, kind: Kind) -> dict[str, object]:
    """What the route is asked about."""
    subject = {
        "project_id": world.project_id,
        "repo_id": world.repo_id,
        "repo:path": world.repo_id,
        "player_id": world.player_id,
        **route.subject(world),
    }
    if route.own:
        subject["key_id"] = world.callers.own_key(world.http, kind)
    return subject


def call(world: World, route: Route, kind: Kind, subject: dict[str, object]) -> Response:
    method, path = route.place.split(" ")
    for name, value in subject.items():
        path = path.replace(f"{{{name}}}", str(value))
    world.http.cookies.clear()  # a sign-in before this one left one
    return world.http.request(
        method,
        path,
        json=body_of(route.json, subject),
        data=body_of(route.form, subject),
        params=route.params(subject),
        follow_redirects=route.follow,
        headers={**world.callers.headers(kind), "Origin": str(world.http.base_url).rstrip("/")},
    )


def body_of(body: Body, subject: dict[str, object]) -> dict[str, Any] | None:
    return body(subject) if callable(body) else body
