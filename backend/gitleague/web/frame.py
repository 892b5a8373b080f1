"""The frame of a league's pages: its name, its parts, and where the reader stands."""

from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Membership
from gitleague.league.about import about
from gitleague.tables.projects import Role
from gitleague.web.render import page
from gitleague.web.texts import gettext_noop


class Part(NamedTuple):
    """One entry of the navigation: `path` follows the league's own, `g` and `key` lead there.

    The name is marked, and translated where it is shown.
    """

    name: str
    path: str
    key: str = ""


TO_WATCH = (
    Part(gettext_noop("Home"), "", "h"),
    Part(gettext_noop("Standings"), "/standings", "l"),
    Part(gettext_noop("Plays"), "/plays", "y"),
    Part(gettext_noop("Squads"), "/squads", "q"),
    Part(gettext_noop("Seasons"), "/seasons", "s"),
    Part(gettext_noop("Fantasy"), "/fantasy", "f"),
    Part(gettext_noop("Awards"), "/awards", "a"),
    Part(gettext_noop("Hall of Fame"), "/hall-of-fame", "o"),
    Part(gettext_noop("Records"), "/records", "r"),
    Part(gettext_noop("Rules"), "/rules", "u"),
    Part(gettext_noop("Fair play"), "/rulings", "j"),
    Part(gettext_noop("Search"), "/search"),
)
MINE = Part(gettext_noop("My card"), "/me", "p")
TO_RUN = (
    Part(gettext_noop("Overview"), "/run"),
    Part(gettext_noop("Repositories"), "/repos"),
    Part(gettext_noop("Members"), "/members"),
    Part(gettext_noop("Who is who"), "/identities"),
    Part(gettext_noop("Line-up"), "/lineup"),
    Part(gettext_noop("Scoring"), "/rules/edit"),
    Part(gettext_noop("Referee"), "/referee"),
    Part(gettext_noop("Outside"), "/webhooks"),
    Part(gettext_noop("Log"), "/log"),
    Part(gettext_noop("Jobs"), "/jobs"),
    Part(gettext_noop("Set up"), "/setup"),
)


def league_page(
    request: Request,
    session: Session,
    template: str,
    *,
    member: Membership,
    here: str,
    status: int = 200,
    **shown: Any,
) -> HTMLResponse:
    """A whole page of a league; `here` is the path of its entry in the navigation."""
    runs = member.role is Role.COMMISSIONER
    return page(
        request,
        template,
        caller=member.caller,
        status=status,
        is_kept=True,
        project=about(session, member.project_id),
        league=f"/projects/{member.project_id}",
        here=here,
        to_watch=TO_WATCH,
        to_go=(*TO_WATCH, MINE, *(TO_RUN if runs else ())),
        to_run=TO_RUN if runs else (),
        is_running=any(here == each.path for each in TO_RUN),
        runs=runs,
        **shown,
    )
