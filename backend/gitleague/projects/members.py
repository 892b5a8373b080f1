"""Who belongs to a project, as what, and how they come to."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import LEVELS, Caller, Membership
from gitleague.accounts.sign_in import normal_email
from gitleague.accounts.tokens import digest, new_token
from gitleague.core.clock import now
from gitleague.core.errors import Conflict, Gone, NotAllowed, NotFound
from gitleague.core.paging import Paging
from gitleague.tables.accounts import User
from gitleague.tables.audit import AuditEntry
from gitleague.tables.projects import Invitation, Member, MemberStatus, Project, Role

INVITATION_LIFETIME = timedelta(days=14)
NO_REQUESTS = (
    "There is no project here that takes your request to join. Ask a commissioner to invite you."
)
INVITATION_GONE = "This invitation was used already or has expired. Ask for a new one."


class MemberRow(NamedTuple):
    user_id: uuid.UUID
    email: str
    display_name: str
    role: str
    status: str
    created_at: datetime


class InvitationRow(NamedTuple):
    id: uuid.UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None


def list_members(
    session: Session, project_id: uuid.UUID, paging: Paging
) -> tuple[list[MemberRow], int]:
    rows = session.execute(
        _members(project_id).order_by(User.email).limit(paging.limit).offset(paging.offset)
    )
    total = session.scalar(select(func.count()).where(Member.project_id == project_id)) or 0
    return [MemberRow(*row) for row in rows], total


def ask_to_join(session: Session, project_id: uuid.UUID, *, caller: Caller) -> MemberRow:
    """A spectator who waits to be approved; asking again changes nothing.

    Raises NotFound, in the same words, where there is no such project, where it takes no requests,
    and for a member who was removed: an invitation alone lets them in again.
    """
    found = _find(session, project_id, caller.user_id)
    if found:
        return found
    open_project = select(Project.id).where(Project.id == project_id, Project.takes_requests)
    if session.scalar(open_project) is None or _was_removed(session, project_id, caller.email):
        raise NotFound(NO_REQUESTS)
    try:
        with session.begin_nested():  # never over a row that came in between
            session.add(_member(project_id, caller.user_id, Role.SPECTATOR, MemberStatus.PENDING))
    except IntegrityError:  # asked twice at once
        return get_member(session, project_id, caller.user_id)
    audit.record(session, Action.MEMBER_ASKED, caller.email, caller=caller, project_id=project_id)
    return get_member(session, project_id, caller.user_id)


def _was_removed(session: Session, project_id: uuid.UUID, email: str) -> bool:
    """Of somebody who is no member: whether a commissioner ended it, or declined their request."""
    removed = select(AuditEntry.id).where(
        AuditEntry.project_id == project_id,
        AuditEntry.action == Action.MEMBER_REMOVED.value,
        AuditEntry.subject == email,
    )
    return session.scalar(removed.limit(1)) is not None


def put_member(
    session: Session,
    project_id: uuid.UUID,
    user_id: uuid.UUID,
    *,
    role: Role,
    status: MemberStatus = MemberStatus.APPROVED,
) -> None:
    """Make or change a membership, without asking whether one may."""
    session.merge(_member(project_id, user_id, role, status))
    session.flush()  # read back in the same transaction


def _member(project_id: uuid.UUID, user_id: uuid.UUID, role: Role, status: MemberStatus) -> Member:
    return Member(
        project_id=project_id,
        user_id=user_id,
        role=role.value,
        status=status.value,
        created_at=now(),
    )


def change_member(
    session: Session,
    user_id: uuid.UUID,
    *,
    by: Membership,
    role: Role | None = None,
    status: MemberStatus | None = None,
) -> MemberRow:
    """Approve, or give another role. Raises Conflict if no commissioner would be left."""
    old = _locked_member(session, by.project_id, user_id)
    new_role, new_status = role or Role(old.role), status or MemberStatus(old.status)
    if new_role is not Role.COMMISSIONER or new_status is not MemberStatus.APPROVED:
        keep_a_commissioner(session, by.project_id, {user_id})
    session.execute(
        update(Member)
        .where(Member.project_id == by.project_id, Member.user_id == user_id)
        .values(role=new_role.value, status=new_status.value)
    )
    audit.record(
        session,
        Action.MEMBER_CHANGED,
        old.email,
        caller=by.caller,
        project_id=by.project_id,
        details={
            "role": [old.role, new_role.value],
            "status": [old.status, new_status.value],
        },
    )
    return old._replace(role=new_role.value, status=new_status.value)


def remove_member(session: Session, user_id: uuid.UUID, *, by: Membership) -> None:
    old = _locked_member(session, by.project_id, user_id)
    keep_a_commissioner(session, by.project_id, {user_id})
    session.execute(
        delete(Member).where(Member.project_id == by.project_id, Member.user_id == user_id)
    )
    audit.record(
        session,
        Action.MEMBER_REMOVED,
        old.email,
        caller=by.caller,
        project_id=by.project_id,
        details={"role": old.role},
    )


def invite(
    session: Session, email: str, *, role: Role, by: Membership
) -> tuple[InvitationRow, str]:
    """An invitation and its token, of which the database keeps the hash."""
    token = new_token()
    row = Invitation(
        id=uuid.uuid4(),
        project_id=by.project_id,
        email=normal_email(email),
        role=role.value,
        token_hash=digest(token),
        created_at=now(),
        expires_at=now() + INVITATION_LIFETIME,
    )
    session.add(row)
    audit.record(
        session,
        Action.INVITATION_CREATED,
        row.email,
        caller=by.caller,
        project_id=by.project_id,
        details={"role": row.role},
    )
    shown = InvitationRow(row.id, row.email, row.role, row.created_at, row.expires_at, None)
    return shown, token


def invite_again(
    session: Session, invitation_id: uuid.UUID, *, by: Membership
) -> tuple[InvitationRow, str]:
    """The same invitation under a new token: the old link opens nothing more."""
    token = new_token()
    row = session.execute(
        update(Invitation)
        .where(
            Invitation.project_id == by.project_id,
            Invitation.id == invitation_id,
            Invitation.accepted_at.is_(None),
        )
        .values(token_hash=digest(token), expires_at=now() + INVITATION_LIFETIME)
        .returning(*(getattr(Invitation, field) for field in InvitationRow._fields))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no open invitation like this.")
    audit.record(
        session,
        Action.INVITATION_RESENT,
        row.email,
        caller=by.caller,
        project_id=by.project_id,
        details={"role": row.role},
    )
    return InvitationRow(*row), token


def list_invitations(
    session: Session, project_id: uuid.UUID, paging: Paging
) -> tuple[list[InvitationRow], int]:
    rows = session.execute(
        select(*(getattr(Invitation, field) for field in InvitationRow._fields))
        .where(Invitation.project_id == project_id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).where(Invitation.project_id == project_id)) or 0
    return [InvitationRow(*row) for row in rows], total


def revoke_invitation(session: Session, invitation_id: uuid.UUID, *, by: Membership) -> None:
    email = session.scalar(
        delete(Invitation)
        .where(
            Invitation.project_id == by.project_id,
            Invitation.id == invitation_id,
            Invitation.accepted_at.is_(None),
        )
        .returning(Invitation.email)
    )
    if email is None:
        raise NotFound("There is no open invitation like this.")
    audit.record(
        session,
        Action.INVITATION_REVOKED,
        email,
        caller=by.caller,
        project_id=by.project_id,
    )


def accept_invitation(session: Session, token: str, *, caller: Caller) -> uuid.UUID:
    """Join the project, which is returned, as the invitation says; a higher role is kept.

    The token proves nothing about an address, since the inviter has seen it: only whoever signed
    in with the invited one may use it, once. Raises Gone, NotAllowed.
    """
    is_open = (
        Invitation.token_hash == digest(token),
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > now(),
    )
    row = session.execute(
        update(Invitation)
        .where(*is_open, Invitation.email == caller.email)
        .values(accepted_at=now())
        .returning(Invitation.project_id, Invitation.role)
    ).one_or_none()
    if row is None:
        if session.scalar(select(Invitation.id).where(*is_open)):
            raise NotAllowed(
                "This invitation is for another address. Sign in with the address that it was "
                "sent to."
            )
        raise Gone(INVITATION_GONE)
    role = _take_seat(session, row.project_id, caller.user_id, Role(row.role))
    audit.record(
        session,
        Action.INVITATION_ACCEPTED,
        caller.email,
        caller=caller,
        project_id=row.project_id,
        details={"role": role.value},
    )
    project_id: uuid.UUID = row.project_id
    return project_id


def invited_address(session: Session, token: str) -> str:
    """Where the invitation with this token was sent. Raises Gone."""
    email = session.scalar(
        select(Invitation.email).where(  # across projects: the token names the league
            Invitation.token_hash == digest(token),
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > now(),
        )
    )
    if email is None:
        raise Gone(INVITATION_GONE)
    return email


def _take_seat(session: Session, project_id: uuid.UUID, user_id: uuid.UUID, offered: Role) -> Role:
    """The role that the user has afterwards: what was offered, or the higher one they had."""
    old = _find_locked(session, project_id, user_id)
    if old is None:
        try:
            with session.begin_nested():
                session.add(_member(project_id, user_id, offered, MemberStatus.APPROVED))
        except IntegrityError:  # asked to join at this moment
            return _take_seat(session, project_id, user_id, offered)
        return offered
    held = [Role(old.role)] if old.status == MemberStatus.APPROVED.value else []
    role = max([offered, *held], key=LEVELS.__getitem__)
    session.execute(
        update(Member)
        .where(Member.project_id == project_id, Member.user_id == user_id)
        .values(role=role.value, status=MemberStatus.APPROVED.value)
    )
    return role


def get_member(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> MemberRow:
    return _there(_find(session, project_id, user_id))


def _locked_member(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> MemberRow:
    return _there(_find_locked(session, project_id, user_id))


def _there(found: MemberRow | None) -> MemberRow:
    if found is None:
        raise NotFound("There is no such member in this project.")
    return found


def _find(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> MemberRow | None:
    row = session.execute(_members(project_id).where(Member.user_id == user_id)).one_or_none()
    return MemberRow(*row) if row else None


def _find_locked(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> MemberRow | None:
    """To be written afterwards: nobody else changes it until the transaction ends."""
    row = session.execute(
        _members(project_id).where(Member.user_id == user_id).with_for_update(of=Member)
    ).one_or_none()
    return MemberRow(*row) if row else None


def _members(project_id: uuid.UUID) -> Select[Any]:
    return (
        select(
            User.id, User.email, User.display_name, Member.role, Member.status, Member.created_at
        )
        .join(User, User.id == Member.user_id)
        .where(Member.project_id == project_id)
    )


def keep_a_commissioner(
    session: Session, project_id: uuid.UUID, without: Collection[uuid.UUID]
) -> None:
    """Raises Conflict where no other is left. Locks them all, since two may leave at once."""
    commissioners = session.scalars(
        select(Member.user_id)
        .where(
            Member.project_id == project_id,
            Member.role == Role.COMMISSIONER.value,
            Member.status == MemberStatus.APPROVED.value,
        )
        .with_for_update()
    ).all()
    if commissioners and set(commissioners) <= set(without):
        raise Conflict("A project needs a commissioner. Make somebody else one first.")
