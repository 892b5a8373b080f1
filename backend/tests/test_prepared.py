"""A statement is written once for each shape, and given its values when it runs."""

import uuid
from datetime import datetime, timezone
from enum import Enum
from typing import Any, NamedTuple

import pytest
from gitleague.core.prepared import prepared
from gitleague.tables.accounts import BrowserSession, User
from gitleague.tables.projects import Project
from make import make_project
from sqlalchemy import Delete, Select, delete, func, literal, select

NAMES = ["Ours", "Theirs"]


class Way(Enum):
    UP = "up"
    DOWN = "down"


class Pair(NamedTuple):
    way: Way
    number: int


def names(first: str | None, many: list[str], pair: Pair, *, count: bool) -> Select[tuple[object]]:
    found = Project.name == first if first is not None else Project.name.in_(many)
    order = Project.name.asc() if pair.way is Way.UP else Project.name.desc()
    wanted = select(func.count()) if count else select(Project.name + "").order_by(order)
    return wanted.select_from(Project).where(found, literal(1) < pair.number)


@pytest.mark.on_both
def test_it_answers_as_if_it_were_written_anew(database):
    with database.writing() as session:
        for name in NAMES:
            make_project(session, name=name)
    written = []

    @prepared
    def statement(*given: Any, **shape: Any) -> Select[Any]:
        written.append(shape)
        return names(*given, **shape)

    def ask(*given: Any, **shape: Any) -> list[Any]:
        with database.reading() as session:
            return list(session.scalars(*statement(*given, **shape)))

    up, down = Pair(Way.UP, 2), Pair(Way.DOWN, 3)
    for _ in range(2):
        assert ask("Ours", [], up, count=False) == ["Ours"]
        assert ask("Theirs", NAMES, up._replace(number=9), count=False) == ["Theirs"]
        assert ask("Ours", [], up._replace(number=1), count=False) == []
        assert ask(None, NAMES, up, count=False) == NAMES
        assert ask(None, [], up, count=False) == []
        assert ask(None, NAMES, down, count=False) == NAMES[::-1]
        assert ask(None, NAMES[:1], down, count=True) == [1]
    assert len(written) == 4  # with and without a name; downwards; counted


@prepared
def open_sessions(user_id: uuid.UUID, moment: datetime) -> Select[tuple[int]]:
    return (
        select(func.count())
        .select_from(User)
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(
            User.id == user_id,
            BrowserSession.expires_at > moment,
        )
    )


@pytest.mark.on_both
def test_values_have_the_types_of_the_columns(database, ada):
    with database.reading() as session:
        for year, count in ((2024, 1), (2999, 0)):
            moment = datetime(year, 1, 1, tzinfo=timezone.utc)
            assert session.scalar(*open_sessions(ada.user_id, moment)) == count


def test_what_is_no_value_where_a_value_is_needed_is_an_error():
    @prepared
    def wrong(number: int) -> Select[tuple[int]]:
        return select(literal(1 if number else 0))  # it cannot depend on a value

    with pytest.raises(TypeError):
        wrong(1)


def test_what_changes_rows_says_that_objects_stay_as_they_are() -> None:
    def forget(name: str) -> Delete:
        return delete(Project).where(Project.name == name)

    def forget_rows(name: str) -> Delete:
        return forget(name).execution_options(synchronize_session=False)

    with pytest.raises(TypeError, match="synchronize_session"):
        prepared(forget)("Ours")
    assert prepared(forget_rows)("Ours")[1] == {"value_0": "Ours"}
