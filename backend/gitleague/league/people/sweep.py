"""Names and addresses taken out of every text of a league, in whatever table it is."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    RowMapping,
    String,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from gitleague.core.sets import listed
from gitleague.projects.erased import Names
from gitleague.tables import Table
from gitleague.tables.audit import AuditEntry

ESCAPE = "/"
FREE_TEXT = 255  # characters that a text written by people may have, at least
# What stays, and why.
KEPT = {
    "players.name": "other people's names",
    "identities.name": "other people's names",
    "identities.email": "other people's addresses",
    "identities.address": "other people's addresses",
    "commits.author_name": "other people's names",
    "commits.author_email": "other people's addresses",
    "commits.committer_name": "other people's names",
    "commits.committer_email": "other people's addresses",
    "commits.parents": "shas",
    "refused_commits.parents": "shas",
    "repos.name": "a repository is named by its address",
    "repos.git_url": "pushes name the repository by it",
    "repos.url_key": "pushes name the repository by it",
    "rules.rules": "patterns, which a changed word would break",
}


def sweep(session: Session, project_id: uuid.UUID, names: Names) -> None:
    if names.words:
        for table in Table.metadata.sorted_tables:
            if "project_id" in table.c and texts_of(table):
                _sweep(session, table, project_id, names)


def texts_of(table: SqlTable) -> list[Column[Any]]:
    """The columns that may hold what somebody wrote."""
    return [
        column
        for column in table.columns
        if f"{table.name}.{column.name}" not in KEPT and _is_free(column)
    ]


def _is_free(column: Column[Any]) -> bool:
    if isinstance(column.type, String):
        return column.type.length is None or column.type.length >= FREE_TEXT
    return isinstance(column.type, JSON)


def _sweep(session: Session, table: SqlTable, project_id: uuid.UUID, names: Names) -> None:
    texts, keys = texts_of(table), list(table.primary_key.columns)
    changes: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for row in _naming(session, table, project_id, names):
        after = {column.name: _fit(column, names, row) for column in texts}
        if all(row[name] == text for name, text in after.items()):
            continue
        key = {f"key_{column.name}": row[column.name] for column in keys}
        # A key says what the row is: with another one it would be another.
        is_in_key = any(row[each.name] != after.get(each.name, row[each.name]) for each in keys)
        # What an entry of the log said cannot be proved any more, nor can it be tried.
        unsalted = {"salt": None} if table.name == AuditEntry.__tablename__ else {}
        (gone if is_in_key else changes).append(key | after | unsalted)
    if changes:
        same = [column == bindparam(f"key_{column.name}") for column in keys]
        session.execute(
            update(table).where(and_(*same)),
            changes,
        )
    if gone:
        told = [tuple(row[f"key_{column.name}"] for column in keys) for row in gone]
        session.execute(delete(table).where(tuple_(*keys).in_(told)))


def _naming(
    session: Session, table: SqlTable, project_id: uuid.UUID, names: Names
) -> Sequence[RowMapping]:
    """The keys and texts of all rows that may hold one of the words."""
    texts = texts_of(table)
    # One parameter, however many the words are; read once, and not for each row.
    words = listed(session, {f"%{_escaped(each)}%" for each in _spellings(names)})
    word = select(func.lower(words).label("word")).cte("words").prefix_with("MATERIALIZED").c.word
    holds = or_(*(func.lower(_as_text(column)).like(word, escape=ESCAPE) for column in texts))
    wanted = select(*dict.fromkeys([*table.primary_key.columns, *texts])).where(
        table.c.project_id == project_id, exists(select(word).where(holds).correlate(table))
    )
    return session.execute(wanted).mappings().all()


def _fit(column: Column[Any], names: Names, row: RowMapping) -> Any:
    after = names.taken_out(row[column.name])
    length = getattr(column.type, "length", None)
    return after[:length] if length and after else after


def _spellings(names: Names) -> Iterator[str]:
    """SQLite folds no letters beyond ASCII; JSON may have such letters escaped."""
    for word in names.words:
        cases = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title()}
        yield from cases
        yield from (json.dumps(case)[1:-1] for case in cases)


def _escaped(word: str) -> str:
    """With none of the signs that stand for others in a pattern."""
    return re.sub(f"[{ESCAPE}%_]", rf"{ESCAPE}\g<0>", word)


def _as_text(column: Column[Any]) -> ColumnElement[str]:
    return cast(column, Text) if isinstance(column.type, JSON) else column
