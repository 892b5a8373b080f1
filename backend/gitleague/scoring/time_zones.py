"""On which day a commit counts, and how that follows when a league changes its time zone.

Seasons that are closed stay as they were played: their box scores are a version of their own.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Row, func, select, update

from gitleague.jobs.runner import Work
from gitleague.projects.leagues import lock_project
from gitleague.scoring.boxscores import add, take_back
from gitleague.scoring.chunks import CHUNK, Place, next_commits
from gitleague.tables.commits import CommitRow


def day_of(moment: datetime, *, received_at: datetime, zone: tzinfo) -> date:
    """A moment in the future counts on the day of arrival."""
    known = min(moment, received_at)
    try:
        return known.astimezone(zone).date()
    except OverflowError:  # the first hours of the year 1, west of Greenwich
        return known.date()


def move_days(work: Work, *, chunk: int = CHUNK) -> None:
    """Every commit to its day in the league's time zone, and what it scores with it."""
    project_id = work.job.project_id
    columns = (CommitRow.author_date, CommitRow.commit_date, CommitRow.received_at, CommitRow.day)
    place = Place.read(work.job.arguments.get("after"))
    with work.database.reading() as session:
        total = session.scalar(select(func.count()).where(CommitRow.project_id == project_id)) or 1
    seen = 0
    while True:
        with work.database.writing() as session:
            zone = lock_project(session, project_id)
            rows, place = next_commits(session, project_id, columns, (), place, limit=chunk)
            if not rows:
                return
            changed = [new for row in rows if (new := _moved(row, zone))["day"] != row.day]
            shas = {row["sha"] for row in changed}
            take_back(session, project_id, shas)
            if changed:
                of_project = {"project_id": project_id}
                session.execute(update(CommitRow), [row | of_project for row in changed])
            add(session, project_id, shas)
            work.keep(session, after=place.kept())
        seen += len(rows)
        work.pause(100 * seen // max(total, seen))


def _moved(row: Row[Any], zone: tzinfo) -> dict[str, Any]:
    moment = row.author_date or row.commit_date
    day = day_of(moment, received_at=row.received_at, zone=zone)
    return {"sha": row.sha, "repo_id": row.repo_id, "day": day}
