"""How it is counted: the rules in force, and a commit scored by them."""

from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import AiAssisted, Rules
from gitleague_client.rules.score import Play
from gitleague_client.rules.working import working

from gitleague.accounts.caller import Spectator
from gitleague.core.paging import Paging
from gitleague.core.session import ReadSession
from gitleague.league.fairplay.settings import settings_of
from gitleague.league.rulebook.versions import list_versions, rulebook
from gitleague.web.frame import league_page

router = APIRouter()
VERSIONS = Paging(limit=20)
EXAMPLE = Play(
    additions=120,
    deletions=40,
    files_changed=5,
    flags=Flag.FIX | Flag.TICKET,
    excluded_additions=20,
    excluded_deletions=0,
    is_steal=False,
    is_reverted=False,
)


class Reason(NamedTuple):
    """What a stat is given for."""

    short: str
    long: str
    words: str
    weight: object


@router.get("/projects/{project_id}/rules")
def show_rules(request: Request, member: Spectator, session: ReadSession) -> HTMLResponse:
    book = rulebook(session, member.project_id)
    return league_page(
        *(request, session, "rules.html"),
        member=member,
        here="/rules",
        book=book,
        reasons=reasons_of(book.rules),
        left_out=_left_out(book.rules),
        example=working(EXAMPLE, book.rules),
        play=EXAMPLE,
        referee=settings_of(session, member.project_id).model_dump(exclude={"since"}),
        versions=list_versions(session, member.project_id, VERSIONS)[0],
    )


def reasons_of(rules: Rules) -> list[Reason]:
    return [
        Reason(
            "PTS",
            "Points",
            f"{rules.commit_points} for the commit, and {rules.additions_weight} for each added "
            f"line up to {rules.additions_cap:,}",
            rules.pts_weight,
        ),
        Reason(
            "REB",
            "Rebounds",
            f"{rules.deletions_weight} for each deleted line up to {rules.deletions_cap:,}",
            rules.reb_weight,
        ),
        Reason(
            "AST",
            "Assists",
            f"{rules.many_files_points} with more than {rules.many_files} files; "
            f"{rules.coauthor_points} to each co-author",
            rules.ast_weight,
        ),
        Reason("BLK", "Blocks", f"{rules.block_points} for a fix or a revert", rules.blk_weight),
        Reason(
            "STL",
            "Steals",
            f"{rules.steal_points} for mending a commit of another player",
            rules.stl_weight,
        ),
        Reason(
            "TOV",
            "Turnovers",
            f"{rules.turnover_points} for work in progress, against the player",
            -rules.tov_weight,
        ),
        Reason(
            "JT",
            "Tickets named",
            f"{rules.ticket_points} for a title that names a ticket",
            rules.jt_weight,
        ),
        Reason("CC", "Clean titles", f"{rules.clean_points} for a clean title", rules.cc_weight),
    ]


def _left_out(rules: Rules) -> list[str]:
    assistants = {
        AiAssisted.COUNT: "A commit that an AI assistant had a hand in counts as any other.",
        AiAssisted.IGNORE: "A commit that an AI assistant had a hand in gives no points.",
        AiAssisted.WEIGHT: "A commit that an AI assistant had a hand in gives "
        f"{rules.ai_percent} % of its points.",
    }
    return [
        "Merges count as other commits do."
        if rules.score_merges
        else "A merge gives nothing: what it brings was counted where it was written.",
        "Lines of generated, vendored and lock files count."
        if rules.score_excluded_lines
        else "Lines of generated, vendored and lock files are left out.",
        "The same change on two branches counts once.",
        "A commit that a later one reverts gives its points back.",
        assistants[rules.ai_assisted],
    ]
