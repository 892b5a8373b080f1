"""Who is calling, and what they may do: the one dependency that every route declares.

    MaybeCaller   anyone; None without credentials
    SignedIn      somebody; a key with read:repos may read
    InPerson      somebody signed in, never a key
    Spectator     an approved member of the project in the path
    Player        a player or commissioner of it
    Commissioner  a commissioner of it
    RepoReader    a player or commissioner of it, or a key with sync:commits or read:repos
    Pusher        a commissioner of it, or their key with sync:commits, once it is their turn
    Operator      somebody signed in whose address is one of GITLEAGUE_OPERATORS, never a key

A project that the caller does not belong to is not found: its existence is nobody's business.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, NamedTuple, TypeAlias

from fastapi import BackgroundTasks, Depends, Path, Request
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from gitleague.accounts.addresses import address_of
from gitleague.accounts.origin import check_origin
from gitleague.accounts.rollout import check_turn
from gitleague.accounts.tokens import digest, read_jwt
from gitleague.accounts.verify import KeyVerifier, VerifiedKey, with_place, write_use
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import AwaitingApproval, NotAllowed, NotFound, NotSignedIn, Unavailable
from gitleague.core.prepared import prepared
from gitleague.core.session import database_of
from gitleague.core.settings import Settings
from gitleague.tables.accounts import BrowserSession, Scope, User
from gitleague.tables.projects import Member, MemberStatus, Role

COOKIE = "gitleague_session"
KEY = "tgl_"  # how the API keys begin
ProjectId: TypeAlias = Annotated[
    uuid.UUID, Path(description="The id of the project, which is a league.")
]
_READING = frozenset({"GET", "HEAD"})


class Level(IntEnum):
    """Roles in order: each may what those below it may."""

    SPECTATOR = 1
    PLAYER = 2
    COMMISSIONER = 3


LEVELS = {
    Role.SPECTATOR: Level.SPECTATOR,
    Role.PLAYER: Level.PLAYER,
    Role.COMMISSIONER: Level.COMMISSIONER,
}


@dataclass(frozen=True)
class Caller:
    user_id: uuid.UUID
    email: str
    name: str
    address: str
    request_id: str | None = None
    api_key_id: uuid.UUID | None = None
    key_project_id: uuid.UUID | None = None  # set: the key opens this project only
    scopes: frozenset[Scope] | None = None  # None: not a key, so not limited by scopes
    is_operator: bool = False
    session_id: uuid.UUID | None = None  # of the sign-in that this came by; None: a key or command


@dataclass(frozen=True)
class Membership:
    caller: Caller
    project_id: uuid.UUID
    role: Role


class Place(NamedTuple):
    """Of somebody in a project; without a role they are no member."""

    project_id: uuid.UUID
    role: str | None = None
    status: str | None = None


class _Which(NamedTuple):
    """What is known of a session."""

    id: uuid.UUID | None = None
    user_id: uuid.UUID | None = None
    token_hash: str | None = None


def identify(request: Request) -> Caller | None:
    """Who sent this request; asked of the database once. Raises NotSignedIn, NotAllowed."""
    state = request.state
    if not hasattr(state, "caller"):
        try:
            state.caller, state.refusal_of_caller = _identify(request), None
        except (NotSignedIn, NotAllowed) as error:
            state.caller, state.refusal_of_caller = None, error
    if state.refusal_of_caller:
        raise state.refusal_of_caller
    caller: Caller | None = state.caller
    return caller


def identify_again(request: Request) -> Caller | None:
    """As the database has it by now, for an answer that takes long. Raises NotSignedIn."""
    return _identify(request)


def holder_of(key: VerifiedKey, *, address: str, request_id: str | None = None) -> Caller:
    return Caller(
        user_id=key.user_id,
        email=key.email,
        name=key.display_name,
        address=address,
        request_id=request_id,
        api_key_id=key.id,
        key_project_id=key.project_id,
        scopes=frozenset(Scope(word) for word in key.scopes.split(",") if word),
    )


def member_of(
    session: Session,
    caller: Caller,
    project_id: uuid.UUID,
    *,
    at_least: Level = Level.SPECTATOR,
) -> Membership:
    """The caller's approved membership. Raises NotFound for strangers, NotAllowed for the rest."""
    row = session.execute(*_place(project_id, caller.user_id)).one_or_none()
    place = Place(project_id, row.role, row.status) if row else Place(project_id)
    return _membership(caller, place, at_least)


def _membership(caller: Caller, place: Place, at_least: Level) -> Membership:
    if place.role is None or caller.key_project_id not in {None, place.project_id}:
        raise NotFound("There is no such project, or you are not a member of it.")
    if place.status != MemberStatus.APPROVED.value:
        raise AwaitingApproval
    role = Role(place.role)
    if LEVELS[role] < at_least:
        raise NotAllowed(f"Only a {at_least.name.lower()} of this project may do this.")
    return Membership(caller, place.project_id, role)


@prepared
def _place(project_id: uuid.UUID, user_id: uuid.UUID) -> Select[tuple[str, str]]:
    return select(Member.role, Member.status).where(
        Member.project_id == project_id, Member.user_id == user_id
    )


def check_scopes(caller: Caller, allowed: frozenset[Scope]) -> None:
    """A key must hold one of the scopes; people signed in are not limited by scopes."""
    if caller.scopes is None or caller.scopes & allowed:
        return
    if not allowed:
        raise NotAllowed("An API key cannot do this. Sign in and do it yourself.")
    words = " or ".join(sorted(scope.value for scope in allowed))
    raise NotAllowed(f"This API key lacks the scope {words}. Make a key that has it.")


async def maybe_caller(request: Request, tasks: BackgroundTasks) -> Caller | None:
    # Whoever was counted against a limit is known by now, and no thread has to be asked again.
    known = hasattr(request.state, "caller")
    caller = identify(request) if known else await run_in_threadpool(identify, request)
    if caller and caller.api_key_id:
        verifier: KeyVerifier = request.app.state.verifier
        uses = verifier.note_use(caller.api_key_id)
        if uses:
            tasks.add_task(
                _write_use, database_of(request), caller.api_key_id, caller.address, uses
            )
            request.state.afterwards = tasks  # also when the answer is an error
    return caller


MaybeCaller = Annotated[Caller | None, Depends(maybe_caller)]


async def _signed_in(request: Request, caller: MaybeCaller) -> Caller:
    if caller is None:
        raise NotSignedIn
    reads = request.method in _READING
    check_scopes(caller, frozenset({Scope.READ_REPOS}) if reads else frozenset())
    return caller


async def _in_person(caller: MaybeCaller) -> Caller:
    if caller is None:
        raise NotSignedIn
    check_scopes(caller, frozenset())
    return caller


InPerson = Annotated[Caller, Depends(_in_person)]


async def _operator(caller: InPerson) -> Caller:
    if not caller.is_operator:
        raise NotAllowed("Only an operator of this server may see this.")
    return caller


def _member(
    at_least: Level, *scopes: Scope, in_turn: bool = False
) -> Callable[..., Awaitable[Membership]]:
    async def membership(
        request: Request,
        caller: MaybeCaller,
        project_id: ProjectId,  # noqa: ARG001 - read when it was asked who the caller is
    ) -> Membership:
        if caller is None:
            raise NotSignedIn
        reads = request.method in _READING
        default = (Scope.READ_REPOS,) if reads else ()
        found = _membership(caller, request.state.place, at_least)
        check_scopes(caller, frozenset(scopes or default))
        if in_turn:
            await run_in_threadpool(_check_turn, request, caller)
        return found

    return membership


def _check_turn(request: Request, caller: Caller) -> None:
    with database_of(request).reading() as session:
        check_turn(session, caller.user_id)


SignedIn = Annotated[Caller, Depends(_signed_in)]
Operator = Annotated[Caller, Depends(_operator)]
Spectator = Annotated[Membership, Depends(_member(Level.SPECTATOR))]
Player = Annotated[Membership, Depends(_member(Level.PLAYER))]
Commissioner = Annotated[Membership, Depends(_member(Level.COMMISSIONER))]
RepoReader = Annotated[
    Membership, Depends(_member(Level.PLAYER, Scope.SYNC_COMMITS, Scope.READ_REPOS))
]
Pusher = Annotated[
    Membership, Depends(_member(Level.COMMISSIONER, Scope.SYNC_COMMITS, in_turn=True))
]


def may_push(member: Membership) -> bool:
    """As `Pusher`, whether or not it is their turn already."""
    scopes = member.caller.scopes
    is_commissioner = LEVELS[member.role] >= Level.COMMISSIONER
    return is_commissioner and (scopes is None or Scope.SYNC_COMMITS in scopes)


def pusher(session: Session, caller: Caller, project_id: uuid.UUID) -> Membership:
    """As `Pusher`, for what does not come as a request."""
    found = member_of(session, caller, project_id, at_least=Level.COMMISSIONER)
    check_scopes(caller, frozenset({Scope.SYNC_COMMITS}))
    check_turn(session, caller.user_id)
    return found


def has_to_hash(request: Request) -> bool:
    """Whether it may take Argon2 to tell who sent this request."""
    kind, _, credential = request.headers.get("authorization", "").partition(" ")
    key = credential.strip()
    verifier: KeyVerifier = request.app.state.verifier
    return kind.lower() == "bearer" and key.startswith(KEY) and verifier.has_to_hash(key)


def _identify(request: Request) -> Caller | None:
    kind, _, credential = request.headers.get("authorization", "").partition(" ")
    cookie = request.cookies.get(COOKIE)
    if not kind and not cookie:
        return None
    if kind and kind.lower() != "bearer":
        raise NotSignedIn("Send the API key or token as `Authorization: Bearer …`.")
    with database_of(request).reading() as session:
        if not kind and cookie:
            check_origin(request)
            return _by_cookie(session, request, cookie)
        if credential.strip().startswith(KEY):
            return _by_key(session, request, credential.strip())
        return _by_jwt(session, request, credential.strip())


def _by_key(session: Session, request: Request, key: str) -> Caller:
    verifier: KeyVerifier = request.app.state.verifier
    project_id = _project_of(request)
    row = verifier.verify(session, key, project_id)
    if project_id:
        request.state.place = Place(project_id, row.role, row.status)
    return holder_of(row, address=address_of(request), request_id=_request_id(request))


def _by_jwt(session: Session, request: Request, token: str) -> Caller:
    claims = read_jwt(request.app.state.settings, token)
    which = _Which(id=claims.session_id, user_id=claims.user_id)
    caller = _by_session(session, request, which)
    if caller is None:
        raise NotSignedIn("This token was signed out. Sign in again.")
    return caller


def _by_cookie(session: Session, request: Request, cookie: str) -> Caller | None:
    """A cookie that has run out is no error: the page asks to sign in."""
    return _by_session(session, request, _Which(token_hash=digest(cookie)))


def _by_session(session: Session, request: Request, which: _Which) -> Caller | None:
    """Whose session it is, while it is open."""
    project_id = _project_of(request)
    row = session.execute(*_open_session(which, now(), project_id)).one_or_none()
    if row is None:
        return None
    if project_id:
        request.state.place = Place(project_id, row.role, row.status)
    settings: Settings = request.app.state.settings
    return Caller(
        is_operator=row.email in settings.operators,
        user_id=row.id,
        session_id=row.session_id,
        email=row.email,
        name=row.display_name,
        address=address_of(request),
        request_id=_request_id(request),
    )


@prepared
def _open_session(which: _Which, moment: datetime, project_id: uuid.UUID | None) -> Select[Any]:
    named = {name: value for name, value in which._asdict().items() if value is not None}
    found = (
        select(User.id, User.email, User.display_name, BrowserSession.id.label("session_id"))
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(BrowserSession.expires_at > moment)
        .filter_by(**named)
    )
    return found if project_id is None else with_place(found, project_id)


def _project_of(request: Request) -> uuid.UUID | None:
    """The one in the path; what is none is refused where the path is read."""
    try:
        return uuid.UUID(request.path_params["project_id"])
    except (KeyError, ValueError):
        return None


def _request_id(request: Request) -> str | None:
    return getattr(request.state, "request_id", None)


def _write_use(database: Database, key_id: uuid.UUID, address: str, uses: int) -> None:
    try:
        with database.writing() as session:
            write_use(session, key_id, address, uses)
    except Unavailable:
        return  # a statistic; the next minute writes it
