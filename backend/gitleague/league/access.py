"""Who may look at a player: an approved member of the project that the player plays in."""

import uuid
from typing import Annotated

from fastapi import Depends, Path

from gitleague.accounts.caller import MaybeCaller, Membership, check_scopes, member_of
from gitleague.core.errors import NotSignedIn
from gitleague.core.session import ReadSession
from gitleague.league.cards import project_of
from gitleague.tables.accounts import Scope


def _player_spectator(
    session: ReadSession, caller: MaybeCaller, player_id: Annotated[uuid.UUID, Path()]
) -> Membership:
    if caller is None:
        raise NotSignedIn
    membership = member_of(session, caller, project_of(session, player_id))
    check_scopes(caller, frozenset({Scope.READ_REPOS}))
    return membership


PlayerSpectator = Annotated[Membership, Depends(_player_spectator)]
