"""Rulings, as all members see them: what was counted, what the player says, what was decided."""

import math
import uuid
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from gitleague.accounts.caller import Commissioner, Membership, Player, Spectator
from gitleague.core.forms import WithoutBlanks
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.fairplay import rulings
from gitleague.league.fairplay.rulings import DECIDED, PENALTIES
from gitleague.league.fairplay.schemas import ContestRequest, DecisionRequest, RulingQuery
from gitleague.league.people.shown import viewer_of
from gitleague.tables.fairplay import FairPlayRule, RulingState
from gitleague.web.frame import league_page
from gitleague.web.tables import link_to
from gitleague.web.texts import gettext_noop
from gitleague.web.words import RULES, STATES

router = Routes(prefix="/projects/{project_id}/rulings")
ROWS = 25
FIGURES = {
    "commits": gettext_noop("commits"),
    "lines": gettext_noop("lines"),
    "minutes": gettext_noop("minutes"),
    "days": gettext_noop("days"),
    "percent": gettext_noop("percent"),
    "reverts": gettext_noop("reverts"),
    "toggles": gettext_noop("toggles"),
    "files": gettext_noop("files"),
    "quickest": gettext_noop("quickest in a row"),
    "usual": gettext_noop("usual on a day"),
    "times_usual": gettext_noop("times the usual"),
    "pause": gettext_noop("seconds from one to the next"),
    "alike": gettext_noop("percent of titles alike"),
    "first_revert": gettext_noop("first revert"),
    "at": gettext_noop("at"),
    "seconds_after_the_one_before": gettext_noop("seconds after the one before"),
    "number": gettext_noop("number"),
    "additions": gettext_noop("additions"),
    "excluded_additions": gettext_noop("excluded additions"),
    "minutes_ahead": gettext_noop("minutes ahead"),
    "days_apart": gettext_noop("days apart"),
    "author_date": gettext_noop("author date"),
    "commit_date": gettext_noop("commit date"),
    "received_at": gettext_noop("received at"),
}


class RulingsAsked(WithoutBlanks, RulingQuery):
    """As the API asks."""


@router.get("")
def show_rulings(
    request: Request,
    member: Spectator,
    session: ReadSession,
    asked: Annotated[RulingsAsked, Query()],
) -> HTMLResponse:
    wanted = asked.model_copy(update={"limit": ROWS})
    rows, total = rulings.list_rulings(
        session, member.project_id, wanted, asked.asked(), viewer_of(member)
    )
    return league_page(
        *(request, session, "rulings.html"),
        member=member,
        here="/rulings",
        asked=asked,
        rows=rows,
        total=total,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        rules=RULES,
        states=STATES,
        is_filtered=bool(asked.state or asked.rule or asked.player_id or asked.sha),
    )


@router.get("/{ruling_id}")
def show_ruling(
    request: Request, member: Spectator, session: ReadSession, ruling_id: uuid.UUID
) -> HTMLResponse:
    row = rulings.get_ruling(session, member.project_id, ruling_id, viewer_of(member))
    is_decided = RulingState(row.state) in DECIDED
    limits = row.figures.get("limits", {})
    return league_page(
        *(request, session, "ruling.html"),
        member=member,
        here="/rulings",
        row=row,
        rules=RULES,
        states=STATES,
        figures=FIGURES,
        penalty=PENALTIES[FairPlayRule(row.rule)],
        is_decided=is_decided,
        counted={name: told for name, told in row.figures.items() if name != "limits"},
        limits={name: told for name, told in limits.items() if name != "enabled"},
        may_contest=row.user_id == member.caller.user_id and not is_decided and not row.contest,
    )


@router.post("/{ruling_id}/contest")
def contest(
    member: Player,
    session: WriteSession,
    ruling_id: uuid.UUID,
    form: Annotated[ContestRequest, Form()],
) -> RedirectResponse:
    rulings.contest(session, ruling_id, form.sentence, by=member)
    return _to(member, ruling_id)


@router.post("/{ruling_id}/uphold")
def uphold(
    member: Commissioner,
    session: WriteSession,
    ruling_id: uuid.UUID,
    form: Annotated[DecisionRequest, Form()],
) -> RedirectResponse:
    rulings.decide(session, ruling_id, uphold=True, reason=form.reason, by=member)
    return _to(member, ruling_id)


@router.post("/{ruling_id}/lift")
def lift(
    member: Commissioner,
    session: WriteSession,
    ruling_id: uuid.UUID,
    form: Annotated[DecisionRequest, Form()],
) -> RedirectResponse:
    rulings.decide(session, ruling_id, uphold=False, reason=form.reason, by=member)
    return _to(member, ruling_id)


@router.post("/{ruling_id}/reopen")
def reopen(
    member: Commissioner,
    session: WriteSession,
    ruling_id: uuid.UUID,
    form: Annotated[DecisionRequest, Form()],
) -> RedirectResponse:
    rulings.reopen(session, ruling_id, reason=form.reason, by=member)
    return _to(member, ruling_id)


def _to(member: Membership, ruling_id: uuid.UUID) -> RedirectResponse:
    return RedirectResponse(f"/projects/{member.project_id}/rulings/{ruling_id}", status_code=303)
