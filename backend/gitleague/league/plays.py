"""A player's commits, each with the working behind its points."""

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import Rules
from gitleague_client.rules.score import Play
from gitleague_client.rules.working import Working, working
from sqlalchemy import CompoundSelect, Row, and_, false, func, select, true, union_all
from sqlalchemy.orm import Session, aliased

from gitleague.league.periods import Window
from gitleague.scoring.expressions import is_scored
from gitleague.scoring.rules import rules_at
from gitleague.tables.commits import CoAuthor, CommitRow, Identity
from gitleague.tables.projects import Repo


class PlayRow(NamedTuple):
    sha: str
    repo_id: uuid.UUID
    repo_name: str
    day: date
    at: datetime
    title: str
    as_coauthor: bool
    play: Play
    working: Working


class Plays(NamedTuple):
    rows: list[PlayRow]
    total: int


def plays_of(
    session: Session,
    project_id: uuid.UUID,
    player_id: uuid.UUID,
    *,
    window: Window,
    page: int = 1,
    limit: int = 20,
) -> Plays:
    """The commits that a player has credit for, newest first, scored by the rules of the window."""
    rules = rules_at(session, project_id, window.version)
    shares = _credits(project_id, player_id, window, rules).subquery("shares")
    total = session.scalar(select(func.count()).select_from(shares)) or 0
    rows = session.execute(
        select(CommitRow, shares.c.as_coauthor, Repo.name.label("repo_name"))
        .join(
            shares,
            and_(CommitRow.sha == shares.c.sha, CommitRow.repo_id == shares.c.repo_id),
        )
        .join(Repo, and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id))
        .where(CommitRow.project_id == project_id)
        .order_by(CommitRow.day.desc(), CommitRow.commit_date.desc(), CommitRow.sha)
        .limit(limit)
        .offset((page - 1) * limit)
    ).all()
    return Plays([play_row(row, rules) for row in rows], total)


def _credits(
    project_id: uuid.UUID, player_id: uuid.UUID, window: Window, rules: Rules
) -> CompoundSelect[Any]:
    """(sha, repo_id, as_coauthor) of each commit that is scored and has a share of this player."""
    scored = [
        CommitRow.project_id == project_id,
        CommitRow.day.between(window.first, window.last),
        is_scored(rules),
    ]
    author, coauthor = aliased(Identity), aliased(Identity)
    wrote = and_(author.project_id == CommitRow.project_id, author.id == CommitRow.author_id)
    authored = (
        select(CommitRow.sha, CommitRow.repo_id, false().label("as_coauthor"))
        .join(author, wrote)
        .where(*scored, author.player_id == player_id)
    )
    assisted = (
        select(CommitRow.sha, CommitRow.repo_id, true())
        .distinct()
        .join(author, wrote)
        .join(
            CoAuthor,
            and_(
                CoAuthor.project_id == CommitRow.project_id,
                CoAuthor.sha == CommitRow.sha,
                CoAuthor.repo_id == CommitRow.repo_id,
            ),
        )
        .join(
            coauthor,
            and_(coauthor.project_id == CoAuthor.project_id, coauthor.id == CoAuthor.identity_id),
        )
        .where(*scored, coauthor.player_id == player_id, author.player_id != player_id)
    )
    return union_all(authored, assisted)


def play_row(row: Row[Any], rules: Rules) -> PlayRow:
    commit: CommitRow = row.CommitRow
    play = Play(
        commit.additions,
        commit.deletions,
        commit.files_changed,
        Flag(commit.flags),
        commit.excluded_additions,
        commit.excluded_deletions,
        commit.is_steal,
        commit.is_reverted,
    )
    return PlayRow(
        sha=commit.sha,
        repo_id=commit.repo_id,
        repo_name=row.repo_name,
        day=commit.day,
        at=commit.author_date or commit.commit_date,
        title=commit.message_title,
        as_coauthor=row.as_coauthor,
        play=play,
        working=working(play, rules, as_coauthor=row.as_coauthor),
    )
