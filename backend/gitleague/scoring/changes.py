"""How new rules come into force: all at once, while readers see the old numbers until then.

Their box scores are built month by month, each a transaction of its own. Who pushes in between adds
to both, the old and the new: see `boxscores.add`. Where texts have to be read anew, that comes
first, some commits at a time: until the new rules are in force, the old ones score what was found.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from gitleague_client.rules.classify import BY_RULES, classify_by_rules
from gitleague_client.rules.defaults import Rules
from sqlalchemy import ColumnElement, Row, false, func, select, update
from sqlalchemy.orm import Session

from gitleague.core.sets import among
from gitleague.core.trial import shadow
from gitleague.jobs.runner import Work
from gitleague.projects.happenings import tell_of_standings
from gitleague.projects.leagues import lock_project, needs_no_lock
from gitleague.scoring.boxscores import (
    add,
    build,
    months,
    rebuild_days,
    remove,
    remove_days,
    take_back,
)
from gitleague.scoring.chunks import CHUNK, Place, commits_in_chunks, next_commits
from gitleague.scoring.days import Days
from gitleague.scoring.rules import RulesInForce, newest_version, rules_at, rules_in_force
from gitleague.tables.commits import CommitRow
from gitleague.tables.projects import Project
from gitleague.tables.scores import BoxScore, RulesVersion, StaleMonth

READ = 40  # percent of the work when all texts are read again
BUILT = 90  # and when all months are built
TEXT = (CommitRow.message_title, CommitRow.message_body, CommitRow.flags)


def apply_rules(work: Work, *, chunk: int = CHUNK) -> None:
    """Does nothing where newer rules wait, or these are in force already."""
    version = int(work.job.arguments["version"])
    project_id = work.job.project_id
    with work.database.reading() as session:
        new = RulesInForce(version, rules_at(session, project_id, version))
        is_wanted = _is_wanted(session, project_id, version)
        has_to_read = not _are_read(session, project_id, new)
    if is_wanted and has_to_read and "until" not in work.job.arguments:
        _read_texts(work, new, chunk)
    if is_wanted:
        _build(work, new)
    _clear(work)


def read_alike(old: Rules, new: Rules) -> bool:
    """Whether both find the same in every text."""
    patterns = (old.ticket_pattern, old.unclean_pattern)
    return patterns == (new.ticket_pattern, new.unclean_pattern)


def _is_wanted(session: Session, project_id: uuid.UUID, version: int) -> bool:
    in_force = rules_in_force(session, project_id).version
    return version != in_force and version == newest_version(session, project_id)


def _build(work: Work, new: RulesInForce) -> None:
    """The newest month first; what is left is in the job's arguments."""
    project_id = work.job.project_id
    until = date.fromisoformat(work.job.arguments.get("until", str(date.max)))
    with work.database.reading() as session:
        found = months(session, project_id, new.version)
    left = [days for days in found if days.first <= until]
    for place, days in enumerate(left, start=1 + len(found) - len(left)):
        with work.database.writing() as session:
            lock_project(session, project_id)
            if not _is_wanted(session, project_id, new.version):
                return
            rebuild_days(session, project_id, new, days)
            work.keep(session, version=new.version, until=str(days.first))
        work.pause(READ + (BUILT - READ) * place // len(found))
    with work.database.writing() as session:
        _put_in_force(session, project_id, new.version)


def _put_in_force(session: Session, project_id: uuid.UUID, version: int) -> None:
    lock_project(session, project_id)
    if not _is_wanted(session, project_id, version):
        return
    session.execute(update(Project).where(Project.id == project_id).values(rules_version=version))
    tell_of_standings(session, project_id)


def _are_read(session: Session, project_id: uuid.UUID, new: RulesInForce) -> bool:
    """Whether all texts were read with these patterns, and none with others that were wished for
    in between.
    """
    old = rules_in_force(session, project_id)
    wishes = select(RulesVersion.rules).where(
        RulesVersion.project_id == project_id,
        RulesVersion.season_id.is_(None),
        RulesVersion.version.between(old.version + 1, new.version),
    )
    since = [Rules.model_validate(each) for each in session.scalars(wishes)]
    return all(read_alike(old.rules, each) for each in since)


def _read_texts(work: Work, new: RulesInForce, chunk: int) -> None:
    """The flags of commits follow the new patterns, and so does what they score in both versions.
    A push reads with the patterns that were wished for last.
    """
    project_id, wanted = work.job.project_id, [CommitRow.flags_sent.is_(False)]
    place = Place.read(work.job.arguments.get("after"))
    with work.database.reading() as session:
        total = _count(session, project_id, wanted)
    seen = 0
    while True:
        with work.database.writing() as session:
            lock_project(session, project_id)
            if not _is_wanted(session, project_id, new.version):
                return
            rows, place = next_commits(session, project_id, TEXT, wanted, place, limit=chunk)
            if not rows:
                return
            changed = _changed(rows, new.rules)
            shas = [sha for group in changed.values() for sha in group]
            take_back(session, project_id, shas)
            _set_flags(session, project_id, changed)
            add(session, project_id, shas)
            work.keep(session, version=new.version, after=place.kept())
        seen += len(rows)
        work.pause(READ * seen // max(total, seen))


def _clear(work: Work) -> None:
    """The box scores of rules that are past, or never came into force, month by month."""
    project_id = work.job.project_id
    with work.database.reading() as session:
        past = _past_versions(session, project_id)
        left = [
            (version, days) for version in past for days in months(session, project_id, version)
        ]
    for version, days in left:
        with work.database.writing() as session:
            lock_project(session, project_id)
            remove_days(session, project_id, version, days)
        work.pause()
    for version in past:
        with work.database.writing() as session:
            lock_project(session, project_id)
            remove(session, project_id, version)


def _past_versions(session: Session, project_id: uuid.UUID) -> list[int]:
    """Those that have box scores, and are neither in force nor to come, nor of a closed season."""
    kept = {rules_in_force(session, project_id).version, newest_version(session, project_id)}
    of_seasons = select(RulesVersion.version).where(
        RulesVersion.project_id == project_id, RulesVersion.season_id.is_not(None)
    )
    found = select(BoxScore.rules_version).where(BoxScore.project_id == project_id).distinct()
    return sorted(set(session.scalars(found)) - kept - set(session.scalars(of_seasons)))


TRIED = 0  # a version that no rules have


def try_out(session: Session, project_id: uuid.UUID, old: Rules, new: Rules, days: Days) -> int:
    """Box scores of rules that nobody has, in copies of the tables; the version that they have."""
    shadow(session, BoxScore, false())
    shadow(session, StaleMonth, false())
    needs_no_lock(session, project_id)
    if not read_alike(old, new):
        in_window = CommitRow.day.between(*days)
        shadow(session, CommitRow, CommitRow.project_id == project_id, in_window)
        _reclassify(session, project_id, new, [in_window])
    build(session, project_id, RulesInForce(TRIED, new), days)
    return TRIED


def _reclassify(
    session: Session, project_id: uuid.UUID, rules: Rules, which: Collection[ColumnElement[bool]]
) -> None:
    """Reads the texts again that are here. What a client kept to itself stays what it said."""
    chosen = [CommitRow.flags_sent.is_(False), *which]
    for rows in commits_in_chunks(session, project_id, TEXT, chosen):
        _set_flags(session, project_id, _changed(rows, rules))


def _count(session: Session, project_id: uuid.UUID, chosen: Collection[ColumnElement[bool]]) -> int:
    return (
        session.scalar(select(func.count()).where(CommitRow.project_id == project_id, *chosen)) or 0
    )


def _changed(rows: list[Row[Any]], rules: Rules) -> Mapping[int, list[str]]:
    """The commits whose flags are others under these rules, by those flags."""
    changed: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        found = classify_by_rules(row.message_title, row.message_body or "", rules)
        if found != row.flags & BY_RULES:
            changed[int(found)].append(row.sha)
    return changed


def _set_flags(
    session: Session, project_id: uuid.UUID, changed: Mapping[int, Collection[str]]
) -> None:
    for bits, shas in changed.items():  # a sha in another repo has the same text
        session.execute(
            update(CommitRow)
            .where(
                CommitRow.project_id == project_id,
                CommitRow.flags_sent.is_(False),
                among(session, CommitRow.sha, shas),
            )
            .values(flags=CommitRow.flags - CommitRow.flags.bitwise_and(int(BY_RULES)) + bits)
            .execution_options(synchronize_session=False)
        )
