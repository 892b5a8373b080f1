"""What a route does not know is refused with the nearest right name, and never dropped."""

import inspect
import uuid
from pathlib import Path
from typing import Any, get_args

import pytest
from cases import in_one_world
from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from gitleague.core.settings import Settings
from httpx import Client
from make import Person, make_commit
from pydantic import BaseModel
from remote import Repo

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
API = "/api/v1"


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
