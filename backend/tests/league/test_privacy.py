"""A player who asks not to be shown is shown to nobody but themself and commissioners."""

from datetime import date
from typing import Any

import pytest
from alembic import command
from attacks.callers import Kind
from attacks.table import ROUTES, call, subject_of
from attacks.world import API, World, make_world
from awarding import give
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.awards import Award
from gitleague.tables.commits import Identity
from httpx import Client, Response
from make import make_commit
from migrations import config_for
from pushes import make_pushes
from sqlalchemy import select, update

NAME, ADDRESS, TITLE = "Hedy Kiesler", "hedwig@secret.example", "Hop frequencies"
SECRETS = ("hedy", "kiesler", "hedwig", "secret.example", "hop frequencies")


class Hidden:
    """A league with a secret player in every corner of it."""

    def __init__(self, database: Database, settings: Settings, http: Client) -> None:
        quick = settings.model_copy(update={"rate_limit_api": "1000000/minute"})
        self.http = http
        self.world: World = make_world(database, quick, http)
        self.league = f"/projects/{self.world.project_id}"
        self.push(_by(NAME, ADDRESS, TITLE, additions=900), _by(NAME, "", TITLE))
        self.push(_by("Linus", "linus@example.org", "Help"))
        self.player_id = self.row(NAME)["player"]["id"]

    def push(self, *commits: dict[str, Any]) -> None:
        place = f"/sync{self.league}/repos/{self.world.repo_id}/commits"
        answer = self.ask("POST", place, commits=list(commits))
        assert answer.status_code == 201, answer.text

    def ask(self, method: str, path: str, kind: Kind = Kind.COMMISSIONER, **body: Any) -> Response:
        return self.http.request(
            method, API + path, json=body or None, headers=self.world.callers.headers(kind)
        )

    def table(self, kind: Kind = Kind.COMMISSIONER, query: str = "") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.ask(
            "GET", f"{self.league}/standings?{query}", kind
        ).json()["items"]
        return rows

    def row(self, name: str, kind: Kind = Kind.COMMISSIONER) -> dict[str, Any]:
        return next(row for row in self.table(kind) if row["player"]["name"] == name)

    def claim(self, kind: Kind) -> None:
        """The player becomes that member."""
        made = self.ask("POST", f"{self.league}/claims", kind, address=ADDRESS).json()
        self.ask("POST", f"{self.league}/claims/{made['id']}/approve")

    def hide(self, kind: Kind = Kind.COMMISSIONER) -> Response:
        return self.ask("POST", f"/players/{self.player_id}/hide", kind)


def _by(name: str, email: str, title: str, **over: Any) -> dict[str, Any]:
    return make_commit(
        **{"author_name": name, "author_email": email, "message_title": title} | over,
        committer_name=name,
        committer_email=email,
    )


@pytest.fixture
def hidden(database: Database, settings: Settings, http: Client) -> Hidden:
    return Hidden(database, settings, http)


def test_it_works(hidden):
    before = hidden.table()
    assert hidden.hide().json()["is_hidden"]
    after = hidden.table(Kind.SPECTATOR)
    assert after[0]["player"]["name"] == "Anonymous player"
    for row in (*before, *after):
        row["player"].pop("name")
    assert before == after
    assert hidden.table()[0]["player"]["name"] == NAME
    shown = hidden.ask("POST", f"/players/{hidden.player_id}/show")
    assert not shown.json()["is_hidden"]
    assert hidden.row(NAME, Kind.SPECTATOR)


@pytest.mark.on_both
@pytest.mark.parametrize("kind", [Kind.SPECTATOR, Kind.PLAYER], ids=lambda kind: kind.name)
def test_no_route_tells_who_it_is(hidden, kind):
    """A route that is new is walked too: it is in the table of routes."""
    with hidden.world.database.writing() as session:
        give(session, hidden.world.project_id, anew_from=date(2024, 4, 1))
    hidden.world.player_id = hidden.player_id
    absence = hidden.world.fresh_absence()
    players = [row["player"]["id"] for row in hidden.table() if row["player"]["name"] == NAME]
    for player in players:
        hidden.ask("POST", f"/players/{player}/hide")
    for route in ROUTES:
        if route.place.startswith("GET ") and kind in route.access.value:
            if "season_id" in route.place:
                route = route._replace(subject=lambda _world: absence)  # noqa: PLW2901
            subject = subject_of(hidden.world, route, kind)
            told = call(hidden.world, route, kind, subject).text.lower()
            assert not [word for word in SECRETS if word in told], route.place


def test_a_player_sees_themself(hidden):
    hidden.claim(Kind.PLAYER)
    assert hidden.hide(Kind.PLAYER).status_code == 200
    assert hidden.row(NAME, Kind.PLAYER)
    card = hidden.ask("GET", f"/players/{hidden.player_id}", Kind.PLAYER).json()
    assert (card["name"], card["is_hidden"], card["identities"][0]["email"]) == (
        *(NAME, True),
        ADDRESS,
    )
    plays = hidden.ask("GET", f"/players/{hidden.player_id}/commits", Kind.PLAYER).json()
    assert plays["items"][0]["title"] == TITLE


def test_the_card_keeps_its_numbers(hidden):
    place = f"/players/{hidden.player_id}"
    before = hidden.ask("GET", place, Kind.SPECTATOR).json()
    hidden.hide()
    after = hidden.ask("GET", place, Kind.SPECTATOR).json()
    assert (after["name"], after["identities"]) == ("Anonymous player", [])
    assert after["repos"] == before["repos"]
    assert after["standing"]["stats"] == before["standing"]["stats"]
    (play,) = hidden.ask("GET", f"{place}/commits", Kind.SPECTATOR).json()["items"]
    assert (play["sha"], play["title"], play["additions"]) == (None, "", 900)


@pytest.mark.on_both
def test_no_search_finds_them(hidden):
    hidden.hide()
    assert [row["player"]["name"] for row in hidden.table(Kind.SPECTATOR, "q=Kiesler")] == [NAME]
    assert not hidden.ask("GET", f"{hidden.league}/identities?q=hedwig", Kind.PLAYER).json()[
        "total"
    ]


@pytest.mark.on_both
def test_awards_that_passed_them_by_do_not_name_them(hidden):
    season = hidden.ask(
        "POST", f"{hidden.league}/seasons", name="Q2", first="2024-04-01", last="2024-06-30"
    ).json()
    hidden.ask(
        "POST",
        f"{hidden.league}/seasons/{season['id']}/absences",
        player_id=hidden.player_id,
        first="2024-04-01",
        last="2024-06-30",
        note=NAME,
    )
    with hidden.world.database.writing() as session:
        give(session, hidden.world.project_id, anew_from=date(2024, 4, 1))
    place = f"{hidden.league}/awards?kind=player_of_the_month"
    (award,) = hidden.ask("GET", place).json()["items"]
    assert award["working"]["passed_by"] == [NAME]
    hidden.hide()
    (award,) = hidden.ask("GET", place, Kind.SPECTATOR).json()["items"]
    assert award["working"]["passed_by"] == ["Anonymous player"]


def test_nobody_else_decides_it(hidden):
    for verb in ("hide", "show"):
        place = f"/players/{hidden.player_id}/{verb}"
        for kind, status in {
            Kind.PLAYER: 403,
            Kind.SPECTATOR: 403,
            Kind.STRANGER: 404,
            Kind.READ_KEY: 403,
        }.items():
            assert hidden.ask("POST", place, kind).status_code == status
    assert hidden.row(NAME, Kind.SPECTATOR)


def test_awards_of_before_name_players_by_identities(database: Database):
    """And by names again, should the migration be taken back."""
    pushes = make_pushes(database)
    pushes.push(_by(NAME, ADDRESS, TITLE))
    with database.writing() as session:
        give(session, pushes.project_id, anew_from=date(2024, 4, 1))
        identity = str(session.scalars(select(Identity.id)).one())
        session.execute(update(Award).values(working={"passed_by": [identity]}))
    seen = []
    for step, goal in ((command.downgrade, "0013"), (command.upgrade, "head")):
        with database.migrating() as connection:
            step(config_for(connection), goal)
            seen += connection.scalars(select(Award.working).limit(1)).all()
    assert seen == [{"passed_by": [NAME]}, {"passed_by": [identity]}]
