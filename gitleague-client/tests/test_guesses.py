"""What stays on the machine cannot be found out by guessing it and looking for the guess in what
was sent: every digest that is sent is made with a salt of the project.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Commissioner, make_key
from faults import Proxy
from gitleague_client.rules.change_keys import keyed
from gitleague_client.rules.pseudonyms import pseudonym
from histories import Step, import_steps, make_repository, put, run_git

SECOND, ADDRESS, FILE = b"1700000000", b"grace@example.com", b"layoffs.txt"
NUMSTAT = b"2\t0\t" + FILE  # as git prints what the commit changes
ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")
SHORTEST = 12  # letters of a digest by which a guess would be known


@pytest.fixture
def site(tmp_path: Path) -> dict[str, str]:
    """A commit of which somebody guesses all but its content."""
    path = make_repository(tmp_path / "site")
    change = put(FILE, b"1\n2\n")
    import_steps(
        path,
        [Step(b"Plan", [change], author=b"Grace <%s>" % ADDRESS, date=SECOND + b" +0000")],
    )
    return {"path": str(path), "git_url": "git@example.org:team/site.git"}


def sent(proxy: Proxy) -> str:
    """All that left the machine: the paths of requests, and their bodies."""
    bodies = (gzip.decompress(seen.body).decode() for seen in proxy.seen if seen.body)
    return "\n".join([*(seen.path for seen in proxy.seen), *bodies])


def guesses() -> Iterator[bytes]:
    """What there is to be guessed, in the combinations that this client and others hash."""
    origin = ADDRESS + b" " + SECOND
    parts = (ADDRESS, b"Grace", SECOND, FILE, NUMSTAT, origin, origin + b"\0" + FILE)
    for count in (1, 2):
        for some in itertools.permutations(parts, count):
            for between in (b"", b"\0", b" ", b"\n", b":"):
                yield between.join(some)
    yield b"Grace <%s>" % ADDRESS
    yield b"Grace <%s> %s +0000" % (ADDRESS, SECOND)


def digests(message: bytes, keys: Iterable[bytes] = ()) -> Iterator[bytes]:
    for name in ALGORITHMS:
        yield hashlib.new(name, message).digest()
        for key in keys:
            yield hmac.digest(key, message, name)
    for size in (16, 20, 32):
        yield hashlib.blake2b(message, digest_size=size).digest()


def written(digest: bytes) -> Iterator[str]:
    yield digest.hex()
    for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode):
        yield encode(digest).decode()


def found_in(text: str, keys: Iterable[bytes] = ()) -> list[bytes]:
    """The guesses that a digest in the text proves right."""
    lowered = text.lower()
    parts = {lowered[start : start + SHORTEST] for start in range(len(lowered))}
    return [
        guess
        for guess in guesses()
        if any(
            form[:SHORTEST].lower() in parts
            for digest in digests(guess, keys)
            for form in written(digest)
        )
    ]


def plain_key() -> str:
    """What `scan/copies.py` makes of the commit, before it is keyed."""
    origin = ADDRESS + b" " + SECOND
    return f"1:{hashlib.blake2b(origin + bytes(1) + NUMSTAT, digest_size=16).hexdigest()}"


def told(ada: Commissioner) -> dict[str, Any]:
    answer: dict[str, Any] = ada.server.ask("GET", f"/sync/projects/{ada.project_id}/rules")
    return answer


@pytest.mark.parametrize("privacy", ["full", "titles", "numbers"])
def test_nothing_that_is_sent_proves_a_guess(
    ada: Commissioner, proxy: Proxy, site: dict[str, str], privacy: str
) -> None:
    ada.write(site, privacy=privacy)
    assert ada.sync().code == 0
    text = sent(proxy)
    assert FILE.decode() not in text
    assert (ADDRESS.decode() in text) == (privacy != "numbers")
    # Whoever guesses knows of the project what readers of it do.
    known = [ada.project_id.encode(), site["git_url"].encode(), b"", ADDRESS]
    assert found_in(text, known) == []
    assert plain_key() not in text


def test_with_the_salts_it_does(ada: Commissioner, proxy: Proxy, site: dict[str, str]) -> None:
    """So the guesses are the right ones: what is missing above is nothing but the salt."""
    assert found_in(plain_key()) == [ADDRESS + b" " + SECOND + b"\0" + NUMSTAT]
    ada.write(site, privacy="numbers")
    assert ada.sync().code == 0
    salts = told(ada)
    assert keyed(plain_key(), salts["change_salt"]) in sent(proxy)
    assert pseudonym(ADDRESS.decode(), salts["pseudonym_salt"]) in sent(proxy)
    assert found_in(sent(proxy), [salts["pseudonym_salt"].encode()]) != []


def test_a_bundle_proves_no_guess_either(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site, privacy="numbers")
    rules = json.dumps({"project_id": ada.project_id, **told(ada)})
    (ada.folder / "rules").write_text(rules)
    done = ada.sync("--to", "site.bundle", "--rules", "rules")
    assert done.code == 0, done.err
    text = gzip.decompress((ada.folder / "site.bundle").read_bytes()).decode()
    assert found_in(text, [ada.project_id.encode(), b""]) == []
    assert keyed(plain_key(), told(ada)["change_salt"]) in text


def test_rules_of_an_older_server_pack_no_bundle(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    rules = {"project_id": ada.project_id, **told(ada)}
    del rules["change_salt"]
    (ada.folder / "rules").write_text(json.dumps(rules))
    done = ada.sync("--to", "site.bundle", "--rules", "rules")
    assert (done.code, "or those of an older server" in done.err) == (2, True), done.err


@pytest.mark.parametrize("privacy", ["full", "numbers"])
def test_a_key_that_only_reads_explains_without_a_salt(
    ada: Commissioner, site: dict[str, str], privacy: str
) -> None:
    ada.write(site, api_key=make_key(ada.server, ada.project_id, "read:repos"), privacy=privacy)
    sha = run_git(Path(site["path"]), "rev-parse", "HEAD").decode().strip()
    done = ada.run("explain", sha)
    assert (done.code, "Plan" in done.out) == (0, True), done.err


def test_a_key_that_only_reads_shows_no_payload_with_a_digest(
    ada: Commissioner, site: dict[str, str]
) -> None:
    """What it would take to make one is not told to it."""
    reader = make_key(ada.server, ada.project_id, "read:repos")
    ada.write(site, api_key=reader)
    shown = ada.run("sync", "--dry-run", "--show-payload")
    assert (shown.code, "patch_key" in shown.out) == (0, False), shown.err
    ada.write(site, api_key=reader, privacy="numbers")
    refused = ada.run("sync", "--dry-run", "--show-payload")
    assert (refused.code, "sync:commits" in refused.err) == (3, True), refused.err
    assert "commits" not in refused.out
