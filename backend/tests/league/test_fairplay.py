"""What a referee flags, in figures that a commissioner can check, and what it leaves alone."""

from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import pytest
from cases import in_one_world
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.jobs.queue import unfinished
from gitleague.league.fairplay import referee
from gitleague.league.fairplay.settings import changed, read_settings
from gitleague.scoring.penalties import LOOK
from gitleague.tables.commits import CommitRow
from gitleague.tables.jobs import Job
from gitleague.tables.projects import Repo as RepoRow
from httpx import Client, Response
from make import Person, make_commit, make_sha
from remote import Repo
from sqlalchemy import delete, select, update

SUBJECTS = [
    *("Close the file", "Ask twice", "Name the port", "No tabs", "Spell colour"),
    *("Drop a print", "Read the clock", "Wait for it", "Two more cases", "Sort by day"),
]
NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
OLD = make_sha("the commit that is taken back first")


class Field(NamedTuple):
    """Ada's league with a referee."""

    http: Client
    ada: Person
    database: Database
    repo: Repo

    @property
    def league(self) -> str:
        return f"/api/v1/projects/{self.ada.project_id}"

    def ask(self, method: str, path: str, *, by: Person | None = None, **body: Any) -> Response:
        headers = (by or self.ada).headers
        return self.http.request(method, self.league + path, json=body or None, headers=headers)

    def look(self) -> int:
        """As the job does a moment after each push; returns how many rulings are new."""
        with self.database.reading() as session:
            sight = referee.look(session, self.ada.project_id)
        with self.database.writing() as session:
            return referee.note(session, self.ada.project_id, sight)

    def rulings(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.ask("GET", f"/rulings?limit=200&{query}")
        assert answer.is_success, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def flagged(self) -> list[str]:
        return sorted(ruling["rule"] for ruling in self.rulings())

    def set(self, **changes: Any) -> Response:
        return self.ask("PATCH", "/referee", changes=changes)


@pytest.fixture
def field(http: Client, ada: Person, database: Database, repo: Repo) -> Field:
    return Field(http, ada, database, repo)


def at(moment: datetime, by: str = "Grace", **over: Any) -> dict[str, Any]:
    dated = {"author_date": moment.isoformat(), "commit_date": moment.isoformat()}
    named = {"author_name": by, "author_email": f"{by.lower()}@example.org"}
    return make_commit(**{**named, **dated, **over})


def burst(
    count: int, *, pause: timedelta, lines: int = 2, by: str = "Grace", begins: datetime = NOON
) -> list[Any]:
    return [
        at(begins + pause * number, by, additions=lines, deletions=0) for number in range(count)
    ]


def row_of_reverts(count: int, *, by: tuple[str, ...] = ("Grace", "Linus")) -> list[Any]:
    """The first takes back OLD, each other the one before."""
    commits: list[dict[str, Any]] = []
    for number in range(count):
        target = commits[-1]["sha"] if commits else OLD
        title = f"Revert number {number}"
        commits.append(
            at(
                NOON + timedelta(hours=number),
                by[number % len(by)],
                message_title=title,
                message_body=f"This reverts commit {target}.",
            )
        )
    return commits


def toggles(count: int, *, pause: timedelta, lines: int = 100, **over: Any) -> list[Any]:
    """The same lines in and out, by turns, and no word of it."""
    return [
        at(
            NOON + pause * number,
            additions=0 if number % 2 else lines,
            deletions=lines if number % 2 else 0,
            **over,
        )
        for number in range(count)
    ]


def work(days: int, a_day: int, by: str = "Grace") -> list[Any]:
    """Tiny commits, so many on each of the days before, two hours apart."""
    return [
        at(NOON - timedelta(days=day) + 2 * HOUR * number, by, additions=2, deletions=0)
        for day in range(1, days + 1)
        for number in range(a_day)
    ]


def bulk(files: int, additions: int, deletions: int) -> dict[str, Any]:
    return at(NOON, files_changed=files, additions=additions, deletions=deletions)


def soon(**ahead: float) -> datetime:
    return now() + timedelta(**ahead)


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SMALL_PAUSE = {"pause": MINUTE}
NEARLY_MIDNIGHT = NOON + 12 * HOUR - 5 * MINUTE
OTHER = [at(NOON, sha=OLD)]
FOULS: dict[str, tuple[list[str], list[Any]]] = {
    "ten one-liners, a minute apart": (["commit_splitting"], burst(10, **SMALL_PAUSE)),
    "five before midnight and five after": (
        ["commit_splitting"],
        burst(10, begins=NEARLY_MIDNIGHT, **SMALL_PAUSE),
    ),
    "ten of one second, as by git am": (["commit_splitting"], burst(10, pause=0 * MINUTE)),
    "fifteen, six minutes apart": (["commit_splitting"], burst(15, pause=6 * MINUTE)),
    "ten in an hour, with a break": (
        ["commit_splitting"],
        [*burst(5, **SMALL_PAUSE), *burst(5, begins=NOON + 50 * MINUTE, **SMALL_PAUSE)],
    ),
    "ten, where two a day are usual": ([], [*work(5, 2), *burst(10, **SMALL_PAUSE)]),
    "fourteen, where two a day are usual": (
        ["commit_splitting"],
        [*work(5, 2), *burst(14, **SMALL_PAUSE)],
    ),
    "ten, where two a day are usual for somebody else": (
        ["commit_splitting"],
        [*work(5, 2, by="Linus"), *burst(10, **SMALL_PAUSE)],
    ),
    "a burst a day, which makes none of them usual": (
        ["commit_splitting"] * 5,
        [
            commit
            for day in range(5)
            for commit in burst(10, begins=NOON + timedelta(days=day), **SMALL_PAUSE)
        ],
    ),
    "ten patches of one second, each with a subject": (
        [],
        [
            each | {"message_title": title}
            for each, title in zip(burst(10, pause=0 * MINUTE), SUBJECTS, strict=True)
        ],
    ),
    "ten subjects, a minute apart": (
        ["commit_splitting"],
        [
            each | {"message_title": title}
            for each, title in zip(burst(10, pause=MINUTE), SUBJECTS, strict=True)
        ],
    ),
    "nine of them": ([], burst(9, **SMALL_PAUSE)),
    "ten, ten minutes apart": ([], burst(10, pause=10 * MINUTE)),
    "ten of six lines": ([], burst(10, lines=6, **SMALL_PAUSE)),
    "ten, of two": ([], [*burst(5, **SMALL_PAUSE), *burst(5, by="Linus", **SMALL_PAUSE)]),
    "ten of a bot": ([], burst(10, by="renovate[bot]", **SMALL_PAUSE)),
    "a revert of a revert": ([], [*OTHER, *row_of_reverts(2)]),
    "three reverts in a row": (["revert_ping_pong"] * 2, [*OTHER, *row_of_reverts(3)]),
    "three of one player": (["revert_ping_pong"], [*OTHER, *row_of_reverts(3, by=("Grace",))]),
    "the same 100 lines, in and out ten times": (["revert_ping_pong"], toggles(10, pause=HOUR)),
    "the same 100 lines, changed to and fro": (
        ["revert_ping_pong"],
        [at(NOON + day * 24 * HOUR, additions=100, deletions=100) for day in range(10)],
    ),
    "in and out four times": ([], toggles(4, pause=HOUR)),
    "in and out, a line": ([], toggles(10, pause=HOUR, lines=1)),
    "in and out, once in two months": ([], toggles(10, pause=timedelta(days=60))),
    "in, and in again": (
        [],
        [at(NOON + number * HOUR, additions=100, deletions=0) for number in range(10)],
    ),
    "in by one and out by the other": (
        [],
        [
            each | {"author_name": name, "author_email": f"{name}@example.org"}
            for each, name in zip(toggles(8, pause=HOUR), ["Grace", "Linus"] * 4, strict=True)
        ],
    ),
    "a lock file": (["lock_file_dump"], [at(NOON, additions=9000, excluded_additions=8990)]),
    "a lock file beside work": ([], [at(NOON, additions=9000, excluded_additions=8000)]),
    "a small lock file": ([], [at(NOON, additions=1999, excluded_additions=1999)]),
    "20,000 lines of one's own": (["huge_commit"], [at(NOON, additions=20_000)]),
    "one line less": ([], [at(NOON, additions=19_999)]),
    "20,000 lines of which some are no work": (
        [],
        [at(NOON, additions=20_000, excluded_additions=1)],
    ),
    "another year, in the heads of 40 files": (["bulk_edit"], [bulk(40, 40, 40)]),
    "in 39 files": ([], [bulk(39, 39, 39)]),
    "40 files with more in than out": ([], [bulk(40, 61, 60)]),
    "40 files with work in each": ([], [bulk(40, 121, 121)]),
    "40 files that were moved": ([], [bulk(40, 2, 2)]),
    "a merge of all that": (
        [],
        [at(NOON, additions=90_000, is_merge=True, parents=["a" * 40, "b" * 40])],
    ),
    "two hours ahead": (["future_date"], [at(soon(hours=2))]),
    "a clock that is a little fast": ([], [at(soon(minutes=50))]),
    "only the committer is ahead": (
        ["future_date"],
        [at(NOON, author_date=soon(days=-1).isoformat(), commit_date=soon(hours=2).isoformat())],
    ),
    "merged after a hundred days": (
        [],
        [at(NOON, author_date=(NOON - timedelta(days=100)).isoformat())],
    ),
    "written a hundred days after": (
        ["future_date"],
        [at(NOON, author_date=(NOON + timedelta(days=100)).isoformat())],
    ),
    "written in another time zone": (
        [],
        [at(NOON, author_date=(NOON + timedelta(hours=23)).isoformat())],
    ),
    "a hundred commits on a day": ([], burst(100, pause=7 * MINUTE)),
    "one more": (["impossible_day"], burst(101, pause=7 * MINUTE)),
}


@pytest.mark.parametrize(("expected", "commits"), FOULS.values(), ids=FOULS.keys())
def test_what_is_a_foul(field: Field, expected: list[str], commits: list[Any]) -> None:
    field.repo.push(*commits)
    field.look()
    assert field.flagged() == expected


def test_it_works(field: Field) -> None:
    """A burst is flagged with its figures, and no number moves."""
    commits = burst(12, pause=2 * MINUTE)
    field.repo.push(*commits)
    before = field.ask("GET", "/standings").json()
    field.look()
    (ruling,) = field.rulings()
    assert ruling["state"] == "open"
    assert ruling["player"]["name"] == "Grace"
    assert ruling["day"] == "2024-05-01"
    assert ruling["figures"] == {
        "commits": 12,
        "lines": 24,
        "minutes": 22,
        "quickest": 18,
        "usual": 0,
        "pause": 120,
        "alike": 100,
        "limits": {"commits": 10, "lines": 5, "minutes": 6, "times_usual": 7, "alike": 60},
    }
    named = ruling["commits"]
    assert [each["sha"] for each in named] == [commit["sha"] for commit in commits]
    assert [each["is_penalized"] for each in named] == [False] + [True] * 11
    assert named[1]["evidence"] == {
        "at": "2024-05-01T12:02:00+00:00",
        "lines": 2,
        "seconds_after_the_one_before": 120,
    }
    assert named[1]["title"] == "Add a page"
    assert "count for nothing" in ruling["penalty"]
    assert field.ask("GET", "/standings").json() == before


def test_a_list_shows_the_first_commits_and_a_ruling_all(field: Field) -> None:
    field.repo.push(*burst(25, **SMALL_PAUSE))
    field.look()
    (ruling,) = field.rulings()
    assert (len(ruling["commits"]), ruling["total_commits"]) == (20, 25)
    assert len(field.ask("GET", f"/rulings/{ruling['id']}").json()["commits"]) == 25


@pytest.mark.on_both
def test_of_a_row_of_reverts_the_first_stands(field: Field) -> None:
    reverts = row_of_reverts(4)
    field.repo.push(*OTHER, *reverts)
    field.look()
    named = {ruling["player"]["name"]: ruling for ruling in field.rulings()}
    shas = [commit["sha"] for commit in reverts]
    assert [each["sha"] for each in named["Grace"]["commits"]] == [shas[2]]
    assert [each["sha"] for each in named["Linus"]["commits"]] == [shas[1], shas[3]]
    assert named["Linus"]["commits"][1]["evidence"] == {
        "at": "2024-05-01T15:00:00+00:00",
        "reverts": shas[2],
        "number": 4,
    }
    assert named["Grace"]["figures"]["reverts"] == 4
    assert named["Grace"]["figures"]["first_revert"] == shas[0]


def test_of_an_impossible_day_the_first_commits_stand(field: Field) -> None:
    field.set(impossible_day={"commits": 3})
    commits = burst(5, pause=HOUR)
    field.repo.push(*reversed(commits))
    field.look()
    (ruling,) = field.rulings()
    assert ruling["figures"] == {"commits": 5, "limits": {"commits": 3}}
    assert [(each["sha"], each["evidence"]["number"]) for each in ruling["commits"]] == [
        (commits[3]["sha"], 4),
        (commits[4]["sha"], 5),
    ]


def test_the_working_is_shown(field: Field) -> None:
    field.set(distant_dates={"enabled": True})
    field.repo.push(
        at(NOON, additions=9000, excluded_additions=8990),
        at(NOON, author_date=(NOON - timedelta(days=100)).isoformat(), by="Linus"),
    )
    field.look()
    evidence = {ruling["rule"]: ruling["commits"][0]["evidence"] for ruling in field.rulings()}
    assert evidence["lock_file_dump"] == {
        "additions": 9000,
        "excluded_additions": 8990,
        "percent": 99,
    }
    assert evidence["distant_dates"]["days_apart"] == 100
    assert evidence["distant_dates"]["author_date"] == "2024-01-22T12:00:00+00:00"


def test_looking_twice_flags_nothing_twice(field: Field) -> None:
    field.repo.push(*burst(12, **SMALL_PAUSE), at(NOON, by="Linus", additions=30_000))
    assert field.look() == 2
    before = field.rulings()
    assert field.look() == 0
    assert field.ask("POST", "/referee/look").status_code == 202
    assert (field.look(), field.rulings()) == (0, before)


def test_a_burst_may_come_in_several_pushes(field: Field) -> None:
    commits = burst(12, **SMALL_PAUSE)
    field.repo.push(*commits[:6])
    assert field.look() == 0
    field.repo.push(*commits[6:])
    assert field.look() == 1


@pytest.mark.parametrize("first", [slice(6), slice(6, 12)])
def test_a_burst_may_go_on_past_midnight_in_several_pushes(field: Field, first: slice) -> None:
    commits = burst(12, begins=NEARLY_MIDNIGHT, **SMALL_PAUSE)
    field.repo.push(*commits[first])
    assert field.look() == 0
    with field.database.writing() as session:  # the first push was long ago
        session.execute(update(CommitRow).values(received_at=NOON))
    field.repo.push(*commits)
    assert field.look() == 1
    (ruling,) = field.rulings()
    assert (ruling["day"], ruling["figures"]["commits"]) == ("2024-05-01", 12)
    assert [each["is_penalized"] for each in ruling["commits"]] == [False] + [True] * 11


def test_two_bursts_are_two_rulings(field: Field) -> None:
    field.repo.push(*burst(10, **SMALL_PAUSE), *burst(11, begins=NOON + 2 * HOUR, **SMALL_PAUSE))
    field.look()
    assert sorted(ruling["figures"]["commits"] for ruling in field.rulings()) == [10, 11]


def test_what_two_looks_saw_at_once_is_flagged_once(field: Field) -> None:
    field.repo.push(at(NOON, additions=30_000))
    project_id = field.ada.project_id
    with field.database.reading() as session:
        sights = [referee.look(session, project_id) for _ in range(2)]
    with field.database.writing() as session:
        assert [referee.note(session, project_id, sight) for sight in sights] == [1, 0]


def test_a_push_is_looked_at_by_itself(field: Field) -> None:
    """The job is asked for in the transaction of the push, once for all its batches."""
    field.repo.push(at(NOON))
    field.repo.push(at(NOON))
    with field.database.reading() as session:
        assert field.ada.project_id in unfinished(session, LOOK)


def test_leagues_that_were_here_before_the_referee_are_looked_at(field: Field) -> None:
    """Also after a job that failed for good: it is asked for until it was done."""
    field.repo.push(at(NOON, additions=30_000))
    with field.database.writing() as session:
        session.execute(delete(Job).where(Job.project_id == field.ada.project_id))
        for _ in range(2):
            referee.ask_for_looks(session)
            session.flush()  # the second time sees what the first one asked for
        asked = select(Job.id).where(Job.project_id == field.ada.project_id, Job.kind == LOOK)
        assert len(session.scalars(asked).all()) == 1
    field.look()
    with field.database.writing() as session:
        session.execute(delete(Job).where(Job.project_id == field.ada.project_id))
        referee.ask_for_looks(session)
        session.flush()  # what was asked for
        assert field.ada.project_id not in unfinished(session, LOOK)


def test_a_rule_is_switched_off(field: Field) -> None:
    field.set(commit_splitting={"enabled": False}, huge_commit={"lines": 100})
    field.repo.push(*burst(12, **SMALL_PAUSE), at(NOON, additions=100))
    field.look()
    assert field.flagged() == ["huge_commit"]
    field.set(commit_splitting={"enabled": True})
    field.look()  # other limits see what is here already
    assert field.flagged() == ["commit_splitting", "huge_commit"]


@pytest.mark.on_both
def test_what_was_played_before_a_day_is_left_alone(field: Field) -> None:
    field.set(since="2024-05-02")
    field.repo.push(at(NOON, additions=30_000), at(NOON + timedelta(days=1), additions=30_000))
    field.look()
    assert [ruling["day"] for ruling in field.rulings()] == ["2024-05-02"]


@pytest.mark.on_both
def test_what_is_older_than_its_repository_in_the_league_is_left_alone(field: Field) -> None:
    """Nobody played then; a commissioner can have it looked at by naming a day."""
    with field.database.writing() as session:
        session.execute(update(RepoRow).values(created_at=NOON))
    field.repo.push(at(NOON - HOUR, additions=30_000), at(NOON + HOUR, additions=30_000))
    field.look()
    (ruling,) = field.rulings()
    assert ruling["total_commits"] == 1
    field.set(since="2000-01-01")
    field.look()
    assert len(field.rulings()) == 2


def test_limits_of_an_older_release_follow_the_defaults_unless_they_were_changed() -> None:
    older = {
        "since": None,
        "commit_splitting": {"enabled": True, "commits": 20, "lines": 5, "minutes": 5},
        "distant_dates": {"enabled": True, "days": 90},
    }
    now = read_settings(older)
    assert (now.commit_splitting.commits, now.commit_splitting.minutes) == (20, 6)
    assert not now.distant_dates.enabled
    chosen = changed(now, {"distant_dates": {"enabled": True}, "commit_splitting": {"minutes": 5}})
    assert read_settings(chosen.model_dump(mode="json")) == chosen


@pytest.mark.on_both
def test_of_toggles_the_first_stands(field: Field) -> None:
    """Also where they come one by one: the fifth is what makes them many."""
    commits = toggles(5, pause=timedelta(days=7))
    field.repo.push(*commits[:4])
    assert field.look() == 0
    with field.database.writing() as session:  # the first push was long ago
        session.execute(update(CommitRow).values(received_at=NOON))
    field.repo.push(commits[4])
    assert field.look() == 1
    (ruling,) = field.rulings()
    assert (ruling["figures"]["toggles"], ruling["figures"]["lines"]) == (5, 100)
    assert [each["is_penalized"] for each in ruling["commits"]] == [False] + [True] * 4


@pytest.mark.on_both
def test_limits_have_defaults_and_their_changes_are_written_down(field: Field, linus) -> None:
    shown = field.ask("GET", "/referee", by=linus).json()
    assert shown["commit_splitting"] == {
        "enabled": True,
        "commits": 10,
        "lines": 5,
        "minutes": 6,
        "times_usual": 7,
        "alike": 60,
    }
    changed = field.set(commit_splitting={"commits": 20}).json()["commit_splitting"]
    assert (changed["commits"], changed["lines"]) == (20, 5)
    field.set(commit_splitting={"commits": 20})  # changes nothing
    log = field.ask("GET", "/audit-log?action=league:referee:changed").json()["items"]
    (entry,) = log
    before, after = entry["details"]["changes"]["commit_splitting"]
    assert (before["commits"], after["commits"]) == (10, 20)


@in_one_world(
    "changes, field_named",
    [
        ({"commit_splitting": {"commits": 1}}, "commit_splitting.commits"),
        ({"commit_splitting": {"size": 1}}, "commit_splitting.size"),
        ({"time_travel": {"enabled": True}}, "time_travel"),
        ({"lock_file_dump": {"percent": 101}}, "lock_file_dump.percent"),
        ({"huge_commit": True}, "huge_commit"),
        ({"since": "soon"}, "since"),
    ],
)
def test_limits_that_cannot_be(field: Field, changes: dict[str, Any], field_named: str) -> None:
    answer = field.set(**changes)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field_named]


@pytest.mark.on_both
def test_rulings_are_found_by_what_they_are_of(field: Field) -> None:
    huge = at(NOON, by="Linus", additions=30_000)
    field.repo.push(*burst(12, **SMALL_PAUSE), huge)
    field.look()
    ids = {ruling["player"]["name"]: ruling["player"]["id"] for ruling in field.rulings()}
    rules = {
        query: [ruling["rule"] for ruling in field.rulings(query)]
        for query in (
            "rule=huge_commit",
            f"player_id={ids['Grace']}",
            f"sha={huge['sha']}",
            "state=upheld",
        )
    }
    assert list(rules.values()) == [["huge_commit"], ["commit_splitting"], ["huge_commit"], []]


def test_leagues_have_referees_of_their_own(field: Field, mallory: Person) -> None:
    field.repo.push(at(NOON, additions=30_000))
    field.look()
    theirs = field._replace(ada=mallory)
    assert theirs.look() == 0
    assert theirs.rulings() == []
    (ruling,) = field.rulings()
    assert theirs.ask("GET", f"/rulings/{ruling['id']}").status_code == 404
    assert field.ask("GET", "/rulings", by=mallory).status_code == 404
    upheld = theirs.ask("POST", f"/rulings/{ruling['id']}/uphold", reason="Mine.")
    assert upheld.status_code == 404
