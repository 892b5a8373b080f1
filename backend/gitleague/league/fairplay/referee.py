"""The referee looks at what came, and flags it. Nothing counts less before a commissioner says so.

Looking twice flags nothing twice: what a rule named once it never names again.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.sets import among
from gitleague.jobs import queue
from gitleague.league.fairplay.breaches import is_breach
from gitleague.league.fairplay.crowds import impossible_days, split_commits
from gitleague.league.fairplay.settings import ensure_referee, read_settings
from gitleague.league.fairplay.single_commits import (
    bulk_edits,
    distant_dates,
    future_dates,
    huge_commits,
    lock_file_dumps,
)
from gitleague.league.fairplay.suspects import Flagged, Look
from gitleague.league.fairplay.toggles import back_and_forth
from gitleague.projects.happenings import tell
from gitleague.projects.leagues import lock_project
from gitleague.scoring.penalties import LOOK
from gitleague.tables.fairplay import FairPlayRule, Referee, Ruling, RulingCommit, RulingState
from gitleague.tables.outside import Event
from gitleague.tables.projects import Repo

# A push is received when it begins to wait for its turn, and seen when it is done.
OVERLAP = timedelta(minutes=5)
Rule: TypeAlias = Callable[[Session, Look], list[Flagged]]
TOLD = 20  # rulings, of one event
NOTED = 2000  # commits that are named in one transaction
RULES: Mapping[FairPlayRule, Rule] = {
    FairPlayRule.COMMIT_SPLITTING: split_commits,
    FairPlayRule.REVERT_PING_PONG: back_and_forth,
    FairPlayRule.LOCK_FILE_DUMP: lock_file_dumps,
    FairPlayRule.HUGE_COMMIT: huge_commits,
    FairPlayRule.BULK_EDIT: bulk_edits,
    FairPlayRule.FUTURE_DATE: future_dates,
    FairPlayRule.DISTANT_DATES: distant_dates,
    FairPlayRule.IMPOSSIBLE_DAY: impossible_days,
}


class Sight(NamedTuple):
    """What was seen, and from when on to look next: None, while more of it is to be noted."""

    flags: list[Flagged]
    since: datetime | None
    until: datetime | None

    def shares(self, commits: int = NOTED) -> Iterator["Sight"]:
        """The same in parts, none of which takes long to note. At least one."""
        share: list[Flagged] = []
        named = 0
        for flag in self.flags:
            named += len(flag.commits)
            if share and named > commits:
                yield self._replace(flags=share, until=None)
                share, named = [], len(flag.commits)
            share.append(flag)
        yield self._replace(flags=share)


def look(session: Session, project_id: uuid.UUID) -> Sight:
    """Only reads, so that nobody waits."""
    until = now() - OVERLAP
    saved = session.execute(
        select(Referee.settings, Referee.looked_at).where(Referee.project_id == project_id)
    ).one_or_none()
    since = saved.looked_at if saved else None
    settings = read_settings(saved.settings if saved else None)
    where = Look(project_id, since, settings)
    flags = [
        flag
        for name, rule in RULES.items()
        if settings.limits(name).enabled
        for flag in rule(session, where)
        if is_breach(name, flag.figures, settings)
    ]
    return Sight(flags, since, until)


def note(session: Session, project_id: uuid.UUID, sight: Sight) -> int:
    """Keeps the flags as rulings; returns how many."""
    lock_project(session, project_id)
    ensure_referee(session, project_id)
    flags = _unnamed(session, project_id, sight.flags)
    rulings, commits = [], []
    for flag in flags:
        ruling = _ruling(project_id, flag)
        rulings.append(ruling)
        of_ruling = {"project_id": project_id, "ruling_id": ruling["id"], "rule": flag.rule.value}
        commits += [
            {**of_ruling, "place": place, **named._asdict()}
            for place, named in enumerate(flag.commits, start=1)
        ]
    if rulings:
        session.execute(insert(Ruling), rulings)
        session.execute(insert(RulingCommit), commits)
        tell(session, project_id, Event.RULING_MADE, _news(rulings))
    if sight.until:
        _note_until(session, project_id, sight)
    return len(rulings)


def _note_until(session: Session, project_id: uuid.UUID, sight: Sight) -> None:
    session.execute(
        update(Referee)
        .where(
            Referee.project_id == project_id,
            # Other limits in the meantime: everything is looked at again.
            Referee.looked_at.is_not_distinct_from(sight.since),
        )
        .values(looked_at=sight.until)
    )


def ask_for_looks(session: Session) -> None:
    """A job for each league with commits that nobody has looked at, though none is asked for."""
    # across projects: every league has its referee
    waiting = set(
        session.scalars(
            select(Repo.project_id)
            .distinct()
            .outerjoin(Referee, Referee.project_id == Repo.project_id)
            .where(Repo.last_sync_at.is_not(None), Referee.looked_at.is_(None))
        )
    )
    for project_id in sorted(waiting - queue.unfinished(session, LOOK)):
        queue.enqueue(session, LOOK, project_id=project_id)


def ask_again(session: Session, *, by: Membership) -> uuid.UUID:
    """To look at all commits anew; the id of the job that does."""
    forget(session, by.project_id)
    job_id = queue.enqueue(session, LOOK, project_id=by.project_id, created_by=by.caller.user_id)
    audit.record(
        session, Action.REFEREE_ASKED, "referee", caller=by.caller, project_id=by.project_id
    )
    return job_id


def forget(session: Session, project_id: uuid.UUID) -> None:
    """The next look is at everything."""
    lock_project(session, project_id)
    session.execute(update(Referee).where(Referee.project_id == project_id).values(looked_at=None))


def _unnamed(session: Session, project_id: uuid.UUID, flags: Sequence[Flagged]) -> list[Flagged]:
    """Without what another look named in the meantime."""
    shas = {named.sha for flag in flags for named in flag.commits}
    known = set(
        session.execute(
            select(RulingCommit.rule, RulingCommit.sha).where(
                RulingCommit.project_id == project_id, among(session, RulingCommit.sha, shas)
            )
        ).tuples()
    )
    return [
        flag
        for flag in flags
        if not any((flag.rule.value, named.sha) in known for named in flag.commits)
    ]


def _news(rulings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A look at an old league can make many: they are one event, and not one each."""
    first = [
        {"id": str(made["id"]), "rule": made["rule"], "day": str(made["day"])}
        for made in rulings[:TOLD]
    ]
    return {"total": len(rulings), "rulings": first}


def _ruling(project_id: uuid.UUID, flag: Flagged) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "project_id": project_id,
        "rule": flag.rule.value,
        "identity_id": flag.identity_id,
        "day": flag.day,
        "figures": flag.figures,
        "state": RulingState.OPEN.value,
        "made_at": now(),
    }
