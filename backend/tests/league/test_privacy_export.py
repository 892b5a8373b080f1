"""Whoever plays can have all that the league keeps on them."""

import json
import uuid
from typing import Any

import pytest
from gitleague.core.settings import Settings
from gitleague.core.spooled import spooled
from gitleague.league.people.held import (
    BY_ADDRESS,
    BY_IDS,
    BY_WORDS,
    NOT_PERSONAL,
    tables_held,
    written,
)
from gitleague.league.people.traces import OWNED, person_behind
from gitleague.tables import Table
from gitleague.tables.identities import IdentityChange
from gitleague.tables.projects import Role
from httpx import Client, Response
from make import Person, make_commit, make_person
from sqlalchemy import Table as SqlTable
from sqlalchemy import select

WORDS = ("email", "address", "player", "identity", "user")


class Asked:
    def __init__(self, http: Client, ada: Person) -> None:
        self.http, self.ada = http, ada
        self.league = f"/projects/{ada.project_id}"

    def ask(self, method: str, path: str, by: Person | None = None, **body: Any) -> Response:
        headers = (by or self.ada).headers
        return self.http.request(method, f"/api/v1{path}", json=body or None, headers=headers)

    def player(self, name: str) -> str:
        rows = self.ask("GET", f"{self.league}/standings").json()["items"]
        return next(row["player"]["id"] for row in rows if row["player"]["name"] == name)

    def data(self, name: str = "Grace", by: Person | None = None) -> dict[str, Any]:
        answer = self.ask("GET", f"/players/{self.player(name)}/personal-data", by)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data


@pytest.fixture
def asked(http: Client, ada: Person, repo, grace: Person) -> Asked:
    """Grace is a member and plays; so does Linus, who has her help once."""
    repo.push(
        made("Grace", message_title="Mine", message_body="All of it"),
        made("Linus", message_body="Co-authored-by: Grace <grace@example.org>"),
        made("Linus", message_title="His own"),
    )
    found = Asked(http, ada)
    assert found.ask("POST", f"{found.league}/claims", grace, address=grace.email).is_success
    return found


def made(name: str, **over: Any) -> dict[str, Any]:
    email = f"{name.lower()}@example.org"
    committer = {"committer_name": name, "committer_email": email}
    return make_commit(author_name=name, author_email=email, **committer | over)


@pytest.mark.on_both
def test_it_works(asked, grace):
    data = asked.data(by=grace)
    assert [each["name"] for each in data["players"]] == ["Grace"]
    assert [each["email"] for each in data["identities"]] == [grace.email]
    assert [each["message_body"] for each in data["commits"]] == ["All of it"]
    assert len(data["coauthors"]) == 1
    assert sum(each["credits"] for each in data["box_scores"]) == 2
    assert [each["address"] for each in data["claims"]] == [grace.email]
    assert [each["role"] for each in data["members"]] == ["player"]
    assert data["users"][0]["email"] == grace.email
    assert "league:claim:made" in {each["action"] for each in data["audit_logs"]}


def test_it_holds_nothing_of_others(asked, grace):
    told = json.dumps(asked.data(by=grace))
    assert "His own" not in told
    assert "linus@example.org" not in told


@pytest.mark.on_both
def test_what_somebody_did_to_others_is_told_without_the_others(asked, repo):
    """Ada joined Linus with his other self."""
    repo.push(made("Ada"), made("Torvalds"))
    players = [asked.player(name) for name in ("Linus", "Torvalds")]
    asked.ask("POST", f"{asked.league}/players/{players[0]}/merge", players=[players[1]])
    data = asked.data("Ada")
    (deed,) = data["identity_changes"]
    assert (deed["kind"], "moves" in deed) == ("merge", False)
    assert "linus" not in json.dumps(data).lower()
    (about,) = asked.data("Linus")["identity_changes"]
    assert [each["name"] for each in about["moves"]] == ["Torvalds"]


def test_letters_of_a_name_in_an_id_are_not_the_name(asked, repo, database):
    """As "ada" does in the hexadecimal ids of others now and then."""
    repo.push(made("Ada"), made("Torvalds"))
    linus, torvalds = (asked.player(name) for name in ("Linus", "Torvalds"))
    asked.ask("POST", f"{asked.league}/players/{linus}/merge", players=[torvalds])
    with database.writing() as session:
        change = session.scalars(select(IdentityChange)).one()
        lookalike = str(uuid.UUID(hex="ada" * 10 + "00"))
        change.moves = [{**move, "before": lookalike} for move in change.moves]
        change.created_by = None
    assert asked.data("Ada")["identity_changes"] == []
    (about,) = asked.data("Linus")["identity_changes"]
    assert [each["name"] for each in about["moves"]] == ["Torvalds"]


def test_what_was_told_of_them_is_in_it(asked, database):
    """By their ids, since no names are kept in it."""
    season = {"name": "Q", "first": "2024-05-01", "last": "2024-05-31"}
    place = f"{asked.league}/seasons"
    season_id = asked.ask("POST", place, **season).json()["id"]
    for verb in ("open", "close"):
        asked.ask("POST", f"{place}/{season_id}/{verb}")
    mvp = asked.ask("GET", f"{asked.league}/awards?kind=mvp").json()["items"][0]["player"]["name"]
    other = {"Grace": "Linus", "Linus": "Grace"}[mvp]
    events = {name: asked.data(name)["happenings"] for name in (mvp, other)}
    assert "mvp" in str(events[mvp])
    assert "mvp" not in str(events[other])


def test_no_secret_is_in_it(asked, grace):
    key = {"name": "hers", "scopes": "read:repos"}
    asked.ask("POST", "/api-keys/", grace, **key)
    data = asked.data(by=grace)
    assert [each["name"] for each in data["api_keys"]] == ["hers"]
    told = json.dumps(data)
    assert not [word for word in ("argon2", "token_hash", "key_hash") if word in told]


def test_an_account_is_its_owners(asked, grace):
    """A commissioner has all of the league, and not how somebody signs in."""
    asked.ask("POST", "/api-keys/", grace, name="hers", scopes="read:repos")
    data = asked.data()
    assert data["commits"]
    assert data["users"][0]["email"] == grace.email
    assert not any(data[table] for table in ("api_keys", "sign_in_links", "browser_sessions"))


def test_it_is_theirs_and_the_commissioners_alone(asked, linus, mallory):
    place = f"/players/{asked.player('Grace')}/personal-data"
    assert asked.ask("GET", place, linus).status_code == 403
    assert asked.ask("GET", place, mallory).status_code == 404


def test_another_league_is_not_in_it(
    asked, grace, mallory, database, settings: Settings, http: Client
):
    path = f"/projects/{mallory.project_id}/invitations"
    asked.ask("POST", path, mallory, email=grace.email, role="player")
    assert asked.data(by=grace)["invitations"] == []
    other = make_person(database, settings, "Other", mallory.project_id, Role.COMMISSIONER)
    assert (
        asked.ask("GET", f"/players/{asked.player('Grace')}/personal-data", other).status_code
        == 404
    )


@pytest.mark.parametrize("table", Table.metadata.sorted_tables, ids=lambda table: table.name)
def test_each_table_is_exported_or_said_to_hold_nobody(table: SqlTable):
    """A new table that points at people is exported by itself. One with other signs of people,
    or that shall not be exported, needs a line in `held.py`.
    """
    assert (table.name in NOT_PERSONAL) != (table in tables_held())
    if table.name not in NOT_PERSONAL:
        return
    people = {"users", "players", "identities"}
    points = {key.column.table.name for key in table.foreign_keys} & people
    signs = [column.name for column in table.columns if any(word in column.name for word in WORDS)]
    if table.name != "erased_marks":
        assert (points, signs) == (set(), [])


def test_each_exported_table_has_rows_that_can_be_found():
    """None is exported as an empty list for want of a key or a rule."""
    people = {"users", "players", "identities"}
    for table in tables_held():
        points = {key.column.table.name for key in table.foreign_keys} & people
        assert points or table.name in {*people, *BY_ADDRESS, *BY_IDS, *BY_WORDS, *OWNED}, (
            table.name
        )


def test_no_transaction_waits_for_a_slow_reader(asked, database, tmp_path):
    """What they read is written down first, where nobody else finds it."""
    with database.reading() as session:
        person = person_behind(session, asked.ada.project_id, uuid.UUID(asked.player("Grace")))
    pieces = spooled(written(database, person, whole_account=True), tmp_path / "spool")
    first = next(pieces)
    assert database.engine.pool.checkedout() == 0
    assert list((tmp_path / "spool").iterdir()) == []
    assert json.loads(first + b"".join(pieces))["player_id"] == asked.player("Grace")
