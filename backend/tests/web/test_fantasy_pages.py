"""Fantasy leagues as people play them on pages, with forms alone."""

import re

import pytest
from fantasies import DAY, NOON, TODAY, a_draft, before_the_season
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.projects import Role
from httpx import Client, Response
from make import Person, make_person
from playwright.sync_api import Page, expect
from remote import Repo
from windows import Windows, in_browser

pytestmark = pytest.mark.at(NOON)

HTML = {"Accept": "text/html"}


class Pages:
    """Fantasy pages, as somebody sees them."""

    def __init__(self, http: Client, person: Person, fantasy_id: str = "") -> None:
        self.http, self.person = http, person
        self.league = f"/projects/{person.project_id}/fantasy"
        self.place = f"{self.league}/{fantasy_id}" if fantasy_id else self.league

    def at(self, place: str) -> "Pages":
        self.place = place
        return self

    def see(self, part: str = "") -> str:
        answer = self.http.get(self.place + part, headers=self.person.headers | HTML)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, part: str = "", **form: str) -> Response:
        return self.http.post(self.place + part, data=form, headers=self.person.headers | HTML)

    def player(self, name: str) -> str:
        """Whom a button picks."""
        found = re.search(rf'value="([0-9a-f-]+)"><button[^>]*>Pick<[^>]*> {name}<', self.see())
        assert found, f"{name} cannot be picked"
        return found[1]


def test_it_works(http: Client, database: Database, repo: Repo, ada: Person, grace: Person):
    """A commissioner makes and starts it; a player joins, picks and drops, under the cap."""
    season = before_the_season(http, database, ada, repo).season()
    asked = {"name": "Office cup", "season_id": season, "mode": "free", "roster_size": "2"}
    blank = {"salary_cap": "350", "pick_minutes": "", "locks_on": ""}
    made = Pages(http, ada).send(**asked, **blank)
    assert made.status_code == 303
    commissioner = Pages(http, ada).at(made.headers["location"])
    player = Pages(http, grace).at(made.headers["location"])
    assert player.send("/join").status_code == 303
    assert "Pick<" not in player.see()  # not yet
    assert commissioner.send("/start").status_code == 303
    assert player.send("/picks", player_id=player.player("Bo")).status_code == 303
    page = player.see()
    assert "over the cap" not in page.partition("Your roster")[0]
    assert "left of" in page
    drop = re.search(r"/picks/([0-9a-f-]+)/drop", page)
    assert drop
    assert player.send(f"/picks/{drop[1]}/drop").status_code == 303
    assert "dropped" in player.see("/picks")
    assert player.player("Bo")


@pytest.mark.on_both
def test_the_picks_of_others_are_a_secret_until_the_lock(
    http: Client, database: Database, repo: Repo, ada: Person, grace: Person
):
    fantasy = before_the_season(http, database, ada, repo).make()
    fantasy.join(ada, grace)
    fantasy.start()
    fantasy.as_(grace).pick("Bo")
    other = Pages(http, ada, fantasy.id)
    assert "Bo</bdi>" not in other.see("/picks")
    assert "yours" not in other.see()
    assert "Bo</bdi>" not in other.see("/table")
    assert "Bo</bdi>" in Pages(http, grace, fantasy.id).see("/picks")
    fantasy.locked_on(TODAY - 2 * DAY)
    assert "Bo</bdi>" in other.see("/picks")
    assert "Bo</bdi>" in other.see("/table")
    assert "Bo</bdi>" in other.see(f"/table?period=week&start={TODAY}")


def test_a_draft_goes_by_turns(
    http: Client, database: Database, repo: Repo, ada: Person, grace: Person
):
    fantasy = a_draft(http, database, (ada, grace), repo)
    first, second = Pages(http, ada, fantasy.id), Pages(http, grace, fantasy.id)
    assert first.send("/start").status_code == 303
    assert "It is your turn" in first.see()
    assert "It is the turn of Ada" in second.see().replace("<bdi>", "").replace("</bdi>", "")
    refused = second.send("/picks", player_id=fantasy.players()["Bo"])
    assert refused.status_code == 409
    first.send("/picks", player_id=first.player("Bo"))
    page = second.see()
    assert "It is your turn" in page
    assert "taken by" in page
    second.send("/picks", player_id=second.player("Cy"))
    assert "It is your turn" in second.see()  # the snake turns round
    assert "picked" in first.see("/picks")


@pytest.mark.on_both
def test_a_commissioner_sets_it_up(http: Client, database: Database, repo: Repo, ada: Person):
    fantasy = before_the_season(http, database, ada, repo).make(salary_cap=500)
    pages = Pages(http, ada, fantasy.id)
    bo = fantasy.players()["Bo"]
    assert pages.send(f"/pool/{bo}", is_struck="true").status_code == 303
    assert "out of the pool" in pages.see()
    assert pages.send("/pool/refresh").status_code == 303
    new = {"name": "New", "roster_size": "2", "asks_cap": "true", "salary_cap": ""}
    assert pages.send("/change", **new).status_code == 303
    told = fantasy.ask("GET").json()
    assert (told["name"], told["roster_size"], told["salary_cap"]) == ("New", 2, None)
    assert pages.send("/change", name="Newer").status_code == 303
    assert pages.send("/delete").status_code == 303
    assert "No fantasy league yet" in Pages(http, ada).see()


def test_who_looks_on_sees_and_picks_nothing(
    http: Client, database: Database, repo: Repo, ada: Person, linus: Person
):
    fantasy = before_the_season(http, database, ada, repo).make(name="<script>alert(1)</script>")
    fantasy.join(ada)
    fantasy.start()
    page = Pages(http, linus, fantasy.id).see()
    assert "You look on" in page
    assert "<script>alert" not in page
    for form in ("/join", "/picks", "/start"):
        assert f'action="{Pages(http, linus, fantasy.id).place}{form}"' not in page


def test_of_another_league_nothing(
    http: Client, database: Database, repo: Repo, ada: Person, mallory: Person
):
    fantasy = before_the_season(http, database, ada, repo).make()
    place = f"/projects/{mallory.project_id}/fantasy/{fantasy.id}"
    assert http.get(place, headers=mallory.headers | HTML).status_code == 404
    assert http.post(f"{place}/start", headers=mallory.headers | HTML).status_code == 404


def test_a_stranger_by_name_is_no_manager(
    http: Client, database: Database, settings: Settings, repo: Repo, ada: Person
):
    """Whoever joined is named with what they are called, however hostile that is."""
    hedy = make_person(database, settings, "<b>hedy</b>", ada.project_id, Role.PLAYER)
    fantasy = before_the_season(http, database, ada, repo).make()
    fantasy.join(hedy)
    assert "<b>hedy" not in Pages(http, ada, fantasy.id).see()


def followed(windows: Windows, place: str, person: Person) -> Page:
    """A window that listens already."""
    page = windows.open("/", person)
    with page.expect_response("**/events"):
        page.goto(place)
    return page


@in_browser
def test_who_waits_for_their_turn_sees_it_come(
    windows: Windows, http: Client, database: Database, repo: Repo, ada: Person, grace: Person
):
    fantasy = a_draft(http, database, (ada, grace), repo)
    place = Pages(http, ada, fantasy.id).place
    first, second = followed(windows, place, ada), followed(windows, place, grace)
    first.get_by_role("button", name="Start the draft").click()
    expect(second.locator("#turn-title")).to_have_text("It is the turn of Ada")
    expect(second.locator("[data-counts-down]")).to_have_text(", in 1 h 0 min")
    first.get_by_role("button", name="Pick Bo").click()
    expect(second.locator("#turn-title")).to_have_text("It is your turn")
    expect(second.locator("[data-counts-down]")).to_have_text(", in 1 h 0 min")
    expect(second.get_by_role("button", name="Pick Cy")).to_be_visible()
    expect(second.locator("#pool")).to_contain_text("taken by Ada")


@in_browser
def test_what_somebody_types_stays_while_others_join(
    windows: Windows, http: Client, database: Database, repo: Repo, ada: Person, grace: Person
):
    fantasy = before_the_season(http, database, ada, repo).make()
    page = followed(windows, Pages(http, ada, fantasy.id).place, ada)
    page.locator("summary", has_text="Change it").click()
    page.get_by_label("Name").fill("Half a na")
    fantasy.join(grace)
    expect(page.locator("#live-managers")).to_contain_text("Grace")
    fantasy.start()
    expect(page.locator("#live-terms")).to_contain_text("Open for picks")
    expect(page.get_by_label("Name")).to_have_value("Half a na")
    expect(page.get_by_label("Name")).to_be_focused()
    summary = page.locator("summary", has_text="Change it")
    summary.click()
    summary.blur()  # whoever goes elsewhere
    expect(page.get_by_role("button", name="Open it for picks")).to_have_count(0)
