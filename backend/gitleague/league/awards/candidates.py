"""Who could get an award: the best first, with what speaks for them.

Bots and merges are out, as in the standings. Of equals the one with more impact is first, then the
one whose name comes first (by its bytes: databases sort letters each their own way), then the one
whose commits have the smaller fingerprint: the same commits give the same winners everywhere.
"""

import uuid
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from gitleague_client.rules.defaults import Rules
from sqlalchemy import Select, and_, false, func, select
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.awards.rules import (
    ACTIVE_DAYS,
    ACTIVE_WEEKS,
    MOST_PLAYERS,
    MOST_PLAYS,
    ROOKIE_DAYS,
)
from gitleague.league.people.shown import LEAGUE, shown_name
from gitleague.league.periods import Window
from gitleague.league.plays import PlayRow, play_row
from gitleague.league.seasons.presence import compared_by_day, improvement
from gitleague.league.standings import Slice, StandingRow, over, standings
from gitleague.scoring.expressions import author_stats, impact, is_scored
from gitleague.scoring.rules import rules_of
from gitleague.tables.commits import CommitRow, Identity, Player
from gitleague.tables.projects import Repo
from gitleague.tables.scores import BoxScore


class Candidate(NamedTuple):
    player_id: uuid.UUID
    name: str
    score: int  # ten-thousandths
    working: dict[str, Any]
    sha: str | None = None


def by_impact(session: Session, project_id: uuid.UUID, window: Window) -> list[Candidate]:
    """Whoever was away is among them: an award tells who was passed by."""
    return _best(
        [
            Candidate(row.player_id, row.name, row.numbers.impact, _stats(row))
            for row in _table(session, project_id, window)
            if row.numbers.impact > 0
        ]
    )


def most_improved(session: Session, project_id: uuid.UUID, window: Window) -> list[Candidate]:
    """By the impact more than in the period before; both need a few active days.

    Whoever was away, on call or there part of the time in either is compared by the active day.
    """
    by_day = compared_by_day(session, project_id, window, window.before)
    before = {
        row.player_id: row.numbers
        for row in _table(session, project_id, window.before)
        if row.numbers.active_days >= ACTIVE_DAYS
    }
    gains = [
        Candidate(
            row.player_id,
            row.name,
            improvement(row.numbers, before[row.player_id], by_day=row.player_id in by_day),
            {
                **_stats(row),
                "before": before[row.player_id].shown(),
                "by_active_day": row.player_id in by_day,
            },
        )
        for row in _table(session, project_id, window)
        if row.player_id in before and row.numbers.active_days >= ACTIVE_DAYS
    ]
    return _best([gain for gain in gains if gain.score > 0])


def rookies_of_the_month(
    session: Session, project_id: uuid.UUID, window: Window
) -> list[Candidate]:
    """By the average impact of an active day, of those whose first day is recent."""
    newcomers = _newcomers(session, project_id, window, since=window.last - ROOKIE_DAYS)
    return _best(
        [
            Candidate(
                row.player_id,
                row.name,
                row.numbers.impact // row.numbers.active_days,
                {**_stats(row), "first_day": str(newcomers[row.player_id])},
            )
            for row in _table(session, project_id, window)
            if row.player_id in newcomers and row.numbers.active_days >= ACTIVE_DAYS
        ]
    )


def rookies_of_the_year(session: Session, project_id: uuid.UUID, window: Window) -> list[Candidate]:
    """By the average impact of an active week, of those who began in the season."""
    newcomers = _newcomers(session, project_id, window, since=window.first)
    weeks = _active_weeks(session, project_id, window)
    return _best(
        [
            Candidate(
                row.player_id,
                row.name,
                row.numbers.impact // weeks[row.player_id],
                {
                    **_stats(row),
                    "first_day": str(newcomers[row.player_id]),
                    "active_weeks": weeks[row.player_id],
                },
            )
            for row in _table(session, project_id, window)
            if row.player_id in newcomers and weeks[row.player_id] >= ACTIVE_WEEKS
        ]
    )


def plays_of_the_days(
    session: Session, project_id: uuid.UUID, first: date, last: date
) -> Iterator[tuple[date, list[Candidate]]]:
    """Of each day on which anybody played, the commits with most impact."""
    rules = rules_of(session, project_id)
    rows = session.execute(*_best_plays(project_id, first, last, rules=rules))
    for day, group in groupby(rows, key=lambda row: row.CommitRow.day):
        found = [_play(row.player_id, row.name, play_row(row, rules)) for row in group]
        yield day, [each for each in found if each.score > 0]


@prepared
def _best_plays(project_id: uuid.UUID, first: date, last: date, *, rules: Rules) -> Select[Any]:
    worth = impact(author_stats(rules), rules)
    order = (worth.desc(), CommitRow.commit_date, CommitRow.sha)
    nth = func.row_number().over(partition_by=CommitRow.day, order_by=order)
    wrote = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    best = (
        select(
            CommitRow.sha,
            CommitRow.repo_id,
            Player.id.label("player_id"),
            shown_name(LEAGUE).label("name"),
            nth.label("nth"),
        )
        .join(Identity, wrote)
        .join(Player, plays)
        .where(
            CommitRow.project_id == project_id,
            CommitRow.day.between(first, last),
            is_scored(score_merges=rules.score_merges),
            Player.is_bot.is_(False),
        )
        .subquery()
    )
    return (
        select(
            CommitRow,
            best.c.player_id,
            best.c.name,
            Repo.name.label("repo_name"),
            false().label("as_coauthor"),
        )
        .join(best, and_(best.c.sha == CommitRow.sha, best.c.repo_id == CommitRow.repo_id))
        .join(Repo, and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id))
        .where(CommitRow.project_id == project_id, best.c.nth <= MOST_PLAYS)
        .order_by(CommitRow.day, best.c.nth)
    )


def _play(player_id: uuid.UUID, name: str, row: PlayRow) -> Candidate:
    lines = [line._asdict() for line in row.working.lines]
    shown = {"title": row.title, "repo": row.repo_name, "lines": lines}
    return Candidate(player_id, name, row.working.impact, shown, row.sha)


def _table(session: Session, project_id: uuid.UUID, window: Window) -> list[StandingRow]:
    rows = standings(session, Slice(project_id, window, viewer=LEAGUE), limit=MOST_PLAYERS).rows
    namesakes = _fingerprints(session, project_id)
    return sorted(
        rows,
        key=lambda row: (
            row.rank is None,
            -row.numbers.impact,
            row.name,
            namesakes[row.player_id],
        ),
    )


def _fingerprints(session: Session, project_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """What tells namesakes apart: made of what commits say, and not of the ids of a database."""
    return dict(session.execute(*_smallest_fingerprints(project_id)).tuples().all())


@prepared
def _smallest_fingerprints(project_id: uuid.UUID) -> Select[tuple[uuid.UUID, str]]:
    return (
        select(Identity.player_id, func.min(Identity.fingerprint))
        .where(Identity.project_id == project_id)
        .group_by(Identity.player_id)
    )


def _stats(row: StandingRow) -> dict[str, Any]:
    return {"stats": row.numbers.shown()}


def _best(candidates: list[Candidate]) -> list[Candidate]:
    """They come with most impact first, the ranked before others; equals stay in that order."""
    return sorted(candidates, key=lambda each: -each.score)


def _newcomers(
    session: Session, project_id: uuid.UUID, window: Window, *, since: date
) -> dict[uuid.UUID, date]:
    """The players whose first day of all is in the window, or before it and not before `since`."""
    ever = Slice(project_id, window._replace(first=date.min, version=None))
    found = session.execute(*_first_days(ever.alone, since, window.last))
    return dict(found.tuples().all())


@prepared
def _first_days(of: Slice, since: date, last: date) -> Select[tuple[uuid.UUID, date]]:
    first_day = func.min(BoxScore.day)
    return over(of, Player.id, first_day).group_by(Player.id).having(first_day.between(since, last))


def _active_weeks(session: Session, project_id: uuid.UUID, window: Window) -> dict[uuid.UUID, int]:
    days = session.execute(*_days(Slice(project_id, window).alone))
    weeks: dict[uuid.UUID, set[tuple[int, int]]] = {}
    for player_id, day in days:
        weeks.setdefault(player_id, set()).add(day.isocalendar()[:2])
    return {player_id: len(found) for player_id, found in weeks.items()}


@prepared
def _days(of: Slice) -> Select[tuple[uuid.UUID, date]]:
    return over(of, Player.id, BoxScore.day).distinct()
