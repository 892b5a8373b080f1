"""Push opens in steps: who is in, who is told to wait, and what stops it by itself."""

import io
import json
import uuid
from datetime import timedelta

import pytest
import servers
from gitleague.accounts.rollout import COHORTS, Turn, cohort_of, place_of, turn_of
from gitleague.app import create_app
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.errors import LeagueError, NotFound, NotYourTurn
from gitleague.core.settings import Settings
from gitleague.core.tally import PushTally
from gitleague.jobs.runner import Runner
from gitleague.server import rollout
from gitleague.server.keeping import Kept, write_down
from gitleague.server.pushes import FEWEST, KEPT, Figures, figures
from gitleague.sync.bundle import Arrived, Place, import_bundle, signer_of
from gitleague.tables.accounts import Scope
from gitleague.tables.audit import AuditEntry
from gitleague.tables.server import PushCount, Rollout
from gitleague.tasks import CLOCKS
from gitleague_client.bundle import BundleWriter, Entry, Kind
from httpx import Client
from hypothesis import given
from hypothesis import strategies as st
from make import Person, make_commit, make_key
from operators import Operator
from remote import Repo
from sqlalchemy import select, text, update

KEYS = "/api/v1/api-keys/"
PUSHING = {"name": "laptop", "scopes": "sync:commits,read:repos"}
AGO = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("place", "percent", "is_paused", "exception", "turn"),
    [
        (0.0, 0, False, None, Turn.NOT_YET),
        (9.9, 10, False, None, Turn.IN),
        (10.0, 10, False, None, Turn.NOT_YET),
        (99.9, 100, False, None, Turn.IN),
        (9.9, 10, True, None, Turn.WAITS),
        (50.0, 10, True, None, Turn.NOT_YET),
        (99.9, 0, False, True, Turn.IN),
        (99.9, 0, True, True, Turn.IN),
        (0.0, 100, False, False, Turn.NOT_YET),
        (0.0, 100, True, False, Turn.NOT_YET),
    ],
)
def test_who_is_in(
    *, place: float, percent: int, is_paused: bool, exception: bool | None, turn: Turn
) -> None:
    assert turn_of(place, percent, is_paused=is_paused, exception=exception) is turn


@given(st.uuids(), st.integers(0, 100), st.integers(0, 100))
def test_who_is_in_stays_in(user_id: uuid.UUID, one: int, other: int) -> None:
    place = place_of(user_id)
    assert 0 <= place < 100
    turns = [
        turn_of(place, percent, is_paused=False, exception=None) for percent in sorted((one, other))
    ]
    assert turns != [Turn.IN, Turn.NOT_YET]
    assert turn_of(place, int(cohort_of(user_id)), is_paused=False, exception=None) is Turn.IN


def test_each_step_lets_in_its_share() -> None:
    numbers = [uuid.uuid5(uuid.NAMESPACE_OID, str(number)) for number in range(5000)]
    for step in COHORTS:
        share = sum(place_of(each) < step for each in numbers) / len(numbers) * 100
        assert abs(share - step) < 2


def test_only_who_is_in_makes_keys_that_push(http: Client, database: Database, ada: Person) -> None:
    with database.writing() as session:
        rollout.change(session, percent=0)
    refused = http.post(KEYS, json=PUSHING, headers=ada.headers)
    assert (refused.status_code, refused.json()["title"]) == (403, "Not your turn yet")
    assert "operator" in refused.json()["detail"]
    reading = PUSHING | {"scopes": "read:repos"}
    assert http.post(KEYS, json=reading, headers=ada.headers).status_code == 201
    page = http.post(
        f"/projects/{ada.project_id}/setup/key",
        headers={**ada.headers, "Accept": "text/html"},
    )
    assert (page.status_code, "in steps" in page.text) == (403, True)
    with database.writing() as session:
        rollout.include(session, ada.email)
    assert http.post(KEYS, json=PUSHING, headers=ada.headers).status_code == 201


def test_who_is_no_commissioner_is_told_so(http: Client, database: Database, grace: Person) -> None:
    with database.writing() as session:
        rollout.change(session, percent=0)
    refused = http.post(KEYS, json=PUSHING, headers=grace.headers)
    assert (refused.status_code, refused.json()["title"]) == (403, "Not allowed")


def test_a_push_waits_for_its_turn_and_reads_go_on(
    repo: Repo, database: Database, ada: Person
) -> None:
    with database.writing() as session:
        rollout.exclude(session, ada.email)
    for refused in (repo.push(make_commit()), repo.refs()):
        assert refused.status_code == 403
        assert refused.json()["type"] == "urn:gitleague:not-your-turn-yet"
    assert repo.status()["total_commits"] == 0
    with database.writing() as session:
        rollout.include(session, ada.email)
        rollout.change(session, percent=0)
    assert repo.push(make_commit()).status_code == 201


def test_in_a_pause_clients_are_told_when_to_come_back(repo: Repo, database: Database) -> None:
    with database.writing() as session:
        rollout.pause(session, "the disk is full")
    refused = repo.push(make_commit())
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
    assert refused.json()["type"] == "urn:gitleague:push-is-paused"
    assert "the disk is full" in refused.json()["detail"]
    assert repo.status()["total_commits"] == 0
    with database.writing() as session:
        assert rollout.resume(session)
        assert not rollout.resume(session)
    assert repo.push(make_commit()).status_code == 201


def test_a_bundle_waits_for_its_turn_too(repo: Repo, database: Database, ada: Person) -> None:
    carried = io.BytesIO()
    bundle = BundleWriter(carried, repo.headers["Authorization"].removeprefix("Bearer "))
    body = json.dumps({"commits": [make_commit()]}).encode()
    bundle.add(Entry(ada.project_id, repo.url.rpartition("/")[2], Kind.COMMITS, body))
    bundle.close()

    def trouble() -> LeagueError | None:
        carried.seek(0)
        signed = signer_of(database, carried)
        carried.seek(0)
        arrived: dict[Place, Arrived] = {}
        import_bundle(database, signed, carried, arrived)
        return next(iter(arrived.values())).trouble

    with database.writing() as session:
        rollout.exclude(session, ada.email)
    assert isinstance(trouble(), NotYourTurn)
    with database.writing() as session:
        rollout.include(session, ada.email)
    assert trouble() is None


def test_the_check_costs_one_question(
    repo: Repo, database: Database, queries: list[str], ada: Person
) -> None:
    with database.writing() as session:
        rollout.include(session, ada.email)
    queries.clear()
    repo.push()
    assert len([each for each in queries if "rollouts" in each]) == 1


def test_nobody_is_in_twice_or_by_a_wrong_address(
    database: Database, ada: Person, grace: Person, mallory: Person
) -> None:
    with database.writing() as session:
        with pytest.raises(NotFound):
            rollout.include(session, "nobody@example.org")
        rollout.include(session, ada.email)
        rollout.include(session, grace.email)  # no commissioner, so not counted
        rollout.exclude(session, mallory.email)
        rollout.exclude(session, ada.email)
        reach = rollout.reach_of(session)
    assert reach == rollout.Reach(2, 0, [grace.email], sorted([ada.email, mallory.email]))


def test_an_exception_can_be_forgotten(database: Database, ada: Person) -> None:
    with database.writing() as session:
        rollout.exclude(session, ada.email)
        rollout.forget(session, ada.email)
        rollout.forget(session, ada.email)  # nothing is left to forget
        assert rollout.reach_of(session) == rollout.Reach(1, 1, [], [])
        with pytest.raises(NotFound):
            rollout.forget(session, "nobody@example.org")


def test_the_state_is_among_the_metrics(http: Client, database: Database) -> None:
    assert "gitleague_rollout_paused 0.0" in http.get("/metrics").text
    with database.writing() as session:
        rollout.change(session, percent=10)
        rollout.pause(session, "a look")
    said = http.get("/metrics").text
    assert ("gitleague_rollout_paused 1.0" in said, "gitleague_rollout_percent 10.0" in said) == (
        True,
        True,
    )


@pytest.mark.on_both
def test_the_operators_acts_are_in_the_log(database: Database, ada: Person) -> None:
    with database.writing() as session:
        rollout.change(session, percent=10, threshold=7)
        rollout.include(session, ada.email)
        rollout.exclude(session, ada.email)
        rollout.forget(session, ada.email)
        rollout.pause(session, "a look")
        rollout.pause(session, "another")
        rollout.resume(session)
    with database.reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.action.like("server:rollout:%"))
        entries = list(session.scalars(wanted.order_by(AuditEntry.id)))
    assert [entry.action.rpartition(":")[2] for entry in entries] == [
        *("changed", "included", "excluded", "forgotten", "paused", "resumed")
    ]
    assert entries[0].details == {"percent": [100, 10], "threshold": 7}
    assert [entry.subject for entry in entries[1:4]] == [str(ada.user_id)] * 3
    assert entries[4].details == {"why": "a look"}


def counted(database: Database, *, ok: int = 0, refused: int = 0, failed: int = 0) -> None:
    """As a process of the server counts."""
    tally = PushTally()
    for outcome, count in (("ok", ok), ("refused", refused), ("failed", failed)):
        for _ in range(count):
            tally.note("10", outcome, 0.1)
    write_down(database, [Kept(tally, PushCount)])


def look(database: Database) -> rollout.State:
    """What the runner of jobs does every minute."""
    Runner(database, {}, CLOCKS).look_at_clocks()
    with database.reading() as session:
        return rollout.state_of(session)


@pytest.fixture
def begun(database: Database) -> Database:
    """A release to 10 % that began a while ago."""
    with database.writing() as session:
        rollout.change(session, percent=10)
        session.flush()  # changed by SQL
        session.execute(update(Rollout).values(watched_since=now() - AGO))
    return database


def test_too_many_errors_pause_it(begun: Database) -> None:
    counted(begun, ok=FEWEST - 2, failed=1)
    assert look(begun).paused_at is None, "of so few nothing can be said"
    counted(begun, failed=1)
    paused = look(begun)
    assert paused.paused_at
    assert paused.paused_why == f"2 of the last {FEWEST} pushes failed"
    with begun.writing() as session:
        rollout.resume(session)
    assert look(begun).paused_at is None, "what was seen to does not count again"


def test_mistakes_of_clients_and_few_errors_are_borne(begun: Database) -> None:
    counted(begun, ok=95, refused=200, failed=5)
    assert look(begun).paused_at is None
    with begun.writing() as session:
        rollout.change(session, percent=10, threshold=1)
    assert look(begun).paused_at
    with begun.writing() as session:
        rollout.resume(session)
        rollout.change(session, percent=10, threshold=100)
        session.execute(update(Rollout).values(watched_since=now() - AGO))
    counted(begun, failed=500)
    assert look(begun).paused_at is None, "100 % is never passed"


def test_without_a_release_nothing_is_paused(database: Database) -> None:
    counted(database, failed=100)
    assert look(database) == rollout.State()


def test_figures_are_added_up_and_forgotten(database: Database) -> None:
    counted(database, ok=3, failed=1)
    counted(database, refused=1)
    since = now() - AGO
    with database.reading() as session:
        first, *others = figures(session, since)
    assert first == Figures("10", 5, 1, 1, 500)
    assert (first.success_rate, first.mean_milliseconds) == (0.6, 100)
    assert [(each.cohort, each.pushes, each.success_rate) for each in others] == [
        ("50", 0, None),
        ("100", 0, None),
    ]
    with database.writing() as session:
        session.execute(update(PushCount).values(minute=now() - KEPT))
    look(database)
    with database.reading() as session:
        assert session.scalars(select(PushCount)).all() == []


def test_what_cannot_be_written_is_written_later(database: Database) -> None:
    tally = PushTally()
    tally.note("10", "ok", 0.25)
    with database.writing() as session:
        session.execute(text("ALTER TABLE push_counts RENAME TO elsewhere"))
    write_down(database, [Kept(tally, PushCount)])
    with database.writing() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO push_counts"))
    tally.note("10", "ok", 0.25)
    write_down(database, [Kept(tally, PushCount)])
    with database.reading() as session:
        assert figures(session, now() - AGO)[0] == Figures("10", 2, 0, 0, 500)


@pytest.fixture
def operator(database_url: str, settings: Settings) -> Operator:
    return Operator(
        {
            "GITLEAGUE_DATABASE_URL": database_url,
            "GITLEAGUE_DATA_DIR": str(settings.data_dir),
        }
    )


@pytest.mark.on_both
def test_the_operators_command_and_page(
    operator: Operator,
    database: Database,
    settings: Settings,
    ada: Person,
    olga: Person,
    repo_id: uuid.UUID,
) -> None:
    """Pushes as they come, from the first key to the pause and on."""

    def run(line: str) -> str:
        done = operator.run_here("rollout", *line.split())
        assert done.code == 0, done.err
        return done.out

    assert "open to 100 %: 1 of 1 commissioners" in run("status")
    run("set 0 --threshold 20")
    assert f"Included: {ada.email}" in run(f"include {ada.email}")
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        with servers.serving(create_app(settings), opened), Client(base_url=url) as http:
            key = make_key(http, ada, Scope.SYNC_COMMITS, project_id=ada.project_id)
            repo = Repo(http, ada.project_id, repo_id, key)
            assert repo.push(make_commit()).status_code == 201
            assert repo.refs().status_code == 200
            assert repo.send(b"no JSON").status_code == 400
            with database.writing() as session:
                session.execute(text("ALTER TABLE repo_syncs RENAME TO elsewhere"))
            assert repo.push(make_commit()).status_code >= 500
            with database.writing() as session:
                session.execute(text("ALTER TABLE elsewhere RENAME TO repo_syncs"))
            assert "Paused since" in run("pause --reason Look.")
            shown = http.get("/operator/rollout", headers=olga.headers).text
    for words in ("Push is paused", "Look", ada.email, "when more than 20 %"):
        assert words in shown
    told = json.loads(run("status --json"))  # the server has ended, and written down all it had
    assert (told["percent"], told["threshold"], told["paused"]["why"]) == (0, 20, "Look")
    assert (told["commissioners"], told["let_in"], told["included"]) == (1, 1, [ada.email])
    (mine,) = (each for each in told["cohorts"] if each["pushes"])
    assert mine["cohort"] == int(cohort_of(ada.user_id))
    assert (mine["pushes"], mine["refused"], mine["errors"]) == (4, 1, 1)
    assert mine["success_rate"] == 0.5
    assert mine["mean_milliseconds"] > 0
    assert "taken again" in run("resume")
    assert "was not paused" in run("resume")
    said = run("status")
    assert "  50.0%  " in said
    assert "Paused" not in said
    assert f"Excluded: {ada.email}" in run(f"exclude {ada.email}")


def test_the_command_says_what_is_wrong(operator: Operator) -> None:
    for line, code, says in (
        ("set 101", 2, "0<=x<=100"),
        ("set many", 2, "PERCENT"),
        ("include nobody@example.org", 1, "Nobody has the address nobody@example.org"),
        ("include", 2, "EMAIL"),
    ):
        done = operator.run_here("rollout", *line.split())
        assert (done.code, says in done.err) == (code, True), done.err
    assert json.loads(operator.run_here("rollout", "status", "--json").out)["percent"] == 100
