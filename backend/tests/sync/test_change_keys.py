"""Keys of changes: copies are found by them, and nobody without the salt can try a guess on one."""

import uuid

import pytest
from alembic import command
from gitleague.core.db import Database
from gitleague.projects.erased import marker_of
from gitleague.tables.accounts import Scope
from gitleague.tables.commits import CommitRow, Player
from gitleague.tables.projects import Project
from gitleague_client.rules.change_keys import keyed
from httpx import Client
from make import Person, make_commit, make_key
from migrations import config_for
from pushes import Pushes, make_pushes, people
from sqlalchemy import select, update

ADA, GRACE, LINUS = people("Ada", "Grace", "Linus")
DIGEST = "1:0123456789abcdef0123456789abcdef"  # as clients sent it before there was a salt
OTHER = f"{DIGEST}:1"  # the next of a run


@pytest.fixture
def pushes(database: Database) -> Pushes:
    return make_pushes(database)


def salt_of(pushes: Pushes) -> str:
    with pushes.database.reading() as session:
        return session.get_one(Project, pushes.project_id).change_salt


def key_of(pushes: Pushes, digest: str = DIGEST) -> str:
    return keyed(digest, salt_of(pushes))


def test_it_works() -> None:
    """HMAC-SHA256, as written down in docs/decisions/0010."""
    key = "2:28bac014c3ebf77a6cb4e0a776e79e5964689440efd84d70514dfac8a78f0a54"
    assert keyed(DIGEST, "salt") == key


@pytest.mark.on_both
def test_the_digest_of_an_older_client_is_keyed_when_it_arrives(pushes: Pushes) -> None:
    commit = make_commit(patch_key=DIGEST)
    assert pushes.push(commit).inserted == 1
    assert pushes.row(commit["sha"]).change_key == key_of(pushes)


def test_an_older_and_a_newer_client_send_one_change(pushes: Pushes) -> None:
    older = make_commit(patch_key=DIGEST)
    newer = make_commit(patch_key=key_of(pushes), commit_date="2024-05-02T12:00:00Z")
    pushes.push(older)
    pushes.push(newer)
    assert pushes.row(older["sha"]).counts
    assert not pushes.row(newer["sha"]).counts


def test_twins_of_a_run_stay_changes_of_their_own(pushes: Pushes) -> None:
    pushes.push(make_commit(patch_key=DIGEST), make_commit(patch_key=OTHER))
    assert pushes.totals()["Grace Hopper"]["commits"] == 2


@pytest.mark.parametrize("sent", ["2:0123456789", f"2:{'A' * 64}", f"0:{'a' * 64}", "same-change"])
def test_what_only_looks_keyed_is_keyed(pushes: Pushes, sent: str) -> None:
    commit = make_commit(patch_key=sent)
    pushes.push(commit)
    assert pushes.row(commit["sha"]).change_key == key_of(pushes, sent) != sent


def test_no_other_league_has_the_same_key(pushes: Pushes) -> None:
    other = make_pushes(pushes.database, email="mallory@example.org")
    commit = make_commit(patch_key=DIGEST)
    pushes.push(commit)
    other.push(commit)
    assert pushes.row(commit["sha"]).change_key != other.row(commit["sha"]).change_key


@pytest.mark.on_both
def test_what_is_there_is_keyed_in_place(pushes: Pushes, database: Database) -> None:
    """Nothing is scanned again: a copy that comes now is known."""
    fork = pushes.repo("https://example.org/fork")
    first, copy, alone = (make_commit(**GRACE, patch_key=key) for key in (DIGEST, DIGEST, None))
    gone, gone_copy = (make_commit(**LINUS, patch_key=OTHER) for _ in range(2))
    pushes.push(first, alone, gone)
    fork.push(copy, gone_copy)
    _as_before_the_salt(pushes, {DIGEST: [first, copy], OTHER: [gone, gone_copy]})
    before = pushes.box_scores()
    with database.migrating() as connection:
        command.upgrade(config_for(connection), "head")
    with database.reading() as session:
        of_the_erased = marker_of(session, pushes.project_id).of_change(key_of(pushes, OTHER))
    assert pushes.row(first["sha"]).change_key == fork.row(copy["sha"]).change_key == key_of(pushes)
    assert pushes.row(gone["sha"]).change_key == of_the_erased
    assert fork.row(gone_copy["sha"]).change_key == of_the_erased
    assert pushes.row(alone["sha"]).change_key == alone["sha"]
    again = make_commit(**GRACE, patch_key=DIGEST, commit_date="2024-05-02T12:00:00Z")
    pushes.push(again)
    assert not pushes.row(again["sha"]).counts
    assert pushes.box_scores() == pushes.recomputed() == before


def _as_before_the_salt(pushes: Pushes, digests: dict[str, list[dict[str, str]]]) -> None:
    """Plain digests in the table of an older server, where Linus was erased."""
    with pushes.database.writing() as session:
        for digest, commits in digests.items():
            session.execute(
                update(CommitRow)
                .where(
                    CommitRow.project_id == pushes.project_id,
                    CommitRow.sha.in_([commit["sha"] for commit in commits]),
                )
                .values(change_key=digest)
            )
        session.execute(
            update(Player)
            .where(Player.project_id == pushes.project_id, Player.name == "Linus")
            .values(erased_number=1)
        )
    with pushes.database.migrating() as connection:
        command.downgrade(config_for(connection), "0032")


def told(http: Client, project_id: uuid.UUID, credential: str) -> tuple[str, str]:
    answer = http.get(
        f"/api/v1/sync/projects/{project_id}/rules",
        headers={"Authorization": f"Bearer {credential}"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["pseudonym_salt"], answer.json()["change_salt"]


def test_salts_go_to_those_who_push(
    http: Client, ada: Person, grace: Person, database: Database
) -> None:
    with database.reading() as session:
        project = session.get_one(Project, ada.project_id)
        salts = (project.pseudonym_salt, project.change_salt)
    place = (http, ada.project_id)
    assert told(*place, ada.jwt) == salts
    assert told(*place, make_key(http, ada, Scope.SYNC_COMMITS)) == salts
    assert told(*place, make_key(http, ada, Scope.READ_REPOS)) == ("", "")
    assert told(*place, make_key(http, ada, Scope.WRITE_REPOS, Scope.READ_REPOS)) == ("", "")
    assert told(*place, grace.jwt) == ("", "")


def test_each_league_has_salts_of_its_own(database: Database, http: Client, ada: Person) -> None:
    answer = http.post("/api/v1/projects", json={"name": "Another"}, headers=ada.headers)
    assert answer.status_code == 201, answer.text
    with database.reading() as session:
        salts = session.execute(select(Project.change_salt, Project.pseudonym_salt)).all()
    words = [word for pair in salts for word in pair]
    assert len(set(words)) == len(words) >= 4
    assert {len(word) for word in words} == {64}
