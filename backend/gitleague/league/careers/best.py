"""The commits with most impact: the five best of each player and month, in one order."""

import uuid
from typing import Any, NamedTuple

from gitleague_client.rules.defaults import Rules
from sqlalchemy import ColumnElement, Select, Subquery, and_, false, func, select, union_all
from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.core.prepared import prepared
from gitleague.league.people.shown import PUBLIC, Viewer, is_unseen, shown_name
from gitleague.league.periods import Window
from gitleague.league.plays import PlayRow, play_row
from gitleague.league.totals import By, Ledger, Piece, Plan, Source, ledger, ledger_of, pieces
from gitleague.scoring.best_plays import best_of_each
from gitleague.scoring.days import Days
from gitleague.scoring.rules import rules_at
from gitleague.tables.commits import CommitRow, Player
from gitleague.tables.projects import Repo
from gitleague.tables.scores import BestPlay


class BestPlayRow(NamedTuple):
    player_id: uuid.UUID
    player_name: str
    play: PlayRow


def best_plays(
    session: Session,
    project_id: uuid.UUID,
    window: Window,
    paging: Paging,
    *,
    player_id: uuid.UUID | None = None,
    repo_id: uuid.UUID | None = None,
    viewer: Viewer = PUBLIC,
) -> tuple[list[BestPlayRow], int]:
    """Most impact first; of equals the earlier one. Nothing without impact, and nothing of bots."""
    books = ledger_of(session, ledger(session, project_id), window)
    rules = rules_at(session, project_id, window.version)
    of = _plan(books, window, repo_id)
    total = session.scalar(*_count(of, player_id, rules=rules)) or 0
    rows = session.execute(*_page(of, player_id, viewer, paging.limit, paging.offset, rules=rules))
    return [
        BestPlayRow(row.player_id, row.player_name, played.unnamed() if row.is_unseen else played)
        for row in rows
        for played in [play_row(row, rules)]
    ], total


def _plan(books: Ledger, window: Window, repo_id: uuid.UUID | None) -> Plan:
    """What is kept is the best in all repositories: of one, the commits know."""
    found = (
        pieces(books.stale, window.first, window.last, by=By.PLAYER)
        if repo_id is None
        else [Piece(Source.BOX_SCORES, window.first, window.last)]
    )
    return Plan(books.project_id, books.version, tuple(found), By.PLAYER, repo_id)


@prepared
def _count(of: Plan, player_id: uuid.UUID | None, *, rules: Rules) -> Select[tuple[int]]:
    found = _found(of, player_id, rules)
    counted = select(func.count()).select_from(found).join(Player, _plays(found))
    return counted.where(*_chosen(of, found))


@prepared
def _page(
    of: Plan,
    player_id: uuid.UUID | None,
    viewer: Viewer,
    limit: int,
    offset: int,
    *,
    rules: Rules,
) -> Select[Any]:
    """Each with its commit."""
    found = _found(of, player_id, rules)
    shown = (
        select(
            found,
            shown_name(viewer).label("player_name"),
            is_unseen(viewer).label("is_unseen"),
        )
        .join(Player, _plays(found))
        .where(*_chosen(of, found))
        .order_by(found.c.impact.desc(), found.c.day, found.c.sha)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    return (
        select(
            CommitRow,
            false().label("as_coauthor"),
            Repo.name.label("repo_name"),
            shown.c.player_id,
            shown.c.player_name,
            shown.c.is_unseen,
        )
        .join(shown, and_(CommitRow.sha == shown.c.sha, CommitRow.repo_id == shown.c.repo_id))
        .join(Repo, and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id))
        .where(CommitRow.project_id == of.project_id)
        .order_by(shown.c.impact.desc(), shown.c.day, shown.c.sha)
    )


def _chosen(of: Plan, found: Subquery) -> list[ColumnElement[bool]]:
    return [Player.project_id == of.project_id, Player.is_bot.is_(False), found.c.impact > 0]


def _plays(found: Subquery) -> Any:
    return Player.id == found.c.player_id


def _found(of: Plan, player_id: uuid.UUID | None, rules: Rules) -> Subquery:
    """From what is kept of whole months, and from the commits of all other days."""
    parts = [
        _kept(of, piece, player_id)
        if piece.source in {Source.YEARS, Source.MONTHS}
        else best_of_each(
            of.project_id,
            Days(piece.first, piece.last),
            rules,
            player_id=player_id,
            repo_id=of.repo_id,
        )
        for piece in of.pieces
    ]
    return union_all(*parts).subquery()


def _kept(of: Plan, piece: Piece, player_id: uuid.UUID | None) -> Select[Any]:
    return select(
        BestPlay.player_id,
        BestPlay.place,
        BestPlay.repo_id,
        BestPlay.sha,
        BestPlay.day,
        BestPlay.impact,
    ).where(
        BestPlay.project_id == of.project_id,
        BestPlay.rules_version == of.version,
        BestPlay.month.between(piece.first, piece.last),
        *([] if player_id is None else [BestPlay.player_id == player_id]),
    )
