"""Rows as CSV or JSON, a piece at a time."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import islice
from typing import Any

from gitleague.league.exports.rows import Cell, Row

PIECE = 200  # rows
# What spreadsheets take for the beginning of a formula, also in its wide form.
FORMULAS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")


class Format(str, Enum):
    CSV = "csv"
    JSON = "json"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.JSON: "application/json",
}


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """RFC 4180, in UTF-8. Text that a spreadsheet would run gets an apostrophe before it."""
    yield _lines([columns])
    for piece in _pieces(rows):
        yield _lines([defused(cell) for cell in row] for row in piece)


def as_json(head: dict[str, Any], columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """One object: the head, and `items`."""
    yield json.dumps(head)[:-1].encode() + b', "items": ['
    comma = ""
    for piece in _pieces(rows):
        items = ",\n".join(json.dumps(dict(zip(columns, row, strict=True))) for row in piece)
        yield f"{comma}\n{items}".encode()
        comma = ","
    yield b"\n]}\n"


def defused(cell: Cell) -> Cell:
    """Numbers stay what they are: they cannot do anything."""
    if not isinstance(cell, str) or not cell:
        return cell
    first = cell.lstrip(" ")[:1]
    return f"'{cell}" if first in FORMULAS or first in {"\t", "\r", "\n"} else cell


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while piece := list(islice(rest, PIECE)):
        yield piece


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
