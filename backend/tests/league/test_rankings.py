"""Who has no rank: away for too long, or at it on too few days for an average."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from boxscores import Field, make_field
from gitleague.core.db import Database
from gitleague.league.periods import Period, Window, window_of
from gitleague.league.rankings import unranked_in
from gitleague.league.stats import Metric
from httpx import Client, Response
from make import Person, make_commit

SPRING = {"name": "Spring 2024", "first": "2024-03-01", "last": "2024-05-31"}
MARCH = "period=month&start=2024-03-01"
DAY = timedelta(days=1)


class Table:
    """The table of a league, its season and who is away."""

    def __init__(self, http: Client, person: Person) -> None:
        self.http, self.person = http, person
        self.league = f"/api/v1/projects/{person.project_id}"

    def ask(self, method: str, path: str, **body: Any) -> Response:
        return self.http.request(
            method, self.league + path, json=body or None, headers=self.person.headers
        )

    def done(self, method: str, path: str, **body: Any) -> Any:
        answer = self.ask(method, path, **body)
        assert answer.is_success, answer.text
        return answer.json()

    def rows(self, query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.done("GET", f"/standings?{query}")["items"]
        return rows

    def ranks(self, query: str = MARCH) -> list[tuple[int | None, str, bool]]:
        return [(row["rank"], row["player"]["name"], row["away"]) for row in self.rows(query)]

    def season(self) -> str:
        return str(self.done("POST", "/seasons", **SPRING)["id"])

    def away(self, season_id: str, name: str, first: str, last: str, kind: str = "away") -> None:
        (found,) = self.done("GET", f"/identities?q={name}")["items"]
        body = {"player_id": found["player"]["id"], "first": first, "last": last, "kind": kind}
        self.done("POST", f"/seasons/{season_id}/absences", **body)

    def rule(self, **changes: Any) -> None:
        self.done("PATCH", "/rules", changes=changes)
        while self.done("GET", "/rules")["pending"]:
            pass


@pytest.fixture
def table(http: Client, ada: Person) -> Table:
    return Table(http, ada)


def on(day: str, *, by: str, **over: Any) -> dict[str, Any]:
    email = f"{by.lower()}@example.org"
    return make_commit(author_name=by, author_email=email, author_date=f"{day}T12:00:00Z", **over)


@pytest.mark.on_both
@pytest.mark.any_day
def test_it_works(table, repo):
    """Shown below the others, who close up; the others' months are none of it."""
    repo.push(
        on("2024-03-01", by="Grace", additions=90),
        on("2024-03-01", by="Linus", additions=50),
        on("2024-03-01", by="Margaret"),
    )
    season_id = table.season()
    assert table.ranks() == [(1, "Grace", False), (2, "Linus", False), (3, "Margaret", False)]
    table.away(season_id, "Grace", "2024-03-01", "2024-03-31")
    closed_up = [(1, "Linus", False), (2, "Margaret", False), (None, "Grace", True)]
    assert table.ranks() == closed_up
    assert table.ranks(f"{MARCH}&order=asc") == [closed_up[1], closed_up[0], closed_up[2]]
    assert table.ranks("period=all")[0] == (1, "Grace", False)
    (grace,) = table.rows(f"{MARCH}&q=grace")
    assert (grace["rank"], grace["trend"]) == (None, {"direction": "same", "change": 0})


@pytest.mark.parametrize(
    ("share", "last", "kind", "is_away"),
    [
        ("1", "2024-03-31", "away", True),
        ("1", "2024-03-30", "away", False),
        ("0.5", "2024-03-16", "away", True),
        ("0.5", "2024-03-15", "away", False),  # of 31 days
        ("0.01", "2024-03-01", "away", True),
        ("0.5", "2024-03-31", "part_time", False),
        ("0.5", "2024-03-31", "on_call", False),
    ],
)
def test_the_rules_say_how_long_is_too_long(table, repo, share, last, kind, is_away):
    repo.push(on("2024-03-01", by="Grace"))
    table.away(table.season(), "Grace", "2024-03-01", last, kind)
    if share != "1":
        table.rule(unranked_when_away_for=share)
    assert table.ranks() == [(None if is_away else 1, "Grace", is_away)]


def test_a_rule_that_cannot_be_is_refused(table):
    for changes in (
        {"unranked_when_away_for": 0},
        {"unranked_when_away_for": "1.01"},
        {"average_active_days": 0},
    ):
        refused = table.ask("PATCH", "/rules", changes=changes)
        assert refused.status_code == 422
        assert [each["field"] for each in refused.json()["errors"]] == list(changes)


@pytest.mark.on_both
def test_who_was_away_leads_in_nothing_and_is_on_no_podium(table, repo):
    repo.push(
        on("2024-03-01", by="Grace", additions=90),
        on("2024-03-02", by="Grace"),
        on("2024-03-01", by="Linus"),
    )
    season_id = table.season()
    table.away(season_id, "Grace", SPRING["first"], SPRING["last"])
    told = table.done("GET", f"/seasons/{season_id}/summary")
    assert {each["player"]["name"] for each in told["leaders"]} == {"Linus"}
    assert [(row["rank"], row["player"]["name"]) for row in told["podium"]] == [(1, "Linus")]
    assert (told["players"], told["stats"]["commits"]) == (2, 3)


def test_a_closed_season_keeps_its_rule(table, repo):
    repo.push(on("2024-03-01", by="Grace"), on("2024-03-01", by="Linus"))
    season_id = table.season()
    table.away(season_id, "Grace", SPRING["first"], "2024-05-30")
    for verb in ("open", "close"):
        table.done("POST", f"/seasons/{season_id}/{verb}")
    before = table.ranks(f"season_id={season_id}")
    assert (1, "Grace", False) in before
    table.rule(unranked_when_away_for="0.5")
    assert table.ranks(f"season_id={season_id}") == before
    assert table.ranks() == [(1, "Linus", False), (None, "Grace", True)]


@pytest.mark.on_both
def test_whoever_plays_on_few_days_is_compared_by_those(table, repo):
    """Part-time players have the same chance; a single day is no average."""
    repo.push(
        *(on(f"2024-03-{day:02}", by="Full", additions=10) for day in range(4, 9)),
        *(on(f"2024-03-{day:02}", by="Part", additions=30) for day in range(4, 6)),
        on("2024-03-04", by="Once", additions=90),
    )
    average = f"{MARCH}&metric=impact_per_day"
    assert table.ranks(average) == [(1, "Part", False), (2, "Full", False), (None, "Once", False)]
    part, full, once = table.rows(average)
    assert full["impact_per_day"] * 5 == pytest.approx(full["stats"]["impact"])
    assert once["impact_per_day"] == once["stats"]["impact"]
    assert table.rows(MARCH)[0]["player"]["name"] == "Full"
    assert part["rank"] == 1
    assert table.ranks("period=day&start=2024-03-04&metric=impact_per_day")[0][0] == 1
    table.rule(average_active_days=1)
    assert table.ranks(average)[0] == (1, "Once", False)


def test_what_a_rule_would_do_is_seen_before(table, repo):
    """Beside the season as it was closed: ranks before and after, and what each number gains."""
    repo.push(
        on("2024-03-01", by="Grace", additions=20),
        on("2024-03-01", by="Linus", message_title="Fix it", additions=1),
    )
    season_id = table.season()
    for verb in ("open", "close"):
        table.done("POST", f"/seasons/{season_id}/{verb}")
    wish = {"changes": {"block_points": 90}, "period": "season", "season_id": season_id}
    linus, grace = table.done("POST", "/rules/preview", **wish)["places"]
    assert (linus["rank"], linus["rank_now"], linus["change"]) == (1, 2, 1)
    assert (grace["rank"], grace["rank_now"], grace["change"]) == (2, 1, -1)
    assert (linus["difference"]["blk"], linus["difference"]["impact"]) == (75, 90)
    assert set(grace["difference"].values()) == {0}


def test_who_would_fall_out_of_the_first_ten_is_seen_too(table, repo):
    for number in range(11):
        repo.push(on("2024-03-01", by=f"P{number:02}", additions=number))
    repo.push(on("2024-03-01", by="Zero", message_title="Fix it", additions=0, deletions=0))
    wish = {"changes": {"additions_weight": 0}, "period": "all"}
    places = table.done("POST", "/rules/preview", **wish)["places"]
    assert [place["player"]["name"] for place in places[-2:]] == ["P09", "P10"]
    assert (places[0]["player"]["name"], len(places)) == ("Zero", 12)


@pytest.fixture
def field(database: Database) -> Iterator[Field]:
    with database.writing() as session:
        yield make_field(session)


def test_where_nobody_is_away_it_asks_one_question_at_most(field, queries):
    today = date(2024, 5, 15)
    month, ever = (window_of(period, today=today) for period in (Period.MONTH, Period.ALL))
    for windows, expected in (([ever, ever.before], 0), ([month, month.before], 1)):
        queries.clear()
        found = unranked_in(field.session, field.project_id, Metric.IMPACT, windows)
        assert (len(queries), [each.away for each in found]) == (expected, [None, None])


def test_before_the_first_season_nobody_was_away(field):
    today = date(2024, 5, 15)
    season = Window(Period.SEASON, today, today + 9 * DAY, today)
    found = unranked_in(field.session, field.project_id, Metric.IMPACT, (season, season.before))
    assert found[0] == found[1]
