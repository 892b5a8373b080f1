"""One commit over HTTP."""

from typing import Annotated

from fastapi import Path

from gitleague.accounts.caller import Spectator
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.people.shown import viewer_of
from gitleague.league.play.one import find_play
from gitleague.league.play.schemas import OnePlayOut
from gitleague.league.play.verdicts import awards_of, rulings_on
from gitleague.scoring.references import STEM

router = Routes(tags=["league"])
Sha = Annotated[
    str,
    Path(
        max_length=64,
        description=f"The SHA of the commit, or at least its first {STEM} digits where only one "
        "commit of the league begins with them.",
    ),
]


@router.get("/projects/{project_id}/plays/{sha}")
def show_play(member: Spectator, session: ReadSession, sha: Sha) -> OnePlayOut:
    """Returns a commit with how it scored, its awards, and the rulings that name it."""
    viewer = viewer_of(member)
    play = find_play(session, member.project_id, sha, viewer)
    return OnePlayOut.of_play(
        play,
        awards_of(session, member.project_id, play, viewer),
        rulings_on(session, member.project_id, play, viewer),
    )
