"""What a route does not know is refused with the nearest right name, and never dropped."""

import inspect
import re
import uuid
from pathlib import Path
from typing import Any, get_args

import pytest
from cases import in_one_world
from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from gitleague.core.settings import Settings
from gitleague.core.unknown import parameters_of
from gitleague.web import render
from httpx import Client
from make import Person, make_commit
from places import OPERATOR, PLACES
from pydantic import BaseModel
from remote import Repo

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
API = "/api/v1"
LINK = re.compile(r"(?:href|action)=\"[^\"?]*(\?[^\"]*)\"")
NAMED = re.compile(r"[?&](?:amp;)?(\w+)(?==|$)")


@in_one_world(
    "place, body, field, message",
    [
        ("PATCH /projects/{0}", {"time_zome": "UTC"}, "time_zome", "no 'time_zome' here"),
        ("PATCH /projects/{0}", {"names": "x"}, "names", "the nearest is 'name'"),
        ("POST /projects", {"name": "x", "timezone": "UTC"}, "timezone", "is 'time_zone'"),
        ("GET /projects/{0}/standings?perod=week", None, "perod", "the nearest is 'period'"),
        ("GET /projects/{0}/standings?page=1&Limit=5", None, "Limit", "the nearest is 'limit'"),
        ("GET /projects/{0}/rules?version=2", None, "version", "There is no 'version' here."),
        ("DELETE /projects/{0}/repos/{1}?force=1", None, "force", "no 'force' here"),
        (
            "PUT /projects/{0}/repos/{1}/pull/credential",
            {"credential": {"kind": "token", "password": "x", "usrname": "y"}},
            "credential.token.usrname",
            "the nearest is 'username'",
        ),
    ],
)
def test_it_is_named(
    http: Client,
    ada: Person,
    repo_id: uuid.UUID,
    place: str,
    body: dict[str, Any] | None,
    field: str,
    message: str,
) -> None:
    method, path = place.format(ada.project_id, repo_id).split(" ")
    answer = http.request(method, API + path, json=body, headers=ada.headers)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert message in error["message"]


@in_one_world(
    "query, field, message",
    [
        ("perod=week", "perod", "the nearest is &#39;period&#39;"),
        ("utm_source=mail&Metric=blk", "Metric", "the nearest is &#39;metric&#39;"),
        ("weather=fine", "weather", "There is no &#39;weather&#39; here."),
    ],
)
def test_a_page_names_it_too(
    http: Client, ada: Person, query: str, field: str, message: str
) -> None:
    page = http.get(
        f"/projects/{ada.project_id}/standings?{query}",
        headers=ada.headers | {"Accept": "text/html"},
    )
    assert page.status_code == 422
    assert f"no parameter {field} here" in page.text
    assert message in page.text


@in_one_world("query", ["utm_source=mail&utm_medium=x", "fbclid=1&gclid=2", "ref=x", "done=saved"])
def test_a_page_allows_what_a_link_was_led_to_with(http: Client, ada: Person, query: str) -> None:
    path = f"/projects/{ada.project_id}/standings?period=week&{query}"
    assert http.get(path, headers=ada.headers).status_code == 200


def test_the_places_of_the_pages_name_what_there_is(settings: Settings, tmp_path: Path) -> None:
    """Those that the tests look at, and what the templates link to."""
    app = create_app(settings.model_copy(update={"data_dir": tmp_path}))
    known = set().union(
        *(
            parameters_of(route.dependant)
            for route in iter_route_contexts(app.routes)
            if getattr(route, "dependant", None)
        )
    )
    templates = Path(render.__file__).parent / "templates"
    links = [text for file in templates.rglob("*.html") for text in LINK.findall(file.read_text())]
    places = [each.path for each in (*PLACES, *OPERATOR) if "?" in each.path]
    named = {name for link in (*links, *places) for name in NAMED.findall(link)}
    assert len(named) > 10
    assert named <= known


def test_a_push_may_say_more_than_this_server_knows(repo: Repo) -> None:
    """Clients are older and newer than it."""
    body = {"commits": [make_commit() | {"mood": "good"}], "weather": "fine"}
    pushed = repo.http.post(f"{repo.url}/commits", json=body, headers=repo.headers)
    assert (pushed.status_code, pushed.json()["inserted"]) == (201, 1)


def test_the_end_of_a_sync_may_not(repo: Repo) -> None:
    ended = repo.http.post(f"{repo.url}/refs", json={"tipps": []}, headers=repo.headers)
    assert (ended.status_code, ended.json()["errors"][0]["field"]) == (422, "tipps")


def test_every_body_of_every_route_refuses_it(settings: Settings, tmp_path: Path) -> None:
    kinds: set[type[BaseModel]] = set()
    app = create_app(settings.model_copy(update={"data_dir": tmp_path}))
    for route in iter_route_contexts(app.routes):
        for field in getattr(getattr(route, "dependant", None), "body_params", ()):
            collect(field.field_info.annotation, kinds)
    assert len(kinds) > 50
    assert [kind for kind in kinds if kind.model_config.get("extra") != "forbid"] == []


def collect(kind: Any, into: set[type[BaseModel]]) -> None:
    if inspect.isclass(kind) and issubclass(kind, BaseModel) and kind not in into:
        into.add(kind)
        for field in kind.model_fields.values():
            collect(field.annotation, into)
    for part in get_args(kind):
        collect(part, into)


def test_of_thousands_some_are_named(http: Client, ada: Person) -> None:
    """To look for the nearest of each kept the server busy for seconds, and nobody signed in."""
    names = [f"n{number}" for number in range(2_000)]
    place = f"{API}/auth/magic-link"
    for answer in (
        http.post(place, json=dict.fromkeys(names, 1)),
        http.post(f"{place}?{'&'.join(names)}", json={"email": ada.email}),
    ):
        assert answer.status_code == 422
        assert len(answer.json()["errors"]) == 50
