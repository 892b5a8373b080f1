"""What the referee of a league looks for, and what commits with an AI assistant bring."""

from collections import defaultdict

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from gitleague.accounts.caller import Commissioner, Membership
from gitleague.core.routing import Routes
from gitleague.core.session import ReadSession, WriteSession
from gitleague.league.fairplay import referee
from gitleague.league.fairplay.settings import (
    Limits,
    RefereeSettings,
    change_settings,
    settings_of,
)
from gitleague.league.rulebook import versions
from gitleague.scoring.rules import newest_version, rules_at
from gitleague.tables.fairplay import FairPlayRule
from gitleague.web.done import done
from gitleague.web.forms import comes_back, typed_in
from gitleague.web.frame import league_page
from gitleague.web.pages.running.rule_words import AI_CHOICES
from gitleague.web.texts import gettext_noop

router = Routes(prefix="/projects/{project_id}")
AI_FIELDS = ("ai_assisted", "ai_weight")
# What the settings of the referee say of themselves, marked here for translation.
SAID = {
    gettext_noop("Commit splitting"),
    gettext_noop("Many tiny commits of a player in a repository, quicker than is usual for them."),
    *(gettext_noop("Commits"), gettext_noop("From so many on.")),
    *(gettext_noop("Lines"), gettext_noop("Added and deleted, at most.")),
    *(gettext_noop("Minutes"), gettext_noop("From one to the next, on average, at most.")),
    *(
        gettext_noop("Times usual"),
        gettext_noop("So many times what is usual on a day of theirs."),
    ),
    *(gettext_noop("Alike"), gettext_noop("Percent of the titles, at least.")),
    gettext_noop("Revert ping pong"),
    gettext_noop("Reverts of reverts, or the same lines put in and taken out, back and forth."),
    *(gettext_noop("Reverts"), gettext_noop("In a row, from so many on.")),
    *(gettext_noop("Toggles"), gettext_noop("Of the same lines, from so many on.")),
    gettext_noop("That a toggle adds or takes away, at least."),
    gettext_noop("From one toggle to the next."),
    gettext_noop("Lock file dump"),
    gettext_noop("Many lines, of which nearly all are in lock, generated or vendored files."),
    gettext_noop("Added, from so many on."),
    *(gettext_noop("Percent"), gettext_noop("In such files, at least.")),
    gettext_noop("Huge commit"),
    gettext_noop("More lines of one's own than anybody writes into one commit."),
    gettext_noop("Bulk edit"),
    gettext_noop(
        "As few lines in as out, in each of many files: a program or a search and replace."
    ),
    *(gettext_noop("Files"), gettext_noop("Changed, from so many on.")),
    gettext_noop("Added in a file, on average, at most."),
    gettext_noop("Of the lines, more of one kind, at most."),
    gettext_noop("Future date"),
    gettext_noop("A date that was yet to come when the server received the commit."),
    gettext_noop("More than so many ahead."),
    gettext_noop("Distant dates"),
    gettext_noop(
        "The date of the author is far from that of the committer, as of each late merge too."
    ),
    *(gettext_noop("Days"), gettext_noop("More than so many apart.")),
    gettext_noop("Impossible day"),
    gettext_noop("More commits of a player on one day than anybody writes, much like each other."),
    gettext_noop("More than so many."),
}


def _referee_page(request: Request, session: Session, member: Membership) -> HTMLResponse:
    project_id = member.project_id
    now = settings_of(session, project_id)
    rules = rules_at(session, project_id, newest_version(session, project_id))
    return league_page(
        *(request, session, "running/referee.html"),
        member=member,
        here="/referee",
        since=now.since or "",
        limits=[(rule.value, words_of(rule), now.limits(rule)) for rule in FairPlayRule],
        fields=fields_of,
        ai_choices=AI_CHOICES,
        rules=rules,
    )


def words_of(rule: FairPlayRule) -> tuple[str, str]:
    """The name of a rule, and what it is about."""
    about = type(RefereeSettings().limits(rule)).__doc__ or ""
    return rule.value.replace("_", " ").capitalize(), about


def fields_of(limits: Limits) -> list[tuple[str, str, object]]:
    """Name, words and value of each limit."""
    return [
        (name, field.description or "", getattr(limits, name))
        for name, field in type(limits).model_fields.items()
        if name != "enabled"
    ]


@router.get("/referee")
def show_referee(request: Request, member: Commissioner, session: ReadSession) -> HTMLResponse:
    return _referee_page(request, session, member)


@router.post("/referee", dependencies=[comes_back(_referee_page)])
def change_referee(
    request: Request, member: Commissioner, session: WriteSession
) -> RedirectResponse:
    """Fields are named `rule.limit`."""
    changes: defaultdict[str, dict[str, str]] = defaultdict(dict)
    typed = typed_in(request)
    for name, values in typed.items():
        rule, _, limit = name.partition(".")
        if limit:
            changes[rule][limit] = values[0].strip()
    since = typed.get("since", [""])[0]
    change_settings(session, {**changes, "since": since or None}, by=member)
    return done(member.project_id, "/referee", "saved")


@router.post("/referee/look")
def look_again(member: Commissioner, session: WriteSession) -> RedirectResponse:
    referee.ask_again(session, by=member)
    return done(member.project_id, "/referee", "looking")


@router.post("/referee/ai", dependencies=[comes_back(_referee_page)])
def change_ai(request: Request, member: Commissioner, session: WriteSession) -> RedirectResponse:
    """It is a rule of the scoring: the numbers are made anew."""
    before = newest_version(session, member.project_id)
    typed = typed_in(request)
    changes = {name: typed[name][0].strip() for name in AI_FIELDS if name in typed}
    versions.change_rules(session, changes, note="AI-assisted commits", by=member)
    is_new = newest_version(session, member.project_id) != before
    return done(member.project_id, "/referee", "counting" if is_new else "same")
