"""The routes of a module, told to FastAPI once, when all that is around them is known.

A router of FastAPI reads a route where it is declared, and anew for each router that it becomes
part of, which made up a third of a server's start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from fastapi import APIRouter
from fastapi.params import Depends

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class _Around(NamedTuple):
    """What the routes of a router have in common."""

    prefix: str = ""
    tags: tuple[str, ...] = ()
    dependencies: tuple[Depends, ...] = ()
    include_in_schema: bool = True

    def holding(self, inner: _Around) -> _Around:
        return _Around(
            self.prefix + inner.prefix,
            self.tags + inner.tags,
            self.dependencies + inner.dependencies,
            self.include_in_schema and inner.include_in_schema,
        )


class _Route(NamedTuple):
    around: _Around
    endpoint: Callable[..., Any]
    options: dict[str, Any]


class Routes:
    """Declared as those of an APIRouter are."""

    def __init__(
        self,
        *,
        prefix: str = "",
        tags: Sequence[str] = (),
        dependencies: Sequence[Depends] = (),
        include_in_schema: bool = True,
    ) -> None:
        self._around = _Around(prefix, tuple(tags), tuple(dependencies), include_in_schema)
        self._declared: list[_Route] = []

    def get(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declaring("GET", path, options)

    def post(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declaring("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declaring("PUT", path, options)

    def patch(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declaring("PATCH", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declaring("DELETE", path, options)

    def include(
        self, inner: Routes, *, prefix: str = "", dependencies: Sequence[Depends] = ()
    ) -> None:
        """After all of them are declared."""
        around = self._around.holding(_Around(prefix, dependencies=tuple(dependencies)))
        self._declared += (
            route._replace(around=around.holding(route.around)) for route in inner._declared
        )

    def router(self) -> APIRouter:
        router = APIRouter(redirect_slashes=False)
        for around, endpoint, options in self._declared:
            router.add_api_route(
                around.prefix,
                endpoint,
                tags=list(around.tags),
                dependencies=around.dependencies,
                include_in_schema=around.include_in_schema,
                **options,
            )
        return router

    def _declaring(
        self, method: str, path: str, options: dict[str, Any]
    ) -> Callable[[Endpoint], Endpoint]:
        own = _Around(
            path,
            tuple(options.pop("tags", ())),
            tuple(options.pop("dependencies", ())),
            options.pop("include_in_schema", True),
        )

        def declare(endpoint: Endpoint) -> Endpoint:
            around = self._around.holding(own)
            self._declared.append(_Route(around, endpoint, {"methods": [method], **options}))
            return endpoint

        return declare
