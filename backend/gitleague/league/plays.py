"""A player's commits, each with the working behind its points."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import Rules
from gitleague_client.rules.score import Play
from gitleague_client.rules.working import Working, working
from sqlalchemy import ColumnElement, Row, Select, and_, false, func, select, true, union_all
from sqlalchemy.orm import Session, aliased

from gitleague.league.people.shown import PUBLIC, Viewer, is_unseen
from gitleague.league.periods import Window
from gitleague.league.totals import ledger, totals
from gitleague.scoring.expressions import is_scored
from gitleague.scoring.rules import rules_at
from gitleague.tables.commits import CoAuthor, CommitRow, Identity, Player
from gitleague.tables.projects import Repo


class PlayRow(NamedTuple):
    sha: str | None  # None, and no title: whose it is is not shown
    repo_id: uuid.UUID
    repo_name: str
    day: date
    at: datetime
    title: str
    as_coauthor: bool
    play: Play
    working: Working

    def unnamed(self) -> "PlayRow":
        """As those see it who may not know whose it is."""
        return self._replace(sha=None, title="")


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
    viewer: Viewer = PUBLIC,
) -> Plays:
    """The commits that a player has credit for, newest first, scored by the rules of the window."""
    rules = rules_at(session, project_id, window.version)
    of = _Shares(project_id, player_id, window, rules)
    mine = session.scalars(
        select(Identity.id).where(
            Identity.project_id == project_id, Identity.player_id == player_id
        )
    ).all()
    # One scan of an index for each address, which ends with the page: most have few of them.
    authored = [_newest(_authored(of, identity), page * limit) for identity in mine]
    shares = union_all(*authored, _newest(_assisted(of), page * limit)).subquery()
    newest = [shares.c.day.desc(), shares.c.commit_date.desc(), shares.c.sha]
    shown = select(shares).order_by(*newest).limit(limit).offset((page - 1) * limit).subquery()
    rows = session.execute(
        select(
            *(CommitRow, shown.c.as_coauthor, Repo.name.label("repo_name")),
            is_unseen(viewer).label("is_unseen"),
        )
        .join(shown, and_(CommitRow.sha == shown.c.sha, CommitRow.repo_id == shown.c.repo_id))
        .join(Repo, and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id))
        .join(
            Identity,
            and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id),
        )
        .join(
            Player,
            and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id),
        )
        .where(CommitRow.project_id == project_id)
        .order_by(CommitRow.day.desc(), CommitRow.commit_date.desc(), CommitRow.sha)
    ).all()
    subject = select(is_unseen(viewer)).where(
        Player.project_id == project_id, Player.id == player_id
    )
    all_unseen = bool(session.scalar(subject))
    plays = [
        each.unnamed() if all_unseen or row.is_unseen else each
        for row in rows
        for each in [play_row(row, rules)]
    ]
    return Plays(plays, _count(session, of, mine))


class _Shares(NamedTuple):
    """Of which commits a player has a share: those that are scored in the window."""

    project_id: uuid.UUID
    player_id: uuid.UUID
    window: Window
    rules: Rules

    def scored(self) -> list[ColumnElement[bool]]:
        return [
            CommitRow.project_id == self.project_id,
            CommitRow.day.between(self.window.first, self.window.last),
            is_scored(self.rules),
        ]


_SHARE = (CommitRow.sha, CommitRow.repo_id, CommitRow.day, CommitRow.commit_date)


def _authored(of: _Shares, *identities: uuid.UUID) -> Select[Any]:
    return select(*_SHARE, false().label("as_coauthor")).where(
        *of.scored(), CommitRow.author_id.in_(identities)
    )


def _assisted(of: _Shares) -> Select[Any]:
    author, coauthor = aliased(Identity), aliased(Identity)
    return (
        select(*_SHARE, true().label("as_coauthor"))
        .distinct()
        .join(
            author,
            and_(author.project_id == CommitRow.project_id, author.id == CommitRow.author_id),
        )
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
        .where(*of.scored(), coauthor.player_id == of.player_id, author.player_id != of.player_id)
    )


def _newest(shares: Select[Any], count: int) -> Select[Any]:
    in_order = shares.order_by(
        CommitRow.day.desc(), CommitRow.commit_date.desc(), CommitRow.sha
    ).limit(count)
    return select(in_order.subquery())


def _count(session: Session, of: _Shares, mine: Sequence[uuid.UUID]) -> int:
    """How many shares there are. Totals know the commits that are scored by the rules in force;
    of a closed season, which has rules of its own, they are counted.
    """
    window = of.window
    if window.version is None:
        books = ledger(session, of.project_id)
        played = totals(books, window.first, window.last, players=[of.player_id], names=["commits"])
        authored = select(func.coalesce(func.sum(played.c.commits), 0))
    else:
        authored = select(func.count()).select_from(_authored(of, *mine).subquery())
    assisted = select(func.count()).select_from(_assisted(of).subquery())
    found = select(authored.scalar_subquery() + assisted.scalar_subquery())
    return int(session.scalar(found) or 0)


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
