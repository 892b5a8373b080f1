"""What the description of the API says beyond the types: examples, each as a league answered it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI

EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "api_examples.json").read_text(encoding="utf-8")
)
JSON = "application/json"


def with_examples(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """In place of `app.openapi`."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            paths = document["paths"]
            _share_parts(document)
            for place, example in EXAMPLES["requests"].items():
                _operation(paths, place)["requestBody"]["content"][JSON]["example"] = example
            for place, example in EXAMPLES["answers"].items():
                _operation(paths, place)["responses"]["200"]["content"][JSON]["example"] = example
        return app.openapi_schema or plain()

    return described


def _share_parts(document: dict[str, Any]) -> None:
    """The parts of a body that its route reads by itself stand where all others do."""
    schemas = document["components"]["schemas"]
    for place in (place for methods in document["paths"].values() for place in methods.values()):
        body = place.get("requestBody", {}).get("content", {}).get(JSON, {})
        for name, part in body.get("schema", {}).pop("$defs", {}).items():
            if schemas.setdefault(name, part) != part:
                raise ValueError(f"Two parts are called {name}.")


def _operation(paths: dict[str, Any], place: str) -> dict[str, Any]:
    method, path = place.split(" ")
    found: dict[str, Any] = paths[path][method.lower()]
    return found
