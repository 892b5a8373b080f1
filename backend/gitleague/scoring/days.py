"""A stretch of days."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Days(NamedTuple):
    first: date
    last: date  # included
