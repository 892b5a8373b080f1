"""The rules of the awards in words, with the limits that the code goes by.

The page of the rules, each award and `docs/awards.md` say them in the same words.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gitleague.league.awards.names import name_of
from gitleague.league.awards.rules import GRACE, MOST_PLAYERS, MOST_PLAYS, limits_of
from gitleague.league.seasons.presence import AWAY_PERCENT
from gitleague.tables.awards import AwardKind
from gitleague.web.shown import number
from gitleague.web.texts import gettext, gettext_noop

RULE_WORDS: Mapping[AwardKind, str] = {
    AwardKind.PLAY_OF_THE_DAY: gettext_noop("The commit with the most impact of a day."),
    AwardKind.PLAYER_OF_THE_WEEK: gettext_noop(
        "The player with the most impact of a week, Monday to Sunday."
    ),
    AwardKind.PLAYER_OF_THE_MONTH: gettext_noop(
        "The player with the most impact of a calendar month."
    ),
    AwardKind.MOST_IMPROVED: gettext_noop(
        "The player whose impact grew most from the month before, with at least %(active_days)s "
        "active days in each of the two months. For a player who was away, on call or part time in "
        "one of them, the earlier month counts as if it had as many active days as the later one."
    ),
    AwardKind.ROOKIE_OF_THE_MONTH: gettext_noop(
        "The rookie with the most impact per active day of a calendar month, with at least "
        "%(active_days)s active days in it. A rookie first played at most %(rookie_days)s days "
        "before the last day of the month."
    ),
    AwardKind.MVP: gettext_noop("The player with the most impact of a season."),
    AwardKind.ROOKIE_OF_THE_YEAR: gettext_noop(
        "The player with the most impact per active week of a season, of those who first played "
        "in it, with at least %(active_weeks)s active weeks."
    ),
}
FOR_ALL = (
    gettext_noop(
        "Days are those of the league's time zone. An active day is one with a commit that counts "
        "or an assist; an active week is one with an active day."
    ),
    gettext_noop(
        "Awards of days, weeks and months are given %(grace_days)s days after their last day, so "
        "that late pushes count. Awards of a season are given when it is closed."
    ),
    gettext_noop(
        "A player who was away for more than %(away_percent)s %% of the days is skipped, and the "
        "award goes to the next player. Players on call or part time are not skipped."
    ),
    gettext_noop(
        "Of players with equal scores, one who is ranked in the standings comes first, then the "
        "one with more impact, then the one whose name sorts first (capital letters before small "
        "ones), then the one whose identities have the smallest fingerprint. Of commits with equal "
        "scores, the one with the earlier commit date comes first, then the one with the smaller "
        "SHA."
    ),
    gettext_noop(
        "Awards need a score above 0; only those of rookies do not. Bots win nothing. Merges win "
        "nothing unless the rules let them score."
    ),
    gettext_noop(
        "Only the first %(most_players)s players of the standings and the best %(most_plays)s "
        "commits of a day are considered."
    ),
    gettext_noop(
        "Awards that were given stay, whatever is pushed or ruled later. A commissioner can have "
        "those from a day on given again; awards of seasons stay in any case."
    ),
    gettext_noop(
        "Each award shows its rule and limits, who was skipped, and the runner-up: the next player "
        "who was not away. For a play of the day that is the next commit, by any author."
    ),
)


class Told(NamedTuple):
    kind: str
    name: str
    rule: str


def award_rules() -> list[Told]:
    """Of each award."""
    return [Told(kind.value, name_of(kind.value), award_rule(kind.value)) for kind in RULE_WORDS]


def award_rule(kind: str, limits: Mapping[str, int] | None = None) -> str:
    """By the limits that the award was given by; nothing for a kind that is not given here."""
    try:
        known = AwardKind(kind)
    except ValueError:
        return ""
    values = limits_of(known) | dict(limits or {})
    return gettext(RULE_WORDS[known]) % {name: number(value) for name, value in values.items()}


def rules_of_all_awards() -> list[str]:
    values = {
        "grace_days": GRACE.days,
        "away_percent": AWAY_PERCENT,
        "most_players": MOST_PLAYERS,
        "most_plays": MOST_PLAYS,
    }
    told = {name: number(value) for name, value in values.items()}
    return [gettext(sentence) % told for sentence in FOR_ALL]
