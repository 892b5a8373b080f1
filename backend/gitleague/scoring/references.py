"""What commits say of each other: which are reverted, and which are steals.

A target may be abbreviated and may arrive long after the commit that names it, so nothing is
resolved once and kept: both marks follow from the references and rows that are there.

- A commit is reverted while some reachable commit that is not itself reverted reverts it.
- A commit is a steal when it fixes or reverts a reachable commit of other players only.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from gitleague_client.rules.reverts import settled_reverts
from gitleague_client.rules.trailers import Relation
from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from gitleague.core.sets import among, listed
from gitleague.scoring.players import player_of
from gitleague.tables.commits import CommitReference, CommitRow

STEM = 7  # digits: what git itself abbreviates to at least


class Link(NamedTuple):
    """The commit `source` says that it fixes or reverts `target`."""

    source: str
    relation: str
    target: str  # possibly abbreviated


class Mark(NamedTuple):
    sha: str
    is_reverted: bool
    is_steal: bool


class Standing(NamedTuple):
    """A commit as its rows in the repos of a project tell it."""

    is_reachable: bool
    is_reverted: bool
    players: frozenset[uuid.UUID]
    marks: frozenset[tuple[bool, bool]]  # of each row; a new one has none yet


class Web(NamedTuple):
    """Some commits, and what their marks depend on."""

    shas: set[str]
    links: set[Link]
    matches: dict[str, list[str]]  # target -> the commits that it may name

    def named_by(self, link: Link) -> str | None:
        """The commit that a link means; None where it is not here or not alone."""
        found = self.matches.get(link.target, [])
        return found[0] if len(found) == 1 and found[0] != link.source else None

    def named(self) -> set[str]:
        """Every commit that a link of the web may mean."""
        return {sha for link in self.links for sha in self.matches[link.target]}


def web_around(session: Session, project_id: uuid.UUID, shas: Collection[str]) -> Web:
    """The commits, all whose marks hang on theirs, and every reference from and to them."""
    web = Web(set(), set(), {})
    todo = set(shas)
    while todo:
        links = _links_from(session, project_id, todo) | _links_to(session, project_id, todo)
        _resolve(session, project_id, web, links)
        web.links.update(links)
        web.shas.update(todo)
        todo = {
            sha
            for link in links
            if link.relation == Relation.REVERTS.value or len(web.matches[link.target]) > 1
            for sha in web.matches[link.target]
        } - web.shas
    return web


def changed_marks(
    session: Session, project_id: uuid.UUID, web: Web, *, once_named: Collection[str] = ()
) -> list[Mark]:
    """The marks that are no longer what the rows say; `once_named` lost links to them."""
    sources = {link.source for link in web.links}
    others = _links_from(session, project_id, sources - web.shas)
    _resolve(session, project_id, web, others)
    web.links.update(others)
    involved = sources | web.named() | set(once_named)
    standings = _standings(session, project_id, involved)
    reverted, steals = _reverted(web, standings), _steals(web, standings)
    marks = [
        Mark(sha, reverted.get(sha, standing.is_reverted), sha in steals)
        for sha, standing in standings.items()
        if sha in sources or sha in web.shas
    ]
    return [mark for mark in marks if standings[mark.sha].marks != {mark[1:]}]


def write_marks(session: Session, project_id: uuid.UUID, marks: Iterable[Mark]) -> None:
    groups: dict[tuple[bool, bool], list[str]] = defaultdict(list)
    for mark in marks:
        groups[mark.is_reverted, mark.is_steal].append(mark.sha)
    for (is_reverted, is_steal), shas in groups.items():
        session.execute(
            update(CommitRow)
            .where(CommitRow.project_id == project_id, among(session, CommitRow.sha, shas))
            .values(is_reverted=is_reverted, is_steal=is_steal)
        )


def _links_from(session: Session, project_id: uuid.UUID, shas: Collection[str]) -> set[Link]:
    if not shas:
        return set()
    found = session.execute(
        select(CommitReference.sha, CommitReference.relation, CommitReference.target).where(
            CommitReference.project_id == project_id, among(session, CommitReference.sha, shas)
        )
    )
    return {Link(*row) for row in found}


def _links_to(session: Session, project_id: uuid.UUID, shas: Collection[str]) -> set[Link]:
    by_stem: dict[str, list[str]] = defaultdict(list)
    for sha in shas:
        by_stem[sha[:STEM]].append(sha)
    found = session.execute(
        select(CommitReference.sha, CommitReference.relation, CommitReference.target).where(
            CommitReference.project_id == project_id,
            among(session, CommitReference.stem, by_stem),
        )
    )
    return {
        Link(*row)
        for row in found
        if any(sha.startswith(row.target) for sha in by_stem[row.target[:STEM]])
    }


def _resolve(session: Session, project_id: uuid.UUID, web: Web, links: Iterable[Link]) -> None:
    """Looks up which commits the targets may name: every one of the project that begins so."""
    targets = {link.target for link in links} - web.matches.keys()
    if not targets:
        return
    target = listed(session, targets)
    begins_so = and_(
        CommitRow.project_id == project_id, CommitRow.sha >= target, CommitRow.sha < target + "g"
    )
    # The first and the last are two steps down an index; a join over ranges would be a scan.
    first = select(func.min(CommitRow.sha)).where(begins_so).scalar_subquery()
    last = select(func.max(CommitRow.sha)).where(begins_so).scalar_subquery()
    for name, one, other in session.execute(select(target, first, last)).all():
        if one == other:
            web.matches[name] = [one] if one else []
        else:
            web.matches[name] = _all_named(session, project_id, name)


def _all_named(session: Session, project_id: uuid.UUID, target: str) -> list[str]:
    found = session.scalars(
        select(CommitRow.sha)
        .where(
            CommitRow.project_id == project_id,
            CommitRow.sha >= target,
            CommitRow.sha < target + "g",
        )
        .distinct()
    )
    return list(found)


def _standings(
    session: Session, project_id: uuid.UUID, shas: Collection[str]
) -> dict[str, Standing]:
    if not shas:
        return {}
    found = session.execute(
        select(
            CommitRow.sha,
            CommitRow.is_reachable,
            CommitRow.is_reverted,
            CommitRow.is_steal,
            player_of(project_id, CommitRow.author_id),
        ).where(CommitRow.project_id == project_id, among(session, CommitRow.sha, shas))
    )
    standings: dict[str, Standing] = {}
    nobody = Standing(is_reachable=False, is_reverted=False, players=frozenset(), marks=frozenset())
    for sha, is_reachable, is_reverted, is_steal, player_id in found:
        so_far = standings.get(sha, nobody)
        standings[sha] = Standing(
            so_far.is_reachable or is_reachable,
            so_far.is_reverted or is_reverted,
            so_far.players | {player_id} if is_reachable else so_far.players,
            so_far.marks | {(is_reverted, is_steal)},
        )
    return standings


def _steals(web: Web, standings: Mapping[str, Standing]) -> set[str]:
    steals = set()
    for link in web.links:
        victim = standings.get(web.named_by(link) or "")
        thief = standings.get(link.source)
        if victim and thief and victim.players and thief.players.isdisjoint(victim.players):
            steals.add(link.source)
    return steals


def _reverted(web: Web, standings: Mapping[str, Standing]) -> dict[str, bool]:
    """Whether each commit of the web is reverted; what lies outside the web stands as it is."""
    reverters: dict[str, set[str]] = {sha: set() for sha in web.shas}
    for link in web.links:
        named = web.named_by(link)
        is_revert = link.relation == Relation.REVERTS.value
        if is_revert and named in reverters and standings[link.source].is_reachable:
            reverters[named].add(link.source)
    outside = {
        source: standings[source].is_reverted
        for sources in reverters.values()
        for source in sources
        if source not in web.shas
    }
    return settled_reverts(reverters, outside)
