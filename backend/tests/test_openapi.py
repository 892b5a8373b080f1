"""The description of the API says what each part of it is; its errors speak of the API alone.

It is read from docs/openapi.json, which `test_docs.py` holds to be what the routes say.
"""

import json
import re
import uuid
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from generated_docs import DOCS
from gitleague.app import create_app
from gitleague.core.problems import field_errors
from gitleague.core.settings import Settings
from gitleague.sync.schemas import Push, RefsRequest
from httpx import Client, Response
from make import Person, make_commit
from pydantic import TypeAdapter, ValidationError
from remote import Repo

# A class, a member of one, or what only Python calls things.
PYTHON = re.compile(
    r"[<>]|\b[A-Z]\w*\.\w|\b[A-Z][a-z]+[A-Z]|\bNone\b|dictionary|tuple|instance|_\w"
)
WRONG = "no-such-word"


class Operation(NamedTuple):
    method: str
    path: str
    said: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


class Api(NamedTuple):
    """What the API says of itself."""

    document: dict[str, Any]

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.document["paths"].items():
            for method, said in methods.items():
                yield Operation(method, path, said)

    def found(self, reference: str) -> Any:
        """What a `$ref` leads to. Raises KeyError where that is nothing."""
        return reduce(lambda part, name: part[name], reference.split("/")[1:], self.document)

    def is_choice(self, schema: dict[str, Any]) -> bool:
        """Whether only some words are taken."""
        if "$ref" in schema:
            return self.is_choice(self.found(schema["$ref"]))
        return "enum" in schema or any(self.is_choice(each) for each in schema.get("anyOf", ()))

    def choices(self) -> Iterator[tuple[Operation, dict[str, Any]]]:
        for operation in self.operations():
            for parameter in operation.said.get("parameters", ()):
                if self.is_choice(parameter["schema"]):
                    yield operation, parameter


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(json.loads((DOCS / "openapi.json").read_text(encoding="utf-8")))


def is_sentence(text: str) -> bool:
    return text[:1] in {"`", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"} and text.rstrip().endswith(".")


def test_each_operation_says_what_it_does(api: Api) -> None:
    said = {each.name: each.said.get("description", "") for each in api.operations()}
    assert {name: text for name, text in said.items() if not is_sentence(text)} == {}


def test_each_parameter_says_what_it_is(api: Api) -> None:
    parameters = [
        (each["in"], each["name"], operation.name, each.get("description", ""))
        for operation in api.operations()
        for each in operation.said.get("parameters", ())
    ]
    assert len(parameters) > 300
    assert [each for each in parameters if not is_sentence(each[-1])] == []


def test_an_id_is_described_in_the_same_words_everywhere(api: Api) -> None:
    said: dict[str, set[str]] = {}
    for operation in api.operations():
        for each in operation.said.get("parameters", ()):
            if each["in"] == "path":
                said.setdefault(each["name"], set()).add(each["description"])
    assert {name: texts for name, texts in said.items() if len(texts) > 1} == {}


def test_each_reference_leads_somewhere(api: Api) -> None:
    references = set(_references(api.document))
    assert len(references) > 100
    dead = []
    for each in references:
        try:
            api.found(each)
        except KeyError:
            dead.append(each)
    assert dead == []


def test_no_schema_is_called_by_where_its_class_is(api: Api) -> None:
    """As FastAPI calls two classes of one name."""
    assert [name for name in api.document["components"]["schemas"] if "__" in name] == []


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _references(each)


class Caller(NamedTuple):
    """Ada, with ids for what a path names."""

    http: Client
    ada: Person
    ids: dict[str, str]

    def ask(self, operation: Operation, **options: Any) -> Response:
        path = re.sub(r"{(\w+)}", lambda part: self.ids.get(part[1], str(ID)), operation.path)
        return self.http.request(operation.method, path, headers=self.ada.headers, **options)


ID = uuid.UUID(int=1)


@pytest.fixture
def caller(http: Client, ada: Person, repo: Repo) -> Caller:
    repo.push(make_commit())
    league = f"/api/v1/projects/{ada.project_id}"
    (row,) = http.get(f"{league}/standings", headers=ada.headers).json()["items"]
    player_id = row["player"]["id"]
    ids = {"project_id": str(ada.project_id), "player_id": player_id, "what": "leader"}
    return Caller(http, ada, ids)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_word_that_is_no_choice_is_answered_with_those_that_are(api: Api, caller: Caller) -> None:
    asked = 0
    for operation, parameter in api.choices():
        name = parameter["name"]
        if parameter["in"] == "path":
            with_it = caller._replace(ids={**caller.ids, name: WRONG})
            assert with_it.ask(operation).status_code == 404
            continue
        answer = caller.ask(operation, params={name: WRONG})  # and no other that could be wrong
        assert answer.status_code == 422, (operation.name, answer.text)
        told = {each["field"]: each["message"] for each in answer.json()["errors"]}
        assert re.match(r"Input should be '[\w:]+'", told[name]), (operation.name, told)
        assert not PYTHON.search(re.sub(r"'[^']*'", "", told[name])), (operation.name, told)
        asked += 1
    assert asked > 25


def test_no_refusal_of_a_body_speaks_of_python(tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    told = {refusal for kind in _bodies(app) for refusal in _refusals(kind)}
    messages = {message for _, message in told}
    assert len(messages) > 10
    assert {each for each in messages if PYTHON.search(re.sub(r"'[^']*'", "", each))} == set()
    assert {field for field, _ in told if not re.fullmatch(r"\w+(\.\d+)*", field)} == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_neither_does_the_refusal_of_a_commit(repo: Repo) -> None:
    wrong = ([], {}, WRONG, -1, None)
    commits = [*wrong, *(dict.fromkeys(make_commit(), each) for each in wrong)]
    refused = repo.push(*commits).json()["details"]
    assert len(refused) == len(commits)
    assert [each["reason"] for each in refused if PYTHON.search(each["reason"])] == []


def _bodies(app: FastAPI) -> Iterator[Any]:
    """What the routes read the body of a request as."""
    for route in iter_route_contexts(app.routes):
        for field in getattr(getattr(route, "dependant", None), "body_params", ()):
            yield field.field_info.annotation
    yield from (Push, RefsRequest)  # whose routes read them by themselves


def _refusals(kind: Any) -> Iterator[tuple[str, str]]:
    """What somebody is told of which field, who sends another type, as a whole or in each."""
    body = TypeAdapter(kind)
    fields = body.json_schema().get("properties", {})
    others: tuple[Any, ...] = ([], {}, WRONG, -1, None)
    for sent in (*others, *(dict.fromkeys(fields, other) for other in others)):
        try:
            body.validate_python(sent, from_attributes=True)  # as FastAPI does
        except ValidationError as error:
            for each in field_errors(error.errors()):
                yield each["field"], each["message"]
