"""Who may look at a player or decide about one, and at what a project shows to everybody.

PlayerSpectator     an approved member of the project that the player plays in
PlayerCommissioner  a commissioner of it, in person
PlayerThemself      the player, or a commissioner; in person
FeedReader          anybody where the feed is public, else an approved member
BadgeViewer         the same for badges
"""

import uuid
from collections.abc import Callable
from typing import Annotated, NamedTuple, TypeAlias

from fastapi import Depends, Path
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gitleague.accounts.caller import (
    Caller,
    Level,
    MaybeCaller,
    Membership,
    ProjectId,
    check_scopes,
    member_of,
)
from gitleague.core.errors import NotAllowed, NotFound, NotSignedIn
from gitleague.core.prepared import prepared
from gitleague.core.session import ReadSession
from gitleague.league.cards import project_of, user_of
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import Project, Role

PlayerId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the player.")]


def member_with(
    session: Session,
    caller: Caller,
    player_id: uuid.UUID,
    *,
    at_least: Level = Level.SPECTATOR,
) -> Membership:
    """As `member_of`, of where the player plays. Who plays elsewhere is told to nobody."""
    try:
        return member_of(session, caller, project_of(session, player_id), at_least=at_least)
    except NotFound:
        raise NotFound("There is no such player in a league of yours.") from None


def _player_spectator(session: ReadSession, caller: MaybeCaller, player_id: PlayerId) -> Membership:
    if caller is None:
        raise NotSignedIn
    membership = member_with(session, caller, player_id)
    check_scopes(caller, frozenset({Scope.READ_REPOS}))
    return membership


def _player_commissioner(
    session: ReadSession, caller: MaybeCaller, player_id: PlayerId
) -> Membership:
    if caller is None:
        raise NotSignedIn
    membership = member_with(session, caller, player_id, at_least=Level.COMMISSIONER)
    check_scopes(caller, frozenset())
    return membership


def _player_themself(session: ReadSession, caller: MaybeCaller, player_id: PlayerId) -> Membership:
    if caller is None:
        raise NotSignedIn
    membership = member_with(session, caller, player_id)
    check_scopes(caller, frozenset())
    is_own = user_of(session, membership.project_id, player_id) == caller.user_id
    if membership.role is not Role.COMMISSIONER and not is_own:
        raise NotAllowed(
            "Only the player and commissioners may do this. If you are the player, "
            "claim your address first."
        )
    return membership


PlayerSpectator = Annotated[Membership, Depends(_player_spectator)]
PlayerCommissioner = Annotated[Membership, Depends(_player_commissioner)]  # in person
PlayerThemself = Annotated[Membership, Depends(_player_themself)]  # or a commissioner; in person


class Look(NamedTuple):
    """Leave to look at a part of a project."""

    project_id: uuid.UUID
    is_public: bool

    @property
    def cache_control(self) -> str:
        """What is private is kept by the asker alone, and asked for again each time."""
        return "public, max-age=300" if self.is_public else "private, no-cache"


def _onlooker(
    public: InstrumentedAttribute[bool],
) -> Callable[..., Look]:
    @prepared
    def opened(project_id: uuid.UUID) -> Select[tuple[bool]]:
        return select(public).where(Project.id == project_id)

    def look(session: ReadSession, caller: MaybeCaller, project_id: ProjectId) -> Look:
        if session.scalar(*opened(project_id)):
            return Look(project_id, is_public=True)
        if caller is None:
            raise NotSignedIn
        member_of(session, caller, project_id)
        check_scopes(caller, frozenset({Scope.READ_REPOS}))
        return Look(project_id, is_public=False)

    return look


FeedReader = Annotated[Look, Depends(_onlooker(Project.public_feed))]
BadgeViewer = Annotated[Look, Depends(_onlooker(Project.public_badges))]
