"""Who is who, over HTTP."""

import uuid
from typing import Annotated, TypeAlias

from fastapi import Path, Query
from fastapi.responses import Response

from gitleague.accounts.caller import Commissioner, Player, Spectator
from gitleague.core.body_limit import carries
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league import positions
from gitleague.league.access import PlayerId
from gitleague.league.identities import (
    claims,
    dismissals,
    mailmaps,
    moves,
    people,
    suggestions,
)
from gitleague.league.identities.schemas import (
    MAILMAP_LENGTH,
    ChangedPlayerOut,
    ClaimOut,
    ClaimQuery,
    ClaimRequest,
    IdentityChangeOut,
    IdentityQuery,
    MailmapOut,
    MailmapRequest,
    MergeRequest,
    OwnedIdentityOut,
    PairRequest,
    PlayerChange,
    PositionOut,
    SplitRequest,
    SuggestionOut,
)
from gitleague.league.people.shown import viewer_of
from gitleague.tables.projects import Role

router = Routes(prefix="/projects/{project_id}", tags=["identities"])
ClaimId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the claim.")]
ChangeId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the change.")]


@router.get("/identities")
def list_identities(
    member: Player, session: ReadSession, asked: Annotated[IdentityQuery, Query()]
) -> Page[OwnedIdentityOut]:
    """Returns the names and addresses that commits were made with, and the player of each."""
    rows, total = people.list_identities(
        session,
        member.project_id,
        asked,
        player_id=asked.player_id,
        q=asked.q,
        viewer=viewer_of(member),
    )
    return page_of([OwnedIdentityOut.of(row) for row in rows], total, asked)


@router.get("/identities/suggestions")
def list_suggestions(member: Commissioner, session: ReadSession) -> list[SuggestionOut]:
    """Returns pairs of players who may be one person. Nothing is merged without a commissioner."""
    found = suggestions.suggestions(session, member.project_id)
    return [SuggestionOut.of(each) for each in found]


@router.post("/identities/suggestions/dismiss", status_code=204)
def dismiss_suggestion(member: Commissioner, session: WriteSession, body: PairRequest) -> Response:
    """Records that two players are two people, so that they are not suggested again."""
    dismissals.dismiss(session, body.players, by=member)
    return Response(status_code=204)


@router.post("/identities/suggestions/bring-back", status_code=204)
def bring_back_suggestion(
    member: Commissioner, session: WriteSession, body: PairRequest
) -> Response:
    """Takes back a dismissal, so that the two players may be suggested again."""
    dismissals.bring_back(session, body.players, by=member)
    return Response(status_code=204)


@router.get("/identities/changes")
def list_changes(
    member: Commissioner, session: ReadSession, paging: PagingQuery
) -> Page[IdentityChangeOut]:
    """Returns merges, splits, claims and imported mailmaps, newest first."""
    rows, total = moves.list_changes(session, member.project_id, paging)
    return page_of([IdentityChangeOut.of(row) for row in rows], total, paging)


@router.post("/identities/changes/{change_id}/undo")
def undo_change(
    member: Commissioner, session: WriteSession, change_id: ChangeId
) -> IdentityChangeOut:
    """Undoes a change: each identity goes back to the player it came from."""
    return IdentityChangeOut.of(moves.undo(session, change_id, by=member))


@router.post("/identities/split", status_code=201)
def split_player(
    member: Commissioner, session: WriteSession, body: SplitRequest
) -> IdentityChangeOut:
    """Makes a new player of some identities of a player."""
    change = moves.split_player(session, body.identities, name=body.name, by=member)
    return IdentityChangeOut.of(change)


@router.post("/identities/mailmap")
@carries(6 * MAILMAP_LENGTH)  # a character may be written in six
def import_mailmap(member: Commissioner, session: WriteSession, body: MailmapRequest) -> MailmapOut:
    """Merges and names players as a `.mailmap` file says."""
    return MailmapOut.of(mailmaps.import_mailmap(session, body.text, by=member))


@router.patch("/players/{player_id}")
def change_player(
    member: Commissioner, session: WriteSession, player_id: PlayerId, body: PlayerChange
) -> ChangedPlayerOut:
    """Changes a player's name, position, or whether they are a bot."""
    row = people.change_player(session, player_id, **body.model_dump(), by=member)
    return ChangedPlayerOut.model_validate(row)


@router.get("/positions")
def list_positions(member: Spectator, session: ReadSession) -> list[PositionOut]:
    """Returns the positions of the players of a league: the values that `role` can have."""
    found = positions.list_positions(session, member.project_id)
    return [PositionOut.model_validate(each) for each in found]


@router.post("/players/{player_id}/merge", status_code=201)
def merge_players(
    member: Commissioner, session: WriteSession, player_id: PlayerId, body: MergeRequest
) -> IdentityChangeOut:
    """Merges players: this player receives all identities of the others.

    Standings follow at once.
    """
    change = moves.merge_players(session, player_id, set(body.players), by=member)
    return IdentityChangeOut.of(change)


@router.get("/claims")
def list_claims(
    member: Player, session: ReadSession, asked: Annotated[ClaimQuery, Query()]
) -> Page[ClaimOut]:
    """Returns the caller's own claims, and to a commissioner everybody's."""
    mine = None if member.role is Role.COMMISSIONER else member.caller.user_id
    rows, total = claims.list_claims(
        session, member.project_id, asked, user_id=mine, state=asked.state
    )
    return page_of([ClaimOut.model_validate(row) for row in rows], total, asked)


@router.post("/claims", status_code=201)
def make_claim(member: Player, session: WriteSession, body: ClaimRequest) -> ClaimOut:
    """Claims an address as the caller's own.

    The address that the caller signs in with is approved at once; others wait for a
    commissioner.
    """
    return ClaimOut.model_validate(claims.make_claim(session, body.address, by=member))


@router.post("/claims/{claim_id}/approve")
def approve_claim(member: Commissioner, session: WriteSession, claim_id: ClaimId) -> ClaimOut:
    """Approves a claim: the member is from now on the player with this address."""
    return ClaimOut.model_validate(claims.decide(session, claim_id, approve=True, by=member))


@router.post("/claims/{claim_id}/reject")
def reject_claim(member: Commissioner, session: WriteSession, claim_id: ClaimId) -> ClaimOut:
    """Rejects a claim, also one approved in error: the player then belongs to no member.

    Identities that moved go back when that change is undone.
    """
    return ClaimOut.model_validate(claims.decide(session, claim_id, approve=False, by=member))
