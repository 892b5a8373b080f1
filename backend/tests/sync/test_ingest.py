"""What a batch leaves in the database."""

from datetime import date, datetime, timezone

import pytest
from gitleague.core.db import Database
from gitleague.tables.commits import Identity, Player
from make import make_commit, make_line
from pushes import Pushes, make_pushes, people
from sqlalchemy import select

pytestmark = pytest.mark.on_both

ADA, GRACE, LINUS = people("Ada", "Grace", "Linus")
WITH_GRACE = "Pair.\n\nCo-authored-by: Grace <grace@example.org>\n"


@pytest.fixture
def pushes(database: Database) -> Pushes:
    return make_pushes(database)


def test_it_works(pushes: Pushes) -> None:
    line = make_line(3, **GRACE, message_title="Fix the crash", additions=5, deletions=2)
    outcome = pushes.push(*line)
    assert outcome == (3, [], line[-1]["sha"])
    assert pushes.heads() == {line[-1]["sha"]}
    # 10 + 5 a commit, 2 x 0.6 deleted, 15 for a fix, 1.5 for a clean title
    assert pushes.totals()["Grace"] == {
        "credits": 3,
        "commits": 3,
        "additions": 15,
        "deletions": 6,
        "files_changed": 3,
        "pts": 4500,
        "reb": 360,
        "blk": 4500,
        "cc": 450,
        "impact": 4500 * 100 + 360 * 60 + 4500 * 120 + 450 * 30,
    }


def test_the_same_batch_twice_changes_nothing(pushes: Pushes) -> None:
    line = make_line(3)
    pushes.push(*line)
    before = pushes.box_scores()
    assert pushes.push(*line) == (0, [commit["sha"] for commit in line], line[-1]["sha"])
    assert pushes.box_scores() == before


def test_a_sha_twice_in_a_batch_is_taken_once(pushes: Pushes) -> None:
    commit = make_commit(additions=5)
    outcome = pushes.push(commit, commit | {"additions": 500})
    assert (outcome.inserted, outcome.skipped) == (1, [commit["sha"]])
    assert pushes.row(commit["sha"]).additions == 5


def test_an_address_joins_its_spellings_and_nothing_else_does(pushes: Pushes) -> None:
    pushes.push(
        make_commit(author_name="Grace", author_email="grace@example.org"),
        make_commit(author_name="G. Hopper", author_email=" Grace@Example.org"),
        make_commit(author_name="Grace", author_email="grace@elsewhere.org"),
        make_commit(author_name="octo", author_email="octo@users.noreply.github.com"),
        make_commit(author_name="Octo", author_email="12+octo@users.noreply.github.com"),
        make_commit(author_name="", author_email=""),
        make_commit(author_name="Somebody", author_email=""),
    )
    assert _players(pushes) == [
        ["G. Hopper", "Grace"],
        ["Grace"],
        ["Octo", "octo"],
        ["Somebody"],
        [""],
    ]


def test_a_later_batch_joins_players_of_an_earlier(pushes: Pushes) -> None:
    pushes.push(make_commit(author_name="Grace", author_email="grace@example.org"))
    pushes.push(make_commit(author_name="Hopper", author_email="GRACE@example.org"))
    assert _players(pushes) == [["Grace", "Hopper"]]


def test_coauthors_get_an_assist_once_and_nobody_for_themselves(pushes: Pushes) -> None:
    pushes.push(
        make_commit(
            **GRACE,
            message_body="Co-authored-by: Ada <ada@example.org>\n"
            "Co-authored-by: Countess <ADA@example.org>\n"
            "Co-authored-by: Hopper <grace@example.org>\n"
            "Co-authored-by: Claude <noreply@anthropic.com>\n",
        )
    )
    totals = pushes.totals()
    assert set(totals) == {"Ada", "Grace"}
    assert totals["Ada"] == {"credits": 1, "ast": 500, "impact": 500 * 80}
    assert "ast" not in totals["Grace"]


def test_merges_are_outside_the_game(pushes: Pushes) -> None:
    first, second = make_line(2)
    merge = make_commit(parents=[first["sha"], second["sha"]], message_title="Merge")
    pushes.push(first, second, merge)
    assert pushes.totals()["Grace Hopper"]["commits"] == 2
    assert pushes.heads() == {merge["sha"]}


@pytest.mark.parametrize("swap", [False, True])
def test_a_change_in_two_repos_counts_once_and_for_the_earlier(
    pushes: Pushes, *, swap: bool
) -> None:
    fork = pushes.repo("https://example.org/fork")
    early = make_commit(**ADA, commit_date="2024-05-01T10:00:00Z", patch_key="same-change")
    late = make_commit(**GRACE, commit_date="2024-05-02T10:00:00Z", patch_key="same-change")
    for repo, commit in [(fork, late), (pushes, early)][:: -1 if swap else 1]:
        repo.push(commit)
    assert pushes.row(early["sha"]).counts
    assert not fork.row(late["sha"]).counts
    assert set(pushes.totals()) == {"Ada"}
    assert pushes.box_scores() == pushes.recomputed()


@pytest.mark.parametrize("swap", [False, True])
def test_a_sha_in_two_repos_is_one_change_whatever_its_key(pushes: Pushes, *, swap: bool) -> None:
    fork = pushes.repo("https://example.org/fork")
    commit = make_commit()
    for repo, key in [(pushes, None), (fork, "patch-key-1")][:: -1 if swap else 1]:
        repo.push(commit | ({"patch_key": key} if key else {}))
    assert pushes.row(commit["sha"]).change_key == fork.row(commit["sha"]).change_key
    assert pushes.totals()["Grace Hopper"]["commits"] == 1
    assert pushes.box_scores() == pushes.recomputed()


def test_a_richer_client_completes_what_an_older_one_sent(pushes: Pushes) -> None:
    first, second = make_line(2, additions=7)
    for commit in (first, second):
        poor = {"parents", "author_date"}
        pushes.push({field: commit[field] for field in commit.keys() - poor} | {"additions": 1})
    assert pushes.heads() == set()
    outcome = pushes.push(first, second)
    assert (outcome.inserted, len(outcome.skipped)) == (0, 2)
    assert pushes.heads() == {second["sha"]}
    assert pushes.totals()["Grace Hopper"]["additions"] == 14
    assert pushes.box_scores() == pushes.recomputed()


@pytest.mark.parametrize(
    ("zone", "dates", "day"),
    [
        ("UTC", {"author_date": "2024-05-01T23:30:00Z"}, date(2024, 5, 1)),
        ("Asia/Tokyo", {"author_date": "2024-05-01T23:30:00Z"}, date(2024, 5, 2)),
        ("UTC", {"author_date": "2024-05-01T01:00:00+14:00"}, date(2024, 4, 30)),
        ("UTC", {"author_date": "2024-05-01T01:00:00"}, date(2024, 5, 1)),
        ("UTC", {"author_date": None, "commit_date": "1970-01-01T00:00:00Z"}, date(1970, 1, 1)),
        ("UTC", {"author_date": "2099-01-01T00:00:00Z"}, date(2024, 6, 1)),
        ("Pacific/Auckland", {"author_date": "9999-12-31T23:59:59Z"}, date(2024, 6, 2)),
        ("America/Lima", {"author_date": "0001-01-01T00:00:00Z"}, date(1, 1, 1)),
    ],
)
def test_the_day_it_counts_on(
    database: Database, zone: str, dates: dict[str, str | None], day: date
) -> None:
    pushes = make_pushes(database, time_zone=zone)
    commit = make_commit(**dates)
    pushes.push(commit, at=datetime(2024, 6, 1, 20, tzinfo=timezone.utc))
    assert pushes.row(commit["sha"]).day == day


def test_excluded_lines_never_exceed_the_lines(pushes: Pushes) -> None:
    commit = make_commit(additions=5, excluded_additions=50, deletions=0, excluded_deletions=9)
    pushes.push(commit)
    row = pushes.row(commit["sha"])
    assert (row.excluded_additions, row.excluded_deletions) == (5, 0)
    assert pushes.totals()["Grace Hopper"]["pts"] == 1000


def _players(pushes: Pushes) -> list[list[str]]:
    """The names of each player's identities."""
    with pushes.database.reading() as session:
        found = session.execute(
            select(Player.id, Identity.name)
            .join(Identity, Identity.player_id == Player.id)
            .where(Player.project_id == pushes.project_id)
        ).all()
    names: dict[object, list[str]] = {}
    for player_id, name in found:
        names.setdefault(player_id, []).append(name)
    return sorted(map(sorted, names.values()), reverse=False, key=lambda each: (not each[0], each))
