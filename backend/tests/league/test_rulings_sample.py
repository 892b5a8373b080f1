"""Rulings on public histories, each read by a person: nine in ten are right, of each kind.

`bench/referee.py` drew them, docs/fair-play.md says what right is. Other rules need a new sample.
Limits were raised where too few were right: what they leave alone now stays in the sample, but
tells nothing of the rules of today.
"""

import csv
import json
from pathlib import Path

import pytest
from gitleague.league.fairplay.breaches import is_breach
from gitleague.league.fairplay.settings import RefereeSettings
from gitleague.tables.fairplay import FairPlayRule

SAMPLE = Path(__file__).with_name("rulings.tsv")
TEXT = SAMPLE.read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
NOW = RefereeSettings()
MANY = 10


def precision(rows: list[dict[str, str]]) -> float:
    return sum(row["right"] == "right" for row in rows) / len(rows)


def is_ruled(row: dict[str, str]) -> bool:
    return is_breach(FairPlayRule(row["kind"]), json.loads(row["figures"]), NOW)


RULED = [row for row in ROWS if is_ruled(row)]


def test_the_sample_is_large_and_names_nobody() -> None:
    assert len(ROWS) >= 100
    assert len({row["repository"] for row in ROWS}) >= 3
    assert {row["right"] for row in ROWS} <= {"right", "wrong"}
    assert all(len(row["sha"]) == 40 and row["reason"] for row in ROWS)
    assert "@" not in TEXT


def test_nine_rulings_in_ten_are_right() -> None:
    assert precision(RULED) >= 0.9


@pytest.mark.parametrize("kind", list(FairPlayRule))
def test_nine_in_ten_are_right_of_each_kind(kind: FairPlayRule) -> None:
    of_kind = [row for row in RULED if row["kind"] == kind.value]
    if len(of_kind) >= MANY:
        assert precision(of_kind) >= 0.9


def test_what_is_right_is_still_ruled() -> None:
    """Nine in ten at least, by the rules that are on by default."""
    right = [
        row
        for row in ROWS
        if row["right"] == "right" and NOW.limits(FairPlayRule(row["kind"])).enabled
    ]
    assert sum(is_ruled(row) for row in right) >= 0.9 * len(right)
