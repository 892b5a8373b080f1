"""When players are joined or split, the days that are kept on them go along: those that they
played for squads, and those that they were away.

Whoever gives all identities away keeps their days on paper, where they count for nothing, and the
receiver gets copies; so undoing the change needs only to forget these.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table as SqlTable
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.league.identities.heirs import Heir
from gitleague.league.identities.references import Merge, tables_with
from gitleague.league.periods import DAY
from gitleague.league.squads.stints import whole_months
from gitleague.tables import Table

# Days of one kind never overlap; those of several kinds may.
_KIND = {"absences": "kind"}
_Rows = defaultdict[uuid.UUID, list[Mapping[str, Any]]]


def carry(
    session: Session, project_id: uuid.UUID, change_id: uuid.UUID, heirs: Sequence[Heir]
) -> None:
    """Gives a receiver the days of whom it took over from, where it has none itself.

    A player who is new has those of whom it was split from, so that no table changes.
    """
    for table in _tables() if heirs else ():
        players = {player for each in heirs for player in (each.giver, each.receiver)}
        rows = _rows_of(session, table, project_id, players)
        copies = [
            copy | {"carried_by": change_id}
            for each in heirs
            for copy in _copies(table, rows, each)
        ]
        if copies:
            session.execute(insert(table), copies)


def forget_carried(session: Session, project_id: uuid.UUID, change_id: uuid.UUID) -> None:
    """What that change brought along: whom it was taken from has it still."""
    for table in _tables():
        session.execute(
            delete(table).where(table.c.project_id == project_id, table.c.carried_by == change_id)
        )


def _tables() -> list[SqlTable]:
    return [Table.metadata.tables[name] for name in tables_with(Merge.COPIED)]


def _rows_of(
    session: Session, table: SqlTable, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> _Rows:
    rows = session.execute(
        select(table)
        .where(table.c.project_id == project_id, table.c.player_id.in_(players))
        .order_by(table.c.first, table.c.id)
    )
    found: _Rows = defaultdict(list)
    for row in rows.mappings():
        found[row["player_id"]].append(dict(row))
    return found


def _copies(table: SqlTable, rows: _Rows, heir: Heir) -> list[dict[str, Any]]:
    """Whoever takes over from several gets the days of the first who has them."""
    kind, taken, copies = _KIND.get(table.name), rows[heir.receiver], []
    for row in rows[heir.giver]:
        alike = [each for each in taken if kind is None or each[kind] == row[kind]]
        for first, last in _free(row["first"], row["last"], alike):
            copy = {
                **row,
                "id": uuid.uuid4(),
                "player_id": heir.receiver,
                "first": first,
                "last": last,
                "created_at": now(),
            }
            if "months_from" in table.c:
                copy["months_from"], copy["months_until"] = whole_months(first, last)
            copies.append(copy)
            taken.append(copy)
    return copies


def _free(
    first: date, last: date, taken: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[date, date]]:
    """The days from `first` to `last` that nothing in `taken` has."""
    here = first
    for other in sorted(taken, key=lambda each: each["first"]):
        if other["last"] < here or other["first"] > last:
            continue
        if here < other["first"]:
            yield here, other["first"] - DAY
        if other["last"] >= last:
            return
        here = other["last"] + DAY
    yield here, last
