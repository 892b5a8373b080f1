"""The commits of some days, as they came."""

import uuid
from typing import NamedTuple

from sqlalchemy import and_, false, func, select
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
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
    author = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    in_repo = and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id)
    wanted = [
        CommitRow.project_id == project_id,
        CommitRow.day.between(window.first, window.last),
        is_scored(score_merges=rules.score_merges),
        Player.is_bot.is_(False),
        *([] if repo_id is None else [CommitRow.repo_id == repo_id]),
    ]
    rows = session.execute(
        select(
            *(CommitRow, Repo.name.label("repo_name"), false().label("as_coauthor")),
            *(Player.id.label("player_id"), shown_name(viewer).label("player_name")),
            is_unseen(viewer).label("is_unseen"),
        )
        .join(Identity, author)
        .join(Player, plays)
        .join(Repo, in_repo)
        .where(*wanted)
        .order_by(CommitRow.day.desc(), CommitRow.commit_date.desc(), CommitRow.sha)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    shown = [
        BestPlayRow(row.player_id, row.player_name, play.unnamed() if row.is_unseen else play)
        for row in rows
        for play in [play_row(row, rules)]
    ]
    counted = select(func.count()).select_from(CommitRow).join(Identity, author).join(Player, plays)
    return Newest(shown, session.scalar(counted.where(*wanted)) or 0)
