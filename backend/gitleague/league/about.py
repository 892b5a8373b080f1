"""What a page about a league begins with: its name, its time zone, its repositories, and what its
table can be narrowed to.
"""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, Uuid, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from gitleague.core.prepared import prepared
from gitleague.league.people.shown import is_somebody
from gitleague.tables.commits import Player
from gitleague.tables.projects import Project, Repo
from gitleague.tables.seasons import Season, SeasonState
from gitleague.tables.squads import Squad


class RepoName(NamedTuple):
    id: uuid.UUID
    name: str
    total_commits: int


class About(NamedTuple):
    id: uuid.UUID
    name: str
    time_zone: str
    repos: list[RepoName]

    @property
    def has_commits(self) -> bool:
        return any(repo.total_commits for repo in self.repos)


def about(session: Session, project_id: uuid.UUID) -> About:
    """The project, which exists: the caller is a member of it."""
    rows = session.execute(*_about(project_id)).all()
    repos = [RepoName(*repo) for _, _, *repo in rows if repo[0]]
    return About(project_id, rows[0][0], rows[0][1], repos)


@prepared
def _about(project_id: uuid.UUID) -> Select[Any]:
    return (
        select(Project.name, Project.time_zone, Repo.id, Repo.name, Repo.total_commits)
        .outerjoin(Repo, Repo.project_id == Project.id)
        .where(Project.id == project_id)
        .order_by(Repo.name, Repo.id)
    )


class SeasonName(NamedTuple):
    id: uuid.UUID
    name: str
    first: date


class SquadName(NamedTuple):
    id: uuid.UUID
    name: str


class Choices(NamedTuple):
    seasons: list[SeasonName]  # that were opened, the newest first
    squads: list[SquadName]
    positions: list[str]


def choices(session: Session, project_id: uuid.UUID) -> Choices:
    """In one question."""
    rows = session.execute(*_choices(project_id)).all()
    return Choices(
        [SeasonName(row.id, row.name, row.first) for row in rows if row.kind == "season"],
        [SquadName(row.id, row.name) for row in rows if row.kind == "squad"],
        [row.name for row in rows if row.kind == "position"],
    )


@prepared
def _choices(project_id: uuid.UUID) -> Select[Any]:
    nobody, no_day = cast(null(), Uuid), cast(null(), Date)
    seasons = select(
        literal("season").label("kind"), Season.id, Season.name, Season.first.label("first")
    ).where(Season.project_id == project_id, Season.state != SeasonState.DRAFT.value)
    squads = select(literal("squad"), Squad.id, Squad.name, no_day).where(
        Squad.project_id == project_id
    )
    positions = select(literal("position"), nobody, Player.position, no_day).where(
        Player.project_id == project_id, Player.position != "", is_somebody()
    )
    found = union_all(seasons, squads, positions.distinct()).subquery()
    return select(found).order_by(found.c.first.desc(), found.c.name)
