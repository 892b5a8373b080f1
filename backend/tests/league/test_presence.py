"""What it takes away to be away, on call or there part of the time: tables of cases."""

import uuid
from collections import Counter
from datetime import date
from typing import Any

import pytest
from awarding import give
from gitleague.core.db import Database
from gitleague.league.seasons.presence import Absent, days_by_kind, improvement, is_passed_by
from gitleague.league.stats import Numbers
from gitleague.tables.seasons import AbsenceKind
from httpx import Client
from make import Person, make_commit
from remote import Repo

AWAY, PART_TIME, ON_CALL = AbsenceKind.AWAY, AbsenceKind.PART_TIME, AbsenceKind.ON_CALL
GRACE = uuid.UUID(int=1)
WEEK = date(2024, 4, 1), date(2024, 4, 7)

# The absences of a week from the 1st to the 7th, and how many of its days count as what.
DAYS = [
    ([], {}),
    ([("2024-04-02", "2024-04-03", AWAY)], {AWAY: 2}),
    ([("2024-03-20", "2024-04-03", AWAY)], {AWAY: 3}),
    ([("2024-04-06", "2024-05-01", ON_CALL)], {ON_CALL: 2}),
    ([("2024-03-01", "2024-03-31", AWAY)], {}),
    ([("2024-04-01", "2024-04-07", PART_TIME)], {PART_TIME: 7}),
    (
        [("2024-04-01", "2024-04-07", PART_TIME), ("2024-04-03", "2024-04-04", AWAY)],
        {PART_TIME: 5, AWAY: 2},
    ),
    (
        [
            ("2024-04-01", "2024-04-07", PART_TIME),
            ("2024-04-02", "2024-04-05", ON_CALL),
            ("2024-04-05", "2024-04-06", AWAY),
        ],
        {PART_TIME: 2, ON_CALL: 3, AWAY: 2},
    ),
]


@pytest.mark.parametrize(("absences", "expected"), DAYS)
def test_each_day_counts_as_the_strongest_kind(absences, expected):
    told = [
        Absent(GRACE, date.fromisoformat(first), date.fromisoformat(last), kind)
        for first, last, kind in absences
    ]
    found = days_by_kind(told, *WEEK)
    assert found.get(GRACE, Counter()) == Counter(expected)


# The days of a week that somebody was absent: is an award of that week for them?
PASSED_BY = [
    ({AWAY: 3}, False),
    ({AWAY: 4}, True),
    ({PART_TIME: 7}, False),
    ({ON_CALL: 7}, False),
    ({AWAY: 3, ON_CALL: 4}, False),
]


@pytest.mark.parametrize(("days", "expected"), PASSED_BY)
def test_only_who_was_away_is_passed_by(days, expected):
    assert is_passed_by(days, 7) is expected


# Impact and active days now and before, and the improvement as it is and by the active day.
IMPROVED = [
    ((300, 10), (200, 10), 100, 100),
    ((300, 10), (100, 2), 200, -200),  # before: mostly away
    ((300, 5), (400, 10), -100, 100),  # now: on call for half of it
    ((200, 4), (500, 10), -300, 0),
]


@pytest.mark.parametrize(("now", "before", "plain", "by_day"), IMPROVED)
def test_an_improvement_is_of_days_that_can_be_compared(now, before, plain, by_day):
    numbers = [Numbers(impact=impact, active_days=days) for impact, days in (now, before)]
    assert improvement(*numbers, by_day=False) == plain
    assert improvement(*numbers, by_day=True) == by_day


def on(day: str, by: str, additions: int) -> dict[str, Any]:
    return make_commit(
        author_name=by,
        author_email=f"{by.lower()}@example.org",
        author_date=f"{day}T12:00:00Z",
        commit_date=f"{day}T12:00:00Z",
        additions=additions,
    )


class Played:
    """April and May: Linus does a little more, Grace does less in all and more on each day."""

    def __init__(self, http: Client, ada: Person, database: Database, repo: Repo) -> None:
        self.http, self.ada, self.database = http, ada, database
        self.league = f"/api/v1/projects/{ada.project_id}"
        for day in (2, 3, 4, 5, 8, 9):
            repo.push(on(f"2024-04-{day:02}", "Grace", 100), on(f"2024-04-{day:02}", "Linus", 50))
            repo.push(on(f"2024-05-{day:02}", "Linus", 60))
        repo.push(on("2024-05-02", "Grace", 200), on("2024-05-03", "Grace", 200))
        season = {"name": "Q2", "first": "2024-04-01", "last": "2024-06-30"}
        self.season = self.post("/seasons", **season).json()["id"]
        rows = http.get(f"{self.league}/standings", headers=ada.headers).json()["items"]
        self.players = {row["player"]["name"]: row["player"]["id"] for row in rows}

    def post(self, path: str, **body: Any) -> Any:
        return self.http.post(self.league + path, json=body, headers=self.ada.headers)

    def absent(self, kind: str, first: str, last: str, name: str = "Grace") -> Any:
        days = {"first": first, "last": last, "kind": kind, "player_id": self.players[name]}
        return self.post(f"/seasons/{self.season}/absences", **days)

    def winner(self, kind: str) -> dict[str, Any]:
        with self.database.writing() as session:
            give(session, self.ada.project_id, anew_from=date(2024, 5, 1))
        found = self.http.get(f"{self.league}/awards?kind={kind}", headers=self.ada.headers).json()
        (award,) = [each for each in found["items"] if each["first"] == "2024-05-01"]
        return {"name": award["player"]["name"], **award["working"]}


@pytest.fixture
def played(http: Client, ada: Person, database: Database, repo: Repo) -> Played:
    return Played(http, ada, database, repo)


# Who is the most improved of May, by what Grace was from the 6th to the 31st.
MOST_IMPROVED = [
    (None, "Linus", False),
    ("part_time", "Grace", True),
    ("on_call", "Grace", True),
    ("away", "Linus", False),  # of more than half of the month: she is passed by
]


@pytest.mark.on_both
@pytest.mark.parametrize(("kind", "winner", "by_day"), MOST_IMPROVED)
def test_the_most_improved(played, kind, winner, by_day):
    if kind:
        assert played.absent(kind, "2024-05-06", "2024-05-31").status_code == 201
    found = played.winner("most_improved")
    assert (found["name"], found["by_active_day"]) == (winner, by_day)
    assert found["passed_by"] == (["Grace"] if kind == "away" else [])


def test_kinds_may_overlap_and_one_kind_may_not(played):
    assert played.absent("part_time", "2024-05-01", "2024-05-31").status_code == 201
    assert played.absent("away", "2024-05-06", "2024-05-10").status_code == 201
    refused = played.absent("part_time", "2024-05-31", "2024-06-02")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "first")
