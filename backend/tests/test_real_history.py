"""This repository's own history, from git to the table: each number is what `git log` says.

The working here shares nothing with the league's: text in, decimals out, by the page on scoring.
"""

import re
from collections import defaultdict
from datetime import date, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope
from histories import run_git
from httpx import Client
from independent import Row, read_log
from make import Person, make_key
from test_client import client_of

ROOT = Path(__file__).parents[2]
FIX = re.compile(r"\b(hot|bug)?fix(es|ed|ing)?\b|\brevert(s|ed|ing)?\b", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(wip|tmp|debug)\b", re.IGNORECASE)
UNCLEAN = re.compile(r"\b(wip|tmp|fix typo|debug|test|oops)\b", re.IGNORECASE)
TICKET = re.compile(r"\b(?!(UTF|SHA|ISO|RFC|AES|MD|PEP|CVE|HTTP|TLS|IPV)-)[A-Z][A-Z0-9]+-\d+\b")
Table = dict[str, Decimal]


def points(row: Row) -> Table:
    """The line of one commit in the box score."""
    title, message = row.message_title, f"{row.message_title}\n{row.message_body or ''}"
    found = {
        "pts": 10 + Decimal("1.0") * min(row.additions, 1000),
        "reb": Decimal("0.6") * min(row.deletions, 1000),
        "ast": Decimal(5 if row.files_changed > 3 else 0),
        "blk": Decimal(15 if FIX.search(title) else 0),
        "stl": Decimal(0),  # nobody mends what nobody else wrote
        "tov": Decimal(10 if UNFINISHED.search(title) else 0),
        "jt": Decimal(2 if TICKET.search(message) else 0),
        "cc": Decimal("0" if UNCLEAN.search(title) else "1.5"),
    }
    weights = {"pts": "1.0", "reb": "0.6", "ast": "0.8", "blk": "1.2"}
    weights |= {"stl": "1.0", "tov": "-0.7", "jt": "0.5", "cc": "0.3"}
    found["impact"] = sum((found[name] * Decimal(by) for name, by in weights.items()), Decimal(0))
    lines = {"commits": 1, "additions": row.additions, "deletions": row.deletions}
    lines["files_changed"] = row.files_changed
    return found | {name: Decimal(number) for name, number in lines.items()}


def day_of(row: Row) -> date:
    return row.author_date.astimezone(timezone.utc).date()


def tables(rows: list[Row]) -> dict[str, Table]:
    """Of everybody's numbers: by address."""
    found: dict[str, Table] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        for name, number in points(row).items():
            found[row.author_email.lower()][name] += number
    for address, table in found.items():
        days = {day_of(row) for row in rows if row.author_email.lower() == address}
        table["active_days"] = Decimal(len(days))
    return found


DECIDED_ELSEWHERE = {"streak", "assisted", "ai_share"}  # by the day it is, and by trailers


class League:
    """What the server says, by address."""

    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.headers = http, person.headers
        self.project = f"/api/v1/projects/{person.project_id}"
        self.addresses: dict[str, str] = {}

    def tables(self, **asked: str) -> dict[str, Table]:
        rows = self.get(f"{self.project}/standings", bots="true", limit="200", **asked)["items"]
        return {
            self.address(row["player"]["id"]): {
                name: Decimal(str(number))
                for name, number in row["stats"].items()
                if name
                not in {"streak", "assisted", "ai_share"}  # today, and trailers, decide these
            }
            for row in rows
        }

    def address(self, player_id: str) -> str:
        if player_id not in self.addresses:
            (identity,) = self.get(f"/api/v1/players/{player_id}")["identities"]
            self.addresses[player_id] = identity["email"].lower()
        return self.addresses[player_id]

    def get(self, path: str, **asked: str) -> Any:
        return self.http.get(path, params=asked, headers=self.headers).raise_for_status().json()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"rate_limit_api": "100000/minute"})


@pytest.mark.on_both
@pytest.mark.real_clock  # the history goes on until today
def test_every_table_is_what_git_log_says(http: Client, ada: Person, tmp_path: Path) -> None:
    key = make_key(http, ada, Scope.SYNC_COMMITS, Scope.WRITE_REPOS, project_id=ada.project_id)
    here = tmp_path / "league"
    run_git(tmp_path, "clone", "--quiet", str(ROOT), str(here))
    run_git(here, "checkout", "--quiet", "-B", "main")  # whatever was checked out
    repo = {"path": str(here), "git_url": "git@example.org:team/league.git"}
    client_of(tmp_path, str(http.base_url), key, ada.project_id, repo).run(
        "sync", "--allow-shallow"
    )
    history = [row for row in read_log(here).values() if len(row.parents) < 2]
    league = League(http, ada)
    assert league.tables(period="all") == tables(history)
    for period, start in sorted({(each, day_of(row)) for row in history for each in PERIODS}):
        played = [row for row in history if PERIODS[period](day_of(row)) == PERIODS[period](start)]
        assert league.tables(period=period, start=str(start)) == tables(played), (period, start)


PERIODS = {
    "day": date.toordinal,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
}
