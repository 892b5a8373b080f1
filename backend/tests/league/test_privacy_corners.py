"""A player who asked not to be shown, in every corner of a league that has everything."""

import pytest
from awarding import give
from fantasies import DAY, FIRST, NOON, TODAY, Fantasy, on
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.league.careers.records import find_records, write_book
from gitleague.league.digests.recap import recap_of
from gitleague.league.fairplay import referee
from gitleague.league.people.shown import ANONYMOUS
from gitleague.league.people.telling import told
from gitleague.scoring.totals import sum_up_next
from gitleague.tables import Table
from gitleague.tables.outside import Happening
from httpx import Client
from make import Person
from remote import Repo
from sqlalchemy import delete, select

pytestmark = pytest.mark.at(NOON)

NAME, TITLE = "Hedy", "Hop frequencies"
SECRETS = ("hedy", "hop frequencies")
CORNERS = [
    "{league}/standings",
    "{league}/awards",
    "{league}/all-time",
    "{league}/records",
    "{league}/plays",
    "{league}/head-to-head?a={player}&b={other}",
    "/players/{player}",
    "/players/{player}/plays",
    "/players/{player}/career",
    "/players/{player}/seasons",
    "{league}/squads/{squad}/members",
    "{league}/fantasy/{fantasy}/pool",
    "{league}/fantasy/{fantasy}/managers",
    "{league}/fantasy/{fantasy}/picks",
    "{league}/fantasy/{fantasy}/table",
    "{league}/rulings",
    "{league}/rulings/{ruling}",
    "{league}/export?what=standings",
    "{league}/export?what=plays",
    "{league}/export?what=commits",
    "{league}/export?what=awards",
]
FOR_ALL = [
    "{league}/feed.atom",
    "{league}/badges/leader.svg",
    "{league}/badges/players/{player}.svg",
    "{league}/badges/players/{player}/card.svg",
]


class Corners:
    def __init__(self, fantasy: Fantasy, repo: Repo, guest: Person) -> None:
        self.fantasy, self.repo = fantasy, repo
        self.ada, self.guest = fantasy.person, guest
        self.database, self.http = fantasy.database, fantasy.http
        self.project_id = self.ada.project_id
        self.repo.push(
            *(on(FIRST + days * DAY, NAME, message_title=TITLE) for days in range(1, 20)),
            on(FIRST, NAME, 130_000, message_title=TITLE),
            on(FIRST, "Bo"),
        )
        rows = fantasy.ask_league("GET", "/standings").json()["items"]
        players = {row["player"]["name"]: row["player"]["id"] for row in rows}
        self.places = {
            "league": f"/projects/{self.project_id}",
            "player": players[NAME],
            "other": players["Bo"],
            "squad": self._squad(players[NAME]),
            "fantasy": self._fantasy(),
        }
        self.keep()
        (ruling,) = fantasy.ask_league("GET", "/rulings").json()["items"]
        self.places["ruling"] = ruling["id"]

    def _squad(self, player: str) -> str:
        squad = self.fantasy.ask_league("POST", "/squads", name="Radio").json()["id"]
        place = f"/squads/{squad}/members"
        self.fantasy.ask_league("POST", place, player_id=player, first=str(FIRST))
        return str(squad)

    def _fantasy(self) -> str:
        season = self.fantasy.season()
        self.fantasy.ask_league("POST", f"/seasons/{season}/open")
        self.fantasy.make(season_id=season).join(self.ada)
        self.fantasy.start().pick(NAME)
        self.fantasy.locked_on(FIRST)
        return self.fantasy.id

    def keep(self) -> None:
        """What jobs write from time to time."""
        with self.database.writing() as session:
            while sum_up_next(session, self.project_id):
                pass
        with self.database.reading() as session:
            sight = referee.look(session, self.project_id)
            records = find_records(session, self.project_id)
        with self.database.writing() as session:
            referee.note(session, self.project_id, sight)
            write_book(session, self.project_id, records, found_at=now())
            give(session, self.project_id, anew_from=FIRST)

    def told(self, corner: str, by: Person) -> str:
        place = "/api/v1" + corner.format(**self.places)
        answer = self.http.get(place, headers=by.headers)
        assert answer.is_success, (place, answer.text)
        return answer.text

    def hide(self) -> None:
        place = f"/api/v1/players/{self.places['player']}/hide"
        assert self.http.post(place, headers=self.ada.headers).is_success


@pytest.fixture
def corners(http: Client, database: Database, ada: Person, linus: Person, repo: Repo) -> Corners:
    return Corners(Fantasy(http, database, ada), repo, linus)


def secrets_in(text: str) -> list[str]:
    return [word for word in SECRETS if word in text.lower()]


@pytest.mark.on_both
def test_it_works(corners):
    """Everybody is told before; then only commissioners, and not what is passed on to anybody."""
    for corner in (*CORNERS, *FOR_ALL):
        assert NAME in corners.told(corner, corners.guest), corner
    (ruling,) = corners.fantasy.ask_league("GET", "/rulings").json()["items"]
    corners.hide()
    for corner in (*CORNERS, *FOR_ALL):
        told = corners.told(corner, corners.guest)
        assert not secrets_in(told), corner
        assert ANONYMOUS in told, corner
    for corner in CORNERS:
        assert NAME in corners.told(corner, corners.ada), corner
    for corner in FOR_ALL:  # a picture or a feed
        assert not secrets_in(corners.told(corner, corners.ada)), corner
    # No search by a sha tells whose it is.
    place = f"/rulings?sha={ruling['commits'][0]['sha']}"
    guest = corners.fantasy.as_(corners.guest)
    assert corners.fantasy.ask_league("GET", place).json()["total"] == 1
    assert guest.ask_league("GET", place).json()["total"] == 0


def test_nobody_outside_is_told(corners):
    """Neither webhooks nor those who listen, nor chats."""
    corners.hide()
    with corners.database.writing() as session:
        session.execute(delete(Happening).where(Happening.project_id == corners.project_id))
    place = f"/rulings/{corners.places['ruling']}/uphold"
    assert corners.fantasy.ask_league("POST", place, reason="A library.").is_success
    corners.keep()
    with corners.database.reading() as session:
        happened = session.scalars(
            select(Happening.data).where(Happening.project_id == corners.project_id)
        ).all()
        read = told(session, corners.project_id, happened)
        recap = recap_of(session, corners.project_id, TODAY - DAY, public_url="https://example.org")
    assert any(ANONYMOUS in str(each) for each in read)
    assert not secrets_in(str([*happened, *read]))
    assert ANONYMOUS in recap.text
    assert not secrets_in(recap.text)


@pytest.mark.on_both
def test_a_decision_holds_for_an_anonymous_player(corners):
    """Which commits it is about is known to the league, though not shown."""
    corners.hide()
    place = f"/rulings/{corners.places['ruling']}"
    before = corners.fantasy.ask_league("GET", "/standings").json()["items"][0]["stats"]
    corners.fantasy.ask_league("POST", f"{place}/uphold", reason="A library.")
    after = corners.fantasy.ask_league("GET", "/standings").json()["items"][0]["stats"]
    assert before["commits"] - after["commits"] == 1
    shown = corners.fantasy.as_(corners.guest).ask_league("GET", place).json()
    assert [commit["sha"] for commit in shown["commits"]] == [None]
    assert shown["commits"][0]["evidence"]["lines"] == 130_000


def test_the_export_has_every_corner(corners):
    """All that a league has on a player, in whatever table."""
    answer = corners.http.get(
        f"/api/v1/players/{corners.places['player']}/personal-data", headers=corners.ada.headers
    )
    data = answer.json()["data"]
    has = {table for table, rows in data.items() if rows}
    assert has >= {
        *("awards", "best_plays", "box_scores", "commits", "fantasy_pool"),
        *("identities", "player_totals", "players", "ruling_commits", "rulings", "stints"),
    }


@pytest.mark.on_both
def test_an_erased_player_is_in_no_corner(corners):
    place = f"/api/v1/players/{corners.places['player']}/erase"
    body = {"confirm": NAME}
    assert corners.http.post(place, json=body, headers=corners.ada.headers).is_success
    for corner in (*CORNERS, *FOR_ALL):
        assert not secrets_in(corners.told(corner, corners.ada)), corner
    with corners.database.reading() as session:
        kept = [
            f"{table.name}: {dict(row)}"
            for table in Table.metadata.sorted_tables
            for row in session.execute(select(table)).mappings()
        ]
    assert [row for row in kept if secrets_in(row)] == []


def test_who_was_joined_with_another_is_nobody(corners):
    """Their old name is told to nobody but those who may split them again."""
    other, player = corners.places["other"], corners.places["player"]
    merged = corners.fantasy.ask_league("POST", f"/players/{other}/merge", players=[player])
    assert merged.is_success, merged.text
    corners.keep()
    for corner in (*CORNERS, *FOR_ALL):
        if "{player}" not in corner and "what=commits" not in corner:  # which has names as in git
            assert NAME not in corners.told(corner, corners.guest), corner
    place = f"/api/v1/players/{player}"
    assert corners.http.get(place, headers=corners.guest.headers).status_code == 404
