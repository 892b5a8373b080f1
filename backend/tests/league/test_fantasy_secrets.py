"""Nobody learns whom somebody else picked before the lock, commissioners neither."""

from typing import Any

import pytest
from fantasies import DAY, NOON, TODAY, Fantasy, before_the_season, claims, on
from gitleague.core.db import Database
from gitleague.tables.projects import Role
from httpx import Client
from make import Person, make_person
from remote import Repo

pytestmark = pytest.mark.at(NOON)

TOMORROW = TODAY + DAY


@pytest.fixture
def fantasy(http: Client, database: Database, ada: Person, grace: Person, repo: Repo) -> Fantasy:
    """Ada, who is the commissioner, has picked Cy, and Grace has picked Bo."""
    fantasy = before_the_season(http, database, ada, repo)
    fantasy.make().join(ada, grace)
    fantasy.start().pick("Cy")
    fantasy.as_(grace).pick("Bo")
    return fantasy


def kept_on(fantasy: Fantasy, name: str) -> dict[str, Any]:
    """What the league keeps on the player, as the person may have it."""
    rows = fantasy.ask_league("GET", "/standings?period=all").json()["items"]
    player = next(row["player"]["id"] for row in rows if row["player"]["name"] == name)
    answer = fantasy.http.get(
        f"/api/v1/players/{player}/personal-data", headers=fantasy.person.headers
    )
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


@pytest.mark.on_both
def test_points_before_the_lock_tell_nothing(fantasy, repo, grace, linus):
    """Whoever pushes commits of a day to come, which count today, sees no points go up."""
    repo.push(on(TOMORROW, "Bo", 500), on(TOMORROW, "Cy"))
    for asked in (fantasy, fantasy.as_(grace), fantasy.as_(linus)):
        assert asked.table() == [(1, "Ada", 0), (1, "Grace", 0)]
        assert asked.table(f"period=week&start={TOMORROW}") == [(1, "Ada", 0), (1, "Grace", 0)]
    fantasy.locked_on(TODAY)
    assert [name for _, name, _ in fantasy.table()] == ["Grace", "Ada"]


@pytest.mark.on_both
def test_a_commissioner_learns_from_no_export_who_was_picked_by_whom(fantasy):
    for name in ("Bo", "Cy"):
        assert kept_on(fantasy, name)["fantasy_picks"] == []
    fantasy.locked_on(TODAY)
    (told,) = kept_on(fantasy, "Bo")["fantasy_picks"]
    (hers,) = [each for each in fantasy.items("/managers") if each["name"] == "Grace"]
    assert told["team_id"] == hers["id"]


@pytest.mark.on_both
def test_whoever_asks_for_their_data_has_their_own_picks(fantasy, repo, grace):
    """And a commissioner who asks for it has them from the lock on."""
    repo.push(on(TODAY, "Grace"))
    claims(fantasy, grace, grace.email)
    hers = fantasy.as_(grace)
    (pick,) = kept_on(hers, "Grace")["fantasy_picks"]
    assert pick["id"] == hers.items("/picks")[0]["id"]
    assert kept_on(fantasy, "Grace")["fantasy_picks"] == []
    fantasy.locked_on(TODAY)
    assert kept_on(fantasy, "Grace")["fantasy_picks"] == [pick]


@pytest.mark.on_both
def test_whom_others_play_with_is_a_secret_from_that_player_too(
    fantasy, database, settings, project_id
):
    bo = make_person(database, settings, "Bo", project_id, Role.PLAYER)
    claims(fantasy, bo, bo.email)
    assert kept_on(fantasy.as_(bo), "Bo")["fantasy_picks"] == []
    fantasy.locked_on(TODAY)
    assert len(kept_on(fantasy.as_(bo), "Bo")["fantasy_picks"]) == 1
