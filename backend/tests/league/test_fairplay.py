"""What a referee flags, in figures that a commissioner can check, and what it leaves alone."""

from datetime import timedelta
from typing import Any

import pytest
from cases import in_one_world
from fouls import (
    HOUR,
    MINUTE,
    NEARLY_MIDNIGHT,
    NOON,
    OTHER,
    SMALL_PAUSE,
    Field,
    at,
    burst,
    row_of_reverts,
    toggles,
)
from gitleague.core.db import Database
from gitleague.jobs.queue import unfinished
from gitleague.league.fairplay import referee
from gitleague.league.fairplay.settings import changed, read_settings
from gitleague.scoring.penalties import LOOK
from gitleague.tables.commits import CommitRow
from gitleague.tables.jobs import Job
from gitleague.tables.projects import Repo as RepoRow
from httpx import Client
from make import Person
from remote import Repo
from sqlalchemy import delete, select, update


@pytest.fixture
def field(http: Client, ada: Person, database: Database, repo: Repo) -> Field:
    return Field(http, ada, database, repo)


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
        "limits": {"commits": 10, "lines": 5, "minutes": 6, "times_usual": 8, "alike": 95},
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
    limits = {"commits": 3, "alike": 80}
    assert ruling["figures"] == {"commits": 5, "alike": 100, "limits": limits}
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


@pytest.mark.on_both
def test_a_look_that_ended_half_way_goes_on_and_flags_nothing_twice(
    field: Field, database: Database
) -> None:
    """What was found is noted in parts, so that nobody waits long for it."""
    field.repo.push(*(at(NOON + day * 24 * HOUR, additions=100_000) for day in range(3)))
    with database.reading() as session:
        parts = list(referee.look(session, field.ada.project_id).shares(commits=2))
    assert [(len(part.flags), part.until is None) for part in parts] == [(2, True), (1, False)]
    with database.writing() as session:
        assert referee.note(session, field.ada.project_id, parts[0]) == 2
    assert (field.look(), field.look()) == (1, 0)
    assert field.flagged() == ["huge_commit"] * 3


def test_looking_twice_flags_nothing_twice(field: Field) -> None:
    field.repo.push(*burst(12, **SMALL_PAUSE), at(NOON, by="Linus", additions=130_000))
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
    field.repo.push(at(NOON, additions=130_000))
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
    field.repo.push(at(NOON, additions=130_000))
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
    field.repo.push(at(NOON, additions=130_000), at(NOON + timedelta(days=1), additions=130_000))
    field.look()
    assert [ruling["day"] for ruling in field.rulings()] == ["2024-05-02"]


@pytest.mark.on_both
def test_what_is_older_than_its_repository_in_the_league_is_left_alone(field: Field) -> None:
    """Nobody played then; a commissioner can have it looked at by naming a day."""
    with field.database.writing() as session:
        session.execute(update(RepoRow).values(created_at=NOON))
    field.repo.push(at(NOON - HOUR, additions=130_000), at(NOON + HOUR, additions=130_000))
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


def test_limits_with_days_of_future_dates_are_read_without_them() -> None:
    older = {
        "commit_splitting": {"enabled": True, "commits": 10, "alike": 60},
        "huge_commit": {"enabled": True, "lines": 20_000},
        "lock_file_dump": {"enabled": True, "lines": 2000, "percent": 95},
        "future_date": {"enabled": True, "minutes": 90, "days": 1},
        "bulk_edit": {"enabled": True, "files": 50, "lines": 3, "percent": 0},
        "distant_dates": {"enabled": True, "days": 90},
    }
    now = read_settings(older)
    assert (now.commit_splitting.alike, now.huge_commit.lines) == (95, 100_000)
    assert now.lock_file_dump.percent == 99
    assert now.future_date.minutes == 90
    assert (now.bulk_edit.enabled, now.bulk_edit.files) == (False, 50)
    assert now.distant_dates.enabled
    chosen = changed(now, {"bulk_edit": {"enabled": True}, "lock_file_dump": {"percent": 95}})
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
        "times_usual": 8,
        "alike": 95,
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
    huge = at(NOON, by="Linus", additions=130_000)
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
    field.repo.push(at(NOON, additions=130_000))
    field.look()
    theirs = field._replace(ada=mallory)
    assert theirs.look() == 0
    assert theirs.rulings() == []
    (ruling,) = field.rulings()
    assert theirs.ask("GET", f"/rulings/{ruling['id']}").status_code == 404
    assert field.ask("GET", "/rulings", by=mallory).status_code == 404
    upheld = theirs.ask("POST", f"/rulings/{ruling['id']}/uphold", reason="Mine.")
    assert upheld.status_code == 404
