"""A week in a few lines of plain text."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from gitleague_client.rules.score import IMPACT_UNIT
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.awards.names import name_of
from gitleague.league.markup import clean
from gitleague.league.people.shown import shown_name
from gitleague.league.periods import DAY, Period, around
from gitleague.league.standings import Slice, StandingRow, standings
from gitleague.projects.leagues import get_project
from gitleague.tables.awards import Award
from gitleague.tables.commits import Identity, Player

PLACES = 5
LONGEST = 60  # characters of a name
# What chats make more of than text: calls to everybody, markup, links.
_HARMLESS = {"@": "@\u200b", "<": "\u2039", ">": "\u203a", "](": "]\u200b(", "://": ":\u200b//"}


class Recap(NamedTuple):
    title: str
    text: str


def recap_of(session: Session, project_id: uuid.UUID, last: date, *, public_url: str) -> Recap:
    """Of the week that ends with this day."""
    window = around(last, Period.WEEK, last + DAY)
    table = standings(session, Slice(project_id, window), limit=PLACES)
    ranked = [row for row in table.rows if row.rank]  # whoever was away stands below, with none
    lines = [_place(row) for row in ranked] or ["Nobody played."]
    if ranked and table.total > len(ranked):
        lines.append(f"and {table.total - len(ranked)} more")
    awards = _awards(session, project_id, window.first, last)
    if awards:
        lines += ["", "Awards", *awards]
    lines += ["", f"{public_url}/projects/{project_id}/standings?period=week&start={window.first}"]
    league = harmless(get_project(session, project_id).name)
    return Recap(f"{league}: {window.first} to {last}", "\n".join(lines))


def harmless(text: str) -> str:
    """In one line, calling nobody and leading nowhere."""
    line = " ".join(clean(text).split())[:LONGEST]
    for found, instead in _HARMLESS.items():
        line = line.replace(found, instead)
    return line


def _place(row: StandingRow) -> str:
    impact, commits = row.numbers.impact / IMPACT_UNIT, row.numbers.commits
    counted = "1 commit" if commits == 1 else f"{commits:,} commits"
    return f"{row.rank}. {harmless(row.name)}: impact {impact:,.1f}, {counted}"


def _awards(session: Session, project_id: uuid.UUID, first: date, last: date) -> list[str]:
    return [
        f"{name_of(kind)}{f' {ends}' if begins == ends else ''}: {harmless(name)}"
        for kind, begins, ends, name in session.execute(*_won(project_id, first, last))
    ]


@prepared
def _won(project_id: uuid.UUID, first: date, last: date) -> Select[Any]:
    won = and_(Identity.project_id == Award.project_id, Identity.id == Award.identity_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    return (
        select(Award.kind, Award.first, Award.last, shown_name())
        .join(Identity, won)
        .join(Player, plays)
        .where(Award.project_id == project_id, Award.last.between(first, last))
        .order_by(Award.first, Award.last.desc(), Award.kind)
    )
