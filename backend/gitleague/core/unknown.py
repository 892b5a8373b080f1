"""What nobody knows is refused, with the nearest right name: a typing error is not dropped."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, ConfigDict

from gitleague.core.errors import FieldError, Invalid

# What a page of ours says once, and what mail programs, networks and browsers add to a link.
BESIDE = frozenset({"done", "ref", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid"})
BESIDE_BEGIN = "utm_"
MOST_TOLD = 50  # names that are wrong: to look for the nearest of each takes a millisecond
Part = int | str


class Body(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid")


async def refuse_unknown_parameters(request: Request) -> None:
    """Raises Invalid for what stands in the query and the route does not know."""
    _refuse_unknown(request, request.query_params)


async def refuse_unknown_parameters_of_page(request: Request) -> None:
    """As for the API, except for what a page is led to with: see `BESIDE`, `BESIDE_BEGIN`."""
    ours = (
        name
        for name in request.query_params
        if name not in BESIDE and not name.startswith(BESIDE_BEGIN)
    )
    _refuse_unknown(request, ours)


def _refuse_unknown(request: Request, names: Iterable[str]) -> None:
    asked = list(names)
    if not asked:
        return
    dependant = _dependant_of(request)
    known = parameters_of(dependant) if dependant else set()
    unknown = [name for name in asked if name not in known]
    if unknown:
        told = unknown[:MOST_TOLD]
        errors = [FieldError(field=name, message=no_such(name, known)) for name in told]
        raise Invalid(f"There is no parameter {', '.join(unknown[:5])} here.", errors=errors)


def parameters_of(dependant: Dependant) -> set[str]:
    """The names that may stand in the query of a route."""
    names: set[str] = set()
    for field in dependant.query_params:
        names |= set(_fields(field.field_info.annotation)) or {field.alias}
    return names.union(*(parameters_of(each) for each in dependant.dependencies))


def fields_beside(request: Request, place: Sequence[Part]) -> Collection[str]:
    """The names that a body may have where this one stands, as far as the route says."""
    dependant = _dependant_of(request)
    if dependant is None:
        return ()
    kind: Any = next((each.field_info.annotation for each in dependant.body_params), None)
    for part in place[:-1]:
        kind = _fields(kind).get(str(part), kind)
    return tuple(_fields(kind))


def no_such(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f"There is no {name!r} here{f'; the nearest is {near[0]!r}' if near else ''}."


def _fields(kind: Any) -> dict[str, Any]:
    """The fields of a model, or of the one that a list or an optional value is of."""
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    found: dict[str, Any] = {}
    for each in get_args(kind):
        found |= _fields(each)
    return found


def _dependant_of(request: Request) -> Dependant | None:
    """What the route asks of a request; None where the request has come to no route."""
    found: Dependant | None = getattr(request.scope.get("route"), "dependant", None)
    return found
