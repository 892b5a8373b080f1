"""Calls of each route that writes, at the same moment and about the same thing: 32 in `make fuzz`.

None finds an error of the server. What can be done once is done once: such a route stands under
`ONCE`, or under `SO_MANY` where a league has so many only; any other takes them all. So a new one
fails until it is known which it is. (What is left behind is told in test_races.py.) `make test`
has fewer calls of what anybody may do again, and of pages, which call the same functions.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from attacks.access import Route
from attacks.callers import Kind
from attacks.conftest import IS_LONG
from attacks.table import LET_IN, ROUTES, body_of, call, subject_of
from attacks.world import World
from databases import DATABASES
from httpx import Client

TIMES, TIMES_AGAIN, TIMES_OF_A_PAGE = 32, 6, 2
WRITING = [route for route in ROUTES if route.changes]
ONCE = {
    "POST /api/v1/auth/verify",
    "POST /api/v1/api-keys/{key_id}/rotate",
    "DELETE /api/v1/projects/{project_id}/members/{user_id}",
    "DELETE /api/v1/projects/{project_id}/invitations/{invitation_id}",
    "POST /api/v1/projects/{project_id}/repos",
    "DELETE /api/v1/projects/{project_id}/repos/{repo_id}",
    "POST /api/v1/projects/{project_id}/jobs/{job_id}/retry",
    "DELETE /api/v1/projects/{project_id}/digests/{digest_id}",
    "POST /api/v1/projects/{project_id}/digests/{digest_id}/test",
    "DELETE /api/v1/projects/{project_id}/webhooks/{webhook_id}",
    "POST /api/v1/players/{player_id}/erase",
    "POST /api/v1/projects/{project_id}/rulings/{ruling_id}/uphold",
    "POST /api/v1/projects/{project_id}/rulings/{ruling_id}/lift",
    "POST /api/v1/projects/{project_id}/rulings/{ruling_id}/reopen",
    "POST /api/v1/projects/{project_id}/reports",
    "POST /api/v1/projects/{project_id}/reports/{report_id}/answer",
    "POST /api/v1/projects/{project_id}/reports/{report_id}/dismiss",
    "POST /api/v1/projects/{project_id}/identities/split",
    "POST /api/v1/projects/{project_id}/players/{player_id}/merge",
    "POST /api/v1/projects/{project_id}/seasons",
    "DELETE /api/v1/projects/{project_id}/seasons/{season_id}",
    "POST /api/v1/projects/{project_id}/seasons/{season_id}/absences",
    "DELETE /api/v1/projects/{project_id}/seasons/{season_id}/absences/{absence_id}",
    "POST /api/v1/projects/{project_id}/squads",
    "DELETE /api/v1/projects/{project_id}/squads/{squad_id}",
    "POST /api/v1/projects/{project_id}/squads/{squad_id}/members",
    "DELETE /api/v1/projects/{project_id}/squads/{squad_id}/members/{stint_id}",
    "POST /api/v1/projects/{project_id}/fantasy",
    "DELETE /api/v1/projects/{project_id}/fantasy/{fantasy_id}",
    "POST /api/v1/projects/{project_id}/fantasy/{fantasy_id}/start",
    "POST /api/v1/projects/{project_id}/fantasy/{fantasy_id}/picks",
    "POST /projects/{project_id}/repos",
    "POST /projects/{project_id}/repos/{repo_id}/remove",
    "POST /projects/{project_id}/members/{user_id}/remove",
    "POST /projects/{project_id}/members/invitations/{invitation_id}/revoke",
    "POST /operator/jobs/{job_id}/retry",
    "POST /projects/{project_id}/jobs/{job_id}/retry",
    "POST /sign-in/{token}",
    "POST /api-keys/{key_id}/rotate",
    "POST /projects/{project_id}/seasons",
    "POST /projects/{project_id}/seasons/{season_id}/delete",
    "POST /projects/{project_id}/seasons/{season_id}/absences",
    "POST /projects/{project_id}/seasons/{season_id}/absences/{absence_id}/delete",
    "POST /projects/{project_id}/fantasy",
    "POST /projects/{project_id}/fantasy/{fantasy_id}/start",
    "POST /projects/{project_id}/fantasy/{fantasy_id}/delete",
    "POST /projects/{project_id}/fantasy/{fantasy_id}/picks",
    "POST /projects/{project_id}/rulings/{ruling_id}/uphold",
    "POST /projects/{project_id}/rulings/{ruling_id}/lift",
    "POST /projects/{project_id}/rulings/{ruling_id}/reopen",
    "POST /projects/{project_id}/reports",
    "POST /projects/{project_id}/reports/{report_id}/answer",
    "POST /projects/{project_id}/reports/{report_id}/dismiss",
    "POST /projects/{project_id}/identities/merge",
    "POST /projects/{project_id}/identities/{player_id}/split",
    "POST /players/{player_id}/erase",
    "POST /projects/{project_id}/lineup",
    "POST /projects/{project_id}/lineup/{squad_id}/delete",
    "POST /projects/{project_id}/lineup/{squad_id}/members",
    "POST /projects/{project_id}/lineup/{squad_id}/members/{stint_id}/delete",
    "POST /projects/{project_id}/webhooks/{webhook_id}/delete",
    "POST /projects/{project_id}/digests/{digest_id}/test",
    "POST /projects/{project_id}/digests/{digest_id}/delete",
}
SO_MANY = {
    "POST /api/v1/projects/{project_id}/digests": 5,
    "POST /api/v1/projects/{project_id}/webhooks": 10,
    "POST /projects/{project_id}/digests": 5,
    "POST /projects/{project_id}/webhooks": 10,
}
# Whether it was still there to be done again depends on who was first.
ANY = {
    "POST /api/v1/auth/sign-out": {401},
    "POST /api/v1/auth/sign-out-everywhere": {401},
    "POST /sign-out": {303, 401},
    "POST /sign-out-everywhere": {303, 401},
    "POST /api/v1/projects/{project_id}/repos/{repo_id}/sync": {409},
}
ON_POSTGRESQL = {  # one of each kind: a name, a key, a place in a list, a vote, a thing that goes
    "POST /api/v1/auth/verify",
    "POST /api/v1/api-keys/{key_id}/rotate",
    "POST /api/v1/projects",
    "POST /api/v1/projects/{project_id}/join",
    "POST /api/v1/projects/{project_id}/invitations",
    "POST /api/v1/projects/{project_id}/repos",
    "DELETE /api/v1/projects/{project_id}/repos/{repo_id}",
    "POST /api/v1/projects/{project_id}/squads",
    "POST /api/v1/projects/{project_id}/webhooks",
    "POST /api/v1/projects/{project_id}/fantasy/{fantasy_id}/picks",
    "POST /api/v1/projects/{project_id}/players/{player_id}/merge",
    "POST /api/v1/sync/projects/{project_id}/repos/{repo:path}/commits",
}


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.place)
def test_none_finds_an_error_and_once_is_once(world: World, route: Route) -> None:
    assert wrong(world, route) is None


@pytest.mark.skipif("postgresql" not in DATABASES, reason="PostgreSQL is left out of this run")
@pytest.mark.parametrize("place", sorted(ON_POSTGRESQL))
def test_on_postgresql_too(world_on_postgresql: World, place: str) -> None:
    (route,) = (each for each in WRITING if each.place == place)
    assert wrong(world_on_postgresql, route) is None


def wrong(world: World, route: Route) -> Counter[int] | None:
    """What is told, where it is not as it should be."""
    kind = next(kind for kind in LET_IN if kind in route.access.value)
    times = times_of(route.place)
    told = at_once(world, route, kind, times)
    taken = route.unlike.get(kind, route.status)
    most = 1 if route.place in ONCE else SO_MANY.get(route.place, times)
    others = set(told) - {taken}
    if route.place in ANY:
        return None if others <= ANY[route.place] else told
    is_right = told[taken] == min(most, times) and all(400 <= each < 500 for each in others)
    return None if is_right else told


def times_of(place: str) -> int:
    if " /api/" not in place and not IS_LONG:
        return TIMES_OF_A_PAGE
    return TIMES if IS_LONG or place in ONCE | SO_MANY.keys() | ON_POSTGRESQL else TIMES_AGAIN


def at_once(world: World, route: Route, kind: Kind, times: int) -> Counter[int]:
    subject = subject_of(world, route, kind)
    same = route._replace(json=body_of(route.json, subject), form=body_of(route.form, subject))
    start = Barrier(times)

    # Connections of its own: those that others left may be closed at the moment they are used.
    with (
        Client(base_url=world.http.base_url, timeout=60, verify=False) as http,  # noqa: S501 - HTTP
        ThreadPoolExecutor(times) as threads,
    ):
        asking = replace(world, http=http)

        def begin(_number: int) -> int:
            start.wait()
            return call(asking, same, kind, subject).status_code

        told = Counter(threads.map(begin, range(times)))
    if route.leaves:
        world.callers.sign_in_again(world.database, kind)
    return told
