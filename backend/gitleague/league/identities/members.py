"""Which player a member is follows the addresses that are proved to be theirs: those of approved
claims, and the one that they sign in with.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from gitleague_client.rules.people import address_of
from gitleague_client.rules.pseudonyms import pseudonym
from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Membership
from gitleague.league.identities import states
from gitleague.tables.accounts import User
from gitleague.tables.commits import Identity, Player
from gitleague.tables.identities import Claim, ClaimState
from gitleague.tables.projects import Project


class _Approved(NamedTuple):
    id: uuid.UUID
    user_id: uuid.UUID
    address: str


class _League(NamedTuple):
    claims: list[_Approved]
    proved: Mapping[uuid.UUID, list[str]]  # addresses by member
    plays_as: dict[uuid.UUID, uuid.UUID]  # player by member
    holders: Mapping[str, list[uuid.UUID]]  # players by address; who was first leads

    def held_by(self, user_id: uuid.UUID) -> list[uuid.UUID]:
        """The players who have what the member proved."""
        return [player for each in self.proved[user_id] for player in self.holders[each]]

    def claimed_by(self, user_id: uuid.UUID) -> list[uuid.UUID]:
        mine = [each.address for each in self.claims if each.user_id == user_id]
        return [player for each in mine for player in self.holders[each]]


def follow_claims(session: Session, players: Collection[uuid.UUID], *, by: Membership) -> None:
    """Once identities of these players were moved: no member is a player whose addresses they
    have not proved, where another has those that they have. A claim whose address is not with
    the member's player any more waits for a decision again.
    """
    if not players:
        return
    league = _read(session, by.project_id, players)
    touched = {
        user_id: held
        for user_id in league.proved
        if (held := league.held_by(user_id)) and {*held, league.plays_as.get(user_id)} & {*players}
    }
    after, waiting = _follow(session, by.project_id, league, touched)
    _link(session, by.project_id, league.plays_as, after)
    reopened = [
        each
        for each in league.claims
        if each.user_id in touched.keys() - waiting
        and (holders := league.holders[each.address])
        and after.get(each.user_id) not in holders
    ]
    _reopen(session, reopened, by)


def spellings(
    session: Session, project_id: uuid.UUID, addresses: Collection[str]
) -> dict[str, str]:
    """The addresses, by themselves and by what a client writes that keeps them back."""
    salt = session.scalars(select(Project.pseudonym_salt).where(Project.id == project_id)).one()
    told = {each for each in addresses if each}
    return {each: each for each in told} | {pseudonym(each, salt): each for each in told}


def _read(session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]) -> _League:
    rows = session.execute(
        select(Claim.id, Claim.user_id, Claim.address)
        .where(Claim.project_id == project_id, Claim.state == ClaimState.APPROVED.value)
        .order_by(Claim.decided_at, Claim.id)
    )
    claims = [_Approved(*row) for row in rows]
    linked = session.execute(
        select(Player.user_id, Player.id, User.email)
        .join(User, User.id == Player.user_id)
        .where(
            Player.project_id == project_id,
            or_(Player.id.in_(players), Player.user_id.in_({each.user_id for each in claims})),
        )
    ).all()
    proved: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    for each in claims:
        proved[each.user_id].append(each.address)
    for user_id, _, email in linked:
        proved[user_id].append(address_of(email))
    told = spellings(session, project_id, {each for some in proved.values() for each in some})
    holders: defaultdict[str, list[uuid.UUID]] = defaultdict(list)
    for address, player_id in session.execute(
        select(Identity.address, Identity.player_id)
        .where(Identity.project_id == project_id, Identity.address.in_(told))
        .order_by(Identity.created_at, Identity.id)
    ):
        holders[told[address]].append(player_id)
    return _League(claims, proved, {user: player for user, player, _ in linked}, holders)


def _follow(
    session: Session,
    project_id: uuid.UUID,
    league: _League,
    touched: Mapping[uuid.UUID, list[uuid.UUID]],
) -> tuple[dict[uuid.UUID, uuid.UUID], set[uuid.UUID]]:
    """Who is which player from now on, and who waits: all that their player had is with another
    member's now, and comes back when that is undone.
    """
    before = league.plays_as
    astray = {user: held for user, held in touched.items() if before.get(user) not in held}
    after = {user: player for user, player in before.items() if user not in astray}
    wanted = {player for held in astray.values() for player in held}
    others = _owned(session, project_id, wanted) - set(before.values())
    waiting: set[uuid.UUID] = set()
    for user_id, held in astray.items():
        taken = others | set(after.values())
        free = [each for each in held if each not in taken]
        mine = before.get(user_id)
        claimed = set(free) & set(league.claimed_by(user_id))
        if mine and not claimed and not _has_identities(session, project_id, mine):
            after[user_id] = mine
            waiting.add(user_id)
        elif free:
            after[user_id] = free[0]
    return after, waiting


def _owned(
    session: Session, project_id: uuid.UUID, players: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    return set(
        session.scalars(
            select(Player.id).where(
                Player.project_id == project_id,
                Player.id.in_(players),
                Player.user_id.is_not(None),
            )
        )
    )


def _has_identities(session: Session, project_id: uuid.UUID, player_id: uuid.UUID) -> bool:
    some = select(Identity.id).where(
        Identity.project_id == project_id, Identity.player_id == player_id
    )
    return session.scalar(some.limit(1)) is not None


def _link(
    session: Session,
    project_id: uuid.UUID,
    before: Mapping[uuid.UUID, uuid.UUID],
    after: Mapping[uuid.UUID, uuid.UUID],
) -> None:
    left = [player for user, player in before.items() if after.get(user) != player]
    came = {user: player for user, player in after.items() if before.get(user) != player}
    states.part(session, project_id, left)
    for user_id, player_id in came.items():
        session.execute(
            update(Player)
            .where(and_(Player.project_id == project_id, Player.id == player_id))
            .values(user_id=user_id)
            .execution_options(synchronize_session=False)
        )


def _reopen(session: Session, claims: Collection[_Approved], by: Membership) -> None:
    if not claims:
        return
    session.execute(
        update(Claim)
        .where(Claim.project_id == by.project_id, Claim.id.in_([each.id for each in claims]))
        .values(state=ClaimState.PENDING.value, decided_by=None, decided_at=None)
        .execution_options(synchronize_session=False)
    )
    for each in claims:
        audit.record(
            session,
            Action.CLAIM_REOPENED,
            each.address,
            caller=by.caller,
            project_id=by.project_id,
        )
