"""Lists come in pages, in a stable order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Paging(BaseModel):
    """`?page=2&limit=50`"""

    model_config = ConfigDict(frozen=True)

    page: Annotated[
        int, Field(ge=1, le=1_000_000, description="The page to return, counted from 1. Default 1.")
    ] = 1
    limit: Annotated[
        int, Field(ge=1, le=200, description="The most items a page holds, 1 to 200. Default 50.")
    ] = 50

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


PagingQuery = Annotated[Paging, Query()]


class Page(BaseModel, Generic[Item]):
    items: Sequence[Item]
    total: int
    page: int
    pages: int


def page_of(items: Sequence[Item], total: int, paging: Paging) -> Page[Item]:
    return Page(items=items, total=total, page=paging.page, pages=math.ceil(total / paging.limit))
