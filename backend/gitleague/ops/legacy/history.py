"""Seasons, who was away, and what was won: as it was given there, also where ours would differ."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.league.periods import EARLIEST, LATEST, Period, around, today_in
from gitleague.ops.legacy.leagues import NO_PROJECT, RETIRED
from gitleague.ops.legacy.people import NO_SUCH_USER, identity_of, player_for, retire
from gitleague.ops.legacy.source import Row, day_of, id_of, moment, word
from gitleague.ops.legacy.taking import Taking
from gitleague.projects.leagues import lock_project
from gitleague.scoring.boxscores import freeze
from gitleague.scoring.days import Days
from gitleague.scoring.rules import rules_of, save_rules
from gitleague.tables.awards import Award, AwardKind
from gitleague.tables.commits import CommitRow
from gitleague.tables.projects import Project
from gitleague.tables.seasons import Absence, AbsenceKind, Season, SeasonState

DAY = timedelta(days=1)
NO_SEASON = "its season is not there"
_PERIODS = {
    AwardKind.PLAYER_OF_THE_WEEK: Period.WEEK,
    AwardKind.PLAYER_OF_THE_MONTH: Period.MONTH,
    AwardKind.MOST_IMPROVED: Period.MONTH,
    AwardKind.ROOKIE_OF_THE_MONTH: Period.MONTH,
    AwardKind.PLAY_OF_THE_DAY: Period.DAY,
}
_OF_A_SEASON = {AwardKind.MVP, AwardKind.ROOKIE_OF_THE_YEAR}
_KINDS = {kind.value.replace("_of_the_", "_of_"): kind for kind in AwardKind}


def take_seasons(taking: Taking) -> None:
    """Once the commits are in: a closed season keeps its numbers."""
    by_project: dict[str, list[Row]] = {}
    for row in taking.source.rows("seasons", "start_at", "created_at"):
        taking.tally("seasons").read += 1
        by_project.setdefault(str(row["project_id"]), []).append(row)
    for project, rows in by_project.items():
        project_id = taking.projects.get(project)
        if project_id is None:
            taking.tally("seasons").left[NO_PROJECT] += len(rows)
            continue
        with taking.writer.writing() as session:
            lock_project(session, project_id)
            _take_seasons_of(session, taking, project_id, rows)


def _take_seasons_of(
    session: Session, taking: Taking, project_id: uuid.UUID, rows: list[Row]
) -> None:
    tally = taking.tally("seasons")
    here = set(session.scalars(select(Season.id).where(Season.project_id == project_id)))
    played = [row for row in rows if word(row["status"]) == SeasonState.ACTIVE.value]
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        season_id, days = id_of(row["id"]), _days(taking, row, following)
        if days is None:
            tally.left["it has no day that is not another season's"] += 1
            continue
        taking.seasons[str(row["id"])], taking.days[season_id] = (project_id, season_id), days
        if season_id in here:
            tally.there += 1
            continue
        if _is_overlapping(session, project_id, *days):
            del taking.seasons[str(row["id"])]
            tally.left["a season of this league has days of it"] += 1
            continue
        state = word(row["status"])
        if state == SeasonState.ACTIVE.value and row is not played[-1]:
            taking.notes.append(f"{row['name']} is closed here: one season is played at a time.")
            state = SeasonState.CLOSED.value
        _write_season(session, project_id, row, days, state)
        tally.taken += 1


def _days(taking: Taking, row: Row, following: Row | None) -> tuple[date, date] | None:
    """Where two overlap, the earlier ends on the day before the later begins."""
    first, last = day_of(row["start_at"]), day_of(row["end_at"])
    if first is None or last is None:
        return None
    after = day_of(following["start_at"]) if following else None
    if after and after <= last:
        last = after - DAY
        if last >= first:
            taking.notes.append(
                f"{row['name']} ends on {last} here: {following['name'] if following else ''} "
                "began before it was over."
            )
    return (first, last) if EARLIEST <= first <= last <= LATEST else None


def _is_overlapping(session: Session, project_id: uuid.UUID, first: date, last: date) -> bool:
    other = select(Season.id).where(
        Season.project_id == project_id, Season.first <= last, Season.last >= first
    )
    return session.scalar(other.limit(1)) is not None


def _write_season(
    session: Session, project_id: uuid.UUID, row: Row, days: tuple[date, date], state: str
) -> None:
    is_closed = state == SeasonState.CLOSED.value
    season_id = id_of(row["id"])
    session.execute(
        insert(Season).values(
            id=season_id,
            project_id=project_id,
            name=row["name"],
            first=days[0],
            last=days[1],
            state=state if is_closed or state == "active" else SeasonState.DRAFT.value,
            created_at=moment(row["created_at"]),
            closed_at=moment(row["updated_at"]) if is_closed else None,
        )
    )
    if is_closed:
        rules = rules_of(session, project_id)
        version = save_rules(session, project_id, rules, created_by=None, season_id=season_id)
        freeze(session, project_id, version, days=Days(*days))
        session.execute(
            update(Season)
            .where(Season.project_id == project_id, Season.id == season_id)
            .values(rules_version=version)
        )


def take_absences(taking: Taking) -> None:
    tally = taking.tally("absences")
    with taking.writer.writing() as session:
        here = set(session.scalars(select(Absence.id)))  # across projects: ids are of all
        for row in taking.source.rows("absences"):
            tally.read += 1
            values = _absence(session, taking, row)
            if id_of(row["id"]) in here:
                tally.there += 1
            elif isinstance(values, str):
                tally.left[values] += 1
            else:
                session.execute(insert(Absence).values(values))
                tally.taken += 1


def _absence(session: Session, taking: Taking, row: Row) -> dict[str, Any] | str:
    user_id, place = (
        taking.users.get(str(row["user_id"])),
        taking.seasons.get(str(row["season_id"])),
    )
    first, last = day_of(row["start_at"]), day_of(row["end_at"])
    if user_id is None:
        return NO_SUCH_USER
    if place is None:
        return NO_SEASON
    season_first, season_last = taking.days[place[1]]
    if first is None or last is None or max(first, season_first) > min(last, season_last):
        return "none of its days is in its season"
    return {
        "id": id_of(row["id"]),
        "project_id": place[0],
        "season_id": place[1],
        "player_id": player_for(session, place[0], user_id),
        "first": max(first, season_first),
        "last": min(last, season_last),
        "kind": AbsenceKind.AWAY.value,
        "note": row["reason"] or "",
        "created_by": user_id,
        "created_at": moment(row["created_at"]),
    }


def take_awards(taking: Taking) -> None:
    with taking.writer.writing() as session:
        given: set[Any] = set(
            session.execute(
                # across projects: an award of any of them may be here
                select(Award.project_id, Award.kind, Award.first)
            ).tuples()
        )
        given |= set(session.scalars(select(Award.id)))  # across projects: ids are of all
        for table in ("awards", "plays_of_day"):
            for row in taking.source.rows(table):
                _take_award(session, taking, table, row, given)
        for project_id in taking.projects.values():
            _give_no_more(session, project_id)


def _take_award(session: Session, taking: Taking, table: str, row: Row, given: set[Any]) -> None:
    tally = taking.tally(table)
    tally.read += 1
    if id_of(row["id"]) in given:
        tally.there += 1
        return
    values = _award(session, taking, row, is_play=table == "plays_of_day")
    if isinstance(values, str):
        tally.left[values] += 1
        return
    key = (values["project_id"], values["kind"], values["first"])
    if key in given:
        tally.left["there is one of its kind for these days already"] += 1
        return
    given.add(key)
    session.execute(insert(Award).values(values))
    tally.taken += 1


def _award(session: Session, taking: Taking, row: Row, *, is_play: bool) -> dict[str, Any] | str:
    user_id, place = (
        taking.users.get(str(row["user_id"])),
        taking.seasons.get(str(row["season_id"])),
    )
    told = "play_of_day" if is_play else word(row["award_type"]).replace("_of_the_", "_of_")
    kind, day = _KINDS.get(told), day_of(row["date"] if is_play else row["period_start"])
    if user_id is None:
        return NO_SUCH_USER
    if place is None:
        return NO_SEASON
    if kind is None or day is None:
        return f"an award of another kind: {told}"
    first, last = _period(kind, day, taking.days[place[1]])
    sha = str(row["commit_sha"]).lower() if is_play else None
    return {
        "id": id_of(row["id"]),
        "project_id": place[0],
        "kind": kind.value,
        "first": first,
        "last": last,
        "season_id": place[1] if kind in _OF_A_SEASON else None,
        "identity_id": identity_of(session, place[0], user_id),
        "score": round(float(row["score"] or 0) * 10_000),
        "working": {"given_by": "the original deployment"} | _title(session, place[0], sha),
        "sha": sha,
        "given_at": moment(row["created_at"]) or now(),
    }


def _period(kind: AwardKind, day: date, season: tuple[date, date]) -> tuple[date, date]:
    if kind in _OF_A_SEASON:
        return season
    window = around(day, _PERIODS[kind], day)
    return window.first, window.last


def _title(session: Session, project_id: uuid.UUID, sha: str | None) -> dict[str, str]:
    title = session.scalar(
        select(func.max(CommitRow.message_title)).where(
            CommitRow.project_id == project_id, CommitRow.sha == sha
        )
    )
    return {"title": title} if title else {}


def _give_no_more(session: Session, project_id: uuid.UUID) -> None:
    """Of days that were played there, no award is added to those that were given."""
    session.execute(
        update(Project)
        .where(Project.id == project_id, Project.awards_through.is_(None))
        .values(awards_through=today_in(session, project_id) - DAY)
    )


def retire_players(taking: Taking) -> None:
    """From the day on that their account was changed last: nobody wrote down when they left."""
    for row in taking.source.rows("users"):
        if word(row["status"]) == RETIRED:
            for project_id in taking.projects.values():
                with taking.writer.writing() as session:
                    since = day_of(row["updated_at"])
                    retire(session, project_id, taking.users[str(row["id"])], since)
