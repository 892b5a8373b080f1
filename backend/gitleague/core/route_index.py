"""Finds the route of a request by the parts of its path.

FastAPI tries one route after the other: behind three hundred routes that takes longer than most
answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")


class _Place(NamedTuple):
    """A route, and how many were registered before it: the first that fits is taken."""

    number: int
    route: RouteContext


class _Node:
    """The routes whose paths begin with the same parts."""

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.below_any: _Node | None = None  # where a parameter stands
        self.here: list[_Place] = []
        self.here_and_below: list[_Place] = []  # its last parameter takes slashes too

    def child(self, part: str) -> _Node:
        if "{" not in part:
            return self.below.setdefault(part, _Node())
        self.below_any = self.below_any or _Node()
        return self.below_any

    def fitting(self, parts: Sequence[str], depth: int = 0) -> Iterator[_Place]:
        yield from self.here_and_below
        if depth == len(parts):
            yield from self.here
            return
        for node in (self.below.get(parts[depth]), self.below_any):
            if node:
                yield from node.fitting(parts, depth + 1)


class RouteIndex:
    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._root = _Node()
        for number, route in enumerate(iter_route_contexts(routes)):
            if isinstance(route.original_route, Route):
                self._add(_Place(number, route))

    def choose(self, scope: Scope) -> RouteContext | None:
        """The route that fits whole, with what it knows of the request in the scope."""
        for _, route in sorted(self._root.fitting(scope["path"].split("/")), key=_by_number):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found, route=route)
                return route
        return None

    def _add(self, place: _Place) -> None:
        node = self._root
        for part in (place.route.path or "").split("/"):
            parameter = _PARAMETER.fullmatch(part)
            if "{" in part and (parameter is None or parameter[2]):
                node.here_and_below.append(place)
                return
            node = node.child(part)
        node.here.append(place)


def _by_number(place: _Place) -> int:
    return place.number


class Indexed:
    """A router behind an index: what fits no route whole is left to it, as 404 and 405 are."""

    def __init__(self, router: APIRouter, index: RouteIndex) -> None:
        self.router = router
        self.index = index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.index.choose(scope) if scope["type"] == "http" else None
        if route is None:
            await self.router.app(scope, receive, send)
        else:
            scope["router"] = self.router
            await route.app(scope, receive, send)
