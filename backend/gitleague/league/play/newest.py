"""The commits of some days, as they came."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.careers.best import BestPlayRow
from gitleague.league.people.shown import PUBLIC, Viewer, is_unseen, shown_name
from gitleague.league.periods import Window
from gitleague.league.plays import play_row
from gitleague.scoring.expressions import is_scored
from gitleague.scoring.rules import rules_at
from gitleague.tables.commits import CommitRow, Identity, Player
from gitleague.tables.projects import Repo


class Newest(NamedTuple):
    rows: list[BestPlayRow]
    total: int


def newest_plays(
    session: Session,
    project_id: uuid.UUID,
    window: Window,
    paging: Paging,
    *,
    repo_id: uuid.UUID | None = None,
    viewer: Viewer = PUBLIC,
) -> Newest:
    """Those that are scored, the newest first; nothing of bots."""
    rules = rules_at(session, project_id, window.version)
    of = _Commits(project_id, window.first, window.last, repo_id, rules.score_merges)
    rows = session.execute(*_page(of, viewer, paging.limit, paging.offset))
    shown = [
        BestPlayRow(row.player_id, row.player_name, play.unnamed() if row.is_unseen else play)
        for row in rows
        for play in [play_row(row, rules)]
    ]
    return Newest(shown, session.scalar(*_count(of)) or 0)


class _Commits(NamedTuple):
    project_id: uuid.UUID
    first: date
    last: date
    repo_id: uuid.UUID | None
    score_merges: bool

    def wanted(self) -> list[ColumnElement[bool]]:
        return [
            CommitRow.day.between(self.first, self.last),
            is_scored(score_merges=self.score_merges),
            Player.is_bot.is_(False),
            *([] if self.repo_id is None else [CommitRow.repo_id == self.repo_id]),
        ]


_AUTHOR = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
_PLAYS = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
_IN_REPO = and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id)


@prepared
def _page(of: _Commits, viewer: Viewer, limit: int, offset: int) -> Select[Any]:
    return (
        select(
            *(CommitRow, Repo.name.label("repo_name"), false().label("as_coauthor")),
            *(Player.id.label("player_id"), shown_name(viewer).label("player_name")),
            is_unseen(viewer).label("is_unseen"),
        )
        .join(Identity, _AUTHOR)
        .join(Player, _PLAYS)
        .join(Repo, _IN_REPO)
        .where(CommitRow.project_id == of.project_id, *of.wanted())
        .order_by(CommitRow.day.desc(), CommitRow.commit_date.desc(), CommitRow.sha)
        .limit(limit)
        .offset(offset)
    )


@prepared
def _count(of: _Commits) -> Select[tuple[int]]:
    commits = select(func.count()).where(CommitRow.project_id == of.project_id, *of.wanted())
    return commits.join_from(CommitRow, Identity, _AUTHOR).join(Player, _PLAYS)
