"""The key contract: made, shown once, listed, checked, revoked, rotated, expiring."""

import logging
import re
import subprocess
import sys
import uuid
from datetime import timedelta
from typing import Any

import pytest
from gitleague.accounts import hashing
from gitleague.accounts.api_keys import create_key
from gitleague.accounts.caller import Caller
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.tables.accounts import ApiKey, Scope
from gitleague.tables.audit import AuditEntry
from gitleague.tables.projects import MemberStatus, Role
from gitleague_client.credentials import SECRET_ALPHABET, is_key, is_mistyped
from gitleague_client.credentials import make_key as key_of
from httpx import Client, Response
from hypothesis import given
from hypothesis import strategies as st
from make import Person, make_key, make_person
from sqlalchemy import select, update

KEYS = "/api/v1/api-keys/"
PREFIXES = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=8)
SECRETS = st.text(SECRET_ALPHABET, min_size=32, max_size=32)


def with_key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def opens(http: Client, key: str) -> Response:
    return http.get("/api/v1/projects", headers=with_key(key))


def create(http: Client, person: Person, **over: Any) -> Response:
    wish = {"name": "laptop", "scopes": "sync:commits,read:repos"} | over
    return http.post(KEYS, json=wish, headers=person.headers)


def test_it_works(http: Client, ada: Person) -> None:
    answer = create(http, ada, expires_in_days=30, project_id=str(ada.project_id))
    assert answer.status_code == 201
    made = answer.json()
    assert re.fullmatch(r"tgl_[a-z0-9]{8}_[A-Za-z0-9]{38}", made["full_key"])
    assert made["full_key"].startswith(made["prefix"] + "_")
    assert made["scopes"] == "sync:commits,read:repos"
    assert made["project_id"] == str(ada.project_id)
    assert made["expires_at"] > made["created_at"]
    assert (made["status"], made["usage_count"], made["last_used_at"]) == ("active", 0, None)
    assert opens(http, made["full_key"]).status_code == 200


def test_a_key_is_shown_once(http: Client, ada: Person, database: Database) -> None:
    made = create(http, ada).json()
    secret = made["full_key"].rsplit("_", 1)[1]
    assert secret not in http.get(KEYS, headers=ada.headers).text
    with database.reading() as session:
        kept = session.get_one(ApiKey, uuid.UUID(made["id"]))
        assert kept.key_hash.startswith("$argon2id$")
        assert secret not in kept.key_hash
        assert hashing.HASHER.verify(kept.key_hash, made["full_key"])


def test_a_server_hashes_with_what_owasp_asks_for() -> None:
    """In a process of its own: in this one hashing is cheap, for the sake of the other tests."""
    code = "from gitleague.accounts.hashing import HASHER; print(HASHER.hash('key'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_key_works(http: Client, ada: Person) -> None:
    """One in eight of the original's keys never did: it looked for `_` in a random prefix."""
    for _ in range(32):
        assert opens(http, make_key(http, ada, Scope.READ_REPOS)).status_code == 200


@given(PREFIXES, SECRETS)
def test_every_key_has_the_shape(prefix: str, secret: str) -> None:
    assert is_key(key_of(prefix, secret))
    assert not is_mistyped(key_of(prefix, secret))


@given(PREFIXES, SECRETS, st.data())
def test_every_typo_is_seen_offline(prefix: str, secret: str, data: st.DataObject) -> None:
    key = key_of(prefix, secret)
    place = data.draw(st.integers(len("tgl_xxxxxxxx_"), len(key) - 1))
    wrong = data.draw(st.sampled_from([each for each in SECRET_ALPHABET if each != key[place]]))
    assert is_mistyped(key[:place] + wrong + key[place + 1 :])
    assert is_mistyped(key[:-1])
    assert is_mistyped(key + wrong)


def test_a_key_of_the_original_is_found_whole(
    http: Client, ada: Person, database: Database
) -> None:
    """`_` and `-` anywhere, and no checksum: what the original made still opens."""
    old = "tgl_a_b-c_d9_" + "x_-y" * 8
    made = create(http, ada).json()
    with database.writing() as session:
        session.execute(
            update(ApiKey)
            .where(ApiKey.id == uuid.UUID(made["id"]))
            .values(prefix=old[:12], key_hash=hashing.HASHER.hash(old))
        )
    assert opens(http, old).status_code == 200
    assert opens(http, old[:-1] + "z").status_code == 401


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("tgl_aaaa0000_" + "A" * 38, "mistyped"),
        (key_of("aaaa0000", "A" * 32), "not known here"),
        ("tgl_", "mistyped"),
        ("tgl_" + "é" * 40, "mistyped"),
        ("tgl_" + "a" * 5000, "mistyped"),
    ],
)
def test_a_wrong_key_says_what_is_wrong(http: Client, key: str, says: str) -> None:
    answer = http.get("/api/v1/projects", headers={"Authorization": f"Bearer {key}".encode()})
    assert answer.status_code == 401
    assert says in answer.json()["detail"]
    assert key not in answer.text


def test_a_prefix_with_another_secret_opens_nothing(http: Client, ada: Person) -> None:
    key = make_key(http, ada, Scope.READ_REPOS)
    assert opens(http, key_of(key[4:12], "A" * 32)).status_code == 401


def test_revoking_works_at_once(http: Client, ada: Person) -> None:
    made = create(http, ada).json()
    assert opens(http, made["full_key"]).status_code == 200
    for _ in range(2):  # twice is no error
        answer = http.delete(f"{KEYS}{made['id']}", headers=ada.headers)
        assert answer.status_code == 204
        assert "revoked" in opens(http, made["full_key"]).json()["detail"]
    (listed,) = http.get(KEYS, headers=ada.headers).json()["items"]
    assert listed["status"] == "revoked"


@pytest.mark.on_both
def test_rotating_hands_over_to_a_new_key(http: Client, ada: Person) -> None:
    old = create(http, ada, expires_in_days=30, project_id=str(ada.project_id)).json()
    answer = http.post(f"{KEYS}{old['id']}/rotate", headers=ada.headers)
    assert answer.status_code == 201
    new = answer.json()
    for field in ("name", "scopes", "project_id"):
        assert new[field] == old[field]
    assert new["expires_at"]
    assert opens(http, old["full_key"]).status_code == 401
    assert opens(http, new["full_key"]).status_code == 200
    again = http.post(f"{KEYS}{old['id']}/rotate", headers=ada.headers)
    assert again.status_code == 409


def test_an_expired_key_opens_nothing(http: Client, ada: Person, database: Database) -> None:
    made = create(http, ada, expires_in_days=1).json()
    assert opens(http, made["full_key"]).status_code == 200
    with database.writing() as session:
        session.execute(
            update(ApiKey)
            .where(ApiKey.id == uuid.UUID(made["id"]))
            .values(expires_at=now() - timedelta(seconds=1))
        )
    answer = opens(http, made["full_key"])
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


def test_losing_the_role_ends_what_the_key_may(http: Client, ada: Person, grace: Person) -> None:
    """Keys act for their owner: as commissioner today, as nobody tomorrow."""
    members = f"/api/v1/projects/{ada.project_id}/members/{grace.user_id}"
    http.patch(members, json={"role": "commissioner"}, headers=ada.headers)
    key = make_key(http, grace, Scope.SYNC_COMMITS)
    push = f"/api/v1/sync/projects/{ada.project_id}/repos/https://x.org/y/z/commits"
    assert http.post(push, json={"commits": []}, headers=with_key(key)).status_code == 404
    http.patch(members, json={"role": "player"}, headers=ada.headers)
    assert http.post(push, json={"commits": []}, headers=with_key(key)).status_code == 403
    http.delete(members, headers=ada.headers)
    assert http.post(push, json={"commits": []}, headers=with_key(key)).status_code == 404


def test_its_use_is_noted(http: Client, ada: Person) -> None:
    key = make_key(http, ada, Scope.READ_REPOS)
    for _ in range(3):
        opens(http, key)
    (listed,) = http.get(KEYS, headers=ada.headers).json()["items"]
    assert listed["last_used_at"]
    assert listed["last_used_ip"] == "127.0.0.1"
    assert listed["usage_count"] == 1  # the others are written within the minute


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"scopes": ""}, "scopes"),
        ({"scopes": "sync:everything"}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 4000}, "expires_in_days"),
        ({"project_id": "league"}, "project_id"),
    ],
)
def test_a_wish_that_makes_no_sense(
    http: Client, ada: Person, over: dict[str, Any], field: str
) -> None:
    answer = create(http, ada, **over)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


def test_scopes_may_be_a_list(http: Client, ada: Person) -> None:
    made = create(http, ada, scopes=["read:repos", "sync:commits", "read:repos"]).json()
    assert made["scopes"] == "read:repos,sync:commits"


@pytest.mark.parametrize("scope", ["sync:commits", "write:repos"])
def test_a_player_makes_keys_to_read_with(http: Client, grace: Person, scope: str) -> None:
    assert create(http, grace, scopes="read:repos").status_code == 201
    assert create(http, grace, scopes=scope).status_code == 403


def test_a_key_for_a_league_that_one_is_not_in(
    http: Client, ada: Person, mallory: Person, database: Database, settings: Settings
) -> None:
    assert create(http, mallory, project_id=str(ada.project_id)).status_code == 404
    waiting = make_person(
        database, settings, "Eve", ada.project_id, Role.SPECTATOR, status=MemberStatus.PENDING
    )
    assert create(http, waiting, scopes="read:repos").status_code == 404


def test_who_sees_a_key(http: Client, ada: Person, grace: Person, mallory: Person) -> None:
    """Its owner; and the commissioners of the league that it is bound to, who may end it."""
    bound = create(http, grace, scopes="read:repos", project_id=str(grace.project_id)).json()
    free = create(http, grace, scopes="read:repos").json()
    seen = {
        person.email: [key["id"] for key in http.get(KEYS, headers=person.headers).json()["items"]]
        for person in (ada, grace, mallory)
    }
    assert seen[grace.email] == [free["id"], bound["id"]]
    assert seen[ada.email] == [bound["id"]]
    assert seen[mallory.email] == []
    for person, key, status in (
        (mallory, bound, 404),
        (ada, free, 404),
        (ada, bound, 204),
        (grace, free, 204),
    ):
        answer = http.delete(f"{KEYS}{key['id']}", headers=person.headers)
        assert answer.status_code == status
    assert http.post(f"{KEYS}{bound['id']}/rotate", headers=ada.headers).status_code == 403


def test_deeds_are_written_down(http: Client, ada: Person, database: Database) -> None:
    made = create(http, ada, project_id=str(ada.project_id)).json()
    new = http.post(f"{KEYS}{made['id']}/rotate", headers=ada.headers).json()
    http.delete(f"{KEYS}{new['id']}", headers=ada.headers)
    with database.reading() as session:
        actions = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.project_id == ada.project_id)
            .order_by(AuditEntry.id)
        )
        assert [action.rsplit(":", 1)[1] for action in actions] == [
            "created",
            "rotated",
            "revoked",
        ]
    log = http.get(f"/api/v1/projects/{ada.project_id}/audit-log", headers=ada.headers)
    assert new["full_key"].rsplit("_", 1)[1] not in log.text


def test_no_log_holds_a_key(http: Client, ada: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        made = create(http, ada).json()
        opens(http, made["full_key"])
        http.get(f"/api/v1/projects?key={made['full_key']}", headers=ada.headers)
        opens(http, made["full_key"][:-1] + "!")
    assert "GET /api/v1/projects 200" in caplog.text
    assert made["full_key"].rsplit("_", 1)[1][:-1] not in _without_client(caplog)
    assert ada.jwt not in _without_client(caplog)


def _without_client(caplog: pytest.LogCaptureFixture) -> str:
    """What the server wrote: the test's own HTTP client logs the addresses that it asks for."""
    return "\n".join(
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(("http", "uvicorn.access"))
    )


def test_a_taken_prefix_is_not_used_again(database: Database, ada: Person) -> None:
    caller = Caller(user_id=ada.user_id, email=ada.email, name="Ada", address="127.0.0.1")
    with database.writing() as session:
        made = [
            create_key(session, caller=caller, name="x", scopes=[Scope.READ_REPOS]).key.prefix
            for _ in range(3)
        ]
    assert len(set(made)) == 3
