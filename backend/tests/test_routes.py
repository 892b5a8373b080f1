"""Every route of the app, with every kind of caller. A route that is not in the table fails.

Whoever may not is refused before anything happens, so one league serves all the rows.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import pytest
import servers
from callers import Kind
from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from gitleague.core.settings import Settings
from httpx import Client, Response
from world import API, DAYS, World, make_world

PEOPLE = {Kind.PENDING, Kind.SPECTATOR, Kind.PLAYER, Kind.COMMISSIONER, Kind.STRANGER}
MEMBERS = {Kind.SPECTATOR, Kind.PLAYER, Kind.COMMISSIONER}
READING = {Kind.READ_KEY}
NO_CREDENTIAL = {Kind.REVOKED_KEY, Kind.EXPIRED_KEY, Kind.MISTYPED_KEY, Kind.UNKNOWN_KEY}


class Access(Enum):
    """Who is let in; the name says what the route declares."""

    OPEN = frozenset(Kind)  # nobody is asked who they are
    ANYONE = (
        frozenset(Kind) - NO_CREDENTIAL
    )  # known or not, but not with a credential that is wrong
    IN_PERSON = PEOPLE
    SIGNED_IN = PEOPLE | READING | {Kind.KEY_OF_ANOTHER_PROJECT}
    SPECTATOR = MEMBERS | READING
    COMMISSIONER = frozenset({Kind.COMMISSIONER})
    COMMISSIONER_READS = {Kind.COMMISSIONER} | READING
    REPO_READER = {Kind.PLAYER, Kind.COMMISSIONER, Kind.SYNC_KEY} | READING
    PLAYER_HERSELF = frozenset({Kind.PLAYER, Kind.COMMISSIONER})
    PLAYER = {Kind.PLAYER, Kind.COMMISSIONER} | READING
    PUSHER = frozenset({Kind.COMMISSIONER, Kind.SYNC_KEY})


def refusal(access: Access, kind: Kind) -> int:
    if kind in NO_CREDENTIAL | {Kind.NOBODY}:
        return 401
    of_a_project = access not in {Access.IN_PERSON, Access.SIGNED_IN}
    if of_a_project and kind in {Kind.STRANGER, Kind.KEY_OF_ANOTHER_PROJECT}:
        return 404  # the project's existence is nobody's business
    return 403


Body: TypeAlias = dict[str, Any] | Callable[[dict[str, object]], dict[str, Any]] | None


class Route(NamedTuple):
    place: str  # method and path
    access: Access
    status: int = 200  # for whoever is let in
    json: Body = None
    form: dict[str, str] | None = None
    subject: Callable[[World], dict[str, object]] = lambda _world: {}
    own: bool = False  # the subject is a key of whoever calls
    follow: bool = False  # where it sends to, until there is a page
    unlike: Mapping[Kind, int] = MappingProxyType({})  # who gets another status, though let in


def next_season(_subject: dict[str, object]) -> dict[str, Any]:
    day = next(DAYS)
    return {"name": "Q", "first": day, "last": day}


def with_token(subject: dict[str, object]) -> dict[str, Any]:
    return {"token": subject["token"]}


KEY = {"name": "mine", "scopes": "read:repos"}
SYNC = f"{API}/sync/projects/{{project_id}}/repos/{{repo:path}}"
LEAGUE = f"{API}/projects/{{project_id}}"
SEASON = f"{LEAGUE}/seasons/{{season_id}}"
ROUTES = [
    Route("GET /health", Access.OPEN),
    Route(f"GET {API}", Access.OPEN),
    Route(f"GET {API}/", Access.OPEN),
    Route(f"GET {API}/openapi.json", Access.OPEN),
    Route(f"POST {API}/auth/magic-link", Access.ANYONE, 202, json={"email": "no@example.org"}),
    Route(f"POST {API}/auth/verify", Access.ANYONE, json=with_token, subject=World.fresh_link),
    Route(f"POST {API}/api-keys/", Access.IN_PERSON, 201, json=KEY),
    Route(f"POST {API}/api-keys", Access.IN_PERSON, 201, json=KEY),
    Route(f"GET {API}/api-keys/", Access.IN_PERSON),
    Route(f"GET {API}/api-keys", Access.IN_PERSON),
    Route(f"DELETE {API}/api-keys/{{key_id}}", Access.IN_PERSON, 204, own=True),
    Route(
        f"POST {API}/api-keys/{{key_id}}/rotate",
        Access.IN_PERSON,
        201,
        own=True,
    ),
    Route(f"GET {API}/projects", Access.SIGNED_IN),
    Route(f"POST {API}/projects", Access.IN_PERSON, 201, json={"name": "Another"}),
    Route(f"GET {LEAGUE}", Access.SPECTATOR),
    Route(f"PATCH {LEAGUE}", Access.COMMISSIONER, json={"name": "The League"}),
    Route(f"POST {LEAGUE}/join", Access.IN_PERSON, 202, subject=World.fresh_project),
    Route(f"GET {LEAGUE}/members", Access.COMMISSIONER_READS),
    Route(
        f"PATCH {LEAGUE}/members/{{user_id}}",
        Access.COMMISSIONER,
        json={"role": "player"},
        subject=World.fresh_member,
    ),
    Route(
        f"DELETE {LEAGUE}/members/{{user_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_member,
    ),
    Route(f"GET {LEAGUE}/invitations", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/invitations",
        Access.COMMISSIONER,
        201,
        json={"email": "new@example.org", "role": "spectator"},
    ),
    Route(
        f"DELETE {LEAGUE}/invitations/{{invitation_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_invitation,
    ),
    Route(
        f"POST {API}/invitations/accept",
        Access.ANYONE,
        json=with_token,
        subject=World.fresh_invitation,
    ),
    Route(f"GET {LEAGUE}/repos", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/repos", Access.COMMISSIONER, 201, json={"git_url": "git@example.org:a/b"}
    ),
    Route(f"GET {LEAGUE}/repos/{{repo_id}}", Access.SPECTATOR),
    Route(f"PATCH {LEAGUE}/repos/{{repo_id}}", Access.COMMISSIONER, json={"name": "site"}),
    Route(
        f"DELETE {LEAGUE}/repos/{{repo_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_repo,
    ),
    Route(f"GET {LEAGUE}/audit-log", Access.COMMISSIONER_READS),
    Route(f"GET {API}/sync/projects/{{project_id}}/rules", Access.REPO_READER),
    Route(f"GET {SYNC}/status", Access.REPO_READER),
    Route(f"POST {SYNC}/commits", Access.PUSHER, 201, json={"commits": []}),
    Route(f"POST {SYNC}/refs", Access.PUSHER, json={"tips": []}),
    Route(f"GET {LEAGUE}/standings", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/rules", Access.SPECTATOR),
    Route(f"PATCH {LEAGUE}/rules", Access.COMMISSIONER, 202, json={"changes": {}}),
    Route(f"GET {LEAGUE}/rules/versions", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/rules/versions/{{version}}/restore",
        Access.COMMISSIONER,
        202,
        subject=lambda _world: {"version": 1},
    ),
    Route(f"POST {LEAGUE}/rules/preview", Access.COMMISSIONER, json={"changes": {}}),
    Route(f"GET {LEAGUE}/awards", Access.SPECTATOR),
    Route(
        f"POST {LEAGUE}/awards/give",
        Access.COMMISSIONER,
        202,
        json={"anew_from": "2024-01-01"},
    ),
    Route(f"GET {API}/players/{{player_id}}/awards", Access.SPECTATOR),
    Route(f"GET {LEAGUE}/identities", Access.PLAYER),
    Route(f"GET {LEAGUE}/identities/suggestions", Access.COMMISSIONER_READS),
    Route(f"GET {LEAGUE}/identities/changes", Access.COMMISSIONER_READS),
    Route(
        f"POST {LEAGUE}/identities/changes/{{change_id}}/undo",
        Access.COMMISSIONER,
        subject=World.identity_change,
    ),
    Route(
        f"POST {LEAGUE}/identities/split",
        Access.COMMISSIONER,
        201,
        json=lambda subject: {"identities": [subject["identity"]]},
        subject=World.two_players,
    ),
    Route(f"POST {LEAGUE}/identities/mailmap", Access.COMMISSIONER, json={"text": ""}),
    Route(
        f"PATCH {LEAGUE}/players/{{player_id}}",
        Access.COMMISSIONER,
        json={"name": "New"},
        subject=World.two_players,
    ),
    Route(
        f"POST {LEAGUE}/players/{{player_id}}/merge",
        Access.COMMISSIONER,
        201,
        json=lambda subject: {"players": [subject["other"]]},
        subject=World.two_players,
    ),
    Route(f"GET {LEAGUE}/claims", Access.PLAYER),
    Route(
        f"POST {LEAGUE}/claims",
        Access.PLAYER_HERSELF,
        201,
        json=lambda subject: {"address": subject["address"]},
        subject=World.two_players,
    ),
    Route(
        f"POST {LEAGUE}/claims/{{claim_id}}/approve",
        Access.COMMISSIONER,
        subject=World.fresh_claim,
    ),
    Route(
        f"POST {LEAGUE}/claims/{{claim_id}}/reject",
        Access.COMMISSIONER,
        subject=World.fresh_claim,
    ),
    Route(f"GET {LEAGUE}/seasons", Access.SPECTATOR),
    Route(f"POST {LEAGUE}/seasons", Access.COMMISSIONER, 201, json=next_season),
    Route(f"GET {LEAGUE}/seasons/proposals", Access.COMMISSIONER_READS),
    Route(f"GET {SEASON}", Access.SPECTATOR, subject=World.fresh_season),
    Route(f"PATCH {SEASON}", Access.COMMISSIONER, json={"name": "Q"}, subject=World.fresh_season),
    Route(f"DELETE {SEASON}", Access.COMMISSIONER, 204, subject=World.fresh_season),
    Route(f"POST {SEASON}/open", Access.COMMISSIONER, subject=World.open_season),
    Route(f"POST {SEASON}/close", Access.COMMISSIONER, subject=World.open_season),
    Route(f"GET {SEASON}/summary", Access.SPECTATOR, subject=World.fresh_season),
    Route(f"GET {SEASON}/absences", Access.PLAYER, subject=World.fresh_season),
    Route(
        f"POST {SEASON}/absences",
        Access.COMMISSIONER,
        201,
        json=lambda subject: subject["absence"],
        subject=World.fresh_season,
    ),
    Route(
        f"DELETE {SEASON}/absences/{{absence_id}}",
        Access.COMMISSIONER,
        204,
        subject=World.fresh_absence,
    ),
    Route(f"GET {API}/players/{{player_id}}", Access.SPECTATOR),
    Route(f"GET {API}/players/{{player_id}}/trend", Access.SPECTATOR),
    Route(f"GET {API}/players/{{player_id}}/commits", Access.SPECTATOR),
    Route("GET /", Access.ANYONE, follow=True),
    Route("GET /static/{name}", Access.OPEN, subject=lambda _world: {"name": "league.css"}),
    Route("GET /projects/{project_id}", Access.SPECTATOR),
    Route("GET /players/{player_id}", Access.SPECTATOR),
    Route("GET /sign-in", Access.ANYONE, unlike=dict.fromkeys(set(Kind) - {Kind.NOBODY}, 303)),
    Route("POST /sign-in", Access.ANYONE, form={"email": "no@example.org"}),
    Route("GET /sign-in/{token}", Access.ANYONE, subject=World.fresh_link),
    Route("POST /sign-in/{token}", Access.OPEN, 303, subject=World.fresh_link),
    Route("POST /sign-out", Access.OPEN, 303),
    Route("GET /invitations/{token}", Access.ANYONE, subject=World.fresh_invitation),
    Route("POST /invitations/{token}", Access.OPEN, 303, subject=World.fresh_invitation),
    Route("GET /api-keys", Access.IN_PERSON),
    Route("POST /api-keys", Access.IN_PERSON, 201, form=KEY),
    Route("POST /api-keys/{key_id}/revoke", Access.IN_PERSON, 303, own=True),
    Route("POST /api-keys/{key_id}/rotate", Access.IN_PERSON, 201, own=True),
]


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("routes")
    shutil.copyfile(sqlite_template, folder / "league.db")
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        settings = Settings(
            _env_file=None,
            database_url=f"sqlite:///{folder / 'league.db'}",
            data_dir=folder,
            public_url=url,
            rate_limit_api="1000000/minute",
            rate_limit_sign_in="1000000/minute",
        )
        with (
            servers.serving(create_app(settings), opened),
            Client(base_url=url, timeout=30) as http,
        ):
            yield make_world(settings, http)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.place)
def test_who_is_let_in(world: World, route: Route, kind: Kind) -> None:
    answer = call(world, route, kind)
    if kind in route.access.value:
        assert answer.status_code == route.unlike.get(kind, route.status), answer.text
    else:
        assert answer.status_code == refusal(route.access, kind), answer.text


def call(world: World, route: Route, kind: Kind) -> Response:
    subject = {
        "project_id": world.project_id,
        "repo_id": world.repo_id,
        "repo:path": world.repo_id,
        "player_id": world.player_id,
        **route.subject(world),
    }
    if route.own:
        subject["key_id"] = world.callers.own_key(world.http, kind)
    method, path = route.place.split(" ")
    for name, value in subject.items():
        path = path.replace(f"{{{name}}}", str(value))
    world.http.cookies.clear()  # a sign-in before this one left one
    return world.http.request(
        method,
        path,
        json=route.json(subject) if callable(route.json) else route.json,
        data=route.form,
        follow_redirects=route.follow,
        headers={**world.callers.headers(kind), "Origin": str(world.http.base_url).rstrip("/")},
    )


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
