"""Who is who: joined, split; standings follow at once, and every step can be undone."""

import subprocess
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cases import in_one_world
from gitleague.accounts.caller import Membership
from gitleague.core.db import Database
from gitleague.league.identities.mailmaps import parse
from gitleague.league.identities.moves import merge_players, split_player, undo
from gitleague.league.identities.suggestions import Known, alike
from gitleague.league.people.shown import is_somebody
from gitleague.tables.commits import Identity, Player
from gitleague.tables.projects import Role
from histories import make_repository
from httpx import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from make import Person, make_commit
from pushes import Pushes, make_pushes
from sqlalchemy import select, update
from who import GRACE, HOME, LINUS, People


@pytest.fixture
def people(http: Client, ada: Person) -> People:
    return People(http, ada)


def test_it_works(people, repo):
    """Two players become one, and two again."""
    repo.push(make_commit(**GRACE), make_commit(**HOME), make_commit(**LINUS))
    assert people.table() == {"Grace Hopper": 1, "grace": 1, "Linus": 1}
    into, other = people.player(GRACE["author_email"]), people.player(HOME["author_email"])
    change = people.done("POST", f"/players/{into}/merge", players=[other])
    assert (change["kind"], len(change["moves"])) == ("merge", 1)
    assert people.table() == {"Grace Hopper": 2, "Linus": 1}
    repo.push(make_commit(**HOME))
    assert people.table() == {"Grace Hopper": 3, "Linus": 1}
    undone = people.done("POST", f"/identities/changes/{change['id']}/undo")
    assert undone["undone_at"]
    assert people.table() == {"Grace Hopper": 1, "grace": 2, "Linus": 1}
    assert people.done("POST", f"/identities/changes/{change['id']}/undo") == undone


def test_a_player_is_split(people, repo):
    """One address, two people: a shared machine."""
    repo.push(make_commit(**GRACE), make_commit(**{**GRACE, "author_name": "Intern"}))
    assert people.table() == {"Grace Hopper": 2}
    (intern,) = people.identities("Intern")
    people.done("POST", "/identities/split", identities=[intern["id"]])
    assert people.table() == {"Grace Hopper": 1, "Intern": 1}
    repo.push(make_commit(**{**GRACE, "author_name": "Intern"}))
    assert people.table() == {"Grace Hopper": 1, "Intern": 2}
    refused = people.ask("POST", "/identities/split", identities=[intern["id"]])
    assert (refused.status_code, "nobody would be left" in refused.text) == (409, True)


def test_whoever_helps_themself_assists_nobody(people, repo):
    trailer = "Co-authored-by: grace <amazing@home.example>"
    repo.push(make_commit(**GRACE, message_body=f"x\n\n{trailer}"), make_commit(**HOME))
    assert people.table("ast")["grace"] == 5
    into, other = people.player(GRACE["author_email"]), people.player(HOME["author_email"])
    change = people.done("POST", f"/players/{into}/merge", players=[other])
    assert people.table("ast") == {"Grace Hopper": 0}
    people.done("POST", f"/identities/changes/{change['id']}/undo")
    assert people.table("ast")["grace"] == 5


def test_mending_ones_own_commit_is_no_steal(people, repo):
    broken = make_commit(**GRACE)
    repo.push(broken, make_commit(**HOME, message_body=f"Fixes: {broken['sha'][:12]}"))
    assert people.table("stl")["grace"] == 10
    into, other = people.player(HOME["author_email"]), people.player(GRACE["author_email"])
    change = people.done("POST", f"/players/{into}/merge", players=[other])
    assert people.table("stl") == {"grace": 0}
    people.done("POST", f"/identities/changes/{change['id']}/undo")
    assert people.table("stl")["grace"] == 10


def test_a_closed_season_follows_too(people, repo):
    repo.push(make_commit(**GRACE), make_commit(**HOME))
    season = {"name": "Spring", "first": "2024-04-01", "last": "2024-06-30"}
    season_id = people.done("POST", "/seasons", **season)["id"]
    for verb in ("open", "close"):
        people.done("POST", f"/seasons/{season_id}/{verb}")
    into, other = people.player(GRACE["author_email"]), people.player(HOME["author_email"])
    people.done("POST", f"/players/{into}/merge", players=[other])
    (row,) = people.done("GET", f"/standings?season_id={season_id}")["items"]
    assert row["stats"]["commits"] == 2


def test_what_was_moved_again_is_undone_in_order(people, repo):
    repo.push(make_commit(**GRACE), make_commit(**HOME), make_commit(**LINUS))
    grace, home, linus = (people.player(who["author_email"]) for who in (GRACE, HOME, LINUS))
    first = people.done("POST", f"/players/{grace}/merge", players=[home])
    second = people.done("POST", f"/players/{linus}/merge", players=[grace])
    refused = people.ask("POST", f"/identities/changes/{first['id']}/undo")
    assert (refused.status_code, "Undo that first" in refused.text) == (409, True)
    for change in (second, first):
        people.done("POST", f"/identities/changes/{change['id']}/undo")
    assert people.table() == {"Grace Hopper": 1, "grace": 1, "Linus": 1}
    listed = people.done("GET", "/identities/changes")["items"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]
    assert listed[0]["created_by"] == "ada@example.org"


def test_what_cannot_be_joined_is_refused(people, repo, http, mallory):
    repo.push(make_commit(**GRACE), make_commit(**HOME))
    grace, home = people.player(GRACE["author_email"]), people.player(HOME["author_email"])
    assert people.ask("POST", f"/players/{grace}/merge", players=[grace]).status_code == 422
    assert people.ask("POST", f"/players/{grace}/merge", players=[]).status_code == 422
    stranger = str(uuid.uuid4())
    assert people.ask("POST", f"/players/{grace}/merge", players=[stranger]).status_code == 404
    assert people.ask("POST", f"/players/{stranger}/merge", players=[grace]).status_code == 404
    assert people.ask("POST", "/identities/split", identities=[stranger]).status_code == 404
    people.done("POST", f"/players/{grace}/merge", players=[home])
    again = people.ask("POST", f"/players/{grace}/merge", players=[home])
    assert (again.status_code, "merged before" in again.text) == (409, True)
    theirs = People(http, mallory)
    (change,) = people.done("GET", "/identities/changes")["items"]
    identities = [each["id"] for each in people.identities()]
    assert theirs.ask("POST", f"/players/{grace}/merge", players=[home]).status_code == 404
    assert theirs.ask("POST", "/identities/split", identities=identities).status_code == 404
    assert theirs.ask("POST", f"/identities/changes/{change['id']}/undo").status_code == 404
    assert theirs.identities() == []


def test_a_player_gets_a_name(people, repo):
    repo.push(make_commit(**HOME))
    player = people.player(HOME["author_email"])
    changed = people.done("PATCH", f"/players/{player}", name="Grace Hopper", is_bot=True)
    assert changed == {"id": player, "name": "Grace Hopper", "is_bot": True, "position": ""}
    assert people.table() == {}
    people.done("PATCH", f"/players/{player}", is_bot=False)
    assert people.table() == {"Grace Hopper": 1}
    assert people.ask("PATCH", f"/players/{player}", name=" ").status_code == 422


def known(*people: tuple[str, str]) -> list[Known]:
    """Each a player of their own."""
    return [
        Known(uuid.UUID(int=number), name, name, email)
        for number, (name, email) in enumerate(people)
    ]


ALIKE = [
    (("Grace Hopper", "g@a.org"), ("grace  hopper", "x@b.org"), "the same name"),
    (("Hopper Grace", "g@a.org"), ("Grace Hopper", "x@b.org"), "the same name"),
    (("Zoë Müller", "z@a.org"), ("Zoe Muller", "x@b.org"), "the same name"),
    (("Grace", "ghopper@a.org"), ("G", "ghopper@b.org"), "before the @"),
    (("Grace", "12+ghopper@users.noreply.github.com"), ("G", "ghopper@b.org"), "before the @"),
    (("Grace Hopper", "g@a.org"), ("ghost", "grace.hopper@b.org"), "in the address of the other"),
    (("G. Hopper", "g@a.org"), ("Grace Hopper", "x@b.org"), "may be short for the other"),
]
UNALIKE = [
    (("Grace", "g@a.org"), ("Grace", "x@b.org")),  # a first name alone
    (("A B", "info@a.org"), ("C D", "info@b.org")),
    (("A B", "me@a.org"), ("C D", "me@b.org")),
    (("A B", f"{'0' * 32}@pseudonym.invalid"), ("C D", f"{'0' * 32}@pseudonym.invalid")),
]


@pytest.mark.parametrize(("one", "other", "reason"), ALIKE)
def test_who_may_be_one_person(one, other, reason):
    (suggested,) = alike(known(one, other))
    assert any(reason in each for each in suggested.reasons)
    assert 0 < suggested.score < 100


@pytest.mark.parametrize(("one", "other"), UNALIKE)
def test_who_is_not_taken_for_one(one, other):
    assert alike(known(one, other)) == []


def test_more_reasons_make_it_likelier_and_crowds_say_nothing():
    pair = alike(known(("Grace Hopper", "ghopper@a.org"), ("Grace Hopper", "ghopper@b.org")))
    alone = alike(known(("Grace Hopper", "a@a.org"), ("Grace Hopper", "b@b.org")))
    assert pair[0].score > alone[0].score
    assert alike(known(*[("Grace Hopper", f"{number}@a.org") for number in range(9)])) == []


def test_what_is_suggested_can_be_done(people, repo):
    repo.push(make_commit(**GRACE), make_commit(**{**HOME, "author_name": "Hopper, Grace"}))
    (suggested,) = people.done("GET", "/identities/suggestions")
    one, other = (player["id"] for player in suggested["players"])
    people.done("POST", f"/players/{one}/merge", players=[other])
    assert people.done("GET", "/identities/suggestions") == []


MAILMAP = """\
# who is who
Grace Hopper <grace@example.org> <amazing@home.example>
Linus Torvalds <linus@example.org>

Ada Lovelace <ada@example.org> root <root@box.example> # a shared machine
"""


@pytest.mark.on_both
def test_a_mailmap_says_who_is_who(people, repo):
    repo.push(
        make_commit(**GRACE),
        make_commit(**HOME),
        make_commit(**LINUS),
        make_commit(author_name="root", author_email="root@box.example"),
        make_commit(author_name="other", author_email="root@box.example"),
    )
    told = people.done("POST", "/identities/mailmap", text=MAILMAP)
    assert [move["email"] for move in told["change"]["moves"]] == ["amazing@home.example"]
    assert {(each["before"], each["after"]) for each in told["renames"]} >= {
        ("Linus", "Linus Torvalds")
    }
    table = people.table()
    assert (table["Grace Hopper"], table["Linus Torvalds"]) == (2, 1)
    again = people.done("POST", "/identities/mailmap", text=MAILMAP)
    assert again == {"change": None, "renames": []}


@in_one_world("text", ["nobody", "A <a@x", "<a@x> b", "a <b> <c> <d>"])
def test_a_line_that_is_none_is_named(people, text):
    refused = people.ask("POST", "/identities/mailmap", text=f"# fine\n{text}\n")
    assert (refused.status_code, "Line 2" in refused.text) == (422, True)


NAMES = st.sampled_from(["", "Ada", "Grace Hopper", "GRACE HOPPER", "root"])
EMAILS = st.sampled_from(["a@x.org", "A@X.org", "g@x.org", "root@box"])
LINES = st.one_of(
    st.tuples(NAMES, EMAILS).map(lambda line: f"{line[0]} <{line[1]}>"),
    st.tuples(NAMES, EMAILS, NAMES, EMAILS).map(
        lambda line: f"{line[0]} <{line[1]}> {line[2]} <{line[3]}>"
    ),
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("mailmap") / "clone")


@settings(max_examples=40)
@given(st.lists(LINES, max_size=6), NAMES, EMAILS)
@example(["Grace <a@x.org> Ada <a@x.org>", " <a@x.org> Ada <a@x.org>"], "Ada", "a@x.org")
def test_a_mailmap_is_read_as_git_reads_it(clone, lines, name, email):
    (clone / ".mailmap").write_text("".join(f"{line}\n" for line in lines))
    asked = ["git", "-C", str(clone), "check-mailmap", f"{name} <{email}>"]
    answer = subprocess.check_output(asked, text=True).rstrip("\n")
    proper_name, proper_email = parse("\n".join(lines)).proper(name, email)
    assert f"{proper_name} <{proper_email}>".strip() == answer


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "split", "undo"]), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=6,
)
PEOPLE = [("A", "a@x"), ("B", "a@x"), ("C", "c@x"), ("D", "d@x")]


@pytest.fixture
def pushes(database: Database) -> Pushes:
    """Four identities of three players, who help, mend and revert each other."""
    made = make_pushes(database)
    commits: list[dict[str, Any]] = []
    for number in range(24):
        name, email = PEOPLE[number % 4]
        body = f"Co-authored-by: {PEOPLE[number % 3][0]} <{PEOPLE[number % 3][1]}>"
        if commits:
            verb = "Fixes: {}" if number % 2 else "This reverts commit {}."
            body = f"{verb.format(commits[number // 2]['sha'])}\n\n{body}"
        commits.append(make_commit(author_name=name, author_email=email, message_body=body))
    made.push(*commits)
    with database.writing() as session:
        a, c, d = session.scalars(
            select(Identity.player_id)
            .where(Identity.email.in_(["a@x", "c@x", "d@x"]), Identity.name != "B")
            .order_by(Identity.name)
        )
        for player_id, values in {
            a: {"is_hidden": True},
            c: {"retired_on": date(2024, 5, 1)},
            d: {"user_id": made.caller.user_id},
        }.items():
            session.execute(update(Player).where(Player.id == player_id).values(**values))
    return made


def states(database: Database) -> list[Any]:
    """What is set of the players who have identities."""
    with database.reading() as session:
        columns = (Player.id, Player.is_hidden, Player.retired_on, Player.user_id)
        return list(session.execute(select(*columns).where(is_somebody()).order_by(Player.id)))


# Each example undoes what it did.
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_joined_and_split_the_numbers_are_those_of_the_commits(
    database: Database, pushes: Pushes, steps: list[tuple[str, int, int]]
):
    """The box scores are what a recomputation makes, and undoing all of it brings all back: also
    who is hidden, who has retired and who is a member.
    """
    before = pushes.box_scores(), states(database)
    by = Membership(pushes.caller, pushes.project_id, Role.COMMISSIONER)
    done: list[uuid.UUID] = []
    for verb, one, other in steps:
        with database.writing() as session:
            owners = session.execute(
                select(Identity.id, Identity.player_id)
                .where(Identity.project_id == pushes.project_id)
                .order_by(Identity.name)
            ).all()
            first, second = owners[one % len(owners)], owners[other % len(owners)]
            if verb == "undo" and done:
                undo(session, done.pop(), by=by)
            elif verb == "merge" and first.player_id != second.player_id:
                done.append(merge_players(session, first[1], [second[1]], by=by).id)
            elif verb == "split" and [row[1] for row in owners].count(first[1]) > 1:
                done.append(split_player(session, [first[0]], by=by).id)
    assert pushes.box_scores() == pushes.recomputed()
    with database.writing() as session:
        while done:
            undo(session, done.pop(), by=by)
    assert (pushes.box_scores(), states(database)) == before
