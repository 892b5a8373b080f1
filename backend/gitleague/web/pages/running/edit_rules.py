"""The rules in a form: tried on the table first, changed, and brought back."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from gitleague_client.rules.defaults import Rules
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession, database_of
from gitleague.league.periods import Period
from gitleague.league.rulebook import versions
from gitleague.league.rulebook.preview import preview
from gitleague.league.schemas import PeriodQuery
from gitleague.league.seasons.seasons import active_season
from gitleague.scoring.rules import newest_version, rules_at
from gitleague.web.done import done
from gitleague.web.forms import Filled, comes_back, first_typed, read, typed_in
from gitleague.web.frame import league_page
from gitleague.web.pages.running.rule_words import GROUPS, LABELS
from gitleague.web.tables import name_of
from gitleague.web.texts import gettext_noop, translated

router = Routes(prefix="/projects/{project_id}/rules")
VERSIONS = Paging(limit=50)
PERIODS = (
    (Period.MONTH.value, gettext_noop("this month")),
    (Period.WEEK.value, gettext_noop("this week")),
    (Period.ALL.value, gettext_noop("all time")),
)


def _edit_page(
    request: Request, session: Session, member: Membership, **shown: Any
) -> HTMLResponse:
    project_id = member.project_id
    season = active_season(session, project_id)
    now = rules_at(session, project_id, newest_version(session, project_id))
    return league_page(
        *(request, session, "running/rules.html"),
        member=member,
        here="/rules/edit",
        book=versions.rulebook(session, project_id),
        values={name: _typeable(each) for name, each in now.model_dump(mode="json").items()},
        groups=GROUPS,
        labels=LABELS,
        periods=[*([(Period.SEASON.value, season.name)] if season else []), *translated(PERIODS)],
        versions=versions.list_versions(session, project_id, VERSIONS)[0],
        **{"tried": None, "places": None} | shown,
    )


@router.get("/edit")
def show_form(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _edit_page(request, session, member)


@router.post("/edit", dependencies=[comes_back(_edit_page)])
def change_rules(request: Request, member: Commissioner, session: WriteSession) -> RedirectResponse:
    before = newest_version(session, member.project_id)
    note = first_typed(request, "note").strip()[:255]
    versions.change_rules(session, _changes(request), note=note, by=member)
    is_new = newest_version(session, member.project_id) != before
    return done(member.project_id, "/rules/edit", "counting" if is_new else "same")


@router.post("/preview", dependencies=[comes_back(_edit_page)])
def try_rules(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    """The first ten of a table, as they are and as they would be. Nothing of it is kept."""
    project_id = member.project_id
    asked = read(PeriodQuery, {"period": first_typed(request, "period") or Period.MONTH.value})
    window = asked.window(session, project_id)
    now = versions.rulebook(session, project_id).rules
    rules = versions.changed(now, _changes(request))
    places = preview(session, database_of(request), project_id, rules, window)
    return _edit_page(
        *(request, session, member),
        tried=Filled(typed_in(request), {}),
        places=places,
        window_name=name_of(window),
        differing=versions.difference(now, rules),
    )


@router.post("/versions/{version}/restore", dependencies=[comes_back(_edit_page)])
def restore(member: Commissioner, session: WriteSession, version: int) -> RedirectResponse:
    versions.restore_rules(session, version, by=member)
    return done(member.project_id, "/rules/edit", "counting")


def _changes(request: Request) -> dict[str, str]:
    typed = typed_in(request)
    return {name: typed[name][0].strip() for name in Rules.model_fields if name in typed}


def _typeable(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
