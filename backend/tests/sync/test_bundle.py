"""A bundle is a push: the same is taken, the same is refused, and twice is once."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from awaited import until
from gitleague.accounts.audit import Action
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.tables.accounts import ApiKey, Scope
from gitleague.tables.audit import AuditEntry
from gitleague.tables.commits import CommitRow, Identity
from gitleague.tables.projects import Repo, RepoTip, SyncMethod
from gitleague.tables.scores import BoxScore
from gitleague_client.bundle import BundleWriter, Entry, Kind
from gitleague_client.rules.pseudonyms import is_pseudonym
from histories import make_nasty_history
from httpx import Client
from make import Person, make_commit, make_key, make_line, make_repo
from operators import Done, Operator
from sqlalchemy import func, select, update

URL = "git@example.org:team/site.git"
EARLIER = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Courier(NamedTuple):
    """Packs with a key of ada's, and takes bundles to her server."""

    folder: Path
    database_url: str
    project_id: uuid.UUID
    key: str

    def gitleague(self, *arguments: str) -> Done:
        operator = Operator({"GITLEAGUE_DATABASE_URL": self.database_url}, self.folder)
        done = operator.run_here(*arguments)
        assert self.key[13:] not in done.out + done.err
        return done

    def carry(self, content: bytes) -> Done:
        (self.folder / "carried.bundle").write_bytes(content)
        return self.gitleague("import-bundle", "carried.bundle")

    def packed(self, *commits: dict[str, Any], repo: str = URL, key: str = "") -> bytes:
        """What a client would pack, and more: nothing is checked here."""
        file = io.BytesIO()
        bundle = BundleWriter(file, key or self.key)
        for kind, body in (
            (Kind.COMMITS, {"commits": commits}),
            (Kind.REFS, {"tips": [{"name": "main", "sha": commits[-1]["sha"]}], "pruned": []}),
        ):
            bundle.add(Entry(self.project_id, repo, kind, json.dumps(body).encode()))
        bundle.close()
        return file.getvalue()


@pytest.fixture
def courier(tmp_path: Path, database_url: str, http: Client, ada: Person) -> Courier:
    key = make_key(http, ada, Scope.SYNC_COMMITS, Scope.WRITE_REPOS, project_id=ada.project_id)
    return Courier(tmp_path, database_url, ada.project_id, key)


def shas(database: Database, project_id: uuid.UUID) -> set[str]:
    with database.reading() as session:
        of_project = select(CommitRow.sha).where(CommitRow.project_id == project_id)
        return set(session.scalars(of_project))


def points(database: Database, project_id: uuid.UUID) -> Any:
    with database.reading() as session:
        return session.scalar(
            select(func.sum(BoxScore.pts)).where(BoxScore.project_id == project_id)
        )


@pytest.mark.on_both
@pytest.mark.parametrize("privacy", ["full", "numbers"])
def test_a_history_comes_as_if_it_had_been_pushed(
    courier: Courier, database: Database, live_server: str, privacy: str
) -> None:
    """Packed, imported twice, and then pushed: nothing is left to send."""
    history = make_nasty_history(courier.folder / "history", 300)
    repo = {"path": str(history), "git_url": URL, "privacy": privacy}
    project = {"project_id": str(courier.project_id), "repos": [repo]}
    config = courier.folder / "repos.yaml"

    def client(url: str, *arguments: str) -> list[dict[str, Any]]:
        settings = {"api_url": url, "api_key": courier.key, "projects": [project]}
        config.write_text(yaml.safe_dump(settings))
        config.chmod(0o600)
        done = subprocess.run(
            [sys.executable, "-m", "gitleague_client", "--json", "sync", *arguments],
            capture_output=True,
            check=True,
            cwd=courier.folder,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    rules = courier.gitleague("export-rules", "--project", str(courier.project_id)).out
    (courier.folder / "rules.json").write_text(rules)
    # Nobody answers at that address: it is not asked.
    client("https://league.invalid", "--to", "new.bundle", "--rules", "rules.json")

    first = courier.gitleague("import-bundle", "new.bundle")
    assert first.code == 0, first.err
    assert f"Signed by ada@example.org with {courier.key[:12]}…" in first.out
    assert f"{URL}  300 new, 0 known already (300 in the league)" in first.out
    scored = points(database, courier.project_id)
    again = courier.gitleague("import-bundle", "new.bundle")
    assert f"{URL}  0 new, 300 known already (300 in the league)" in again.out
    assert points(database, courier.project_id) == scored > 0

    (pushed,) = client(live_server, "--full")
    assert (pushed["found"], pushed["skipped"]) == (300, 300)
    (idle,) = client(live_server)
    assert idle["found"] == 0
    with database.reading() as session:
        emails = session.scalars(
            select(Identity.email).where(Identity.project_id == courier.project_id)
        ).all()
    shown = [email for email in emails if "@" in email and not is_pseudonym(email)]
    assert bool(shown) == (privacy == "full")


def test_one_odd_commit_is_refused_and_the_others_are_taken(
    courier: Courier, database: Database
) -> None:
    odd, good = make_commit(additions=-1), make_commit()
    done = courier.carry(courier.packed(odd, good))
    assert (done.code, f"refused: {odd['sha']}: " in done.err) == (1, True)
    assert "(additions)" in done.err
    assert shas(database, courier.project_id) == {good["sha"]}


def test_an_import_that_was_cut_off_is_run_again(courier: Courier, database: Database) -> None:
    line = make_line(3)
    courier.carry(courier.packed(*line[:2]))
    assert courier.carry(courier.packed(*line)).code == 0
    assert shas(database, courier.project_id) == {commit["sha"] for commit in line}


@pytest.mark.on_both
def test_who_brought_it_is_in_the_trail(courier: Courier, database: Database, ada: Person) -> None:
    courier.carry(courier.packed(make_commit()))
    with database.reading() as session:
        trail = select(AuditEntry).where(AuditEntry.project_id == ada.project_id)
        (pushed,) = session.scalars(trail.where(AuditEntry.action == Action.COMMITS_PUSHED.value))
        key = session.scalars(select(ApiKey).where(ApiKey.prefix == courier.key[:12])).one()
    assert (pushed.user_id, pushed.api_key_id, pushed.ip_address) == (ada.user_id, key.id, "bundle")
    assert (key.last_used_ip, key.usage_count) == ("bundle", 1)


def test_what_was_changed_on_its_way_is_not_taken(courier: Courier, database: Database) -> None:
    whole = courier.packed(make_commit())
    changed = gzip.compress(gzip.decompress(whole).replace(b"ada", b"eve").replace(b"A", b"B"))
    for damaged in (changed, whole[:-20], whole[:40], whole + whole, b"", b"PK\3\4"):
        done = courier.carry(damaged)
        assert (done.code, done.err.startswith("error: This ")) == (1, True), done.err
    assert shas(database, courier.project_id) == set()


def test_only_the_key_itself_can_sign(courier: Courier, database: Database, http: Client) -> None:
    """Who knows how a key begins, from the page that lists them, can sign nothing with it."""
    known = courier.key[:13]
    forged = courier.packed(make_commit(), key=known + "0" * 38)
    done = courier.carry(forged)
    assert (done.code, "was not signed with" in done.err) == (1, True)
    unknown = courier.carry(courier.packed(make_commit(), key="tgl_00000000_" + "0" * 38))
    assert (unknown.code, "is not known here" in unknown.err) == (1, True)
    assert shas(database, courier.project_id) == set()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"revoked_at": EARLIER}, "was revoked"),
        ({"expires_at": EARLIER}, "has expired"),
        ({"public_key": None}, "Rotate it"),
    ],
)
def test_the_key_must_be_live(
    courier: Courier, database: Database, values: dict[str, Any], said: str
) -> None:
    with database.writing() as session:
        session.execute(update(ApiKey).where(ApiKey.prefix == courier.key[:12]).values(**values))
    done = courier.carry(courier.packed(make_commit()))
    assert (done.code, said in done.err) == (1, True)
    assert shas(database, courier.project_id) == set()


def test_a_key_opens_what_it_opens_for_a_push(
    courier: Courier, database: Database, http: Client, ada: Person, grace: Person, mallory: Person
) -> None:
    def said(key: str, repo: str = URL) -> str:
        done = courier.carry(courier.packed(make_commit(), repo=repo, key=key))
        assert done.code == 1
        return done.err

    reader = make_key(http, ada, Scope.READ_REPOS, project_id=ada.project_id)
    assert "lacks the scope sync:commits" in said(reader)
    player = make_key(http, grace, Scope.READ_REPOS, project_id=ada.project_id)
    assert "Only a commissioner" in said(player)
    stranger = make_key(http, mallory, Scope.SYNC_COMMITS)
    assert "There is no such project" in said(stranger)
    elsewhere = make_key(http, mallory, Scope.SYNC_COMMITS, project_id=mallory.project_id)
    assert "There is no such project" in said(elsewhere)
    narrow = make_key(http, ada, Scope.SYNC_COMMITS, project_id=ada.project_id)
    assert "write:repos" in said(narrow)
    assert shas(database, courier.project_id) == set()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Repo)) == 0


def test_a_repository_that_fails_does_not_stop_the_others(
    courier: Courier, database: Database
) -> None:
    pulled = "git@example.org:team/pulled.git"
    with database.writing() as session:
        make_repo(session, courier.project_id, pulled, sync_method=SyncMethod.PULL_CELERY)
    file, good = io.BytesIO(), make_commit()
    bundle = BundleWriter(file, courier.key)
    for repo, commit in ((pulled, make_commit()), (URL, good)):
        body = json.dumps({"commits": [commit]}).encode()
        bundle.add(Entry(courier.project_id, repo, Kind.COMMITS, body))
        bundle.add(Entry(courier.project_id, repo, Kind.COMMITS, b"not JSON"))
    bundle.close()
    done = courier.carry(file.getvalue())
    assert done.code == 1
    assert "The server pulls pulled itself." in done.err
    assert "The body is not JSON" in done.err
    assert shas(database, courier.project_id) == {good["sha"]}


HOSTILE = [
    {"project_id": None, "repo": URL, "kind": "commits"},
    {"project_id": "x", "repo": URL, "kind": "commits"},
    {"project_id": str(uuid.UUID(int=1)), "repo": {"a": 1}, "kind": "commits"},
    {"project_id": str(uuid.UUID(int=1)), "repo": "\x1b]0;pwn\x07git@h:t/x", "kind": "commits"},
    {"project_id": str(uuid.UUID(int=1)), "repo": "git@h:t/\ud800x", "kind": "commits"},
    {"project_id": str(uuid.UUID(int=1)), "repo": URL, "kind": "secrets"},
    {"repo": URL},
]


@pytest.mark.parametrize("place", HOSTILE)
def test_a_malformed_entry_ends_it_and_what_came_before_is_told(
    courier: Courier, database: Database, place: dict[str, Any]
) -> None:
    good = make_commit()
    file = io.BytesIO()
    bundle = BundleWriter(file, courier.key)
    body = json.dumps({"commits": [good]}).encode()
    bundle.add(Entry(courier.project_id, URL, Kind.COMMITS, body))
    bundle._write(json.dumps(place).encode() + b"\n{}\n")
    bundle.close()
    done = courier.carry(file.getvalue())
    assert (done.code, "An entry of this bundle is none" in done.err) == (1, True), done.err
    assert f"{URL}  1 new" in done.out
    assert shas(database, courier.project_id) == {good["sha"]}


@pytest.mark.parametrize("key", ["\ud800", "\x1b]0;pwn\x07", "tgl_a\0bcdefg", None, 7])
def test_nobody_writes_to_the_operators_terminal(courier: Courier, key: Any) -> None:
    lines = gzip.decompress(courier.packed(make_commit())).splitlines()
    header = {**json.loads(lines[0]), "key": key}
    lines[0] = json.dumps(header).encode()
    digest = hashlib.sha256(b"\n".join(lines[:-1]) + b"\n").hexdigest()
    lines[-1] = json.dumps({**json.loads(lines[-1]), "sha256": digest}).encode()
    done = courier.carry(gzip.compress(b"\n".join(lines) + b"\n"))
    assert (done.code, done.err.startswith("error: This bundle is not whole")) == (1, True)
    assert "\x1b" not in done.err


def test_a_bundle_that_holds_nothing_is_told_of(courier: Courier) -> None:
    file = io.BytesIO()
    BundleWriter(file, courier.key).close()
    done = courier.carry(file.getvalue())
    assert (done.code, "holds nothing" in done.err) == (1, True)


def test_it_comes_through_a_pipe_too(courier: Courier, database: Database) -> None:
    commit = make_commit()
    done = subprocess.run(
        [sys.executable, "-m", "gitleague", "import-bundle", "-"],
        input=courier.packed(commit),
        env={**os.environ, "GITLEAGUE_DATABASE_URL": courier.database_url},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0
    assert shas(database, courier.project_id) == {commit["sha"]}


def test_an_older_bundle_does_not_move_the_branches_back(
    courier: Courier, database: Database, http: Client
) -> None:
    old = courier.packed(make_commit())
    packed_in = now().second
    until(lambda: now().second != packed_in)  # a bundle knows its second
    newer = make_commit()
    for content in (courier.packed(newer), old):
        assert courier.carry(content).code == 0
    with database.reading() as session:
        tips = select(RepoTip.sha).where(RepoTip.project_id == courier.project_id)
        assert session.scalars(tips).all() == [newer["sha"]]
    assert len(shas(database, courier.project_id)) == 2


@pytest.mark.on_both
def test_rules_are_exported_of_one_league(courier: Courier, mallory: Person) -> None:
    """They hold what pseudonyms are made with."""
    refused = courier.gitleague("export-rules")
    assert (refused.code, f"--project {courier.project_id}" in refused.err) == (2, True)
    assert refused.out == ""
    told = courier.gitleague("export-rules", "--project", str(mallory.project_id))
    assert json.loads(told.out)["project_id"] == str(mallory.project_id)


def test_a_database_that_is_not_there_is_not_made(courier: Courier) -> None:
    nowhere = courier.folder / "nowhere"
    for command in (["export-rules"], ["import-bundle", "/dev/null"]):
        done = Operator({"GITLEAGUE_DATA_DIR": str(nowhere)}).run_here(*command)
        assert (done.code, "Is GITLEAGUE_DATA_DIR right?" in done.err) == (2, True)
        assert not (nowhere / "gitleague.db").exists()


def test_a_file_that_is_not_there(courier: Courier) -> None:
    done = courier.gitleague("import-bundle", "none")
    assert (done.code, "No such file" in done.err) == (2, True)
