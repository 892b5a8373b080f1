"""One commit of a league: whose it is, how it scored, and what it has to do with others."""

import re
import uuid
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import Rules
from sqlalchemy import ColumnElement, Row, Select, and_, false, select
from sqlalchemy.orm import Session, aliased

from gitleague.core.errors import NotFound
from gitleague.core.prepared import prepared
from gitleague.league.people.shown import ANONYMOUS, PUBLIC, Viewer, is_unseen, shown_name
from gitleague.league.plays import PlayRow, play_row
from gitleague.scoring.penalties import penalized
from gitleague.scoring.references import STEM
from gitleague.scoring.rules import rules_of
from gitleague.tables.commits import CoAuthor, CommitReference, CommitRow, Identity, Player
from gitleague.tables.projects import Repo

SHA_BEGINS = re.compile(rf"[0-9a-f]{{{STEM},64}}")
MOST_LINKS = 20


class Standing(str, Enum):
    """Whether a commit scores, and if not why."""

    SCORED = "scored"
    MERGE = "merge"  # which score nothing by the rules
    COPY = "copy"  # the same change counts elsewhere
    PENALIZED = "penalized"  # a ruling that names it was upheld
    GONE = "gone"  # no branch holds it any more


class _Key(NamedTuple):
    project_id: uuid.UUID
    sha: str
    repo_id: uuid.UUID


class Credited(NamedTuple):
    player_id: uuid.UUID | None  # None: not shown
    name: str


class Linked(NamedTuple):
    """A commit that this one mends, or that mends this one."""

    sha: str
    title: str
    relation: str  # fixes | reverts


class Copy(NamedTuple):
    """The same change elsewhere: in another repository or on another branch."""

    sha: str
    repo_name: str
    counts: bool


class OnePlay(NamedTuple):
    player_id: uuid.UUID
    player_name: str
    standing: Standing
    committed_at: datetime
    row: PlayRow
    coauthors: list[Credited]
    mends: list[Linked]
    mended_by: list[Linked]
    copies: list[Copy]


def find_play(
    session: Session, project_id: uuid.UUID, sha: str, viewer: Viewer = PUBLIC
) -> OnePlay:
    """By its sha, or by how no other sha begins. By the rules in force.

    Raises NotFound, also where the viewer may not know whose it is.
    """
    begins = sha.lower()
    if not SHA_BEGINS.fullmatch(begins):
        raise NotFound(f"Name the commit by its sha: at least {STEM} of its digits.")
    rows = session.execute(*_starting(project_id, begins, viewer)).all()
    found = {row.CommitRow.sha for row in rows}
    if len(found) > 1:
        raise NotFound("More than one commit begins like this: name more digits.")
    if not found:
        raise NotFound("There is no such commit in this league.")
    return _whole(session, project_id, rows[0], viewer)


@prepared
def _starting(project_id: uuid.UUID, begins: str, viewer: Viewer) -> Select[Any]:
    return (
        _seen(
            select(
                *(CommitRow, Repo.name.label("repo_name"), false().label("as_coauthor")),
                *(Player.id.label("player_id"), shown_name(viewer).label("player_name")),
            ).join(Repo, _in_repo()),
            viewer,
        )
        .where(CommitRow.project_id == project_id, starts(begins))
        .order_by(CommitRow.counts.desc(), CommitRow.sha, Repo.name)
        .limit(MOST_LINKS)
    )


def starts(begins: str) -> ColumnElement[bool]:
    """The `CommitRow` of the row begins like this: a range of its key, for any collation."""
    return and_(CommitRow.sha >= begins, CommitRow.sha < begins + "g")


def _whole(session: Session, project_id: uuid.UUID, row: Row[Any], viewer: Viewer) -> OnePlay:
    commit: CommitRow = row.CommitRow
    rules = rules_of(session, project_id)
    copies = _copies(session, commit, viewer)
    return OnePlay(
        *(row.player_id, row.player_name, _standing(session, commit, copies, rules)),
        commit.commit_date,
        play_row(row, rules),
        _coauthors(session, commit, viewer),
        _mends(session, commit, viewer),
        _mended_by(session, commit, viewer),
        copies,
    )


def _key(of: CommitRow) -> _Key:
    return _Key(of.project_id, of.sha, of.repo_id)


def _standing(session: Session, commit: CommitRow, copies: list[Copy], rules: Rules) -> Standing:
    if commit.counts:
        is_out = commit.flags & Flag.MERGE and not rules.score_merges
        return Standing.MERGE if is_out else Standing.SCORED
    if any(copy.counts for copy in copies):
        return Standing.COPY
    if session.scalar(penalized(session, commit.project_id, [commit.change_key]).limit(1)):
        return Standing.PENALIZED
    return Standing.GONE if not commit.is_reachable else Standing.COPY


def _copies(session: Session, commit: CommitRow, viewer: Viewer) -> list[Copy]:
    rows = session.execute(*_same_change(commit.project_id, commit.change_key, viewer))
    itself = (commit.sha, commit.repo_id)
    return [Copy(sha, name, counts) for sha, name, counts, repo in rows if (sha, repo) != itself]


@prepared
def _same_change(project_id: uuid.UUID, change_key: str, viewer: Viewer) -> Select[Any]:
    return (
        _seen(
            select(CommitRow.sha, Repo.name, CommitRow.counts, CommitRow.repo_id).join(
                Repo, _in_repo()
            ),
            viewer,
        )
        .where(CommitRow.project_id == project_id, CommitRow.change_key == change_key)
        .order_by(CommitRow.counts.desc(), Repo.name, CommitRow.sha)
        .limit(MOST_LINKS)
    )


def _coauthors(session: Session, commit: CommitRow, viewer: Viewer) -> list[Credited]:
    """Who is not shown is counted, and neither named nor linked."""
    rows = session.execute(*_assisting(_key(commit), viewer))
    return [
        Credited(None, ANONYMOUS) if unseen else Credited(player_id, name)
        for player_id, name, unseen in rows
    ]


@prepared
def _assisting(of: _Key, viewer: Viewer) -> Select[Any]:
    identity = and_(CoAuthor.project_id == Identity.project_id, CoAuthor.identity_id == Identity.id)
    return (
        select(Player.id, shown_name(viewer).label("name"), is_unseen(viewer))
        .distinct()
        .join(Identity, _plays())
        .join(CoAuthor, identity)
        .where(
            CoAuthor.project_id == of.project_id,
            CoAuthor.sha == of.sha,
            CoAuthor.repo_id == of.repo_id,
        )
        .order_by("name", Player.id)
    )


def _mends(session: Session, commit: CommitRow, viewer: Viewer) -> list[Linked]:
    return [Linked(*row) for row in session.execute(*_mended(_key(commit), viewer))]


@prepared
def _mended(of: _Key, viewer: Viewer) -> Select[Any]:
    """A target may be abbreviated: whatever begins like it."""
    here = aliased(CommitReference)
    named = and_(
        CommitRow.project_id == here.project_id,
        CommitRow.sha >= here.target,
        CommitRow.sha < here.target + "g",
    )
    links = (
        select(CommitRow.sha, CommitRow.message_title, here.relation)
        .distinct()
        .join(here, named)
        .where(
            here.project_id == of.project_id,
            here.sha == of.sha,
            here.repo_id == of.repo_id,
        )
    )
    return _linked(links, viewer)


def _mended_by(session: Session, commit: CommitRow, viewer: Viewer) -> list[Linked]:
    sha = commit.sha
    names = [sha[:length] for length in range(STEM, len(sha) + 1)]
    return [
        Linked(*row)
        for row in session.execute(*_mending(commit.project_id, sha[:STEM], names, viewer))
    ]


@prepared
def _mending(project_id: uuid.UUID, stem: str, names: list[str], viewer: Viewer) -> Select[Any]:
    """Whatever names it, abbreviated or not."""
    here = aliased(CommitReference)
    says_so = and_(
        here.project_id == CommitRow.project_id,
        here.sha == CommitRow.sha,
        here.repo_id == CommitRow.repo_id,
    )
    links = (
        select(CommitRow.sha, CommitRow.message_title, here.relation)
        .distinct()
        .join(here, says_so)
        .where(
            CommitRow.project_id == project_id,
            CommitRow.is_reachable,
            here.stem == stem,
            here.target.in_(names),
        )
    )
    return _linked(links, viewer)


def _linked(links: Select[Any], viewer: Viewer) -> Select[Any]:
    return _seen(links, viewer).order_by(CommitRow.sha).limit(MOST_LINKS)


def _seen(commits: Select[Any], viewer: Viewer) -> Select[Any]:
    """Those of authors whom the viewer may see."""
    author = and_(Identity.project_id == CommitRow.project_id, Identity.id == CommitRow.author_id)
    return commits.join(Identity, author).join(Player, _plays()).where(~is_unseen(viewer))


def _plays() -> ColumnElement[bool]:
    return and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)


def _in_repo() -> ColumnElement[bool]:
    return and_(Repo.project_id == CommitRow.project_id, Repo.id == CommitRow.repo_id)
