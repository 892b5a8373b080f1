"""Rules that one commit alone can break."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, cast, func, or_
from sqlalchemy.orm import Session

from gitleague.league.fairplay.settings import Limits
from gitleague.league.fairplay.suspects import (
    A_DAY,
    MINUTE,
    Flagged,
    Look,
    Named,
    Suspect,
    figures,
    found,
    fresh_commits,
    seconds,
    suspects,
)
from gitleague.tables.commits import CommitRow
from gitleague.tables.fairplay import FairPlayRule


def lock_file_dumps(session: Session, look: Look) -> list[Flagged]:
    limits = look.settings.lock_file_dump
    added = cast(CommitRow.additions, BigInteger)
    rows = found(
        session,
        suspects(
            look,
            FairPlayRule.LOCK_FILE_DUMP,
            *fresh_commits(look),
            CommitRow.additions >= limits.lines,
            cast(CommitRow.excluded_additions, BigInteger) * 100 >= added * limits.percent,
        ),
    )

    def evidence(row: Suspect) -> dict[str, Any]:
        return {
            "additions": row.additions,
            "excluded_additions": row.excluded_additions,
            "percent": row.excluded_additions * 100 // row.additions,
        }

    return _by_day(FairPlayRule.LOCK_FILE_DUMP, limits, rows, evidence)


def huge_commits(session: Session, look: Look) -> list[Flagged]:
    limits = look.settings.huge_commit
    own = CommitRow.additions - CommitRow.excluded_additions
    wanted = suspects(look, FairPlayRule.HUGE_COMMIT, *fresh_commits(look), own >= limits.lines)

    def evidence(row: Suspect) -> dict[str, Any]:
        return {"lines": row.additions - row.excluded_additions}

    return _by_day(FairPlayRule.HUGE_COMMIT, limits, found(session, wanted), evidence)


def future_dates(session: Session, look: Look) -> list[Flagged]:
    limits = look.settings.future_date
    latest = seconds(session, CommitRow.received_at) + limits.minutes * MINUTE
    ahead = or_(
        seconds(session, CommitRow.author_date) > latest,
        seconds(session, CommitRow.commit_date) > latest,
    )
    wanted = suspects(look, FairPlayRule.FUTURE_DATE, *fresh_commits(look), ahead)

    def evidence(row: Suspect) -> dict[str, Any]:
        later = max(row.at, row.commit_date)
        seconds_ahead = (later - row.received_at).total_seconds()
        return {**_dates(row), "minutes_ahead": int(seconds_ahead // MINUTE)}

    return _by_day(FairPlayRule.FUTURE_DATE, limits, found(session, wanted), evidence)


def distant_dates(session: Session, look: Look) -> list[Flagged]:
    limits = look.settings.distant_dates
    apart = func.abs(
        seconds(session, CommitRow.author_date) - seconds(session, CommitRow.commit_date)
    )
    wanted = suspects(
        look,
        FairPlayRule.DISTANT_DATES,
        *fresh_commits(look),
        CommitRow.author_date.is_not(None),
        apart > limits.days * A_DAY,
    )

    def evidence(row: Suspect) -> dict[str, Any]:
        return {**_dates(row), "days_apart": abs(row.at - row.commit_date).days}

    return _by_day(FairPlayRule.DISTANT_DATES, limits, found(session, wanted), evidence)


def _dates(row: Suspect) -> dict[str, str | None]:
    return {
        "author_date": row.author_date.isoformat() if row.author_date else None,
        "commit_date": row.commit_date.isoformat(),
        "received_at": row.received_at.isoformat(),
    }


def _by_day(
    rule: FairPlayRule,
    limits: Limits,
    rows: Iterable[Suspect],
    evidence: Callable[[Suspect], dict[str, Any]],
) -> list[Flagged]:
    """One flag for a player and a day, which names all such commits."""

    def whose(row: Suspect) -> tuple[Any, ...]:
        return row.player_id, row.day

    flags = []
    for (_, day), group in groupby(sorted(rows, key=whose), key=whose):
        commits = list(group)
        named = [Named(row.sha, is_penalized=True, evidence=evidence(row)) for row in commits]
        counted = figures(limits, commits=len(commits))
        flags.append(Flagged(rule, commits[0].identity_id, day, counted, named))
    return flags
