"""All that is kept on a person, table by table, as JSON that is written while it is read.

Rows about them come whole. Of what they did to others comes only that they did it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, ColumnElement, String, Text, cast, false, func, or_, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.league.fantasy.secrets import picked_by, told_to
from gitleague.league.people.sweep import FREE_TEXT
from gitleague.league.people.traces import Person, ties
from gitleague.projects.erased import Names
from gitleague.tables import Table
from gitleague.tables.fantasy import FantasyPick

CHUNK = 1000
IS_DEED = "is_deed"
# What proves who somebody is would let whoever reads the export be them.
SECRETS = frozenset({"token_hash", "key_hash", "public_key", "fingerprint"})
ACCOUNT = frozenset({"sign_in_links", "browser_sessions", "api_keys"})
# Columns that say who did something: the deed is theirs, what it is about may be others'.
DEEDS = frozenset({"created_by", "decided_by", "audit_logs.user_id"})
# Rows that no key ties to a person: found by an address, or by a name or address in a text.
BY_ADDRESS = {"invitations": "email", "claims": "address"}
BY_WORDS = {
    "audit_logs": ("subject", "details"),
    "identity_changes": ("moves", "states"),
}
# Rows whose text has the id of a player or of an identity, and no names.
BY_IDS = {"happenings": "data", "webhook_deliveries": "body"}
# Tables with nothing on a person, and why; a test demands a word on each new table.
NOT_PERSONAL = {
    "projects": "a league",
    "repos": "repositories",
    "repo_heads": "commits of a repository, by sha",
    "repo_tips": "branches of a repository",
    "commit_references": "which commits fix which, by sha",
    "refused_commits": "shas of commits whose author was never read",
    "seasons": "a calendar",
    "squads": "names of squads; who plays for them are stints",
    "referees": "the limits of a league's referee",
    "record_books": "made of box scores, which are in the export",
    "audit_chains": "where each log ends: a count and a hash",
    "defects": "errors of the server, by route and class",
    "deployments": "the operators' own record of their work",
    "heartbeats": "when the jobs were looked at last",
    "rollouts": "how far a release has come",
    "push_counts": "how many pushes there were, and how they went",
    "life_minutes": "when the server was there, and its memory",
    "answer_counts": "how many requests there were, and how they were answered",
    "time_counts": "how long requests and statements took",
    "repo_pulls": "schedules of repositories, and a league's sealed credentials",
    "repo_syncs": "when repositories came in, and how many commits",
    "stale_months": "which sums have to be made anew",
    "erased_marks": "of erased players, of whom nothing else is left",
}


class _Part(NamedTuple):
    """Rows of a table that are theirs for one reason, and what of them is shown."""

    wanted: list[ColumnElement[bool]]
    columns: list[ColumnElement[Any]]
    without: list[ColumnElement[bool]]
    told: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda row: row  # None: nothing of it


def tables_held() -> list[SqlTable]:
    return [table for table in Table.metadata.sorted_tables if table.name not in NOT_PERSONAL]


def written(database: Database, person: Person, *, whole_account: bool) -> Iterator[str]:
    """The export, in pieces. What the account has beyond the league is for its owner alone."""
    left_out = "hashes of keys and of sign-in tokens"
    if not whole_account:
        left_out += "; sign-ins and API keys, which only the owner of the account may ask for"
    told = {
        "project_id": str(person.project_id),
        "player_id": str(person.player_id),
        "made_at": now().isoformat(),
        "left_out": left_out,
    }
    yield json.dumps(told)[:-1] + ', "data": {'
    with database.reading() as session:
        for number, table in enumerate(tables_held()):
            yield f"{', ' if number else ''}{json.dumps(table.name)}: ["
            if whole_account or table.name not in ACCOUNT:
                yield from _rows(session, table, person, whole_account=whole_account)
            yield "]"
    yield "}}"


def _rows(
    session: Session, table: SqlTable, person: Person, *, whole_account: bool
) -> Iterator[str]:
    comma = ""
    for part in _parts(table, person):
        question = select(*part.columns).where(or_(*part.wanted))
        if table.name == FantasyPick.__tablename__:
            mine = person.users if whole_account else ()
            question = question.where(told_to(session, person.project_id, mine))
        if "project_id" in table.c and table.name not in ACCOUNT:
            here = table.c.project_id == person.project_id
            of_account = table.name == "audit_logs" and whole_account
            question = question.where(or_(here, table.c.project_id.is_(None) & of_account))
        if part.without:
            question = question.where(~func.coalesce(or_(*part.without), False))
        in_order = question.order_by(*table.primary_key.columns)
        for row in session.execute(in_order.execution_options(yield_per=CHUNK)).mappings():
            fields = part.told({key: _as_json(value) for key, value in row.items()})
            if fields is not None:
                yield comma + json.dumps(fields)
                comma = ", "


def _parts(table: SqlTable, person: Person) -> Iterator[_Part]:
    columns: list[ColumnElement[Any]] = [
        column for column in table.columns if column.name not in SECRETS
    ]
    whole: list[ColumnElement[bool]] = []
    deeds: list[ColumnElement[bool]] = []
    for column, tie in ties(table, person):
        is_deed = DEEDS & {column.name, f"{table.name}.{column.name}"}
        (deeds if is_deed else whole).append(tie)
    if table.name == FantasyPick.__tablename__:
        whole.append(picked_by(person.project_id, person.users))
    told = {each.lower() for each in person.addresses}
    if table.name in BY_ADDRESS:
        whole.append(func.lower(table.c[BY_ADDRESS[table.name]]).in_(told))
    if table.name in BY_IDS:
        text = cast(table.c[BY_IDS[table.name]], Text)
        whole += [text.contains(str(each)) for each in sorted(person.identities | person.players)]
    if table.name == "commits":
        deeds.append(func.lower(table.c.committer_email).in_(told))
    named: list[ColumnElement[bool]] = [
        cast(table.c[name], Text).icontains(word, autoescape=True)
        for name in BY_WORDS.get(table.name, ())
        for word in sorted(_spellings(person))
    ]
    if whole:
        yield _Part(whole, columns, [])
    if named or deeds:
        by_deed = func.coalesce(or_(false(), *deeds), False).label(IS_DEED)
        of_others = partial(_of_others, table, _Traces(person))
        yield _Part([*named, *deeds], [*columns, by_deed], whole, of_others)


class _Traces:
    """What tells in a text that it is about a person."""

    def __init__(self, person: Person) -> None:
        self._names = Names(person.words, "")
        self._ids = {str(each) for each in person.identities}

    def are_in(self, value: Any) -> bool:
        """As whole words: an id of somebody else may have the letters of a name."""
        text = json.dumps(value)
        return self._names.are_in(value) or any(each in text for each in self._ids)


def _spellings(person: Person) -> set[str]:
    escaped = {json.dumps(word)[1:-1] for word in person.words}
    return {*person.words, *escaped, *map(str, person.identities)}


def _of_others(table: SqlTable, traces: _Traces, row: dict[str, Any]) -> dict[str, Any] | None:
    """What names them is told; of what they did to others, that they did it."""
    is_deed = row.pop(IS_DEED)
    if any(traces.are_in(row[name]) for name in BY_WORDS.get(table.name, ())):
        return {key: _about(value, traces) for key, value in row.items()}
    if is_deed:
        return {key: value for key, value in row.items() if not _is_told(table.c[key])}
    return None


def _is_told(column: Column[Any]) -> bool:
    if isinstance(column.type, String):
        return column.type.length is None or column.type.length >= FREE_TEXT
    return isinstance(column.type, JSON)


def _about(value: Any, traces: _Traces) -> Any:
    """Of lists only what names them: the rest of a list is about others."""
    if isinstance(value, dict):
        return {key: _about(each, traces) for key, each in value.items()}
    if isinstance(value, list):
        return [each for each in value if traces.are_in(each)]
    return value


def _as_json(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
