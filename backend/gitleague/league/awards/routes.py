"""Awards over HTTP."""

from typing import Annotated

from fastapi import Query

from gitleague.accounts import audit
from gitleague.accounts.audit import Action
from gitleague.accounts.caller import Commissioner, Spectator
from gitleague.core.paging import Page, PagingQuery, page_of
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.jobs.queue import enqueue
from gitleague.league.access import PlayerId, PlayerSpectator
from gitleague.league.awards.schemas import AskedOut, AwardOut, AwardQuery, GiveRequest
from gitleague.league.awards.shelf import Which, list_awards
from gitleague.league.awards.stretches import both, earliest
from gitleague.league.people.shown import viewer_of
from gitleague.scoring.history import GIVE_AWARDS

router = Routes(tags=["awards"])


@router.get("/projects/{project_id}/awards")
def show_awards(
    member: Spectator, session: ReadSession, asked: Annotated[AwardQuery, Query()]
) -> Page[AwardOut]:
    """Returns the awards of a league, newest first, each with how its score was made up."""
    rows, total = list_awards(session, member.project_id, asked, asked.which(), viewer_of(member))
    return page_of([AwardOut.of(row) for row in rows], total, asked)


@router.post("/projects/{project_id}/awards/give", status_code=202)
def give_anew(member: Commissioner, session: WriteSession, body: GiveRequest) -> AskedOut:
    """Takes back the awards from a day on and gives them again, as a job.

    Awards of seasons stay. The day is at earliest that of the first commit.
    """
    first = earliest(session, member.project_id, body.anew_from)
    arguments = {"anew_from": str(first)}
    job_id = enqueue(
        session,
        GIVE_AWARDS,
        project_id=member.project_id,
        arguments=arguments,
        created_by=member.caller.user_id,
        fold=both,
    )
    audit.record(
        session,
        Action.AWARDS_ASKED,
        "awards",
        caller=member.caller,
        project_id=member.project_id,
        details=arguments,
    )
    return AskedOut(job_id=job_id)


@router.get("/players/{player_id}/awards")
def show_awards_of_player(
    player_id: PlayerId, member: PlayerSpectator, session: ReadSession, paging: PagingQuery
) -> Page[AwardOut]:
    """Returns the awards that a player won, newest first."""
    which = Which(player_id=player_id)
    rows, total = list_awards(session, member.project_id, paging, which, viewer_of(member))
    return page_of([AwardOut.of(row) for row in rows], total, paging)
