"""The server pulls a repository itself: real git over ssh and https, and what is stored of it."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from awaited import SECONDS, until
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.outbound import Outbound
from gitleague.core.settings import Settings
from gitleague.projects.repos import RepoRow, get_repo
from gitleague.sync.migrate import Outcome, Wish, move, repo_methods
from gitleague.sync.pull import words
from gitleague.sync.pull.credentials import Credential
from gitleague.sync.pull.mirrors import Watch, fetch, mirror_of
from gitleague.sync.pull.remotes import Reached, reach, read_remote
from gitleague.sync.pull.running import LEASE, LetGo, Running, ensure_pull, hold, take
from gitleague.sync.pull.schedules import LONGEST_BACK_OFF, PULL_REPO, ask_for_pulls, back_off
from gitleague.sync.pull.words import CannotPull
from gitleague.tables.commits import CommitRow
from gitleague.tables.jobs import Job
from gitleague.tables.projects import SyncMethod
from gitleague.tables.syncs import CredentialKind, RepoPull
from httpx import Client, Response
from make import Person, make_commit, make_repo
from remotes import (
    HOST,
    TOKEN,
    USER,
    Remote,
    add_commits,
    git,
    git_over_https,
    git_over_ssh,
    make_origin,
    rev_list,
)
from sqlalchemy import select, text, update

LOCAL = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return make_origin(tmp_path / "forge" / "site.git")


@pytest.fixture
def https(origin: Path, tmp_path: Path) -> Iterator[Remote]:
    with git_over_https(origin.parent, tmp_path) as remote:
        yield remote


@pytest.fixture
def ssh(origin: Path) -> Iterator[Remote]:
    with git_over_ssh(origin.parent) as remote:
        yield remote


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """That lets pulls reach this machine, and trusts the certificate made for the test."""
    return Settings(
        _env_file=None,
        **settings.model_dump(include={"database_url", "data_dir", "public_url"}),
        outbound_networks=",".join(LOCAL),
        pull_ca_file=tmp_path / "forge.crt",
    )


@dataclass
class Pulled:
    """A pulled repository, and its commissioner at the API."""

    http: Client
    ada: Person
    database: Database
    settings: Settings
    repo_id: uuid.UUID

    def call(self, method: str, path: str, json: object = None) -> Response:
        place = f"/api/v1/projects/{self.ada.project_id}/repos/{self.repo_id}/{path}"
        return self.http.request(method, place, json=json, headers=self.ada.headers)

    def open_with(self, **credential: str) -> None:
        answer = self.call("PUT", "pull/credential", {"credential": credential})
        assert answer.status_code == 200, answer.text

    def pull(self) -> dict[str, Any]:
        """Now; by the thread of the server. The newest entry of the log."""
        before = self.call("GET", "syncs").json()["total"]
        answer = self.call("POST", "sync")
        assert answer.status_code == 202, answer.text

        def done() -> dict[str, Any]:
            log = self.call("GET", "syncs").json()
            is_done = log["total"] > before and log["items"][0]["state"] != "running"
            return dict(log["items"][0]) if is_done else {}

        return until(done)

    def shas(self) -> set[str]:
        with self.database.reading() as session:
            wanted = select(CommitRow.sha).where(CommitRow.project_id == self.ada.project_id)
            return set(session.scalars(wanted))

    def repo(self) -> RepoRow:
        with self.database.reading() as session:
            return get_repo(session, self.ada.project_id, str(self.repo_id))


@pytest.fixture
def pulled(http: Client, ada: Person, database: Database, settings: Settings) -> Pulled:
    return Pulled(http, ada, database, settings, uuid.UUID(int=0))


def pulled_from(pulled: Pulled, git_url: str) -> Pulled:
    with pulled.database.writing() as session:
        method = SyncMethod.PULL_CELERY
        made = make_repo(session, pulled.ada.project_id, git_url, sync_method=method)
    return replace(pulled, repo_id=made)


def test_it_works_over_https_with_a_token(pulled: Pulled, https: Remote, origin: Path) -> None:
    site = pulled_from(pulled, https.https("site.git"))
    site.open_with(kind="token", username=USER, password=TOKEN)
    first = site.pull()
    assert (first["way"], first["state"], first["inserted"]) == ("pull", "done", 3), first
    assert site.shas() == rev_list(origin)
    add_commits(origin, 2)
    assert site.pull()["inserted"] == 2
    assert site.pull()["inserted"] == 0
    assert site.shas() == rev_list(origin)
    repo = site.repo()
    assert (repo.status, repo.total_commits) == ("healthy", 5)
    assert repo.last_ingested_sha == git(origin, "rev-parse", "main").strip()


@pytest.mark.on_both
def test_it_works_over_ssh_with_a_key(pulled: Pulled, ssh: Remote, origin: Path) -> None:
    site = pulled_from(pulled, ssh.ssh("site.git"))
    site.open_with(kind="ssh_key", private_key=ssh.private_key)
    done = site.pull()
    assert (done["state"], done["inserted"]) == ("done", 3), done
    assert site.shas() == rev_list(origin)


def test_what_it_is_opened_with_is_nowhere_to_be_read(
    pulled: Pulled, https: Remote, caplog: pytest.LogCaptureFixture
) -> None:
    site = pulled_from(pulled, https.https("site.git"))
    site.open_with(kind="token", username=USER, password=TOKEN)
    answers = [site.call("GET", path).text for path in ("pull", "syncs")]
    site.pull()
    site.open_with(kind="token", username=USER, password=f"{TOKEN}-not")
    failed = site.pull()
    assert failed["error"] == words.NOT_ACCEPTED
    log = site.http.get(
        f"/api/v1/projects/{site.ada.project_id}/audit-log", headers=site.ada.headers
    )
    kept = b"".join(
        path.read_bytes() for path in site.settings.data_dir.rglob("*") if path.is_file()
    )
    with site.database.reading() as session:
        rows = session.scalars(select(RepoPull.sealed_credential)).all()
    assert TOKEN not in "".join((*answers, str(failed), log.text, caplog.text, *map(str, rows)))
    assert TOKEN.encode() not in kept
    assert site.call("DELETE", "pull/credential").status_code == 204
    assert site.call("GET", "pull").json()["credential_kind"] is None


def test_errors_are_plain_words_and_wait_longer_each_time(pulled: Pulled, https: Remote) -> None:
    site = pulled_from(pulled, https.https("moved/site.git"))
    assert site.pull()["error"] == words.REDIRECTED
    assert (site.repo().status, site.repo().error_message) == ("error", words.REDIRECTED)
    first = site.call("GET", "pull").json()
    assert first["failures"] == 1
    assert site.pull()["state"] == "failed"
    assert site.call("GET", "pull").json()["failures"] == 2
    assert back_off(1) == 2 * back_off(0)
    assert back_off(99) == LONGEST_BACK_OFF


@pytest.mark.parametrize("scheme", ["https", "ssh"])
def test_git_connects_to_the_address_that_was_checked(
    scheme: str, settings: Settings, request: pytest.FixtureRequest
) -> None:
    """The name leads nowhere, and yet it is reached, under its own certificate and host key."""
    forge: Remote = request.getfixturevalue(scheme)
    url = f"{scheme}://{'git@' if scheme == 'ssh' else ''}{HOST}:{forge.port}/site.git"
    reached = Reached(read_remote(url, settings), ["127.0.0.1"])
    credential = (
        Credential(CredentialKind.SSH_KEY, forge.private_key)
        if scheme == "ssh"
        else Credential(CredentialKind.TOKEN, TOKEN, USER)
    )
    watch = Watch(time.monotonic() + SECONDS, 1 << 30, lambda: None)
    with mirror_of(settings, uuid.uuid4(), uuid.uuid4()) as mirror:
        fetch(mirror, reached, credential, settings, watch)
        assert git(mirror.folder, "rev-list", "--count", "refs/remotes/origin/HEAD").strip() == "3"
        small = watch._replace(most_bytes=1)
        slow = watch._replace(until=0)
        for limit, says in ((small, "PULL_MEGABYTES"), (slow, "PULL_MINUTES")):
            with pytest.raises(CannotPull, match=says):
                fetch(mirror, reached, credential, settings, limit)
    if scheme == "ssh":
        known = settings.data_dir / "known_hosts"
        assert f"[{HOST}]:{forge.port}" in known.read_text()
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        known.write_text(f"[{HOST}]:{forge.port} {other}")
        with (
            mirror_of(settings, uuid.uuid4(), uuid.uuid4()) as mirror,
            pytest.raises(CannotPull, match="host key"),
        ):
            fetch(mirror, reached, credential, settings, watch)


@pytest.mark.parametrize(
    "url",
    [
        "/srv/git/site.git",
        "file:///srv/git/site.git",
        "ext::sh -c touch% /tmp/x",
        "git://x.org/site.git",
        "http://x.org/site.git",
        "-u@x.org:site",
        "--upload-pack=touch",
        "git@-oProxyCommand=touch:site",
        "ssh://-oProxyCommand=touch/site",
        "ssh://git@x.org/-site",
        "git@x.org:-site",
        "https://x.org/",
        "https:///site.git",
        "https://x.org:99999/site.git",
        "https://x.org/a b",
        "https://x.org/a\nb",
    ],
)
def test_where_nothing_is_pulled_from(url: str, settings: Settings) -> None:
    with pytest.raises(CannotPull):
        read_remote(url, settings)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://x.org/team/site.git", "x.org", 443),
        ("https://ada:secret@x.org:8443/site", "x.org", 8443),
        ("git@x.org:team/site.git", "x.org", 22),
        ("ssh://git@x.org:2222/site", "x.org", 2222),
        ("ssh://git@[2001:db8::1]/site", "2001:db8::1", 22),
    ],
)
def test_where_it_is_pulled_from(url: str, host: str, port: int, settings: Settings) -> None:
    remote = read_remote(url, settings)
    assert (remote.host, remote.port) == (host, port)
    assert "secret" not in remote.url


def test_private_networks_are_reached_only_where_allowed(
    pulled: Pulled, https: Remote, settings: Settings
) -> None:
    remote = read_remote(https.https("site.git"), settings)
    strict = Settings(_env_file=None, data_dir=settings.data_dir)
    with pytest.raises(CannotPull, match="GITLEAGUE_OUTBOUND_NETWORKS"):
        reach(remote, Outbound(strict))


def test_one_sync_of_a_repository_at_a_time(pulled: Pulled, settings: Settings) -> None:
    """A second one waits; the first finds out when it was taken for dead."""
    site = pulled_from(pulled, "https://localhost:1/site.git")
    of_repo = (site.ada.project_id, site.repo_id)
    with site.database.writing() as session:
        taken = take(session, *of_repo)
    with site.database.writing() as session, pytest.raises(Running):
        take(session, *of_repo)
    assert site.call("POST", "sync").status_code == 409
    with site.database.writing() as session:
        session.execute(update(RepoPull).values(running_until=now() - LEASE))
    with site.database.writing() as session:
        take(session, *of_repo)
    with site.database.writing() as session, pytest.raises(LetGo):
        hold(session, taken)
    states = [each["state"] for each in site.call("GET", "syncs").json()["items"]]
    assert sorted(states) == ["failed", "running"]


@pytest.mark.parametrize("schedule", ["hourly", "* * * *", "0 0 31 2 *", "61 * * * *", "@daily"])
def test_schedules_that_never_come(pulled: Pulled, schedule: str) -> None:
    site = pulled_from(pulled, "https://localhost:1/site.git")
    answer = site.call("PUT", "pull", {"schedule": schedule})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "schedule"


def test_what_is_due_is_asked_for_once(pulled: Pulled) -> None:
    site = pulled_from(pulled, "https://localhost:1/site.git")
    assert site.call("PUT", "pull", {"schedule": " 0  3 * * * "}).json()["schedule"] == "0 3 * * *"
    with site.database.writing() as session:
        session.execute(update(RepoPull).values(next_due=now() - timedelta(days=2)))
    for _ in range(2):
        with site.database.writing() as session:
            ask_for_pulls(session)
    with site.database.reading() as session:
        asked = session.scalars(select(Job).where(Job.kind == PULL_REPO)).all()
        due = session.scalars(select(RepoPull.next_due)).one()
    assert len(asked) == 1
    assert due
    assert due > now()


def test_what_the_clock_has_not_begun_is_due_with_the_next_hour(
    database: Database, project_id: uuid.UUID
) -> None:
    """Else a credential that is set before the clock looks would keep it from being pulled."""
    with database.writing() as session:
        method = SyncMethod.PULL_CELERY
        repo_id = make_repo(session, project_id, "https://localhost:1/site.git", sync_method=method)
        ensure_pull(session, project_id, repo_id)
        due = session.scalars(select(RepoPull.next_due)).one()
    assert due
    assert timedelta(0) < due - now() <= timedelta(hours=1)


def _somebody_waits(database: Database, queries: list[str]) -> bool:
    """For their turn to write, or for a lock."""
    if database.is_sqlite:
        return "BEGIN IMMEDIATE" in queries
    with database.reading() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


@pytest.mark.on_both
def test_a_schedule_that_the_clock_begins_meanwhile(pulled: Pulled, queries: list[str]) -> None:
    site = pulled_from(pulled, "https://localhost:1/site.git")
    with ThreadPoolExecutor(1) as pool:
        with site.database.writing() as clock:
            ask_for_pulls(clock)
            clock.flush()
            queries.clear()
            saved = pool.submit(site.call, "PUT", "pull", {"schedule": "0 3 * * *"})
            until(lambda: saved.done() or _somebody_waits(site.database, queries))
        assert saved.result().json()["schedule"] == "0 3 * * *"


def test_a_key_with_a_passphrase_is_refused(pulled: Pulled) -> None:
    site = pulled_from(pulled, "git@localhost:site.git")
    locked = asyncssh.generate_private_key("ssh-ed25519").export_private_key(
        "pkcs8-pem", passphrase="open sesame"
    )
    for key in (locked.decode(), "no key"):
        wish = {"credential": {"kind": "ssh_key", "private_key": key}}
        answer = site.call("PUT", "pull/credential", wish)
        assert answer.status_code == 422
        assert "passphrase" in answer.text
        assert key not in answer.text


def test_the_first_push_after_the_migration_sends_only_what_is_new(
    pulled: Pulled, https: Remote, origin: Path
) -> None:
    site = pulled_from(pulled, https.https("site.git"))
    site.open_with(kind="token", username=USER, password=TOKEN)
    site.pull()
    place = f"/api/v1/sync/projects/{site.ada.project_id}/repos/{site.repo_id}"
    tip = git(origin, "rev-parse", "main").strip()
    new = {"commits": [make_commit(parents=[tip])]}
    refused = site.http.post(f"{place}/commits", json=new, headers=site.ada.headers)
    assert refused.status_code == 409
    assert f"migrate_repos_to_push.py {site.repo_id}" in refused.json()["detail"]
    with site.database.writing() as session:
        every = repo_methods(session, site.ada.project_id)
        assert move(session, every[0], Wish(SyncMethod.PUSH_CLIENT)) is Outcome.DONE
    status = site.http.get(f"{place}/status", headers=site.ada.headers).json()
    assert (status["sync_method"], status["heads"]) == ("push_client", [tip])
    pushed = site.http.post(f"{place}/commits", json=new, headers=site.ada.headers)
    assert (pushed.status_code, pushed.json()["inserted"]) == (201, 1)
    site.http.post(f"{place}/refs", json={"tips": []}, headers=site.ada.headers)
    assert site.call("POST", "sync").status_code == 409
    log = site.call("GET", "syncs").json()["items"]
    assert [(each["way"], each["state"], each["inserted"]) for each in log] == [
        ("push", "done", 1),
        ("pull", "done", 3),
    ]
