"""What leaves the machine, and that the league counts the same whatever stays."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Commissioner
from faults import Proxy
from gitleague_client.rules.people import address_of
from gitleague_client.rules.pseudonyms import is_pseudonym, pseudonym
from histories import Step, import_steps, make_repository, put, run_git
from hypothesis import given
from hypothesis import strategies as st

GRACE = b"Grace Hopper <grace@example.com>"
SECRETS = ["Ada's secret", "SECRET-7", "because of the merger"]


@pytest.fixture
def diary(tmp_path: Path) -> dict[str, Any]:
    """Commits whose text tells everything that a score depends on."""
    path = make_repository(tmp_path / "diary")
    import_steps(path, [Step(b"Ada's secret\n\nbecause of the merger", [put(b"a", b"1\n2\n")])])
    first = run_git(path, "rev-parse", "HEAD").decode().strip()
    body = f"SECRET-7\n\nFixes: {first[:12]}\nCo-authored-by: Ada Lovelace <ada@example.com>"
    import_steps(
        path,
        [
            Step(f"Fix it\n\n{body}".encode(), [put(b"a", b"1\n")], author=GRACE),
            Step(b"wip", [put(b"b", b"1\n")], author=GRACE),
            Step(b"Help\n\nCo-authored-by: Claude <noreply@anthropic.com>", [put(b"c", b"1\n")]),
            Step(f"Undo\n\nThis reverts commit {first}.".encode(), [put(b"a", b"")]),
        ],
        onto=first,
    )
    return {"path": str(path), "git_url": "git@example.org:team/diary.git"}


def sent(proxy: Proxy) -> str:
    return "".join(
        gzip.decompress(seen.body).decode() for seen in proxy.seen if seen.path.endswith("/commits")
    )


def standings(ada: Commissioner) -> list[Any]:
    answer = ada.server.ask("GET", f"/projects/{ada.project_id}/standings?period=all")
    return [(row["player"]["name"], row["stats"]) for row in answer["items"]]


def test_in_full_the_messages_go(ada: Commissioner, proxy: Proxy, diary: dict[str, Any]):
    ada.write(diary)
    assert ada.sync().code == 0
    assert all(secret in sent(proxy) for secret in SECRETS)


def test_with_titles_what_else_is_said_stays(
    ada: Commissioner, proxy: Proxy, diary: dict[str, Any]
):
    ada.write({**diary, "privacy": "titles"})
    assert ada.sync().code == 0
    assert "Ada's secret" in sent(proxy)
    assert "merger" not in sent(proxy)
    assert "SECRET-7" not in sent(proxy)


def test_of_numbers_nobody_can_tell_who_or_why(
    ada: Commissioner, proxy: Proxy, diary: dict[str, Any]
):
    ada.write(diary, privacy="numbers")
    assert ada.sync().code == 0
    assert not any(secret in sent(proxy) for secret in SECRETS)
    assert "@example.com" not in sent(proxy)
    assert "Fix it" not in sent(proxy)


@pytest.mark.parametrize("privacy", ["titles", "numbers"])
def test_the_league_counts_the_same(ada: Commissioner, diary: dict[str, Any], privacy: str):
    ada.write(diary)
    assert ada.sync().code == 0
    told = standings(ada)
    other = ada._replace(project_id=ada.server.ask("POST", "/projects", name="Other")["id"])
    key = other.server.ask("POST", "/api-keys/", name="k", scopes="sync:commits,write:repos")[
        "full_key"
    ]
    other._replace(key=key).write({**diary, "privacy": privacy})
    assert other.sync().code == 0
    assert standings(other) == told
    assert {stats["stl"] for _, stats in told} == {0, 10}
    assert sum(stats["jt"] + stats["tov"] for _, stats in told)


def test_a_player_who_was_a_pseudonym_is_known_by_the_address(
    ada: Commissioner, diary: dict[str, Any], tmp_path: Path
):
    ada.write({**diary, "privacy": "numbers"})
    assert ada.sync().code == 0
    path = make_repository(tmp_path / "open")
    import_steps(
        path, [Step(b"More", [put(b"x", b"1\n")], author=b"G. Hopper <Grace@example.com>")]
    )
    ada.write({"path": str(path), "git_url": "git@example.org:team/open.git"})
    assert ada.sync().code == 0
    assert {name: stats["commits"] for name, stats in standings(ada)} == {
        "Ada Lovelace": 3,
        "Grace Hopper": 3,
    }


def test_a_pseudonym_is_known_as_the_player_with_the_address(
    ada: Commissioner, diary: dict[str, Any], tmp_path: Path
):
    ada.write(diary)
    assert ada.sync().code == 0
    path = make_repository(tmp_path / "shy")
    import_steps(path, [Step(b"More", [put(b"x", b"1\n")], author=GRACE)])
    ada.write({"path": str(path), "git_url": "git@example.org:shy.git"}, privacy="numbers")
    assert ada.sync().code == 0
    assert dict(standings(ada))["Grace Hopper"]["commits"] == 3


def test_the_payload_is_shown_before_anything_is_sent(
    ada: Commissioner, proxy: Proxy, diary: dict[str, Any]
):
    ada.write({**diary, "privacy": "titles"})
    shown = ada.run("sync", "--dry-run", "--show-payload")
    assert shown.code == 0, shown.err
    commits, refs = (json.loads(line) for line in shown.out.splitlines()[:2])
    assert [tip["name"] for tip in refs["tips"]] == ["main"]
    assert {seen.method for seen in proxy.seen} == {"GET"}
    assert ada.sync().code == 0
    assert json.loads(sent(proxy)) == commits


def test_a_payload_is_shown_in_a_dry_run_only(ada: Commissioner, diary: dict[str, Any]):
    ada.write(diary)
    done = ada.run("sync", "--show-payload")
    assert done.code == 2
    assert "--dry-run" in done.err
    assert ada.held() == {}


def test_an_unknown_privacy_is_refused(ada: Commissioner, diary: dict[str, Any]):
    file = ada.write({**diary, "privacy": "secret"})
    done = ada.run("sync")
    assert done.code == 2
    assert f"{file.name}:" in done.err
    assert "'full', 'titles' or 'numbers'" in done.err


@given(st.emails(), st.text(min_size=1, max_size=64))
def test_a_pseudonym_joins_what_the_address_joins(email: str, salt: str):
    told = pseudonym(email, salt)
    assert is_pseudonym(told) == bool(address_of(email))
    assert pseudonym(told, salt) == told
    assert pseudonym(f" {email.upper()} ", salt) == told or email.upper().lower() != email.lower()
    assert address_of(told) == (told if is_pseudonym(told) else "")


@pytest.mark.parametrize("email", ["", "root@localhost", "somebody", "unknown@unknown.local"])
def test_what_joins_nobody_keeps_joining_nobody(email: str):
    assert address_of(pseudonym(email, "salt")) == ""


def test_another_project_has_other_pseudonyms():
    assert pseudonym("ada@example.com", "one") != pseudonym("ada@example.com", "two")
