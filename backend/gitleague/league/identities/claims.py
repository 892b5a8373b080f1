"""A member says that an address in the commits is theirs, and a commissioner agrees.

An address that the member signs in with is proved already.
"""

import uuid
from datetime import datetime
from typing import NamedTuple

from gitleague_client.rules.people import address_of
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, NotFound
from gitleague.core.paging import Paging
from gitleague.league.cards import player_of_user
from gitleague.league.identities.members import spellings
from gitleague.league.identities.moves import move
from gitleague.league.periods import wrong
from gitleague.projects.leagues import lock_project
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import ChangeKind, Claim, ClaimState


class ClaimRow(NamedTuple):
    id: uuid.UUID
    user_id: uuid.UUID
    user_email: str
    address: str
    state: str
    created_at: datetime
    decided_at: datetime | None


_COLUMNS = (
    Claim.id,
    Claim.user_id,
    User.email,
    Claim.address,
    Claim.state,
    Claim.created_at,
    Claim.decided_at,
)


def make_claim(session: Session, email: str, *, by: Membership) -> ClaimRow:
    """Raises Invalid where no commit has the address. Claiming twice is no error."""
    lock_project(session, by.project_id)
    address = address_of(email)
    if not _identities_at(session, by.project_id, address):
        raise wrong("address", "No commit of this league has this address.")
    claim_id = session.scalar(
        select(Claim.id).where(
            Claim.project_id == by.project_id,
            Claim.user_id == by.caller.user_id,
            Claim.address == address,
            Claim.state != ClaimState.REJECTED.value,
        )
    )
    claim = get_claim(session, by.project_id, claim_id or _new_claim(session, address, by))
    if claim.state == ClaimState.PENDING.value and address == address_of(by.caller.email):
        return _approve(session, claim, by)
    return claim


def decide(session: Session, claim_id: uuid.UUID, *, approve: bool, by: Membership) -> ClaimRow:
    """One that was approved can be taken back; one that was rejected is made anew by the member.

    Raises Conflict for that.
    """
    lock_project(session, by.project_id)
    claim = get_claim(session, by.project_id, claim_id)
    wanted = ClaimState.APPROVED if approve else ClaimState.REJECTED
    if claim.state == wanted.value:
        return claim
    if approve and claim.state != ClaimState.PENDING.value:
        raise Conflict(f"This claim was {claim.state} already.")
    if approve:
        return _approve(session, claim, by)
    if claim.state == ClaimState.APPROVED.value:
        _let_go(session, claim, by)
    _set(session, claim, ClaimState.REJECTED, by)
    _record(session, Action.CLAIM_REJECTED, claim.address, by)
    return get_claim(session, by.project_id, claim_id)


def get_claim(session: Session, project_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimRow:
    row = session.execute(
        select(*_COLUMNS)
        .join(User, User.id == Claim.user_id)
        .where(Claim.project_id == project_id, Claim.id == claim_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such claim in this league.")
    return ClaimRow(*row)


def list_claims(
    session: Session,
    project_id: uuid.UUID,
    paging: Paging,
    *,
    user_id: uuid.UUID | None = None,
    state: ClaimState | None = None,
) -> tuple[list[ClaimRow], int]:
    """The newest first."""
    wanted = [Claim.project_id == project_id]
    if user_id:
        wanted.append(Claim.user_id == user_id)
    if state:
        wanted.append(Claim.state == state.value)
    rows = session.execute(
        select(*_COLUMNS)
        .join(User, User.id == Claim.user_id)
        .where(*wanted)
        .order_by(Claim.created_at.desc(), Claim.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(Claim).where(*wanted)) or 0
    return [ClaimRow(*row) for row in rows], total


def _new_claim(session: Session, address: str, by: Membership) -> uuid.UUID:
    claim = Claim(
        id=uuid.uuid4(),
        project_id=by.project_id,
        user_id=by.caller.user_id,
        address=address,
        state=ClaimState.PENDING.value,
        created_at=now(),
    )
    session.add(claim)
    session.flush()  # read back
    _record(session, Action.CLAIM_MADE, address, by)
    return claim.id


def _approve(session: Session, claim: ClaimRow, by: Membership) -> ClaimRow:
    identities = _identities_at(session, by.project_id, claim.address)
    player_id = player_of_user(session, by.project_id, claim.user_id)
    if player_id is None:
        player_id = _take_player(session, by.project_id, claim.user_id, list(identities.values()))
    owners = dict.fromkeys(identities, player_id)
    _set(session, claim, ClaimState.APPROVED, by)
    if any(before != player_id for before in identities.values()):
        move(session, owners, ChangeKind.CLAIM, by=by)
    _record(session, Action.CLAIM_APPROVED, claim.address, by)
    return get_claim(session, by.project_id, claim.id)


def _identities_at(
    session: Session, project_id: uuid.UUID, address: str
) -> dict[uuid.UUID, uuid.UUID]:
    """The identities with that address, told or hidden, and their players; who was first leads."""
    if not address:
        return {}
    rows = session.execute(
        select(Identity.id, Identity.player_id)
        .where(
            Identity.project_id == project_id,
            Identity.address.in_(spellings(session, project_id, [address])),
        )
        .order_by(Identity.created_at, Identity.id)
    )
    return dict(rows.tuples().all())


def _take_player(
    session: Session, project_id: uuid.UUID, user_id: uuid.UUID, players: list[uuid.UUID]
) -> uuid.UUID:
    """The player becomes the member's. Raises Conflict where it is another member's."""
    free = session.scalars(
        select(Player.id).where(
            Player.project_id == project_id, Player.id.in_(players), Player.user_id.is_(None)
        )
    ).all()
    player_id = next((player for player in players if player in free), None)
    if player_id is None:
        raise Conflict("The player with this address is another member. Split it off first.")
    session.execute(
        update(Player)
        .where(Player.project_id == project_id, Player.id == player_id)
        .values(user_id=user_id)
    )
    return player_id


def _let_go(session: Session, claim: ClaimRow, by: Membership) -> None:
    """The player is the member's no longer, unless another claim says so too.

    Identities that the claim moved stay: the change that moved them can be undone by itself.
    """
    others = select(Claim.id).where(
        Claim.project_id == by.project_id,
        Claim.user_id == claim.user_id,
        Claim.state == ClaimState.APPROVED.value,
        Claim.id != claim.id,
    )
    if session.scalar(others.limit(1)) is None:
        session.execute(
            update(Player)
            .where(Player.project_id == by.project_id, Player.user_id == claim.user_id)
            .values(user_id=None)
        )


def _set(session: Session, claim: ClaimRow, state: ClaimState, by: Membership) -> None:
    session.execute(
        update(Claim)
        .where(Claim.project_id == by.project_id, Claim.id == claim.id)
        .values(state=state.value, decided_by=by.caller.user_id, decided_at=now())
    )


def _record(session: Session, action: Action, subject: str, by: Membership) -> None:
    audit.record(session, action, subject, caller=by.caller, project_id=by.project_id)
