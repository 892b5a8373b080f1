"""Squads over HTTP: made and named, their table, and what is refused."""

import uuid

import pytest
from httpx import Client
from make import Person, make_commit
from teams import ALL, SPRING, Squads, field_of, on


@pytest.fixture
def squads(http: Client, ada: Person) -> Squads:
    return Squads(http, ada)


@pytest.mark.on_both
def test_it_works(squads, repo):
    """Two squads, three players, and what each did together and on average."""
    repo.push(on("2024-03-01"), on("2024-03-02"), on("2024-03-02", by="Linus"))
    repo.push(on("2024-03-02", by="Margaret", additions=90), on("2024-03-02", by="Nobody"))
    core, web = squads.made("Core"), squads.made("Web")
    for squad, name in ((core, "Grace"), (core, "Linus"), (web, "Margaret")):
        squads.put_in(squad, name, first="2024-01-01")
    rows = squads.done("GET", f"/squads/standings?{ALL}&metric=commits")["items"]
    first, second = rows
    assert (first["rank"], first["squad"]["name"], second["squad"]["name"]) == (1, "Core", "Web")
    assert (first["members"], first["players"], first["stats"]["commits"]) == (2, 2, 3)
    assert (first["average"]["commits"], first["stats"]["active_days"]) == (1.5, 3)
    averages = squads.done("GET", f"/squads/standings?{ALL}&per=player")["items"]
    assert [row["squad"]["name"] for row in averages] == ["Web", "Core"]
    assert squads.players(f"{ALL}&squad={core}") == {"Grace": 2, "Linus": 1}


@pytest.mark.on_both
def test_equals_share_a_rank_and_nothing_is_less_than_something(squads, repo):
    for name in ("Al", "Bo", "Cy", "Dot"):
        repo.push(on("2024-03-01", by=name))
        squads.put_in(squads.made(f"Squad of {name}"), name, first="2024-01-01")
    repo.push(on("2024-03-01", by="Al"))
    idle = squads.made("Idle")
    repo.push(on("2023-03-01", by="Eve"))
    squads.put_in(idle, "Eve", first="2024-01-01")
    squads.made("Empty")
    assert squads.table() == [
        (1, "Squad of Al", 2),
        (2, "Squad of Bo", 1),
        (2, "Squad of Cy", 1),
        (2, "Squad of Dot", 1),
        (5, "Idle", 0),
    ]
    assert squads.table(f"{ALL}&order=asc")[0] == (5, "Idle", 0)
    assert squads.table(f"{ALL}&q=SQUAD&page=2&limit=3") == [(2, "Squad of Dot", 1)]
    assert squads.table(f"{ALL}&page=9") == []


@pytest.mark.on_both
def test_equal_averages_share_a_rank(squads, repo):
    """One commit of three, two of six."""
    core, web = squads.made("Core"), squads.made("Web")
    for number in range(9):
        repo.push(on("2024-03-01" if number % 3 == 0 else "2023-03-01", by=f"P{number}"))
        squads.put_in(web if number < 3 else core, f"P{number}", first="2024-01-01")
    rows = squads.done("GET", f"/squads/standings?{ALL}&metric=commits&per=player")["items"]
    assert [(row["rank"], row["average"]["commits"]) for row in rows] == [(1, 1 / 3), (1, 1 / 3)]


@pytest.mark.on_both
def test_the_trend_is_against_the_period_before(squads, repo):
    up, down, new = squads.made("Up"), squads.made("Down"), squads.made("New")
    plays = {"Grace": (1, 3), "Linus": (2, 2), "Margaret": (1, 1)}
    for name, (april, may) in plays.items():
        repo.push(*(on("2024-04-03", by=name) for _ in range(april)))
        repo.push(*(on("2024-05-03", by=name) for _ in range(may)))
    squads.put_in(up, "Grace", first="2024-01-01")
    squads.put_in(down, "Linus", first="2024-01-01")
    squads.put_in(new, "Margaret", first="2024-05-01")
    query = "period=month&start=2024-05-01&metric=commits"
    rows = squads.done("GET", f"/squads/standings?{query}")["items"]
    trends = {row["squad"]["name"]: tuple(row["trend"].values()) for row in rows}
    assert trends == {"Up": ("up", 1), "Down": ("down", 1), "New": ("new", 0)}


@pytest.mark.on_both
def test_bots_count_for_a_squad_where_they_are_asked_for(squads, repo):
    repo.push(on("2024-03-01"), make_commit(author_name="bot[bot]", author_email="bot@x.org"))
    core = squads.made("Core")
    for name in ("Grace", "bot@x.org"):
        squads.put_in(core, name, first="2024-01-01")
    assert squads.table() == [(1, "Core", 1)]
    assert squads.table(f"{ALL}&bots=true") == [(1, "Core", 2)]


def test_a_squad_has_a_name_of_its_own(squads):
    core = squads.made(" Core ")
    assert squads.done("GET", f"/squads/{core}")["name"] == "Core"
    refused = squads.ask("POST", "/squads", name="CORE")
    assert (refused.status_code, field_of(refused)) == (409, "name")
    web = squads.made("Web")
    assert squads.ask("PATCH", f"/squads/{web}", name="core").status_code == 409
    assert squads.done("PATCH", f"/squads/{web}", name="WEB")["name"] == "WEB"
    assert squads.done("PATCH", f"/squads/{core}", name="Core")["name"] == "Core"
    assert [each["name"] for each in squads.done("GET", "/squads")["items"]] == ["Core", "WEB"]
    for name in (" ", "x" * 101):
        assert squads.ask("POST", "/squads", name=name).status_code == 422
    assert field_of(squads.ask("POST", "/squads", name="A", color="red")) == "color"


def test_a_name_that_grows_when_cases_are_folded(squads):
    """One Greek letter becomes three, and an address of them is longer than the name may be."""
    assert squads.ask("POST", "/squads", name="\u0390" * 66).status_code == 201
    refused = squads.ask("POST", "/squads", name="\u0390" * 100)
    assert (refused.status_code, field_of(refused)) == (422, "name")


@pytest.mark.on_both
def test_a_character_that_no_database_has_is_no_defect(squads):
    """PostgreSQL keeps no NUL, SQLite would: the same answer of both."""
    for refused in (
        squads.ask("GET", "/squads/standings?q=%00"),
        squads.ask("POST", "/squads", name="a\0b"),
    ):
        assert (refused.status_code, "NUL" in refused.json()["detail"]) == (422, True)


def test_a_squad_is_deleted_with_its_days(squads, repo):
    repo.push(on("2024-03-01"))
    core = squads.made("Core")
    squads.put_in(core, "Grace", first="2024-01-01")
    assert squads.done("DELETE", f"/squads/{core}") is None
    assert squads.table() == []
    squads.put_in(squads.made("Core"), "Grace", first="2024-01-01")


@pytest.mark.on_both
def test_squads_belong_to_their_league(squads, http, mallory, repo):
    repo.push(on("2024-03-01"))
    core = squads.made("Core")
    stint = squads.put_in(core, "Grace", first="2024-01-01")
    theirs = Squads(http, mallory)
    own = theirs.made("Core")
    body = {"player_id": squads.player("Grace")}
    for method, path, sent in (
        ("GET", f"/squads/{core}", {}),
        ("PATCH", f"/squads/{core}", {"name": "Mine"}),
        ("DELETE", f"/squads/{core}", {}),
        ("GET", f"/squads/{core}/members", {}),
        ("POST", f"/squads/{core}/members", body),
        ("POST", f"/squads/{own}/members", body),
        ("PATCH", f"/squads/{own}/members/{stint}", {"last": "2024-02-02"}),
        ("DELETE", f"/squads/{core}/members/{stint}", {}),
    ):
        assert theirs.ask(method, path, **sent).status_code == 404, path
    assert theirs.players(f"{ALL}&squad={core}") == {}
    assert theirs.table() == []
    assert squads.players(f"{ALL}&squad={uuid.uuid4()}") == {}


@pytest.mark.on_both
def test_what_was_done_is_in_the_trail(squads, repo):
    repo.push(on("2024-03-01"))
    core, web = squads.made("Core"), squads.made("Web")
    squads.put_in(core, "Grace", first="2024-01-01")
    stint = squads.put_in(web, "Grace", first="2024-02-01")
    squads.done("PATCH", f"/squads/{web}/members/{stint}", last="2024-03-01")
    squads.done("DELETE", f"/squads/{web}/members/{stint}")
    squads.done("PATCH", f"/squads/{web}", name="Net")
    squads.done("DELETE", f"/squads/{web}")
    trail = squads.done("GET", "/audit-log")["items"]
    done = [entry for entry in trail if entry["action"].startswith(("league:squad", "league:stin"))]
    assert [entry["action"].removeprefix("league:") for entry in reversed(done)] == [
        *("squad:created", "squad:created", "stint:created", "stint:created"),
        *("stint:changed", "stint:deleted", "squad:changed", "squad:deleted"),
    ]
    assert done[4]["details"]["left"] == "Core"


@pytest.mark.on_both
def test_players_have_positions(squads, repo):
    """In the spelling that came first; a table can be of one position."""
    repo.push(on("2024-03-01"), on("2024-03-01", by="Linus"), on("2024-03-01", by="Margaret"))
    core = squads.made("Core")
    for name, position in (("Grace", "SRE"), ("Linus", " sre "), ("Margaret", "Frontend")):
        place = f"/players/{squads.player(name)}"
        changed = squads.done("PATCH", place, position=position)
        assert changed["position"] in {"SRE", "Frontend"}
        squads.put_in(core, name, first="2024-01-01")
    assert squads.done("GET", "/positions") == [
        {"name": "Frontend", "players": 1},
        {"name": "SRE", "players": 2},
    ]
    assert squads.players(f"{ALL}&role=Sre") == {"Grace": 1, "Linus": 1}
    assert squads.players(f"{ALL}&role=nothing") == {}
    assert squads.table(f"{ALL}&role=frontend") == [(1, "Core", 1)]
    squads.done("PATCH", place, position="")
    assert squads.players(f"{ALL}&role=frontend") == {}
    assert squads.ask("PATCH", place, position="x" * 41).status_code == 422


@pytest.mark.on_both
def test_a_season_names_its_best_squads(squads, repo):
    repo.push(on("2024-03-01", additions=50), on("2024-03-02", by="Linus"))
    core, web = squads.made("Core"), squads.made("Web")
    for squad, name in ((core, "Linus"), (web, "Grace")):
        squads.put_in(squad, name, first="2024-01-01")
    told = squads.done("GET", f"/seasons/{squads.closed(SPRING)}/summary")
    assert [row["squad"]["name"] for row in told["squads"]] == ["Web", "Core"]
    assert [row["rank"] for row in told["squads_on_average"]] == [1, 2]
    assert [(each["kind"], each["player"]["name"]) for each in told["awards"]] == [("mvp", "Grace")]
    assert {"additions", "cc"} <= {each["metric"] for each in told["leaders"]}
