"""How it is counted: the rules in force, and a commit scored by them."""

from typing import NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from gitleague_client.rules.classify import Flag
from gitleague_client.rules.defaults import AiAssisted, Rules
from gitleague_client.rules.score import Play
from gitleague_client.rules.working import working

from gitleague.accounts.caller import Spectator
from gitleague.core.paging import Paging
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession
from gitleague.league.fairplay.settings import settings_of
from gitleague.league.rulebook.versions import list_versions, rulebook
from gitleague.tables.fairplay import FairPlayRule
from gitleague.web.award_words import award_rules, rules_of_all_awards
from gitleague.web.frame import league_page
from gitleague.web.texts import gettext, gettext_noop

router = Routes()
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
LOOKED_FOR = {
    FairPlayRule.COMMIT_SPLITTING.value: gettext_noop("Commit splitting"),
    FairPlayRule.REVERT_PING_PONG.value: gettext_noop("Revert ping pong"),
    FairPlayRule.LOCK_FILE_DUMP.value: gettext_noop("Lock file dump"),
    FairPlayRule.HUGE_COMMIT.value: gettext_noop("Huge commit"),
    FairPlayRule.BULK_EDIT.value: gettext_noop("Bulk edit"),
    FairPlayRule.FUTURE_DATE.value: gettext_noop("Future date"),
    FairPlayRule.DISTANT_DATES.value: gettext_noop("Distant dates"),
    FairPlayRule.IMPOSSIBLE_DAY.value: gettext_noop("Impossible day"),
}
LIMITS = {
    "commits": gettext_noop("commits: %(number)s"),
    "lines": gettext_noop("lines: %(number)s"),
    "minutes": gettext_noop("minutes: %(number)s"),
    "days": gettext_noop("days: %(number)s"),
    "reverts": gettext_noop("reverts: %(number)s"),
    "percent": gettext_noop("percent: %(number)s"),
    "toggles": gettext_noop("toggles: %(number)s"),
    "files": gettext_noop("files: %(number)s"),
    "times_usual": gettext_noop("times the usual: %(number)s"),
    "alike": gettext_noop("percent of titles alike: %(number)s"),
}


class Given(NamedTuple):
    """What a stat is given for, in words around fields of the rules."""

    stat: str
    long: str
    words: str


GIVEN = (
    Given(
        "pts",
        gettext_noop("Points"),
        gettext_noop(
            "%(commit_points)s for the commit, "
            "and %(additions_weight)s for each added line up to %(additions_cap)s"
        ),
    ),
    Given(
        "reb",
        gettext_noop("Rebounds"),
        gettext_noop("%(deletions_weight)s for each deleted line up to %(deletions_cap)s"),
    ),
    Given(
        "ast",
        gettext_noop("Assists"),
        gettext_noop(
            "%(many_files_points)s with more than %(many_files)s files; "
            "%(coauthor_points)s to each co-author"
        ),
    ),
    Given("blk", gettext_noop("Blocks"), gettext_noop("%(block_points)s for a fix or a revert")),
    Given(
        "stl",
        gettext_noop("Steals"),
        gettext_noop("%(steal_points)s for mending a commit of another player"),
    ),
    Given(
        "tov",
        gettext_noop("Turnovers"),
        gettext_noop("%(turnover_points)s for work in progress, against the player"),
    ),
    Given(
        "jt",
        gettext_noop("Tickets named"),
        gettext_noop("%(ticket_points)s for a title that names a ticket"),
    ),
    Given("cc", gettext_noop("Clean titles"), gettext_noop("%(clean_points)s for a clean title")),
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
        award_rules=award_rules(),
        rules_of_all_awards=rules_of_all_awards(),
        referee=settings_of(session, member.project_id).model_dump(exclude={"since"}),
        looked_for=LOOKED_FOR,
        limit_words=LIMITS,
        versions=list_versions(session, member.project_id, VERSIONS)[0],
    )


def reasons_of(rules: Rules) -> list[Reason]:
    caps = {name: f"{getattr(rules, name):,}" for name in ("additions_cap", "deletions_cap")}
    values = rules.model_dump() | caps
    return [
        Reason(
            each.stat.upper(), each.long, gettext(each.words) % values, _weight(rules, each.stat)
        )
        for each in GIVEN
    ]


def _weight(rules: Rules, stat: str) -> object:
    """Turnovers cost."""
    return -rules.tov_weight if stat == "tov" else getattr(rules, f"{stat}_weight")


def _left_out(rules: Rules) -> list[str]:
    assistants = {
        AiAssisted.COUNT: gettext(
            "A commit that an AI assistant had a hand in counts as any other."
        ),
        AiAssisted.IGNORE: gettext("A commit that an AI assistant had a hand in gives no points."),
        AiAssisted.WEIGHT: gettext(
            "A commit that an AI assistant had a hand in gives %(percent)s %% of its points."
        )
        % {"percent": rules.ai_percent},
    }
    return [
        gettext("Merges count as other commits do.")
        if rules.score_merges
        else gettext("A merge gives nothing: what it brings was counted where it was written."),
        gettext("Lines of generated, vendored and lock files count.")
        if rules.score_excluded_lines
        else gettext("Lines of generated, vendored and lock files are left out."),
        gettext("The same change on two branches counts once."),
        gettext("A commit that a later one reverts gives its points back."),
        assistants[rules.ai_assisted],
    ]
