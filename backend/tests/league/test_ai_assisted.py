"""Commits that an AI assistant had a hand in: their share is shown, their worth is a rule."""

import pytest
from awaited import until
from chores import finish_jobs
from gitleague.core.db import Database
from gitleague.scoring.boxscores import recompute
from httpx import Client
from make import Person, make_commit
from remote import Repo

ASSISTED = {"message_body": "Co-authored-by: Claude <noreply@anthropic.com>"}
# One commit with 10 lines added, 2 deleted and a clean title, and an assisted one like it.
WORTH = {
    "count": ({"ai_assisted": "count"}, {"pts": 40.0, "reb": 2.4, "cc": 3.0}),
    "ignore": ({"ai_assisted": "ignore"}, {"pts": 20.0, "reb": 1.2, "cc": 1.5}),
    "weight": (
        {"ai_assisted": "weight", "ai_weight": "0.33"},
        {"pts": 26.6, "reb": 1.59, "cc": 1.99},
    ),
}


class League:
    def __init__(self, http: Client, ada: Person, database: Database) -> None:
        self.http, self.ada, self.database = http, ada, database

    def get(self, path: str) -> dict:
        answer = self.http.get(f"/api/v1{path}", headers=self.ada.headers)
        assert answer.is_success, answer.text
        return answer.json()

    def row(self, query: str = "") -> dict:
        table = self.get(f"/projects/{self.ada.project_id}/standings?{query}")
        return table["items"][0]

    def rules(self, **changes: str) -> None:
        place = f"/api/v1/projects/{self.ada.project_id}/rules"
        asked = self.http.patch(place, json={"changes": changes}, headers=self.ada.headers)
        assert asked.status_code == 202
        until(lambda: not self.get(f"/projects/{self.ada.project_id}/rules")["pending"])


@pytest.fixture
def league(http: Client, ada: Person, database: Database, repo: Repo) -> League:
    repo.push(make_commit(), make_commit(**ASSISTED))
    return League(http, ada, database)


@pytest.mark.parametrize(("changes", "expected"), WORTH.values(), ids=WORTH.keys())
def test_what_they_are_worth(league, repo, changes, expected):
    """For commits that are here and for those that come; their share is shown all the same."""
    league.rules(**changes)
    stats = league.row()["stats"]
    assert {name: stats[name] for name in expected} == expected
    assert (stats["commits"], stats["assisted"], stats["ai_share"]) == (2, 1, 0.5)
    repo.push(make_commit(), make_commit(**ASSISTED))
    stats = league.row()["stats"]
    assert {name: stats[name] for name in expected} == {
        name: pytest.approx(2 * points) for name, points in expected.items()
    }


@pytest.mark.on_both
@pytest.mark.parametrize("weight", ["0", "0.33", "0.5", "1"])
def test_what_comes_bit_by_bit_is_what_is_counted_anew(league, repo, ada, weight):
    """Reverted, helped, pruned and pushed again."""
    league.rules(ai_assisted="weight", ai_weight=weight)
    helped = f"Co-authored-by: Linus <linus@example.org>\n{ASSISTED['message_body']}"
    gone, back = make_commit(additions=7, **ASSISTED), make_commit(additions=13, **ASSISTED)
    repo.push(gone, back, make_commit(message_body=helped))
    repo.push(
        make_commit(message_body=f"This reverts commit {gone['sha']}."),
        make_commit(message_title="Fix it", message_body=f"Fixes: {back['sha']}\n\n{helped}"),
    )
    repo.refs(pruned=[back["sha"]])
    repo.push(back)
    bit_by_bit = [league.row("q=Grace"), league.row("q=Linus")]
    with league.database.writing() as session:
        recompute(session, ada.project_id)
    assert [league.row("q=Grace"), league.row("q=Linus")] == bit_by_bit


@pytest.mark.on_both
def test_the_share_is_on_the_card_too(league, repo):
    repo.push(make_commit(author_date="2024-06-01T12:00:00Z"), make_commit())
    player_id = league.row()["player"]["id"]
    card = league.get(f"/players/{player_id}")
    assert card["standing"]["stats"]["ai_share"] == 0.25
    assert card["repos"][0]["stats"]["ai_share"] == 0.25
    may = league.get(f"/players/{player_id}?period=month&start=2024-05-01")
    assert may["standing"]["stats"]["ai_share"] == pytest.approx(0.3333)
    june = league.get(f"/players/{player_id}?period=month&start=2024-06-01")
    assert june["standing"]["stats"]["ai_share"] == 0


def test_it_is_the_same_once_days_are_summed_up(league):
    before = league.row("period=month&start=2024-05-01")
    finish_jobs(league.database)
    assert league.row("period=month&start=2024-05-01") == before


def test_the_working_says_so(league):
    league.rules(ai_assisted="ignore")
    plays = league.get(f"/players/{league.row()['player']['id']}/commits")["items"]
    (play,) = [play for play in plays if "assisted" in play["flags"]]
    assert play["impact"] == 0
    assert [line["reason"] for line in play["working"] if line["points"] < 0] == [
        "AI-assisted: 0 % counts"
    ] * 3


@pytest.mark.on_both
def test_who_helped_an_assisted_commit_has_that_part_too(league, repo):
    helped = f"Co-authored-by: Linus <linus@example.org>\n{ASSISTED['message_body']}"
    repo.push(make_commit(message_body=helped))
    league.rules(ai_assisted="weight", ai_weight="0.5")
    assert league.row("q=Linus")["stats"]["ast"] == 2.5
    assert league.row("q=Linus")["stats"]["ai_share"] == 0
