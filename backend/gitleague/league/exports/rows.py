"""The rows of an export, in chunks.

Each chunk is a question of its own that begins after the last row: neither memory nor a connection
is held while somebody reads slowly. What is pushed meanwhile may be in it or not; no commit, play
or award comes twice.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT, Stats
from gitleague_client.rules.working import working
from sqlalchemy import ColumnElement, and_, false, select, tuple_
from sqlalchemy.orm import Session, defer

from gitleague.core.db import Database
from gitleague.core.sets import among
from gitleague.league.people.shown import Viewer, is_unseen, shown_name
from gitleague.league.periods import Window
from gitleague.league.plays import PlayRow, play_row
from gitleague.league.standings import Slice, standings
from gitleague.league.stats import UNITS, Numbers
from gitleague.scoring.expressions import is_scored
from gitleague.scoring.rules import rules_at
from gitleague.tables.awards import Award
from gitleague.tables.commits import CoAuthor, CommitRow, Identity, Player
from gitleague.tables.projects import Repo

CHUNK = 500
Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = tuple[Cell, ...]


class What(str, Enum):
    STANDINGS = "standings"
    PLAYS = "plays"
    COMMITS = "commits"
    AWARDS = "awards"


class Wish(NamedTuple):
    """What to take along, and for whom."""

    project_id: uuid.UUID
    what: What
    window: Window
    bots: bool
    addresses: bool  # of authors: for the team only
    viewer: Viewer


COLUMNS: dict[What, tuple[str, ...]] = {
    What.STANDINGS: ("rank", "player_id", "player", *Numbers._fields, "streak"),
    What.PLAYS: (
        *("sha", "repo_id", "repo", "day", "authored_at", "title", "player_id", "player", "role"),
        *("additions", "deletions", "files_changed", "flags", "is_reverted"),
        *Stats._fields,
        "impact",
    ),
    What.COMMITS: (
        *("sha", "repo_id", "repo", "day", "authored_at", "committed_at", "title"),
        *("player_id", "player", "author_name", "author_email"),
        *("additions", "deletions", "excluded_additions", "excluded_deletions", "files_changed"),
        *("is_merge", "flags", "counts", "is_reverted"),
    ),
    What.AWARDS: (
        *("id", "kind", "first", "last", "season_id", "player_id", "player"),
        *("score", "sha", "given_at"),
    ),
}


def rows_of(database: Database, wish: Wish) -> Iterator[Row]:
    """All of them, in the order of their key, standings by rank."""
    last: Any = None
    while True:
        with database.reading() as session:
            found, last = _CHUNKS[wish.what](session, wish, last)
        yield from found
        if last is None:
            return


def _standings(session: Session, wish: Wish, page: int | None) -> tuple[list[Row], int | None]:
    table = standings(
        session,
        Slice(wish.project_id, wish.window, bots=wish.bots, viewer=wish.viewer),
        page=page or 1,
        limit=CHUNK,
    )
    rows: list[Row] = [
        (row.rank, str(row.player_id), row.name, *_numbers(row.numbers), row.streak)
        for row in table.rows
    ]
    return rows, (page or 1) + 1 if len(rows) == CHUNK else None


def _numbers(numbers: Numbers) -> Iterator[int | float]:
    """In points; what is counted stays whole."""
    for name, value in numbers._asdict().items():
        yield value / UNITS[name] if name in UNITS else value


def _plays(session: Session, wish: Wish, last: Any) -> tuple[list[Row], Any]:
    rules = rules_at(session, wish.project_id, wish.window.version)
    found = session.execute(
        select(
            CommitRow,
            Player.id.label("player_id"),
            *_called(wish),
            Player.is_bot,
            Repo.name.label("repo_name"),
            false().label("as_coauthor"),
        )
        .join(Identity, _WROTE)
        .join(Player, _PLAYS)
        .join(Repo, _IN_REPO)
        .options(defer(CommitRow.message_body))
        .where(
            CommitRow.project_id == wish.project_id,
            CommitRow.day.between(wish.window.first, wish.window.last),
            is_scored(score_merges=rules.score_merges),
            *_after(last),
        )
        .order_by(CommitRow.sha, CommitRow.repo_id)
        .limit(CHUNK)
    ).all()
    assisted = _coauthors(session, wish, [row.CommitRow.sha for row in found])
    rows: list[Row] = []
    for row in found:
        play = play_row(row, rules)
        play = play.unnamed() if row.is_unseen else play
        if wish.bots or not row.is_bot:
            rows.append(_play(play, row.player_id, row.name))
        helped = play._replace(
            as_coauthor=True, working=working(play.play, rules, as_coauthor=True)
        )
        rows += [
            _play(helped.unnamed() if each.is_unseen else helped, each.player_id, each.name)
            for each in assisted.get((row.CommitRow.sha, play.repo_id), ())
            if each.player_id != row.player_id and (wish.bots or not each.is_bot)
        ]
    return rows, _key_of(found)


class _Assistant(NamedTuple):
    player_id: uuid.UUID
    is_bot: bool
    name: str
    is_unseen: bool


def _coauthors(
    session: Session, wish: Wish, shas: Sequence[str]
) -> dict[tuple[str, uuid.UUID], list[_Assistant]]:
    named = and_(Identity.project_id == CoAuthor.project_id, Identity.id == CoAuthor.identity_id)
    found = session.execute(
        select(CoAuthor.sha, CoAuthor.repo_id, Player.id, Player.is_bot, *_called(wish))
        .distinct()
        .join(Identity, named)
        .join(Player, _PLAYS)
        .where(CoAuthor.project_id == wish.project_id, among(session, CoAuthor.sha, shas))
        .order_by(CoAuthor.sha, CoAuthor.repo_id, "name", Player.id)
    )
    people: dict[tuple[str, uuid.UUID], list[_Assistant]] = {}
    for sha, repo_id, *assistant in found:
        people.setdefault((sha, repo_id), []).append(_Assistant(*assistant))
    return people


def _play(row: PlayRow, player_id: uuid.UUID, name: str) -> Row:
    return (
        *(row.sha, str(row.repo_id), row.repo_name, str(row.day), _moment(row.at), row.title),
        *(str(player_id), name, "coauthor" if row.as_coauthor else "author"),
        *(row.play.additions, row.play.deletions, row.play.files_changed),
        *(_flags(row.play.flags), row.play.is_reverted),
        *(points / STAT_UNIT for points in row.working.stats),
        row.working.impact / IMPACT_UNIT,
    )


def _commits(session: Session, wish: Wish, last: Any) -> tuple[list[Row], Any]:
    found = session.execute(
        select(
            *(CommitRow, Player.id.label("player_id"), *_called(wish)),
            Repo.name.label("repo_name"),
        )
        .join(Identity, _WROTE)
        .join(Player, _PLAYS)
        .join(Repo, _IN_REPO)
        .options(defer(CommitRow.message_body))
        .where(
            CommitRow.project_id == wish.project_id,
            CommitRow.day.between(wish.window.first, wish.window.last),
            CommitRow.is_reachable,
            *_after(last),
        )
        .order_by(CommitRow.sha, CommitRow.repo_id)
        .limit(CHUNK)
    ).all()
    rows = [_commit(row, wish) for row in found]
    return rows, _key_of(found)


def _commit(found: Any, wish: Wish) -> Row:
    row: CommitRow = found.CommitRow
    written = row.author_date or row.commit_date
    told: list[Cell] = [row.sha, row.message_title, row.author_name, row.author_email]
    sha, title, author, email = [None, "", found.name, None] if found.is_unseen else told
    return (
        *(sha, str(row.repo_id), found.repo_name, str(row.day)),
        *(_moment(written), _moment(row.commit_date), title),
        *(str(found.player_id), found.name, author, email if wish.addresses else None),
        *(row.additions, row.deletions, row.excluded_additions, row.excluded_deletions),
        *(row.files_changed, row.is_merge, _flags(Flag(row.flags)), row.counts, row.is_reverted),
    )


def _awards(session: Session, wish: Wish, last: Any) -> tuple[list[Row], Any]:
    won = and_(Identity.project_id == Award.project_id, Identity.id == Award.identity_id)
    wanted: list[ColumnElement[bool]] = [
        Award.project_id == wish.project_id,
        Award.last.between(wish.window.first, wish.window.last),
    ]
    if last:
        wanted.append(tuple_(Award.first, Award.kind) > last)
    found = session.execute(
        select(Award, Player.id.label("player_id"), *_called(wish))
        .join(Identity, won)
        .join(Player, _PLAYS)
        .where(*wanted)
        .order_by(Award.first, Award.kind)
        .limit(CHUNK)
    ).all()
    rows = [_award(row) for row in found]
    if len(found) < CHUNK:
        return rows, None
    newest: Award = found[-1].Award
    return rows, (newest.first, newest.kind)


def _award(found: Any) -> Row:
    row: Award = found.Award
    season = str(row.season_id) if row.season_id else None
    return (
        *(str(row.id), row.kind, str(row.first), str(row.last), season),
        *(str(found.player_id), found.name, row.score / IMPACT_UNIT),
        *(None if found.is_unseen else row.sha, _moment(row.given_at)),
    )


def _called(wish: Wish) -> tuple[ColumnElement[str], ColumnElement[bool]]:
    return shown_name(wish.viewer).label("name"), is_unseen(wish.viewer).label("is_unseen")


_CHUNKS = {
    What.STANDINGS: _standings,
    What.PLAYS: _plays,
    What.COMMITS: _commits,
    What.AWARDS: _awards,
}
_WROTE = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
_PLAYS = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
_IN_REPO = and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id)


def _after(last: Any) -> list[ColumnElement[bool]]:
    """Along the primary key: a step, however many rows came before."""
    return [tuple_(CommitRow.sha, CommitRow.repo_id) > last] if last else []


def _key_of(found: Sequence[Any]) -> tuple[str, uuid.UUID] | None:
    """Of the last row, where more may follow."""
    if len(found) < CHUNK:
        return None
    return found[-1].CommitRow.sha, found[-1].CommitRow.repo_id


def _flags(flags: Flag) -> str:
    return " ".join(flag.name.lower() for flag in Flag if flag in flags and flag.name)


def _moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def file_name(slug: str, wish: Wish, day: date, ending: str) -> str:
    """Slugs are a-z, 0-9 and hyphens: nothing that a header or a file system minds."""
    return f"{slug}-{wish.what.value}-{day}.{ending}"
