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

from gitleague.core.prepared import prepared
from gitleague.league.people.shown import PUBLIC, Viewer, is_unseen
from gitleague.league.periods import Window
from gitleague.league.totals import Plan, ledger, plan, sums_of
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
    of = _Shares(project_id, player_id, window.first, window.last, rules.score_merges)
    mine = session.scalars(*_identities(project_id, player_id)).all()
    rows = session.execute(
        *_page(of, tuple(mine), page * limit, limit, (page - 1) * limit, viewer)
    ).all()
    all_unseen = bool(session.scalar(*_unseen(project_id, player_id, viewer)))
    plays = [
        each.unnamed() if all_unseen or row.is_unseen else each
        for row in rows
        for each in [play_row(row, rules)]
    ]
    return Plays(plays, _count(session, of, mine, window.version))


class _Shares(NamedTuple):
    """Of which commits a player has a share: those that are scored on these days."""

    project_id: uuid.UUID
    player_id: uuid.UUID
    first: date
    last: date
    score_merges: bool

    def scored(self) -> list[ColumnElement[bool]]:
        return [
            CommitRow.project_id == self.project_id,
            CommitRow.day.between(self.first, self.last),
            is_scored(score_merges=self.score_merges),
        ]


_SHARE = (CommitRow.sha, CommitRow.repo_id, CommitRow.day, CommitRow.commit_date)


@prepared
def _identities(project_id: uuid.UUID, player_id: uuid.UUID) -> Select[tuple[uuid.UUID]]:
    return select(Identity.id).where(
        Identity.project_id == project_id, Identity.player_id == player_id
    )


@prepared
def _page(
    of: _Shares,
    mine: tuple[uuid.UUID, ...],
    until: int,
    limit: int,
    offset: int,
    viewer: Viewer,
) -> Select[Any]:
    # One scan of an index for each address, which ends with the page: most have few of them.
    authored = [_newest(_authored(of, CommitRow.author_id == each), until) for each in mine]
    shares = union_all(*authored, _newest(_assisted(of), until)).subquery()
    newest = [shares.c.day.desc(), shares.c.commit_date.desc(), shares.c.sha]
    shown = select(shares).order_by(*newest).limit(limit).offset(offset).subquery()
    return (
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
        .where(CommitRow.project_id == of.project_id)
        .order_by(CommitRow.day.desc(), CommitRow.commit_date.desc(), CommitRow.sha)
    )


@prepared
def _unseen(project_id: uuid.UUID, player_id: uuid.UUID, viewer: Viewer) -> Select[tuple[bool]]:
    return select(is_unseen(viewer)).where(Player.project_id == project_id, Player.id == player_id)


def _authored(of: _Shares, mine: ColumnElement[bool]) -> Select[Any]:
    return select(*_SHARE, false().label("as_coauthor")).where(*of.scored(), mine)


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


def _count(session: Session, of: _Shares, mine: Sequence[uuid.UUID], version: int | None) -> int:
    """How many shares there are. Totals know the commits that are scored by the rules in force;
    of a closed season, which has rules of its own, they are counted.
    """
    made_of = None
    if version is None:
        made_of = plan(ledger(session, of.project_id), of.first, of.last)
    return int(session.scalar(*_counted(of, list(mine), made_of)) or 0)


@prepared
def _counted(of: _Shares, mine: list[uuid.UUID], made_of: Plan | None) -> Select[tuple[int]]:
    if made_of is not None:
        played = sums_of(made_of, players=[of.player_id], names=["commits"])
        authored = select(func.coalesce(func.sum(played.c.commits), 0))
    else:
        commits = _authored(of, CommitRow.author_id.in_(mine))
        authored = select(func.count()).select_from(commits.subquery())
    assisted = select(func.count()).select_from(_assisted(of).subquery())
    return select(authored.scalar_subquery() + assisted.scalar_subquery())


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
