"""`gitleague report`: every box passes, fails and is unknown when it has to."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import servers
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from gitleague.accounts.api_keys import issue_key
from gitleague.accounts.limits import RateLimits
from gitleague.cli.report import report
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.operation import BEYOND
from gitleague.core.settings import Settings
from gitleague.ops.boxes import Listing, Report, Verdict, as_markdown, judge
from gitleague.ops.leaks import Leaks, leaks_in
from gitleague.ops.reaching import plain_answer_of
from gitleague.ops.stability import Outside, look_outside, stability
from gitleague.server import defects
from gitleague.server.defects import DefectRow
from gitleague.server.operation import MINUTE
from gitleague.tables.accounts import Scope
from gitleague.tables.projects import Project, Role
from gitleague.tables.server import AnswerCount, LifeMinute, TimeCount
from gitleague.tables.syncs import RepoSync, SyncState, SyncWay
from make import make_commit, make_member, make_repo
from operators import Operator
from pushes import make_pushes
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

WATCHED = 480  # minutes
SINCE = timedelta(minutes=WATCHED)
WELL = Outside(
    api_limit=True, sign_in_limit=True, plain_http=None, is_https=True, leaks=Leaks(10, [])
)
KEY = "tgl_abcd1234_0123456789abcdefghij"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
KEYS, SYNC = "API key endpoints working", "Sync endpoints working"
AUTH, HYBRID = "Authentication (JWT + API key) working", "Hybrid auth working"
LIMITS, EFFECTIVE = "Rate limiting working", "Rate limiting effective"
DATA, AUDIT = "No data corruption detected", "Audit logs capturing all actions"
ONCE, STATUS = "Commit deduplication working", "Status updates accurate"
MEDIAN, SLOWEST = "API response times, median", "99th percentile"
STATEMENTS, MEMORY = "Database queries, 99th percentile", "No memory leaks"
UPTIME, ERRORS = "99.9% uptime", "Error rate < 0.1%"
DEFECTS, GRACE = "No unhandled exceptions", "Graceful degradation under load"
HASHED, LOGS, HTTPS = "API keys properly hashed", "No credentials in logs", "HTTPS enforced"
Change = str | Outside | Callable[[Session], object]


@pytest.fixture
def well(database: Database) -> Database:
    """A league that is played, and a server that was watched for eight hours."""
    pushes = make_pushes(database)
    end = now().replace(second=0, microsecond=0)
    with database.writing() as session:
        make_member(session, pushes.project_id, pushes.caller.user_id, role=Role.COMMISSIONER)
        issue_key(session, caller=pushes.caller, name="laptop", scopes=[Scope.SYNC_COMMITS])
        session.add_all(
            LifeMinute(minute=end - age * MINUTE, memory=10**8) for age in range(-9, WATCHED + 1)
        )
        answers = {"errors": 0, "turned_away": 0, "limited": 1, "refused": 1}
        keys = {"requests": 50, "succeeded": 48, "by_key": 0, "by_token": 48}
        syncs = {"requests": 5000, "succeeded": 4998, "by_key": 4000, "by_token": 998}
        for area, counts in (("keys", keys), ("sync", syncs)):
            session.add(AnswerCount(minute=end - MINUTE, area=area, **answers, **counts))
        for measure, bound, number in (
            ("request", 5, 900),
            ("request", 1000, 20),
            ("statement", 100, 9000),
        ):
            session.add(
                TimeCount(minute=end - MINUTE, measure=measure, milliseconds=bound, number=number)
            )
        session.add(sync_of(pushes.project_id, pushes.repo_id, inserted=2, skipped=3))
    pushes.push(make_commit(), make_commit())
    return database


def sync_of(project_id: object, repo_id: object, **counts: int) -> RepoSync:
    moment = now()
    return RepoSync(
        project_id=project_id,
        repo_id=repo_id,
        way=SyncWay.PUSH.value,
        state=SyncState.DONE.value,
        started_at=moment,
        ended_at=moment,
        **{"inserted": 0, "skipped": 0, "refused": 0} | counts,
    )


def leak_memory(session: Session) -> None:
    end = now()
    session.execute(
        update(LifeMinute),
        [
            {"minute": minute, "memory": 10**8 + round((minute - end) / MINUTE * 20_000)}
            for minute in session.scalars(select(LifeMinute.minute))
        ],
    )


def note_defect(session: Session) -> None:
    defects.keep(session, DefectRow(None, "GET", "/", "builtins.ValueError", now()))


CASES: list[tuple[Change, dict[str, Verdict]]] = [
    (WELL, {}),
    ("UPDATE answer_counts SET errors = 9 WHERE area = 'keys'", {KEYS: FAIL, ERRORS: FAIL}),
    ("DELETE FROM answer_counts WHERE area = 'keys'", {KEYS: UNKNOWN}),
    ("UPDATE answer_counts SET errors = 5 WHERE area = 'sync'", {SYNC: FAIL}),
    ("UPDATE answer_counts SET errors = 4 WHERE area = 'sync'", {}),
    ("UPDATE answer_counts SET by_key = 0", {AUTH: UNKNOWN, HYBRID: UNKNOWN}),
    ("UPDATE answer_counts SET by_key = 0, by_token = 0", {AUTH: FAIL, HYBRID: FAIL}),
    ("UPDATE answer_counts SET by_token = 0 WHERE area = 'sync'", {HYBRID: UNKNOWN}),
    (
        "DELETE FROM answer_counts",
        dict.fromkeys([KEYS, SYNC, AUTH, HYBRID, ERRORS], UNKNOWN),
    ),
    (WELL._replace(api_limit=False), {LIMITS: FAIL, EFFECTIVE: FAIL}),
    (WELL._replace(sign_in_limit=None), {EFFECTIVE: FAIL}),
    ("UPDATE repos SET total_commits = 3", {DATA: FAIL, STATUS: FAIL}),
    ("DELETE FROM audit_logs", {DATA: FAIL, AUDIT: FAIL}),
    ("UPDATE api_keys SET prefix = 'tgl_zzzzzzzz'", {AUDIT: FAIL}),
    ("UPDATE commits SET change_key = 'same'", {DATA: FAIL, ONCE: FAIL}),
    ("UPDATE repos SET status = 'syncing'", {STATUS: FAIL}),
    ("UPDATE time_counts SET milliseconds = 500 WHERE milliseconds = 5", {MEDIAN: FAIL}),
    (
        f"UPDATE time_counts SET milliseconds = {BEYOND} WHERE milliseconds = 1000",
        {SLOWEST: FAIL},
    ),
    ("UPDATE time_counts SET milliseconds = 200 WHERE milliseconds = 100", {STATEMENTS: FAIL}),
    ("DELETE FROM time_counts", dict.fromkeys([MEDIAN, SLOWEST, STATEMENTS], UNKNOWN)),
    (leak_memory, {MEMORY: FAIL}),
    ("UPDATE life_minutes SET memory = 0", {MEMORY: UNKNOWN}),
    (
        (
            "DELETE FROM life_minutes WHERE minute IN"
            " (SELECT minute FROM life_minutes ORDER BY minute DESC LIMIT 4 OFFSET 99)"
        ),
        {UPTIME: FAIL},
    ),
    (
        "DELETE FROM life_minutes",
        dict.fromkeys([MEMORY, UPTIME, DEFECTS, GRACE], UNKNOWN),
    ),
    (note_defect, {DEFECTS: FAIL}),
    ("UPDATE answer_counts SET errors = 2, turned_away = 2 WHERE area = 'sync'", {}),
    ("UPDATE answer_counts SET errors = 3, turned_away = 2 WHERE area = 'sync'", {GRACE: FAIL}),
    ("UPDATE api_keys SET key_hash = 'plain'", {HASHED: FAIL}),
    ("DELETE FROM api_keys", {HASHED: UNKNOWN}),
    (WELL._replace(leaks=Leaks(10, ["log:7"])), {LOGS: FAIL}),
    (WELL._replace(leaks=Leaks(0, [])), {LOGS: UNKNOWN}),
    (WELL._replace(leaks=None), {LOGS: UNKNOWN}),
    (WELL._replace(is_https=False), {HTTPS: FAIL}),
    (WELL._replace(plain_http="http://league/ answers 200"), {HTTPS: FAIL}),
]


def test_each_box_tells_what_is_so(well: Database, settings: Settings) -> None:
    seen: set[str] = set()
    names: set[str] = set()
    for change, expected in CASES:
        with well.reading() as session:  # what is changed in it is thrown away
            if isinstance(change, str):
                session.execute(text(change))
            elif not isinstance(change, Outside):
                change(session)
            outside = change if isinstance(change, Outside) else WELL
            made = stability(session, settings, outside, now() - SINCE)
        found = {box.name: box.verdict for box in made.boxes if box.verdict is not PASS}
        assert found == expected, change
        assert made.passes == (not expected)
        assert all(bool(box.remedy) == (box.verdict is not PASS) for box in made.boxes), change
        seen |= found.keys()
        names |= {box.name for box in made.boxes}
    assert len(names) == 21
    assert names == seen


@pytest.fixture
def operator(settings: Settings) -> Operator:
    return Operator(
        {
            "GITLEAGUE_DATABASE_URL": settings.database_url,
            "GITLEAGUE_DATA_DIR": str(settings.data_dir),
            "GITLEAGUE_PUBLIC_URL": "https://127.0.0.1",  # where nobody speaks plain http
        }
    )


def test_the_command_says_it_to_people_and_to_programs(
    well: Database, operator: Operator, tmp_path: Path
) -> None:
    log = tmp_path / "league.log"
    log.write_text("all is well\n" * 3)
    words = ("report", "stability", "--since", "8h", "--log", str(log))
    done = operator.run_here(*words, "--json")
    told = json.loads(done.out)
    assert (done.code, told["passes"]) == (0, True), done.out
    assert {frozenset(box) for box in told["boxes"]} == {
        frozenset(["group", "name", "verdict", "figure", "bound", "remedy"])
    }
    assert (len(told["boxes"]), told["listings"]) == (21, {})
    figures = {box["name"]: box["figure"] for box in told["boxes"]}
    assert figures[MEDIAN] == "at most 5 ms"
    assert figures[UPTIME].startswith("100.000%: ")
    assert figures[ERRORS].startswith("0.000%: 0 of 5,050 requests")
    assert figures[LOGS] == "in 0 of 3 lines"
    with well.writing() as session:
        session.execute(text("UPDATE time_counts SET milliseconds = 500 WHERE milliseconds = 5"))
    done = operator.run_here(*words)
    assert done.code == 1
    assert done.out.startswith("# Stability of The Git League: not passed\n")
    assert "20 pass, 1 fail, 0 unknown" in done.out
    assert "\n## Performance\n\n| box | verdict | figure | bound | what to do |\n" in done.out
    assert f"\n| {MEDIAN} | fail | at most 500 ms | at most 200 ms | See which" in done.out
    done = operator.run_here(*words[:4])
    assert (done.code, "--log -" in done.out) == (1, True)


@pytest.mark.on_both
def test_a_server_that_never_ran_does_not_pass(operator: Operator) -> None:
    done = operator.run_here("report", "stability")
    assert done.code == 1
    for wrong in ("2", "0h", "101d", "h"):
        done = operator.run_here("report", "stability", "--since", wrong)
        assert (done.code, "write it like 48h or 7d" in done.err) == (2, True)
    done = operator.run_here("report", "stability", "--log", "/nowhere/at-all")
    assert (done.code, "/nowhere/at-all" in done.err) == (2, True)


@pytest.mark.parametrize(
    "secret",
    [
        f"key {KEY}",
        f"token {JWT}",
        "Authorization: Basic bGVhZ3VlOmh1bnRlcjI=",
        '"authorization": "Bearer 0123456789"',
        "postgresql://league:hunter2@db/league",
        "GET /sign-in/abcdefghijklmnopqrstuvwxyz",
    ],
)
def test_what_is_secret_is_found_in_logs_and_not_told(
    operator: Operator, secret: str, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"fine\n\xff\xfe\n" + f"{secret}\nfine, too\n".encode())
    with log.open(encoding="utf-8", errors="replace") as opened:
        assert leaks_in([opened]) == Leaks(4, [f"{log}:3"])
    done = CliRunner().invoke(
        report,
        ["security", "--log", "-", "--json"],
        input=f"{secret}\n" * 7,
        env=operator.environment,
    )
    assert done.stdout, repr(done)
    (box,) = (each for each in json.loads(done.stdout)["boxes"] if each["name"] == LOGS)
    assert (done.exit_code, box["verdict"]) == (1, "fail")
    assert box["figure"].startswith("in 7 of 7 lines: ")
    assert box["figure"].endswith(":5 and 2 more")
    assert secret not in done.output


def test_what_the_log_blots_out_is_no_leak(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        "tgl_abcd1234_<redacted>\nAuthorization: Bearer <redacted>\n"
        "postgresql://league:<redacted>@db\npassword=<redacted>\nGET /sign-in/<token> 200\n"
    )
    with log.open() as opened:
        assert leaks_in([opened]).places == []


def test_limits_are_tried_on_nobody(settings: Settings, redis_url: str) -> None:
    for url in ("", redis_url):
        limits = RateLimits(settings.model_copy(update={"redis_url": url}))
        assert [limits.holds(limits.api) for _ in range(2)] == [True, True]
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1"})
    assert look_outside(away, None) == Outside(None, None, None, is_https=False, leaks=None)


def test_plain_http_leads_to_https_or_nowhere(live_server: str) -> None:
    port = int(live_server.rpartition(":")[2])
    assert str(plain_answer_of("127.0.0.1", port)).startswith(f"http://127.0.0.1:{port}/ answers")
    assert plain_answer_of("127.0.0.1", 1) is None
    leading = FastAPI()
    leading.get("/")(lambda: RedirectResponse("https://127.0.0.1/"))
    with servers.listening() as opened, servers.serving(leading, opened):
        assert plain_answer_of("127.0.0.1", opened.getsockname()[1]) is None


def boxes_of(told: dict[str, list[dict[str, str]]]) -> dict[str, tuple[str, str]]:
    return {box["name"]: (box["verdict"], box["figure"]) for box in told["boxes"]}


@pytest.mark.on_both
def test_syncs_of_the_week(well: Database, operator: Operator) -> None:
    done = operator.run_here("report", "sync", "--weekly", "--json")
    assert done.code == 0, done.out
    (row,) = json.loads(done.out)["listings"]["Repositories"]
    assert (row["way"], row["syncs"], row["failed"]) == ("push_client", 1, 0)
    assert (row["inserted"], row["skipped"], row["refused"]) == (2, 3, 0)
    with well.writing() as session:
        project_id = session.scalars(select(Project.id)).one()
        make_repo(session, project_id, "git@example.org:z.git", name="z | idle")
        failing = make_repo(session, project_id, "git@example.org:y.git", name="y")
        session.execute(text("UPDATE repos SET status = 'error' WHERE name = 'y'"))
        session.add(sync_of(project_id, failing, refused=2))
    done = operator.run_here("report", "sync")
    assert done.code == 1
    repos = [line for line in done.out.splitlines() if line.startswith("| The League")]
    assert [line.split(" | ")[1] for line in repos] == ["y", "z \\| idle", "site"]
    told = boxes_of(json.loads(operator.run_here("report", "sync", "--json").out))
    assert told == {
        "Every repository was synced": ("fail", "2 of 3"),
        "No repository is in error": ("fail", "1 of 3"),
        "No commit was refused": ("fail", "2"),
    }


@pytest.mark.on_both
def test_performance_of_the_month(well: Database, operator: Operator) -> None:
    done = operator.run_here("report", "performance", "--monthly", "--json")
    assert done.code == 0, done.out
    told = json.loads(done.out)
    assert {MEDIAN, STATEMENTS, MEMORY, UPTIME, ERRORS} <= boxes_of(told).keys()
    day = next(day for day in told["listings"]["Days, in UTC"] if day["requests"])
    assert (day["requests"], day["errors"], day["MiB at most"]) == (5050, 0, 95)
    assert (day["median"], day["99th percentile"]) == ("at most 5 ms", "at most 1,000 ms")
    with well.writing() as session:
        session.execute(text("DELETE FROM time_counts"))
    assert operator.run_here("report", "performance").code == 1


@pytest.mark.on_both
def test_security_of_the_quarter(well: Database, operator: Operator, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("fine\n")
    words = ("report", "security", "--quarterly", "--log", str(log), "--json")
    done = operator.run_here(*words)
    assert done.code == 0, done.out
    told = json.loads(done.out)
    (key,) = told["listings"]["API keys that work"]
    assert (key["name"], key["owner"], key["scopes"]) == (
        *("laptop", "ada@example.org"),
        "sync:commits",
    )
    (ada,) = told["listings"]["Commissioners"]
    assert (ada["league"], ada["commissioner"]) == ("The League", "ada@example.org")
    assert told["listings"]["Requests turned down"] == [
        {"credentials refused": 2, "over a rate limit": 2}
    ]
    with well.writing() as session:
        session.execute(text("UPDATE api_keys SET created_at = '2020-01-01 00:00:00'"))
        session.execute(text("DELETE FROM audit_logs"))
    done = operator.run_here(*words)
    told = boxes_of(json.loads(done.out))
    failed = {name for name, (verdict, _) in told.items() if verdict != "pass"}
    assert (done.code, failed) == (1, {"Keys that work are in use", "Audit log as it was written"})


def test_nobody_ends_a_cell() -> None:
    rows: list[tuple[str | int | None, ...]] = [("a | b\nc", None, 3)]
    box = judge(("G", "n"), ok=None, figure="1", bound="2", remedy="x | y")
    made = Report("T", now(), now(), [box], [Listing("L", ("one", "two", "three"), rows)])
    lines = list(as_markdown(made))
    assert "| a \\| b c |  | 3 |" in lines
    assert "| n | unknown | 1 | 2 | x \\| y |" in lines
