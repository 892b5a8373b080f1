"""The texts of the pages that are marked in the source, as a catalogue for translators."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

WEB = Path(__file__).parents[1] / "gitleague" / "web"
CATALOGUE = WEB / "locale" / "messages.pot"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
JINJA = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_noop": (1, 2),
    "plural": (1, 2),
}


def catalogue() -> str:
    """Each text with the files that say it."""
    gathered = Catalog(project="The Git League", charset="utf-8")
    for name, _, message, comments, context in extract_from_dir(
        WEB, METHODS, JINJA, keywords=KEYWORDS
    ):
        gathered.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    out = io.BytesIO()
    write_po(out, gathered, width=100, sort_output=True, omit_header=True, include_lineno=False)
    return out.getvalue().decode()
