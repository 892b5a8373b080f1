"""The pages of docs/ that are made from the code.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes them; without it the test compares.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from gitleague.core.errors import LeagueError
from gitleague.core.settings import Settings
from gitleague.league.awards.rules import RULES, limits_of
from gitleague.ops.notices import WORDS
from gitleague.web.award_words import award_rules, rules_of_all_awards
from gitleague_client.errors import ClientError
from pydantic import SecretStr

DOCS = Path(__file__).parents[2] / "docs"
Error = TypeVar("Error", bound=Exception)

SETTINGS_INTRO = """\
# Settings

The server reads these from the environment, or from a file `.env` in the folder it is started in.
None is needed to begin with. A wrong value stops the start with a sentence that names the setting,
and so does a name that begins with `GITLEAGUE_` and is neither one of these nor the client's.

| setting | default | meaning |
| --- | --- | --- |
"""
ERRORS_INTRO = """\
# Errors

## What the server answers

Every error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail` and
`request_id`, and `errors` where fields were wrong. Quote the `request_id` when you ask for help:
the server's log has it. Come back after `Retry-After` where there is one.

"""
MESSAGES_INTRO = """\
# Messages to commissioners

`gitleague notify` sends these, by mail to every commissioner and to Slack; its options fill the
brackets ([telling people](../telling.md)). They are here to be read, or to be sent by hand.
"""
AWARDS_INTRO = """\
# Awards

The server gives awards by itself, by these rules. The rules page of each league shows them too.

| award | given for | rule |
| --- | --- | --- |
"""
AWARDS_OF_ALL = """
## For all awards

"""
AWARDS_WORKING = """
## How an award was decided

Each award on a page opens to its numbers, and `working` in the API holds the same:

| field | what it holds |
| --- | --- |
| `rule` | what the score is; see the table below |
| `limits` | the limits that the award was given by: days, weeks, and a percentage of the days |
| `passed_by` | the names of those who would have won and were away too long |
| `runner_up` | the `player` (`id`, `name`) who came second, and their `score`; or null |
| `stats` | the winner's numbers in the period |
| `title`, `repo`, `lines` | for a play of the day: the commit, and what gave it points |
| `before` | for the most improved: the numbers of the month before |
| `by_active_day` | for the most improved: whether the months were compared by the active day |
| `first_day` | for rookies: when they first played |
| `active_weeks` | for rookies of the year: in how many weeks of the season they played |

Awards given by earlier versions have no `rule`, `limits` and `runner_up`.

| award | `rule` | `limits` |
| --- | --- | --- |
"""
EXIT_CODES = """\
## What the client says

Each error ends with what to do about it. The exit code tells scripts what kind it was:

| code | meaning |
| --- | --- |
| 0 | done |
| 1 | some repositories failed, the others were sent |
| 2 | the command or the configuration is wrong |
| 3 | not signed in, or not allowed |
| 4 | the server could not be reached; the next sync resumes |
| 130 | interrupted; the next sync resumes |

| error | code | what it says | what to do |
| --- | --- | --- | --- |
"""


def settings_page() -> str:
    return SETTINGS_INTRO + "".join(_settings_rows())


def _settings_rows() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        value = field.default
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        shown = f"`{plain}`" if plain not in ("", ()) else "none"
        yield f"| `GITLEAGUE_{name.upper()}` | {shown} | {field.description} |\n"


def messages_page() -> str:
    return MESSAGES_INTRO + "".join(
        f"\n## {words.title}\n\n> **{words.subject}**\n>\n{_quoted(words.text)}"
        for words in WORDS.values()
    )


def _quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.splitlines())


def awards_page() -> str:
    told = award_rules()
    periods = {kind.value: rule.period.value for kind, rule in RULES.items()}
    rows = [f"| {each.name} | a {periods[each.kind]} | {each.rule} |\n" for each in told]
    sentences = [f"- {sentence}\n" for sentence in rules_of_all_awards()]
    named = [
        f"| `{kind.value}` | `{rule.name}` | {_limits(limits_of(kind))} |\n"
        for kind, rule in RULES.items()
    ]
    parts = (AWARDS_INTRO, *rows, AWARDS_OF_ALL, *sentences, AWARDS_WORKING, *named)
    return "".join(parts)


def _limits(limits: dict[str, int]) -> str:
    return ", ".join(f"`{name}` {value}" for name, value in limits.items())


def errors_page() -> str:
    answers = "".join(
        f"### {error.title}\n\n`{error.status}` {error.__doc__}\n\n"
        for error in sorted(every_kind_of(LeagueError), key=lambda error: error.status)
    )
    said = "".join(
        f"| `{error.__name__}` | {int(error.exit_code)} | {error.__doc__} | {error.remedy} |\n"
        for error in every_kind_of(ClientError)
    )
    return ERRORS_INTRO + answers + EXIT_CODES + said


def every_kind_of(parent: type[Error]) -> list[type[Error]]:
    """All subclasses, each after its parent, in the order they are written down."""
    found: list[type[Error]] = []
    for child in parent.__subclasses__():
        found += [child, *every_kind_of(child)]
    return found
