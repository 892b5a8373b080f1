"""The pool: made anew until the start, and who is in it."""

import pytest
from fantasies import BEFORE, DAY, NOON, TODAY, Fantasy, before_the_season, on
from gitleague.core.db import Database
from httpx import Client
from make import Person
from remote import Repo

pytestmark = pytest.mark.at(NOON)


@pytest.fixture
def fantasy(http: Client, database: Database, ada: Person, repo: Repo) -> Fantasy:
    return before_the_season(http, database, ada, repo)


def prices(fantasy: Fantasy) -> dict[str, tuple[float, bool]]:
    return {
        each["player"]["name"]: (each["price"], each["is_estimate"])
        for each in fantasy.items("/pool")
    }


def test_it_works(fantasy, repo):
    """Who came later is in it, at prices of what was played by now."""
    before = prices(fantasy.make())
    repo.push(on(BEFORE, "Di", 300), on(BEFORE, "Newcomer"))
    made_anew = fantasy.ask("POST", "/pool/refresh")
    assert made_anew.json() == fantasy.ask("GET").json()
    after = prices(fantasy)
    assert list(after) == ["Di", "Bo", "Cy", "Newcomer"]
    assert (after["Bo"], before["Di"][1], after["Di"][1]) == (before["Bo"], True, False)


def test_prices_are_of_the_days_before_the_season_by_now(fantasy, repo):
    """A pool made long before it knew only the days up to then."""
    season = fantasy.season(TODAY + 30 * DAY, TODAY + 40 * DAY)
    fantasy.make(season_id=season)
    fantasy.ask_league("PATCH", f"/seasons/{season}", first=str(TODAY + 35 * DAY))
    days = fantasy.ask("POST", "/pool/refresh").json()
    assert (days["priced_first"], days["priced_last"]) == (
        str(TODAY - 6 * DAY),
        str(TODAY - DAY),
    )


def test_who_was_struck_stays_struck(fantasy, repo):
    ids = fantasy.make().players()
    fantasy.ask("PATCH", f"/pool/{ids['Bo']}", is_struck=True)
    repo.push(on(BEFORE - 90 * DAY, "Ann"))
    fantasy.ask_league("POST", f"/players/{ids['Bo']}/merge", players=[ids["Di"]])
    fantasy.ask("POST", "/pool/refresh")
    struck = {each["player"]["name"]: each["is_struck"] for each in fantasy.items("/pool")}
    assert struck == {"Bo": True, "Cy": False, "Ann": False}


def test_a_pool_that_has_been_played_with_stays(fantasy, ada, grace):
    fantasy.make().join(ada)
    assert fantasy.as_(grace).ask("POST", "/pool/refresh").status_code == 403
    refused = fantasy.start().ask("POST", "/pool/refresh")
    assert (refused.status_code, "has started" in refused.text) == (409, True)


def test_it_is_in_the_audit_log(fantasy):
    fantasy.make().ask("POST", "/pool/refresh")
    newest = fantasy.ask_league("GET", "/audit-log").json()["items"][0]
    assert (newest["action"], newest["subject"]) == ("league:fantasy_pool:refreshed", "Cup")


def test_who_has_retired_is_not_in_it(fantasy):
    ids = fantasy.make().players()
    for name, day in (("Bo", TODAY), ("Cy", TODAY + DAY)):
        answer = fantasy.http.post(
            f"/api/v1/players/{ids[name]}/retire",
            json={"on": str(day)},
            headers=fantasy.person.headers,
        )
        assert answer.is_success, answer.text
    fantasy.ask("POST", "/pool/refresh")
    assert list(prices(fantasy)) == ["Cy", "Di"]


def test_who_was_erased_is_not_picked_any_more(fantasy, ada, grace):
    """Of any pool, and neither by managers nor by the clock; points of those who did stay."""
    ids = fantasy.make().players()
    fantasy.join(ada, grace)
    fantasy.start().pick("Bo")
    erased = fantasy.http.post(
        f"/api/v1/players/{ids['Bo']}/erase",
        json={"confirm": "Bo"},
        headers=fantasy.person.headers,
    )
    assert erased.is_success, erased.text
    assert list(prices(fantasy)) == ["Cy", "Di"]
    refused = fantasy.as_(grace).ask("POST", "/picks", player_id=ids["Bo"])
    assert refused.status_code == 422
    assert fantasy.rosters()["Ada"] == ["Erased player 1"]


def test_who_turns_out_to_be_a_bot_scores_nothing(fantasy, repo, ada, grace):
    """As the standings count it: who holds one may be sorry, and nobody else is."""
    bo = fantasy.make().players()["Bo"]
    fantasy.join(ada, grace)
    fantasy.start().pick("Bo")
    fantasy.as_(grace).pick("Cy")
    fantasy.locked_on(TODAY)
    repo.push(on(TODAY, "Bo", 900), on(TODAY, "Cy"))
    assert [name for _, name, _ in fantasy.table()] == ["Ada", "Grace"]
    fantasy.ask_league("PATCH", f"/players/{bo}", is_bot=True)
    assert fantasy.table()[1] == (2, "Ada", 0)
