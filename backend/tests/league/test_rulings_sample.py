"""Rulings on public histories, each read by a person: nine in ten are right, of each kind.

`bench/referee.py` drew them, docs/fair-play.md says what right is. Other rules need a new sample.
No limit was found on the histories of those that are `measured`.
"""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from gitleague.league.fairplay.breaches import is_breach
from gitleague.league.fairplay.settings import RefereeSettings
from gitleague.tables.fairplay import FairPlayRule

SAMPLE = Path(__file__).with_name("rulings.tsv")
TEXT = SAMPLE.read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
MEASURED = [row for row in ROWS if row["measured"] == "yes"]
NOW = RefereeSettings()
MANY = 10


def precision(rows: Sequence[dict[str, str]]) -> float:
    return sum(row["right"] == "right" for row in rows) / len(rows)


def is_ruled(row: dict[str, str]) -> bool:
    return is_breach(FairPlayRule(row["kind"]), json.loads(row["figures"]), NOW)


def test_the_sample_is_large_and_names_nobody() -> None:
    assert len(ROWS) >= 100
    assert len({row["repository"] for row in MEASURED}) >= 3
    assert {row["right"] for row in ROWS} <= {"right", "wrong"}
    assert {row["measured"] for row in ROWS} <= {"yes", "no"}
    assert all(len(row["sha"]) == 40 and row["reason"] for row in ROWS)
    assert "@" not in TEXT


def test_each_is_still_ruled() -> None:
    assert [row["sha"] for row in ROWS if not is_ruled(row)] == []


@pytest.mark.parametrize("rows", [ROWS, MEASURED], ids=["all", "measured"])
def test_nine_rulings_in_ten_are_right(rows: Sequence[dict[str, str]]) -> None:
    assert precision(rows) >= 0.9


@pytest.mark.parametrize("rows", [ROWS, MEASURED], ids=["all", "measured"])
@pytest.mark.parametrize("kind", list(FairPlayRule))
def test_nine_in_ten_are_right_of_each_kind(
    kind: FairPlayRule, rows: Sequence[dict[str, str]]
) -> None:
    of_kind = [row for row in rows if row["kind"] == kind.value]
    if len(of_kind) >= MANY:
        assert precision(of_kind) >= 0.9
