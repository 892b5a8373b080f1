"""How a route gets its session: the transaction ends before the answer is sent."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from gitleague.core.db import Database


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _reading(request: Request) -> Iterator[Session]:
    with database_of(request).reading() as session:
        yield session


def _writing(request: Request) -> Iterator[Session]:
    with database_of(request).writing() as session:
        yield session


ReadSession = Annotated[Session, Depends(_reading, scope="function")]
WriteSession = Annotated[Session, Depends(_writing, scope="function")]
