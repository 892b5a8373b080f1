"""Rules that one commit alone can break."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, TypeAlias

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

Counted: TypeAlias = dict[str, Any]


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

    def counted(row: Suspect) -> Counted:
        return {
            "lines": row.additions,
            "percent": row.excluded_additions * 100 // row.additions,
        }

    def evidence(row: Suspect) -> Counted:
        return {
            "additions": row.additions,
            "excluded_additions": row.excluded_additions,
            "percent": row.excluded_additions * 100 // row.additions,
        }

    return _by_day(FairPlayRule.LOCK_FILE_DUMP, limits, rows, counted, evidence)


def huge_commits(session: Session, look: Look) -> list[Flagged]:
    limits = look.settings.huge_commit
    own = CommitRow.additions - CommitRow.excluded_additions
    wanted = suspects(look, FairPlayRule.HUGE_COMMIT, *fresh_commits(look), own >= limits.lines)

    def counted(row: Suspect) -> Counted:
        return {"lines": row.additions - row.excluded_additions}

    return _by_day(FairPlayRule.HUGE_COMMIT, limits, found(session, wanted), counted, counted)


def bulk_edits(session: Session, look: Look) -> list[Flagged]:
    """What hardly changes lines is no bulk edit: files that were only moved."""
    limits = look.settings.bulk_edit
    added = cast(CommitRow.additions, BigInteger)
    lines = added + CommitRow.deletions
    rows = found(
        session,
        suspects(
            look,
            FairPlayRule.BULK_EDIT,
            *fresh_commits(look),
            CommitRow.files_changed >= limits.files,
            lines >= CommitRow.files_changed,
            added <= cast(CommitRow.files_changed, BigInteger) * limits.lines,
            func.abs(added - CommitRow.deletions) * 100 <= lines * limits.percent,
        ),
    )

    def counted(row: Suspect) -> Counted:
        return {
            "files": row.files_changed,
            "lines": -(-row.additions // row.files_changed),
            "percent": -(-abs(row.additions - row.deletions) * 100 // row.lines),
        }

    def evidence(row: Suspect) -> Counted:
        return {"files": row.files_changed, "additions": row.additions, "deletions": row.deletions}

    return _by_day(FairPlayRule.BULK_EDIT, limits, rows, counted, evidence)


def future_dates(session: Session, look: Look) -> list[Flagged]:
    """Nothing is written or committed after it came."""
    limits = look.settings.future_date
    latest = seconds(session, CommitRow.received_at) + limits.minutes * MINUTE
    written = seconds(session, CommitRow.author_date)
    committed = seconds(session, CommitRow.commit_date)
    ahead = or_(written > latest, committed > latest)
    wanted = suspects(look, FairPlayRule.FUTURE_DATE, *fresh_commits(look), ahead)

    def counted(row: Suspect) -> Counted:
        seconds_ahead = (max(row.at, row.commit_date) - row.received_at).total_seconds()
        return {"minutes": int(seconds_ahead // MINUTE)}

    def evidence(row: Suspect) -> Counted:
        return {**_dates(row), "minutes_ahead": counted(row)["minutes"]}

    return _by_day(FairPlayRule.FUTURE_DATE, limits, found(session, wanted), counted, evidence)


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
    return _by_day(
        FairPlayRule.DISTANT_DATES,
        limits,
        found(session, wanted),
        lambda row: {"days": _days_apart(row)},
        lambda row: {**_dates(row), "days_apart": _days_apart(row)},
    )


def _days_apart(row: Suspect) -> int:
    return abs(row.at - row.commit_date).days


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
    counted: Callable[[Suspect], Counted],
    evidence: Callable[[Suspect], Counted],
) -> list[Flagged]:
    """One flag for a player and a day: it names all such commits, with the largest's figures."""

    def whose(row: Suspect) -> tuple[Any, ...]:
        return row.player_id, row.day

    flags = []
    for (_, day), group in groupby(sorted(rows, key=whose), key=whose):
        commits = list(group)
        named = [Named(row.sha, is_penalized=True, evidence=evidence(row)) for row in commits]
        largest = counted(max(commits, key=lambda row: row.lines))
        shown = figures(limits, commits=len(commits), **largest)
        flags.append(Flagged(rule, commits[0].identity_id, day, shown, named))
    return flags
