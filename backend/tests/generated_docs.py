"""The pages of docs/ that are made from the code.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes them; without it the test compares.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from gitleague.core.errors import LeagueError
from gitleague.core.settings import Settings
from gitleague.ops.notices import WORDS
from gitleague_client.errors import ClientError
from pydantic import SecretStr

DOCS = Path(__file__).parents[2] / "docs"
Error = TypeVar("Error", bound=Exception)

SETTINGS_INTRO = """\
# Settings

The server reads these from the environment, or from a file `.env` in the folder it is started in.
None is needed to begin with. A wrong value stops the start with a sentence that names the setting.

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
