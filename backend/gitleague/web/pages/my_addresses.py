"""This address is mine: what a player claims, and what became of it."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership, Player
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.cards import identities_of, player_of_user
from gitleague.league.identities import claims
from gitleague.league.identities.schemas import ClaimRequest
from gitleague.league.people.shown import viewer_of
from gitleague.tables.identities import ClaimState
from gitleague.web.done import done
from gitleague.web.forms import comes_back_to_member
from gitleague.web.frame import league_page

router = Routes(prefix="/projects/{project_id}/claims")
EVERY = Paging(limit=100)


def _claims_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    project_id, user_id = member.project_id, member.caller.user_id
    rows, _ = claims.list_claims(session, project_id, EVERY, user_id=user_id)
    mine = player_of_user(session, project_id, user_id)
    return league_page(
        *(request, session, "my_addresses.html"),
        member=member,
        here="/claims",
        mine=mine,
        known=identities_of(session, project_id, mine, viewer_of(member)) if mine else [],
        rows=rows,
    )


@router.get("")
def show_claims(request: Request, member: Player, session: ReadSession) -> HTMLResponse:
    return _claims_page(request, session, member)


@router.post("", dependencies=[comes_back_to_member(_claims_page)])
def make_claim(
    member: Player, session: WriteSession, sent: Annotated[ClaimRequest, Form()]
) -> RedirectResponse:
    claim = claims.make_claim(session, sent.address, by=member)
    is_theirs = claim.state == ClaimState.APPROVED.value
    return done(member.project_id, "/claims", "yours" if is_theirs else "claimed")
