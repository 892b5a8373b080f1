"""The limits of the awards, each at its edge, and what a working says of them."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from awarding import give
from gitleague.core.db import Database
from gitleague.core.paging import Paging
from gitleague.league.awards.giving import OF_A_PERIOD, OF_A_SEASON
from gitleague.league.awards.rules import (
    ACTIVE_DAYS,
    ACTIVE_WEEKS,
    ROOKIE_DAYS,
    RULES,
    limits_of,
)
from gitleague.league.awards.shelf import Which, list_awards
from gitleague.league.people.shown import ANONYMOUS, PUBLIC
from gitleague.league.seasons.presence import AWAY_PERCENT, is_passed_by
from gitleague.tables.awards import AwardKind
from gitleague.tables.seasons import AbsenceKind
from gitleague.web.award_words import RULE_WORDS, award_rule
from httpx import Client
from make import Person, make_commit
from remote import Repo

MAY_31 = date(2024, 5, 31)


class Game:
    """Who plays when in ada's league, and what they are given for May 2024."""

    def __init__(self, http: Client, ada: Person, database: Database, repo: Repo) -> None:
        self.http, self.ada, self.database, self.repo = http, ada, database, repo
        self.league = f"/api/v1/projects/{ada.project_id}"

    def play(self, name: str, *days: date, lines: int = 10) -> None:
        self.repo.push(
            *(
                make_commit(
                    author_name=name,
                    author_email=f"{name.lower()}@example.org",
                    author_date=f"{day}T12:00:00Z",
                    commit_date=f"{day}T12:00:00Z",
                    additions=lines,
                )
                for day in days
            )
        )

    def give(self) -> None:
        with self.database.writing() as session:
            give(session, self.ada.project_id, anew_from=date(2024, 1, 1))

    def award(self, kind: AwardKind, first: str = "2024-05-01") -> dict[str, Any] | None:
        query = f"{self.league}/awards?limit=200&kind={kind.value}"
        items = self.http.get(query, headers=self.ada.headers).json()["items"]
        return next((each for each in items if each["first"] == first), None)

    def post(self, path: str, **body: Any) -> Any:
        answer = self.http.post(f"/api/v1{path}", json=body, headers=self.ada.headers)
        assert answer.is_success, answer.text
        return answer.json()

    def player(self, name: str) -> str:
        rows = self.http.get(f"{self.league}/standings?q={name}", headers=self.ada.headers).json()
        return str(rows["items"][0]["player"]["id"])


@pytest.fixture
def game(http: Client, ada: Person, database: Database, repo: Repo) -> Game:
    return Game(http, ada, database, repo)


def test_every_award_has_its_rule_and_its_words():
    assert {AwardKind.PLAY_OF_THE_DAY, *OF_A_PERIOD, *OF_A_SEASON} == set(AwardKind)
    assert RULES.keys() == RULE_WORDS.keys() == set(AwardKind)


@pytest.mark.parametrize("kind", AwardKind)
def test_the_words_of_a_rule_name_its_limits(kind):
    assert set(re.findall(r"%\((\w+)\)s", RULE_WORDS[kind])) == RULES[kind].limits.keys()
    for limit in RULES[kind].limits.values():
        assert str(limit) in award_rule(kind.value)


def test_the_words_of_an_award_have_the_limits_that_it_was_given_by():
    kind = AwardKind.ROOKIE_OF_THE_MONTH
    assert "at most 30 days" in award_rule(kind.value, {"rookie_days": 30})
    assert award_rule("of_another_server") == ""


@pytest.mark.parametrize(("early", "winner"), [(0, "Rookie"), (1, "Veteran")])
def test_a_rookie_began_at_most_so_many_days_before_the_month_ends(game, early, winner):
    """On the last day that is early enough, and on the one before."""
    first_day = MAY_31 - ROOKIE_DAYS - timedelta(days=early)
    game.play("Rookie", first_day)
    game.play("Rookie", MAY_31, MAY_31 - timedelta(days=1), lines=500)
    game.play("Veteran", MAY_31, MAY_31 - timedelta(days=1))
    game.give()
    assert game.award(AwardKind.ROOKIE_OF_THE_MONTH)["player"]["name"] == winner


@pytest.mark.parametrize("days", [ACTIVE_DAYS - 1, ACTIVE_DAYS])
def test_an_improvement_takes_so_many_active_days_in_both_months(game, days):
    april, may = date(2024, 4, 2), date(2024, 5, 2)
    game.play("Grace", *(april + timedelta(days=number) for number in range(days)))
    game.play("Grace", *(may + timedelta(days=number) for number in range(ACTIVE_DAYS)), lines=90)
    game.give()
    assert (game.award(AwardKind.MOST_IMPROVED) is not None) is (days == ACTIVE_DAYS)


@pytest.mark.parametrize(("away", "expected"), [(5, False), (6, True)])
def test_of_ten_days_an_award_passes_by_whoever_was_away_for_six(away, expected):
    assert AWAY_PERCENT == 50
    assert is_passed_by({AbsenceKind.AWAY: away}, 10) is expected


def test_a_working_names_the_rule_its_limits_and_the_runner_up(game):
    game.play("Grace", date(2024, 5, 6), date(2024, 5, 7), lines=200)
    game.play("Linus", date(2024, 5, 6), date(2024, 5, 7), lines=100)
    game.give()
    award = game.award(AwardKind.ROOKIE_OF_THE_MONTH)
    assert award["working"]["rule"] == "impact_per_active_day"
    assert award["working"]["limits"] == {
        "active_days": ACTIVE_DAYS,
        "rookie_days": ROOKIE_DAYS.days,
        "away_percent": AWAY_PERCENT,
    }
    assert award["working"]["runner_up"] == {
        "player": {"id": game.player("Linus"), "name": "Linus"},
        "score": pytest.approx(award["score"] - 100),
    }
    play = game.award(AwardKind.PLAY_OF_THE_DAY, "2024-05-06")
    assert play["working"]["rule"] == "impact_of_a_commit"
    assert play["working"]["runner_up"]["player"]["name"] == "Linus"


def test_a_season_is_told_in_the_same_way(game):
    weeks = [date(2024, 5, 6) + timedelta(weeks=number) for number in range(ACTIVE_WEEKS)]
    game.play("Grace", *weeks)
    made = game.post(
        f"/projects/{game.ada.project_id}/seasons", name="Q2", first="2024-05-01", last="2024-06-30"
    )
    for step in ("open", "close"):
        game.post(f"/projects/{game.ada.project_id}/seasons/{made['id']}/{step}")
    working = game.award(AwardKind.ROOKIE_OF_THE_YEAR)["working"]
    assert working["limits"] == limits_of(AwardKind.ROOKIE_OF_THE_YEAR)
    assert working["runner_up"] is None


@pytest.mark.on_both
def test_a_runner_up_is_named_as_players_are(game):
    """By the name of whoever they are by now, and not at all who asked for that."""
    for name, lines in (("Grace", 300), ("Linus", 200), ("Bo", 100)):
        game.play(name, date(2024, 5, 6), lines=lines)
    game.give()
    grace, linus, bo = (game.player(name) for name in ("Grace", "Linus", "Bo"))
    game.post(f"/projects/{game.ada.project_id}/players/{bo}/merge", players=[linus])
    assert runner_up(game) == {"id": bo, "name": "Bo"}
    game.post(f"/players/{bo}/hide")
    assert runner_up(game)["name"] == "Bo", "to a commissioner"
    month = Which(AwardKind.PLAYER_OF_THE_MONTH)
    with game.database.reading() as session:
        (award,) = list_awards(session, game.ada.project_id, Paging(), month, PUBLIC)[0]
    assert award.working["runner_up"]["player"]["name"] == ANONYMOUS
    game.post(f"/projects/{game.ada.project_id}/players/{grace}/merge", players=[bo])
    assert runner_up(game) is None, "nobody comes second to themself"


def runner_up(game: Game) -> dict[str, Any] | None:
    found = game.award(AwardKind.PLAYER_OF_THE_MONTH)["working"]["runner_up"]
    return found and found["player"]
