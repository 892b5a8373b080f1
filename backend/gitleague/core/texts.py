"""Questions about text that SQLite and PostgreSQL answer alike."""

from typing import Any

from sqlalchemy import ColumnElement, or_


def holds(column: Any, words: str) -> ColumnElement[bool]:
    """The column holds the words, in whatever case."""
    # SQLite folds no letters beyond ASCII, so that other words are looked for as they may be spelt.
    spellings = {words} if words.isascii() else {words, words.lower(), words.upper(), words.title()}
    return or_(*(column.icontains(each, autoescape=True) for each in sorted(spellings)))
