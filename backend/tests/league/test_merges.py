"""What hangs on a player when players are joined and split, and when that is undone."""

from datetime import date
from typing import Any

import pytest
from awarding import give
from gitleague.core.db import Database
from gitleague.league.identities.references import RULES, UNKEYED
from gitleague.tables import Table
from gitleague.tables.commits import Player
from gitleague.tables.projects import Project
from httpx import Client, Response
from make import Person, make_commit
from remote import Repo
from sqlalchemy import update
from who import GRACE, HOME, LINUS, People

SEASON = {"name": "Q2", "first": "2024-04-01", "last": "2024-06-30"}
WORK, SPARE = HOME["author_email"], LINUS["author_email"]


class League(People):
    """One with three players: grace's own address, and two that are nobody's yet."""

    def merge(self, into: str, other: str) -> str:
        return str(self.done("POST", f"/players/{into}/merge", players=[other])["id"])

    def undo(self, change: str) -> None:
        self.done("POST", f"/identities/changes/{change}/undo")

    def split(self, email: str) -> str:
        (identity,) = self.identities(email)
        return str(self.done("POST", "/identities/split", identities=[identity["id"]])["id"])

    def claim(self, person: Person, address: str) -> str:
        """As the commissioner approves it."""
        claim = str(People(self.http, person).done("POST", "/claims", address=address)["id"])
        self.done("POST", f"/claims/{claim}/approve")
        return claim

    def states(self) -> dict[str, str]:
        """Of the claims, by address."""
        return {each["address"]: each["state"] for each in self.done("GET", "/claims")["items"]}

    def of_player(self, method: str, player: str, path: str, by: Person | None = None) -> Response:
        headers = (by or self.person).headers
        return self.http.request(method, f"/api/v1/players/{player}{path}", headers=headers)

    def is_player(self, person: Person, player: str) -> bool:
        return self.of_player("GET", player, "/personal-data", person).is_success

    def card(self, player: str) -> dict[str, Any]:
        card: dict[str, Any] = self.of_player("GET", player, "").json()
        return card

    def named(self, by: Person) -> set[str]:
        """The names that a member reads."""
        return set(People(self.http, by).table())


@pytest.fixture
def league(http: Client, ada: Person, repo: Repo) -> League:
    repo.push(make_commit(**GRACE), make_commit(**HOME), make_commit(**LINUS))
    return League(http, ada)


@pytest.fixture
def players(league: League) -> tuple[str, str]:
    """Who stays, and who is merged into them."""
    return league.player(SPARE), league.player(WORK)


def test_every_column_that_refers_to_a_player_has_a_rule() -> None:
    keys = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in ("players", "identities") and key.column.name == "id"
    }
    own = {f"players.{column.name}" for column in Player.__table__.columns}
    assert RULES.keys() == keys | own
    columns = {f"{t.name}.{c.name}" for t in Table.metadata.sorted_tables for c in t.columns}
    assert UNKEYED.keys() <= columns - RULES.keys()


@pytest.mark.on_both
def test_a_claim_on_who_was_merged_goes_back_with_them(league, players, grace):
    """The member proved the one address, and is not whoever had been joined with it."""
    into, other = players
    change = league.merge(into, other)
    league.claim(grace, WORK)
    assert league.is_player(grace, into)
    league.undo(change)
    assert not league.is_player(grace, into)
    assert league.is_player(grace, other)
    assert league.states() == {WORK: "approved"}


@pytest.mark.on_both
def test_a_claim_that_an_undone_merge_parts_from_its_member_is_decided_again(
    league, players, grace
):
    into, other = players
    league.claim(grace, SPARE)
    change = league.merge(into, other)
    league.claim(grace, WORK)
    league.undo(change)
    assert league.is_player(grace, into)
    assert not league.is_player(grace, other)
    assert league.states() == {SPARE: "approved", WORK: "pending"}
    actions = [each["action"] for each in league.done("GET", "/audit-log")["items"]]
    assert "league:claim:reopened" in actions


def test_undoing_what_a_claim_moved_opens_the_claim_again(league, grace):
    League(league.http, grace).done("POST", "/claims", address=grace.email)
    league.claim(grace, WORK)
    (change,) = league.done("GET", "/identities/changes")["items"]
    league.undo(change["id"])
    assert league.states() == {grace.email: "approved", WORK: "pending"}
    assert not league.is_player(grace, league.player(WORK))


@pytest.mark.on_both
def test_the_member_goes_along_and_comes_back(league, players, grace):
    into, other = players
    league.claim(grace, WORK)
    change = league.merge(into, other)
    assert league.is_player(grace, into)
    league.undo(change)
    assert not league.is_player(grace, into)
    assert league.is_player(grace, other)


def test_a_claim_that_was_taken_back_meanwhile_stays_taken_back(league, players, grace):
    into, other = players
    claim = league.claim(grace, WORK)
    change = league.merge(into, other)
    league.done("POST", f"/claims/{claim}/reject")
    league.undo(change)
    assert not league.is_player(grace, into)
    assert not league.is_player(grace, other)


@pytest.mark.on_both
def test_of_two_members_who_are_joined_the_receiver_is_the_player(league, players, ada, grace):
    """The other waits for the undo."""
    into, other = players
    league.claim(ada, SPARE)
    league.claim(grace, WORK)
    change = league.merge(into, other)
    assert not league.is_player(grace, into)
    league.undo(change)
    assert league.is_player(grace, other)
    assert league.states() == {SPARE: "approved", WORK: "approved"}


def test_a_member_follows_their_address_when_it_is_split_off(league, players, grace):
    """They proved one of two addresses, and are nobody by the other."""
    into, other = players
    league.merge(into, other)
    league.claim(grace, WORK)
    change = league.split(WORK)
    assert not league.is_player(grace, into)
    assert league.is_player(grace, league.player(WORK))
    league.undo(change)
    assert league.is_player(grace, into)


def test_an_address_that_one_signs_in_with_is_claimed_again_at_once(league, players, grace):
    own, (into, _) = league.player(grace.email), players
    league.claim(grace, SPARE)
    change = league.merge(into, own)
    player = People(league.http, grace)
    assert player.done("POST", "/claims", address=grace.email)["state"] == "approved"
    league.undo(change)
    assert league.states() == {SPARE: "approved", grace.email: "pending"}
    assert player.done("POST", "/claims", address=grace.email)["state"] == "approved"
    assert league.player(grace.email) == into


@pytest.mark.on_both
def test_who_is_away_does_not_win_the_week_as_another(league, players, database: Database):
    """Absences go along, and come back."""
    into, other = players
    season = league.done("POST", "/seasons", **SEASON)["id"]
    place = f"/seasons/{season}/absences"
    days = {"first": "2024-04-01", "last": "2024-04-10"}
    league.done("POST", place, player_id=other, **days)
    league.done("POST", place, player_id=into, first="2024-04-09", last="2024-04-20")
    league.done("POST", place, player_id=into, kind="on_call", **days)
    before = absences(league, place)
    change = league.merge(into, other)
    assert absences(league, place) == [
        (into, "away", "2024-04-01", "2024-04-08"),
        (into, "on_call", "2024-04-01", "2024-04-10"),
        (into, "away", "2024-04-09", "2024-04-20"),
    ]
    assert (winner(league, database) or {}).get("id") != into
    for _ in range(2):
        league.undo(change)
    assert absences(league, place) == before


def absences(league: League, place: str) -> list[tuple[str, ...]]:
    items = league.done("GET", place)["items"]
    return sorted(
        ((each["player"]["id"], each["kind"], each["first"], each["last"]) for each in items),
        key=lambda each: each[2:],
    )


def winner(league: League, database: Database) -> dict[str, Any] | None:
    """Of the week of 1 April, in which the players who were joined did most."""
    repo = league.done("GET", "/repos")["items"][0]["id"]
    commit = make_commit(**HOME, additions=900, author_date="2024-04-02T12:00:00Z")
    league.http.post(
        f"/api/v1/sync{league.league.removeprefix('/api/v1')}/repos/{repo}/commits",
        json={"commits": [commit]},
        headers=league.person.headers,
    ).raise_for_status()
    with database.writing() as session:
        session.execute(
            update(Project)
            .where(Project.id == league.person.project_id)
            .values(awards_through=date(2024, 3, 31))
        )
        give(session, league.person.project_id)
    items = league.done("GET", "/awards?kind=player_of_the_week")["items"]
    return next((each["player"] for each in items if each["first"] == "2024-04-01"), None)


def test_whoever_asked_not_to_be_shown_is_not_shown_as_another(league, players, grace):
    into, other = players
    league.of_player("POST", other, "/hide")
    change = league.merge(into, other)
    assert "Linus" not in league.named(grace)
    league.undo(change)
    assert "Linus" in league.named(grace)
    assert "grace" not in league.named(grace)


def test_whoever_is_shown_again_after_a_merge_stays_shown(league, players, grace):
    into, other = players
    league.of_player("POST", other, "/hide")
    change = league.merge(into, other)
    league.of_player("POST", into, "/show")
    league.of_player("POST", into, "/hide")
    league.of_player("POST", into, "/show")
    league.undo(change)
    assert "Linus" in league.named(grace)


@pytest.mark.on_both
def test_a_player_stays_hidden_while_one_who_asked_is_joined_with_them(league, players, grace):
    into, other = players
    own = league.player(grace.email)
    for each in (other, own):
        league.of_player("POST", each, "/hide")
    first, _ = league.merge(into, other), league.merge(into, own)
    league.undo(first)
    assert league.card(into)["is_hidden"]


def test_whom_they_were_joined_with_once_says_nothing(league, players, grace):
    """An undone merge with a hidden player, who is another's now."""
    into, other = players
    third = league.player(grace.email)
    league.of_player("POST", other, "/hide")
    league.undo(league.merge(into, other))
    league.merge(third, other)
    league.undo(league.merge(into, third))
    assert not league.card(into)["is_hidden"]


def test_whoever_is_split_off_a_hidden_player_is_hidden(league, players, grace):
    into, other = players
    league.merge(into, other)
    league.of_player("POST", into, "/hide")
    change = league.split(WORK)
    assert not league.named(grace) & {"Linus", "grace"}
    league.of_player("POST", into, "/show")
    league.undo(change)
    assert "Linus" in league.named(grace)


def test_whoever_asked_after_a_split_is_not_shown_by_undoing_it(league, players, grace):
    into, other = players
    league.merge(into, other)
    change = league.split(WORK)
    league.of_player("POST", league.player(WORK), "/hide")
    league.undo(change)
    assert not league.named(grace) & {"Linus", "grace"}


def test_who_is_joined_with_a_retired_player_has_retired(league, players):
    into, other = players
    day = {"on": "2024-05-01"}
    league.http.post(f"/api/v1/players/{other}/retire", json=day, headers=league.person.headers)
    change = league.merge(into, other)
    assert league.card(into)["retired_on"] == "2024-05-01"
    league.undo(change)
    assert league.card(into)["retired_on"] is None
    assert league.card(other)["retired_on"] == "2024-05-01"


MAILMAP = "Grace Hopper <grace@example.org> <amazing@home.example>\nL. T. <linus@example.org>"


def test_the_names_of_a_mailmap_can_be_undone(league):
    before = league.table()
    told = league.done("POST", "/identities/mailmap", text=MAILMAP)
    assert set(league.table()) == {"Grace Hopper", "L. T."}
    assert [each["after"] for each in told["change"]["renames"]] == ["L. T."]
    league.undo(told["change"]["id"])
    assert league.table() == before


@pytest.mark.on_both
def test_a_mailmap_that_only_renames_can_be_undone_too(league):
    """Whoever got another name since keeps that."""
    text = "L. T. <linus@example.org>\nGrace H. <grace@example.org>"
    change = league.done("POST", "/identities/mailmap", text=text)["change"]
    player = league.player(SPARE)
    league.done("PATCH", f"/players/{player}", name="Linus T.")
    league.undo(change["id"])
    assert set(league.table()) == {"Linus T.", "Grace Hopper", "grace"}


def test_the_names_of_who_was_erased_are_in_no_change(league):
    league.done("POST", "/identities/mailmap", text=MAILMAP)
    player = league.player(SPARE)
    body = {"confirm": "L. T."}
    erased = league.http.post(
        f"/api/v1/players/{player}/erase", json=body, headers=league.person.headers
    )
    assert erased.is_success, erased.text
    (change,) = league.done("GET", "/identities/changes")["items"]
    assert change["renames"] == []
    league.undo(change["id"])
    assert set(league.table()) == {"Grace Hopper", "grace", "Erased player 1"}
