"""A player is erased: nothing of the person is left anywhere, and every number stays."""

import json
import uuid
from datetime import date
from typing import Any

import pytest
from awarding import give
from chores import finish_jobs
from gitleague.core.db import Database
from gitleague.tables import Table
from gitleague.tables.projects import Project, Role
from gitleague_client.rules.pseudonyms import pseudonym
from httpx import Client, Response
from make import Person, make_commit, make_member, make_person, make_repo
from remote import Repo
from sqlalchemy import select

NAME, ADDRESS = "Đorđe Kiesler", "hedwig@secret.example"
SECRETS = (
    *("đorđe", "\\u0111or\\u0111e", "\\u0110or\\u0111e", "kiesler"),
    *("hedwig", "secret.example", "hop freq", "the pianist"),
)


class League:
    """Ada's league, in which there is somebody to be forgotten."""

    def __init__(self, http: Client, person: Person, database: Database, repo: Repo) -> None:
        self.http, self.person, self.database, self.repo = http, person, database, repo
        self.place = f"/projects/{person.project_id}"

    def ask(self, method: str, path: str, by: Person | None = None, **body: Any) -> Response:
        headers = (by or self.person).headers
        return self.http.request(method, f"/api/v1{path}", json=body or None, headers=headers)

    def table(self, query: str = "") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.ask("GET", f"{self.place}/standings?{query}").json()[
            "items"
        ]
        return rows

    def player(self, name: str) -> str:
        return next(row["player"]["id"] for row in self.table() if row["player"]["name"] == name)

    def commits_of(self, name: str) -> int:
        return sum(row["stats"]["commits"] for row in self.table() if row["player"]["name"] == name)

    def erase(self, name: str = NAME, by: Person | None = None) -> Response:
        return self.ask("POST", f"/players/{self.player(name)}/erase", by, confirm=name)

    def dump(self) -> str:
        """Every row of every table, as text."""
        with self.database.reading() as session:
            return "\n".join(
                f"{table.name}: {json.dumps(dict(row), default=str, ensure_ascii=False)}"
                for table in Table.metadata.sorted_tables
                for row in session.execute(select(table)).mappings()
            )


@pytest.fixture
def league(http: Client, ada: Person, database: Database, repo: Repo) -> League:
    return League(http, ada, database, repo)


def by(name: str, email: str, **over: Any) -> dict[str, Any]:
    committer = {"committer_name": name, "committer_email": email}
    return make_commit(author_name=name, author_email=email, **committer | over)


def theirs(email: str = ADDRESS, **over: Any) -> dict[str, Any]:
    return by(NAME, email, **{"message_title": "Fix hop frequencies", "additions": 700} | over)


def linus(**over: Any) -> dict[str, Any]:
    return by("Linus", "linus@example.org", **over)


def told(league: League) -> list[str]:
    text = league.dump().lower()
    return [word for word in SECRETS if word in text]


def full(league: League) -> None:
    """They are in every corner of the league."""
    league.repo.push(
        theirs(),
        theirs(message_body=f"Signed-off-by: {NAME} <{ADDRESS}>"),
        by("D. Kiesler", "Hedwig@secret.example", message_title="Hop frequencies again"),
        by("The Pianist", "pianist@example.org", additions=3),
        linus(
            message_title=f"Thank {NAME.upper()} for it",
            message_body=f"See {ADDRESS}\n\nCo-authored-by: {NAME} <{ADDRESS}>",
        ),
        linus(committer_name=NAME, committer_email=ADDRESS),
    )
    league.repo.refs(tips={f"{ADDRESS}/wip": "a" * 40, "main": "b" * 40})
    pianist = league.player("The Pianist")
    league.ask("POST", f"{league.place}/players/{league.player(NAME)}/merge", players=[pianist])
    league.ask("PATCH", f"{league.place}/players/{league.player(NAME)}", name="DK")
    league.ask("PATCH", f"{league.place}/players/{league.player('DK')}", name=NAME)
    season = league.ask(
        "POST", f"{league.place}/seasons", name="Q2", first="2024-04-01", last="2024-06-30"
    ).json()
    away = {"player_id": league.player(NAME), "first": "2024-06-01", "last": "2024-06-02"}
    league.ask("POST", f"{league.place}/seasons/{season['id']}/absences", **away, note="hedwig ill")
    league.ask("POST", f"{league.place}/seasons/{season['id']}/open")
    league.ask("POST", f"{league.place}/invitations", email=ADDRESS, role="player")
    with league.database.writing() as session:
        give(session, league.person.project_id, anew_from=date(2024, 4, 1))
    league.ask("POST", f"{league.place}/seasons/{season['id']}/close")


def test_it_works(league):
    league.repo.push(theirs(), linus())
    erased = league.erase()
    assert erased.status_code == 200, erased.text
    assert (erased.json()["name"], erased.json()["commits"]) == ("Erased player 1", 1)
    assert league.commits_of("Erased player 1") == 1
    assert told(league) == []


@pytest.mark.on_both
def test_nothing_is_left_and_every_number_stays(league):
    full(league)
    assert set(told(league)) > {"kiesler", "hedwig", "hop freq"}
    queries = ("", "period=month&start=2024-05-01", "period=season&start=2024-05-01")
    before = [league.table(query) for query in queries]
    awards = league.ask("GET", f"{league.place}/awards").json()["items"]
    assert league.erase().status_code == 200
    assert told(league) == []
    for query, rows in zip(queries, before, strict=True):
        assert numbers(league.table(query)) == numbers(rows)
    after = league.ask("GET", f"{league.place}/awards").json()["items"]
    assert [(each["kind"], each["score"]) for each in after] == [
        (each["kind"], each["score"]) for each in awards
    ]
    assert league.ask("GET", f"{league.place}/identities").json()["total"] == 1


def numbers(rows: list[dict[str, Any]]) -> list[Any]:
    return sorted([row["rank"], row["stats"], row["trend"], row["player"]["id"]] for row in rows)


@pytest.mark.on_both
def test_of_many_names_none_is_left(league):
    """More than SQLite takes in one condition, and in letters that it cannot fold."""
    names = [f"{NAME} der {number}." for number in range(140)]
    thanks = linus(message_title=f"Thank {names[-1].upper()} and {names[0]}")
    league.repo.push(*(by(name, ADDRESS) for name in names), theirs(), thanks)
    assert league.erase(league.table()[0]["player"]["name"]).status_code == 200
    assert told(league) == []


def test_new_rules_count_them_as_before(league):
    """The text that says what kind of commits they were is gone: what it said stays."""
    league.repo.push(theirs())
    before = numbers(league.table())
    league.erase()
    changes = {"unclean_pattern": "^$"}  # what an empty title would be
    assert league.ask("PATCH", f"{league.place}/rules", changes=changes).status_code == 202
    finish_jobs(league.database)
    league.repo.push(theirs())
    assert numbers(league.table())[0][1]["cc"] == 2 * before[0][1]["cc"] > 0


RETURNS = [
    ("the same commit of another repository", theirs()),
    ("another spelling of the address", by("Hed", "HEDWIG@Secret.Example")),
    ("as a co-author", linus(message_body=f"Co-authored-by: {NAME} <{ADDRESS}>")),
    ("as the committer", linus(committer_name=NAME, committer_email=ADDRESS)),
    ("in a trailer", linus(message_body=f"Reviewed-by: {NAME} <{ADDRESS}>")),
    ("in a sentence", linus(message_title=f"Ask {ADDRESS}. Soon.")),
]


@pytest.mark.parametrize("commit", [each[1] for each in RETURNS], ids=[each[0] for each in RETURNS])
def test_a_later_push_brings_nobody_back(league, commit):
    league.repo.push(theirs(), linus())
    league.erase()
    players = {row["player"]["name"] for row in league.table()}
    league.repo.push(commit | {"sha": uuid.uuid4().hex + "0" * 8})
    assert told(league) == []
    assert {row["player"]["name"] for row in league.table()} == players


def test_what_they_push_later_counts_under_the_number(league):
    league.repo.push(theirs(), linus())
    league.erase()
    league.repo.push(theirs(), by("D", ADDRESS))
    assert league.commits_of("Erased player 1") == 3


def test_a_pseudonym_is_known_again_too(league):
    league.repo.push(theirs())
    league.erase()
    with league.database.reading() as session:
        salt = session.scalars(select(Project.pseudonym_salt)).one()
    league.repo.push(by("Somebody", pseudonym(ADDRESS, salt)))
    assert league.commits_of("Erased player 1") == 2


def test_no_mark_is_the_address_or_its_pseudonym(league):
    league.repo.push(theirs())
    league.erase()
    with league.database.reading() as session:
        salt = session.scalars(select(Project.pseudonym_salt)).one()
    assert pseudonym(ADDRESS, salt) not in league.dump()


def test_an_address_without_an_owner_is_known_by_the_name_beside_it(league):
    """Tools write such addresses for many people."""
    league.repo.push(by(NAME, "root@localhost"), linus())
    league.erase()
    league.repo.push(by(NAME, "root@localhost"), by("Another", "root@localhost"))
    assert league.commits_of("Erased player 1") == 2
    assert league.commits_of("Another") == 1


@pytest.mark.on_both
def test_an_address_that_two_players_share_stays_the_others(league):
    league.repo.push(by(NAME, "pair@example.org"), by("Linus", "pair@example.org"))
    (row,) = league.table()
    found = league.ask("GET", f"{league.place}/identities?q=Linus").json()["items"]
    league.ask("POST", f"{league.place}/identities/split", identities=[found[0]["id"]])
    league.erase(row["player"]["name"])
    league.repo.push(by("Linus", "pair@example.org"))
    assert league.commits_of("Linus") == 2
    league.repo.push(by(NAME, "pair@example.org"))
    assert (league.commits_of("Erased player 1"), league.commits_of("Linus")) == (2, 2)


def test_a_namesake_stays(league):
    league.repo.push(theirs(), by(NAME, "other@example.org", message_title="Mine"))
    first = next(row["player"]["id"] for row in league.table() if row["stats"]["additions"] == 700)
    league.ask("POST", f"/players/{first}/erase", confirm=NAME)
    assert league.commits_of(NAME) == league.commits_of("Erased player 1") == 1


def test_numbers_go_up(league):
    league.repo.push(theirs(), linus())
    names = [league.erase(name).json()["name"] for name in (NAME, "Linus")]
    assert names == ["Erased player 1", "Erased player 2"]


def test_it_has_to_be_meant(league):
    league.repo.push(theirs())
    refused = league.ask("POST", f"/players/{league.player(NAME)}/erase", confirm="yes")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "confirm")
    assert league.commits_of(NAME) == 1


@pytest.mark.on_both
def test_there_is_no_way_back(league):
    league.repo.push(theirs(), by("The Pianist", "pianist@example.org"), linus())
    player, other = league.player(NAME), league.player("Linus")
    change = league.ask(
        "POST",
        f"{league.place}/players/{player}/merge",
        players=[league.player("The Pianist")],
    ).json()
    league.erase()
    (identity, *_) = change["moves"]
    for path, body in [
        (f"/players/{player}/erase", {"confirm": "Erased player 1"}),
        (f"/players/{player}/show", {}),
        (f"/players/{player}/retire", {"on": "2024-01-01"}),
        (f"{league.place}/identities/changes/{change['id']}/undo", {}),
        (f"{league.place}/players/{player}/merge", {"players": [other]}),
        (f"{league.place}/players/{other}/merge", {"players": [player]}),
        (f"{league.place}/identities/split", {"identities": [identity["identity"]]}),
    ]:
        refused = league.ask("POST", path, **body)
        assert (refused.status_code, "erased" in refused.text) == (409, True), path
    renamed = league.ask("PATCH", f"{league.place}/players/{player}", name=NAME)
    assert renamed.status_code == 409
    league.ask("POST", f"{league.place}/identities/mailmap", text=f"{NAME} <{ADDRESS}>")
    assert told(league) == []


@pytest.fixture
def member(database, settings, league):
    """They sign in, and claimed their address."""
    person = make_person(database, settings, "hedwig", league.person.project_id, Role.PLAYER)
    league.repo.push(theirs(person.email), linus())
    league.ask("POST", f"{league.place}/claims", person, address=person.email)
    return person


def test_a_player_erases_themself_and_their_account_goes(league, member):
    erased = league.erase(by=member)
    assert erased.json()["accounts"] == 1
    assert told(league) == []
    assert league.ask("GET", "/projects", member).status_code == 401
    log = league.ask("GET", f"{league.place}/audit-log").json()["items"]
    assert {each["user_email"] for each in log} <= {league.person.email, None}
    assert log[0]["action"] == "league:player:erased"
    assert log[0]["ip_address"] is None


@pytest.mark.on_both
def test_an_account_of_another_league_stays_there(league, member, mallory):
    with league.database.writing() as session:
        make_member(session, mallory.project_id, member.user_id)
    assert league.erase().json()["accounts"] == 0
    assert league.ask("GET", league.place, member).status_code == 404
    assert league.ask("GET", f"/projects/{mallory.project_id}", member).status_code == 200


def test_the_last_commissioner_stays(league):
    league.repo.push(theirs(league.person.email))
    refused = league.erase()
    assert (refused.status_code, "commissioner" in refused.text) == (409, True)
    assert league.commits_of(NAME) == 1


def test_who_may(league, member, linus_person, mallory):
    path = f"/players/{league.player(NAME)}/erase"
    assert league.ask("POST", path, linus_person, confirm=NAME).status_code == 403
    assert league.ask("POST", path, mallory, confirm=NAME).status_code == 404


@pytest.fixture
def linus_person(linus):
    return linus


@pytest.mark.on_both
def test_another_league_keeps_what_it_has(league, http, mallory, database, settings):
    """What a league holds is its own: who plays in two is erased in each."""
    league.repo.push(theirs())
    with database.writing() as session:
        repo_id = make_repo(session, mallory.project_id, "git@example.org:else/where.git")
    path = f"/sync/projects/{mallory.project_id}/repos/{repo_id}/commits"
    league.ask("POST", path, mallory, commits=[theirs()])
    league.erase()
    other = League(http, mallory, database, league.repo)
    assert other.commits_of(NAME) == 1
