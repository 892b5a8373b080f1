"""What helps to find out who is who: suggestions, claims, a `.mailmap`, and what was done."""

import math
import uuid
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.body_limit import carries
from gitleague.core.paging import Paging, PagingQuery
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.identities import (
    claims,
    dismissals,
    mailmaps,
    moves,
    people,
    roster,
    suggestions,
)
from gitleague.league.identities.schemas import MAILMAP_LENGTH, MailmapRequest, PairRequest
from gitleague.league.people.shown import LEAGUE, names_of, viewer_of
from gitleague.tables.identities import ChangeKind, ClaimState
from gitleague.web.done import done
from gitleague.web.forms import comes_back
from gitleague.web.pages.running.identities import HERE, identities_page
from gitleague.web.tables import link_to
from gitleague.web.texts import gettext_noop

router = Routes(prefix="/projects/{project_id}/identities")
FIRST_PAGE = Paging()
MOST_SHOWN, ROWS, EVERY = 50, 20, Paging(limit=200)
MAILMAP = "Grace Hopper <grace@example.org> <ghopper@old.example.org>"  # as people write it
KINDS = {
    ChangeKind.MERGE.value: gettext_noop("Joined"),
    ChangeKind.SPLIT.value: gettext_noop("Taken apart"),
    ChangeKind.MAILMAP.value: gettext_noop("By a .mailmap"),
    ChangeKind.CLAIM.value: gettext_noop("By a claim"),
}


def _suggestions_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    found = suggestions.suggestions(session, member.project_id)
    shown = found[:MOST_SHOWN]
    players = {each for row in shown for each in row.players}
    known = {
        entry.player_id: entry.known_as
        for entry in roster.entries_of(session, member.project_id, players)
    }
    return identities_page(
        *(request, session, "suggestions.html"),
        member=member,
        tab="/suggestions",
        found=shown,
        total=len(found),
        known=known,
        dismissed=dismissals.list_dismissed(session, member.project_id),
    )


@router.get("/suggestions")
def show_suggestions(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _suggestions_page(request, session, member)


@router.post("/suggestions/dismiss", dependencies=[comes_back(_suggestions_page)])
def dismiss(
    member: Commissioner, session: WriteSession, sent: Annotated[PairRequest, Form()]
) -> RedirectResponse:
    dismissals.dismiss(session, sent.players, by=member)
    return done(member.project_id, f"{HERE}/suggestions", "dismissed")


@router.post("/suggestions/bring-back", dependencies=[comes_back(_suggestions_page)])
def bring_back(
    member: Commissioner, session: WriteSession, sent: Annotated[PairRequest, Form()]
) -> RedirectResponse:
    dismissals.bring_back(session, sent.players, by=member)
    return done(member.project_id, f"{HERE}/suggestions", "saved")


def _claims_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    rows, _ = claims.list_claims(session, member.project_id, EVERY)
    waiting = [row for row in rows if row.state == ClaimState.PENDING.value]
    holders = {}
    for row in waiting:
        found, _ = people.list_identities(
            session, member.project_id, EVERY, q=row.address, viewer=viewer_of(member)
        )
        holders[row.id] = sorted({(each.player_id, each.player_name) for each in found})
    return identities_page(
        *(request, session, "claims.html"),
        member=member,
        tab="/claims",
        waiting=waiting,
        holders=holders,
        decided=[row for row in rows if row.state != ClaimState.PENDING.value],
    )


@router.get("/claims")
def show_claims(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _claims_page(request, session, member)


@router.post("/claims/{claim_id}/approve", dependencies=[comes_back(_claims_page)])
def approve(member: Commissioner, session: WriteSession, claim_id: uuid.UUID) -> RedirectResponse:
    claims.decide(session, claim_id, approve=True, by=member)
    return done(member.project_id, f"{HERE}/claims", "approved")


@router.post("/claims/{claim_id}/reject", dependencies=[comes_back(_claims_page)])
def reject(member: Commissioner, session: WriteSession, claim_id: uuid.UUID) -> RedirectResponse:
    claims.decide(session, claim_id, approve=False, by=member)
    return done(member.project_id, f"{HERE}/claims", "refused")


def _mailmap_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    return identities_page(
        *(request, session, "mailmap.html"),
        member=member,
        tab="/mailmap",
        example=MAILMAP,
        imported=None,
        names={},
    )


@router.get("/mailmap")
def ask_for_mailmap(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _mailmap_page(request, session, member)


@router.post("/mailmap", dependencies=[comes_back(_mailmap_page)])
@carries(12 * MAILMAP_LENGTH)  # a form may write a character as four bytes, and each in three
def import_mailmap(
    request: Request,
    member: Commissioner,
    session: WriteSession,
    sent: Annotated[MailmapRequest, Form()],
) -> HTMLResponse:
    """What it changed is shown at once."""
    imported = mailmaps.import_mailmap(session, sent.text, by=member)
    players = {each.after for each in imported.change.moves} if imported.change else set()
    return identities_page(
        *(request, session, "mailmap.html"),
        member=member,
        tab="/mailmap",
        example=MAILMAP,
        imported=imported,
        names=names_of(session, member.project_id, players, LEAGUE),
    )


def _changes_page(
    request: Request, session: Session, member: Membership, paging: Paging = FIRST_PAGE
) -> HTMLResponse:
    rows, total = moves.list_changes(
        session, member.project_id, paging.model_copy(update={"limit": ROWS})
    )
    players = {side for row in rows for each in row.moves for side in (each.before, each.after)}
    return identities_page(
        *(request, session, "changes.html"),
        member=member,
        tab="/changes",
        rows=rows,
        total=total,
        kinds=KINDS,
        names={
            entry.player_id: entry.name
            for entry in roster.entries_of(session, member.project_id, players)
        },
        page=paging.page,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(paging, page=number),
    )


@router.get("/changes")
def show_changes(
    request: Request, member: Commissioner, session: ReadSession, paging: PagingQuery
) -> HTMLResponse:
    return _changes_page(request, session, member, paging)


@router.post("/changes/{change_id}/undo", dependencies=[comes_back(_changes_page)])
def undo(member: Commissioner, session: WriteSession, change_id: uuid.UUID) -> RedirectResponse:
    moves.undo(session, change_id, by=member)
    return done(member.project_id, f"{HERE}/changes", "undone")
