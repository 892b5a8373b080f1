"""Who is who: the players with their addresses, joined, taken apart, named."""

import math
import uuid
from typing import Annotated, Any

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.forms import WithoutBlanks
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.core.unknown import Body
from gitleague.league.identities import claims, moves, people, roster, suggestions
from gitleague.league.identities.schemas import Name, SplitRequest
from gitleague.league.periods import wrong
from gitleague.league.positions import list_positions
from gitleague.tables.identities import ClaimState
from gitleague.web.done import done
from gitleague.web.forms import comes_back
from gitleague.web.frame import Part, league_page
from gitleague.web.tables import link_to
from gitleague.web.texts import gettext_noop

router = Routes(prefix="/projects/{project_id}/identities")
HERE = "/identities"
ROWS = 50
TABS = (
    Part(gettext_noop("Players"), ""),
    Part(gettext_noop("Suggestions"), "/suggestions"),
    Part(gettext_noop("Claims"), "/claims"),
    Part(gettext_noop(".mailmap"), "/mailmap"),
    Part(gettext_noop("History"), "/changes"),
)
WHICH = (
    ("", gettext_noop("Everybody")),
    ("false", gettext_noop("People")),
    ("true", gettext_noop("Bots")),
)


class RosterAsked(Paging, WithoutBlanks):
    q: Annotated[str, Field(max_length=200)] = ""
    bots: bool | None = None


class PlayersAsked(BaseModel):
    players: Annotated[list[uuid.UUID], Field(max_length=100)] = []


class MergeForm(Body):
    into: uuid.UUID
    players: Annotated[list[uuid.UUID], Field(min_length=1, max_length=100)]


class PlayerForm(Body):
    name: Name
    position: Annotated[str, Field(max_length=40)] = ""
    is_bot: bool = False


def identities_page(
    request: Request,
    session: Session,
    template: str,
    *,
    member: Membership,
    tab: str,
    status: int = 200,
    **shown: Any,
) -> HTMLResponse:
    """With the number of what waits on each of its tabs."""
    _, waiting = claims.list_claims(
        session, member.project_id, Paging(limit=1), state=ClaimState.PENDING
    )
    return league_page(
        *(request, session, f"running/{template}"),
        member=member,
        here=HERE,
        status=status,
        tabs=TABS,
        tabs_at=HERE,
        tab=tab,
        waits={"/claims": waiting},
        **shown,
    )


@router.get("")
def show_roster(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    asked: Annotated[RosterAsked, Query()],
) -> HTMLResponse:
    wanted = asked.model_copy(update={"limit": ROWS})
    rows, total = roster.roster(session, member.project_id, wanted, q=asked.q, bots=asked.bots)
    return identities_page(
        *(request, session, "identities.html"),
        member=member,
        tab="",
        asked=asked,
        rows=rows,
        total=total,
        which=WHICH,
        pages=math.ceil(total / ROWS),
        page_link=lambda number: link_to(asked, page=number),
        suggested=len(suggestions.suggestions(session, member.project_id)),
    )


@router.get("/merge")
def ask_to_merge(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    asked: Annotated[PlayersAsked, Query()],
) -> HTMLResponse:
    return _merge_page(request, session, member, asked.players)


def _merge_again(request: Request, session: Session, member: Membership) -> HTMLResponse:
    typed = request.state.refusal.typed
    chosen = [uuid.UUID(each) for each in {*typed.get("players", []), *typed.get("into", [])}]
    return _merge_page(request, session, member, chosen)


def _merge_page(
    request: Request, session: Session, member: Membership, players: list[uuid.UUID]
) -> HTMLResponse:
    chosen = roster.entries_of(session, member.project_id, players)
    return identities_page(
        *(request, session, "merge.html"),
        member=member,
        tab="",
        # Who plays as a member, else who is known best, is most likely whom the others join.
        chosen=sorted(chosen, key=lambda each: (not each.user_email, -len(each.known_as))),
        others=[
            (player_id, name)
            for player_id, name in people.players_of(session, member.project_id)
            if player_id not in set(players)
        ],
    )


@router.post("/merge", dependencies=[comes_back(_merge_again)])
def merge(
    member: Commissioner, session: WriteSession, sent: Annotated[MergeForm, Form()]
) -> RedirectResponse:
    others = set(sent.players) - {sent.into}
    if not others:
        raise wrong("players", "Choose at least two players.")
    moves.merge_players(session, sent.into, others, by=member)
    return done(member.project_id, f"{HERE}/{sent.into}", "merged")


def _player_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    player_id = uuid.UUID(request.path_params["player_id"])
    (entry,) = roster.entries_of(session, member.project_id, [player_id])
    return identities_page(
        *(request, session, "identity.html"),
        member=member,
        tab="",
        entry=entry,
        positions=list_positions(session, member.project_id),
        others=[
            (other, name)
            for other, name in people.players_of(session, member.project_id)
            if other != player_id
        ],
    )


@router.get("/{player_id}")
def show_player(
    request: Request,
    member: Commissioner,
    session: ReadSession,
    player_id: uuid.UUID,  # noqa: ARG001 - read from the path, as after a refusal
) -> HTMLResponse:
    return _player_page(request, session, member)


@router.post("/{player_id}", dependencies=[comes_back(_player_page)])
def change_player(
    member: Commissioner,
    session: WriteSession,
    player_id: uuid.UUID,
    sent: Annotated[PlayerForm, Form()],
) -> RedirectResponse:
    people.change_player(
        *(session, player_id),
        name=sent.name,
        is_bot=sent.is_bot,
        position=sent.position.strip(),
        by=member,
    )
    return done(member.project_id, f"{HERE}/{player_id}", "saved")


@router.post("/{player_id}/split", dependencies=[comes_back(_player_page)])
def split(
    member: Commissioner,
    session: WriteSession,
    player_id: uuid.UUID,
    sent: Annotated[SplitRequest, Form()],
) -> RedirectResponse:
    change = moves.split_player(session, sent.identities, of=player_id, name=sent.name, by=member)
    new = next((each.after for each in change.moves), player_id)
    return done(member.project_id, f"{HERE}/{new}", "split")
