"""The fields of the rules, in groups and in words."""

from typing import NamedTuple

from gitleague_client.rules.defaults import AiAssisted

from gitleague.web.texts import gettext_noop

YES_NO = (("false", gettext_noop("no")), ("true", gettext_noop("yes")))
AI_CHOICES = (
    (AiAssisted.COUNT.value, gettext_noop("count as any other")),
    (AiAssisted.IGNORE.value, gettext_noop("give no points")),
    (AiAssisted.WEIGHT.value, gettext_noop("give a part of their points")),
)


class RuleField(NamedTuple):
    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_text: bool = False


class Group(NamedTuple):
    title: str
    fields: tuple[RuleField, ...]


GROUPS = (
    Group(
        gettext_noop("Points: for commits and added lines"),
        (
            RuleField("commit_points", gettext_noop("For each commit")),
            RuleField("additions_weight", gettext_noop("For each added line")),
            RuleField("additions_cap", gettext_noop("At most so many lines")),
        ),
    ),
    Group(
        gettext_noop("Rebounds: for deleted lines"),
        (
            RuleField("deletions_weight", gettext_noop("For each deleted line")),
            RuleField("deletions_cap", gettext_noop("At most so many lines")),
        ),
    ),
    Group(
        gettext_noop("Assists, blocks, steals, turnovers"),
        (
            RuleField("many_files_points", gettext_noop("Assist for a wide change")),
            RuleField("many_files", gettext_noop("Wide is more files than")),
            RuleField("coauthor_points", gettext_noop("Assist for a co-author")),
            RuleField("block_points", gettext_noop("Block: a fix or revert")),
            RuleField("steal_points", gettext_noop("Steal: mending another's commit")),
            RuleField("turnover_points", gettext_noop("Turnover: work in progress")),
        ),
    ),
    Group(
        gettext_noop("Titles"),
        (
            RuleField("ticket_points", gettext_noop("For naming a ticket")),
            RuleField("clean_points", gettext_noop("For a clean title")),
            RuleField(
                "ticket_pattern",
                gettext_noop("A ticket looks like"),
                gettext_noop("RE2 pattern"),
                is_text=True,
            ),
            RuleField(
                "unclean_pattern",
                gettext_noop("A title is not clean with"),
                gettext_noop("RE2 pattern"),
                is_text=True,
            ),
        ),
    ),
    Group(
        gettext_noop("What each stat weighs in impact"),
        (
            RuleField("pts_weight", gettext_noop("Points")),
            RuleField("reb_weight", gettext_noop("Rebounds")),
            RuleField("ast_weight", gettext_noop("Assists")),
            RuleField("blk_weight", gettext_noop("Blocks")),
            RuleField("stl_weight", gettext_noop("Steals")),
            RuleField("tov_weight", gettext_noop("Turnovers, against")),
            RuleField("jt_weight", gettext_noop("Tickets named")),
            RuleField("cc_weight", gettext_noop("Clean titles")),
        ),
    ),
    Group(
        gettext_noop("What counts, and who is ranked"),
        (
            RuleField("score_merges", gettext_noop("Merges score"), choices=YES_NO),
            RuleField(
                "score_excluded_lines", gettext_noop("Generated lines score"), choices=YES_NO
            ),
            RuleField("ai_assisted", gettext_noop("AI-assisted commits"), choices=AI_CHOICES),
            RuleField(
                "ai_weight", gettext_noop("Their part of the points"), gettext_noop("0 to 1")
            ),
            RuleField(
                "unranked_when_away_for",
                gettext_noop("Unranked when away for"),
                gettext_noop("part of the days"),
            ),
            RuleField("average_active_days", gettext_noop("Averages from so many active days")),
        ),
    ),
)
LABELS = {field.name: field.label for group in GROUPS for field in group.fields}
