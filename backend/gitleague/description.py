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
PROBLEM = {
    "title": "Problem",
    "description": "What every error is told as (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "The kind of error, as a URN."},
        "title": {"type": "string", "description": "The kind of error, in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What is wrong here, and what to do."},
        "errors": {
            "type": "array",
            "description": "The fields that were wrong, if any.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "request_id": {
            "type": ["string", "null"],
            "description": "What the log of the server knows the request by.",
        },
    },
}
ERRORS = {
    "4XX": "The request was refused.",
    "503": "The server is busy or its database away. Come back after `Retry-After`.",
}


def with_examples(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """In place of `app.openapi`."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            paths = document["paths"]
            _share_parts(document)
            _tell_errors(document)
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


def _tell_errors(document: dict[str, Any]) -> None:
    """As `core/problems.py` answers them, in place of what FastAPI would answer by itself."""
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {status: {"description": text, "content": problem} for status, text in ERRORS.items()}
    for place in (place for methods in document["paths"].values() for place in methods.values()):
        place["responses"].pop("422", None)
        place["responses"] |= told


def _operation(paths: dict[str, Any], place: str) -> dict[str, Any]:
    method, path = place.split(" ")
    found: dict[str, Any] = paths[path][method.lower()]
    return found
