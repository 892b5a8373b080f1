"""Rulings: seen by all, contested by the player, decided by a commissioner."""

import re
import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotAllowed, NotFound
from gitleague.core.paging import Paging
from gitleague.league.people.shown import (
    LEAGUE,
    PUBLIC,
    Viewer,
    is_unseen,
    shown_name,
    shown_text,
    viewer_of,
)
from gitleague.league.people.telling import kept
from gitleague.projects.happenings import tell
from gitleague.projects.leagues import lock_project
from gitleague.scoring.credits import changed
from gitleague.tables.accounts import User
from gitleague.tables.commits import CommitRow, Identity, Player
from gitleague.tables.fairplay import FairPlayRule, Ruling, RulingCommit, RulingState
from gitleague.tables.outside import Event
from gitleague.tables.projects import Member, MemberStatus, Role

SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FEW = 20  # commits of a ruling in a list
NOTHING = "The commits that are marked count for nothing"
PENALTIES: Mapping[FairPlayRule, str] = {
    FairPlayRule.COMMIT_SPLITTING: f"{NOTHING}; the one with most lines stands.",
    FairPlayRule.REVERT_PING_PONG: f"{NOTHING}; the first revert or toggle stands.",
    FairPlayRule.LOCK_FILE_DUMP: f"{NOTHING}.",
    FairPlayRule.HUGE_COMMIT: f"{NOTHING}.",
    FairPlayRule.BULK_EDIT: f"{NOTHING}.",
    FairPlayRule.FUTURE_DATE: f"{NOTHING}.",
    FairPlayRule.DISTANT_DATES: f"{NOTHING}.",
    FairPlayRule.IMPOSSIBLE_DAY: f"{NOTHING}; the first ones of the day stand.",
}
DECIDED = frozenset({RulingState.UPHELD, RulingState.LIFTED})


class NamedCommit(NamedTuple):
    sha: str | None  # None: whose it is is not shown
    title: str | None  # None: the commit is gone, or not shown
    is_penalized: bool
    evidence: dict[str, Any]


class RulingRow(NamedTuple):
    id: uuid.UUID
    rule: str
    state: str
    player_id: uuid.UUID
    player_name: str
    user_id: uuid.UUID | None  # the member who plays
    day: date
    figures: dict[str, Any]
    made_at: datetime
    contest: str | None
    contested_at: datetime | None
    reason: str | None
    decided_by: str | None  # name
    decided_at: datetime | None
    is_unseen: bool
    total_commits: int
    commits: list[NamedCommit]


class Asked(NamedTuple):
    """Which rulings; None: all."""

    state: RulingState | None = None
    rule: FairPlayRule | None = None
    player_id: uuid.UUID | None = None
    sha: str | None = None


def list_rulings(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    asked: Asked,
    viewer: Viewer = PUBLIC,
) -> tuple[list[RulingRow], int]:
    """The newest day first."""
    wanted: list[ColumnElement[bool]] = []
    if asked.state:
        wanted.append(Ruling.state == asked.state.value)
    if asked.rule:
        wanted.append(Ruling.rule == asked.rule.value)
    if asked.player_id:
        wanted.append(Player.id == asked.player_id)
    if asked.sha:
        naming = select(RulingCommit.ruling_id).where(
            RulingCommit.project_id == project_id, RulingCommit.sha == asked.sha.lower()
        )
        wanted += [Ruling.id.in_(naming), ~is_unseen(viewer)]
    return _page(session, project_id, paging, wanted, most=FEW, viewer=viewer)


def get_ruling(
    session: Session, project_id: uuid.UUID, ruling_id: uuid.UUID, viewer: Viewer = PUBLIC
) -> RulingRow:
    wanted = [Ruling.id == ruling_id]
    rows, _ = _page(session, project_id, Paging(), wanted, most=None, viewer=viewer)
    if not rows:
        raise NotFound("There is no such ruling in this league.")
    return rows[0]


def contest(session: Session, ruling_id: uuid.UUID, sentence: str, *, by: Membership) -> RulingRow:
    """Once, by the player, before it is decided."""
    lock_project(session, by.project_id)
    ruling = get_ruling(session, by.project_id, ruling_id, LEAGUE)
    if ruling.user_id != by.caller.user_id:
        raise NotAllowed("Only the player of this ruling may contest it.")
    if ruling.contest is not None:
        raise Conflict("You contested this ruling already. A commissioner will decide.")
    _check_undecided(ruling)
    _set(
        session,
        ruling,
        by,
        Action.RULING_CONTESTED,
        state=RulingState.CONTESTED.value,
        contest=sentence,
        contested_at=now(),
    )
    return get_ruling(session, by.project_id, ruling_id, viewer_of(by))


def decide(
    session: Session, ruling_id: uuid.UUID, *, uphold: bool, reason: str, by: Membership
) -> RulingRow:
    """Numbers follow at once, in the same transaction."""
    lock_project(session, by.project_id)
    ruling = get_ruling(session, by.project_id, ruling_id, LEAGUE)
    _check_undecided(ruling)
    _check_neutral(session, ruling, by)
    state = RulingState.UPHELD if uphold else RulingState.LIFTED
    action = Action.RULING_UPHELD if uphold else Action.RULING_LIFTED
    _move(session, ruling, by, action, state=state, reason=reason)
    return get_ruling(session, by.project_id, ruling_id, viewer_of(by))


def reopen(session: Session, ruling_id: uuid.UUID, *, reason: str, by: Membership) -> RulingRow:
    """As it was before it was decided; a penalty is taken back."""
    lock_project(session, by.project_id)
    ruling = get_ruling(session, by.project_id, ruling_id, LEAGUE)
    if RulingState(ruling.state) not in DECIDED:
        raise Conflict("This ruling was not decided yet. Uphold it or lift it.")
    _check_neutral(session, ruling, by)
    state = RulingState.CONTESTED if ruling.contest else RulingState.OPEN
    _move(session, ruling, by, Action.RULING_REOPENED, state=state, reason=reason)
    return get_ruling(session, by.project_id, ruling_id, viewer_of(by))


def _move(
    session: Session,
    ruling: RulingRow,
    by: Membership,
    action: Action,
    *,
    state: RulingState,
    reason: str,
) -> None:
    values = {
        "state": state.value,
        "reason": reason,
        "decided_by": by.caller.user_id if state in DECIDED else None,
        "decided_at": now() if state in DECIDED else None,
    }
    if RulingState.UPHELD not in {state, RulingState(ruling.state)}:
        _set(session, ruling, by, action, **values)
        return
    with changed(session, by.project_id, _changes_of(session, by.project_id, ruling.id)):
        _set(session, ruling, by, action, **values)


def _changes_of(session: Session, project_id: uuid.UUID, ruling_id: uuid.UUID) -> set[str]:
    named = and_(CommitRow.project_id == RulingCommit.project_id, CommitRow.sha == RulingCommit.sha)
    return set(
        session.scalars(
            select(CommitRow.change_key)
            .join(RulingCommit, named)
            .where(
                RulingCommit.project_id == project_id,
                RulingCommit.ruling_id == ruling_id,
                RulingCommit.is_penalized,
            )
        )
    )


def _check_undecided(ruling: RulingRow) -> None:
    if RulingState(ruling.state) in DECIDED:
        raise Conflict(f"This ruling was {ruling.state} already. A commissioner can reopen it.")


def _check_neutral(session: Session, ruling: RulingRow, by: Membership) -> None:
    """Nobody decides about themself, where there is somebody else."""
    if ruling.user_id != by.caller.user_id:
        return
    other = session.scalar(
        select(Member.user_id)
        .where(
            Member.project_id == by.project_id,
            Member.role == Role.COMMISSIONER.value,
            Member.status == MemberStatus.APPROVED.value,
            Member.user_id != by.caller.user_id,
        )
        .limit(1)
    )
    if other:
        raise NotAllowed("This ruling is about you. Another commissioner decides it.")


def _set(
    session: Session, ruling: RulingRow, by: Membership, action: Action, **values: Any
) -> None:
    identity_id = session.scalars(
        update(Ruling)
        .where(Ruling.project_id == by.project_id, Ruling.id == ruling.id)
        .values(**values)
        .returning(Ruling.identity_id)
    ).one()
    told = {
        "id": str(ruling.id),
        "rule": ruling.rule,
        "was": ruling.state,
        "state": values["state"],
        "player": kept(ruling.player_id, identity_id),
    }
    tell(session, by.project_id, Event.RULING_CHANGED, {"ruling": told})
    audit.record(
        session,
        action,
        ruling.player_name,
        caller=by.caller,
        project_id=by.project_id,
        details={
            "ruling": str(ruling.id),
            "rule": ruling.rule,
            "was": ruling.state,
            "reason": values.get("reason") or values.get("contest"),
        },
    )


def _page(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    wanted: list[ColumnElement[bool]],
    *,
    most: int | None,
    viewer: Viewer,
) -> tuple[list[RulingRow], int]:
    of = and_(Identity.project_id == Ruling.project_id, Identity.id == Ruling.identity_id)
    plays = and_(Player.project_id == Identity.project_id, Player.id == Identity.player_id)
    columns = (
        *(Ruling.id, Ruling.rule, Ruling.state, Player.id, shown_name(viewer), Player.user_id),
        *(Ruling.day, Ruling.figures, Ruling.made_at, shown_text(Ruling.contest, viewer)),
        *(Ruling.contested_at, Ruling.reason, User.display_name, Ruling.decided_at),
        is_unseen(viewer),
    )
    rows = session.execute(
        select(*columns)
        .join_from(Ruling, Identity, of)
        .join(Player, plays)
        .outerjoin(User, User.id == Ruling.decided_by)
        .where(Ruling.project_id == project_id, *wanted)
        .order_by(*(Ruling.day.desc(), Ruling.rule, shown_name(viewer)), Ruling.made_at, Ruling.id)
        .limit(paging.limit)
        .offset(paging.offset)
    ).all()
    counted = select(func.count()).select_from(Ruling).join(Identity, of).join(Player, plays)
    total = session.scalar(counted.where(Ruling.project_id == project_id, *wanted)) or 0
    commits = _commits_of(session, project_id, [row[0] for row in rows], most)
    rulings = [RulingRow._make([*row, *commits[row.id]]) for row in rows]
    return [_shown(ruling) for ruling in rulings], total


def _shown(ruling: RulingRow) -> RulingRow:
    """What was counted stays; which commits they were goes, where their player is not shown."""
    if not ruling.is_unseen:
        return ruling
    unnamed = [
        each._replace(sha=None, title=None, evidence=_without_shas(each.evidence))
        for each in ruling.commits
    ]
    return ruling._replace(figures=_without_shas(ruling.figures), commits=unnamed)


def _without_shas(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if not SHA.fullmatch(str(value))}


def _commits_of(
    session: Session, project_id: uuid.UUID, rulings: Collection[uuid.UUID], most: int | None
) -> Mapping[uuid.UUID, tuple[int, list[NamedCommit]]]:
    """How many each ruling names, and the first of them."""
    each = (
        select(
            RulingCommit.ruling_id,
            RulingCommit.place,
            RulingCommit.sha,
            RulingCommit.is_penalized,
            RulingCommit.evidence,
            func.count().over(partition_by=RulingCommit.ruling_id).label("total"),
        )
        .where(RulingCommit.project_id == project_id, RulingCommit.ruling_id.in_(rulings))
        .subquery()
    )
    title = (
        select(CommitRow.message_title)
        .where(CommitRow.project_id == project_id, CommitRow.sha == each.c.sha)
        .order_by(CommitRow.repo_id)
        .limit(1)
        .scalar_subquery()
    )
    wanted = select(
        *(each.c.ruling_id, each.c.total, each.c.sha, title, each.c.is_penalized, each.c.evidence)
    ).order_by(each.c.ruling_id, each.c.place)
    if most:
        wanted = wanted.where(each.c.place <= most)
    commits: dict[uuid.UUID, tuple[int, list[NamedCommit]]] = {}
    for ruling_id, total, *named in session.execute(wanted):
        commits.setdefault(ruling_id, (total, []))[1].append(NamedCommit(*named))
    return commits
