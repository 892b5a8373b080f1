"""A commit's page: the working of its score, and what became of it."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from gitleague.accounts.caller import Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.awards.names import name_of
from gitleague.league.people.shown import viewer_of
from gitleague.league.play.one import Standing, find_play
from gitleague.league.play.routes import Sha
from gitleague.league.play.verdicts import awards_of, rulings_on
from gitleague.web.columns import LONG_NAMES
from gitleague.web.frame import league_page
from gitleague.web.pages.card import chips_of
from gitleague.web.texts import gettext_noop
from gitleague.web.words import RULES, STATES

router = Routes()
WHY_NOT = {
    Standing.MERGE: gettext_noop(
        "It is a merge, and merges score nothing by the rules of this league."
    ),
    Standing.COPY: gettext_noop("The same change counts elsewhere, and each change counts once."),
    Standing.PENALIZED: gettext_noop("A ruling was upheld: it counts for nothing."),
    Standing.GONE: gettext_noop("No branch holds it any more."),
}


@router.get("/projects/{project_id}/plays/{sha}")
def show_play(request: Request, member: Spectator, session: ReadSession, sha: Sha) -> HTMLResponse:
    viewer = viewer_of(member)
    play = find_play(session, member.project_id, sha, viewer)
    return league_page(
        *(request, session, "play.html"),
        member=member,
        here="/plays",
        play=play,
        row=play.row,
        why_not=WHY_NOT.get(play.standing),
        chips=chips_of(play.row),
        awards=awards_of(session, member.project_id, play, viewer),
        rulings=rulings_on(session, member.project_id, play, viewer),
        award_name=name_of,
        long_names=LONG_NAMES,
        rules=RULES,
        states=STATES,
    )
