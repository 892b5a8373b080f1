"""The texts of the pages, ready for translation.

A template says `_("Leagues")`, `{% trans %}` or `plural(…)`; Python says `gettext_noop("Leagues")`
of what a template shows as `part.name|gettext`. Only what stands in a template is HTML as it is:
what the filter gives is escaped as any value. locale/messages.pot has them all, for translators.
"""

from collections.abc import Hashable, Iterable
from gettext import NullTranslations

from gitleague.web.shown import number

translations = NullTranslations()  # English is what stands in the source


def gettext(message: str) -> str:
    return translations.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    return translations.ngettext(one, many, count)


def gettext_noop(message: str) -> str:
    """Marks a text that is translated where it is shown."""
    return message


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """Marks both for `plural`, for a count that is known later."""
    return one, many


def plural(one: str, many: str, count: int) -> str:
    """A number and what it counts: `plural("%(count)s day", "%(count)s days", 3)`."""
    return ngettext(one, many, count) % {"count": number(count)}


def translated(choices: Iterable[tuple[Hashable, str]]) -> list[tuple[Hashable, str]]:
    """Choices of a form, each a value with its marked text. A filter of the templates too."""
    return [(value, gettext(words)) for value, words in choices]
