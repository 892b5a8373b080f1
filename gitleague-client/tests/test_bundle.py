"""Bundles: what is packed comes out again, and nothing that was changed on its way does."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import stat
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from conftest import Commissioner, Done, make_site
from faults import Proxy
from gitleague_client.bundle import (
    BundleWriter,
    Entry,
    Kind,
    NotWhole,
    public_key_of,
    read_entries,
    read_seal,
)
from gitleague_client.credentials import make_key
from hypothesis import example, given
from hypothesis import strategies as st
from waiting import wait_until

KEY = make_key("ab12cd34", "A" * 32)
OTHER = make_key("ab12cd34", "B" * 32)
PRINTABLE = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.uuids(),
        st.text(PRINTABLE, min_size=1),
        st.sampled_from(Kind),
        st.dictionaries(st.text(), st.text()).map(lambda body: json.dumps(body).encode()),
    ),
    max_size=5,
)
# It prints a part of the history, and then no more until nobody asks.
STUCK_GIT = """\
#!/bin/sh
case " $* " in *" diff-tree "*)
    {git} "$@" | head -c 20000
    exec cat > {held} ;;
esac
exec {git} "$@"
"""
PLACE = b'{"project_id": "%s", "repo": "a", "kind": "commits"}' % str(UUID(int=1)).encode()


def packed(entries: list[Entry], key: str = KEY) -> bytes:
    file = io.BytesIO()
    bundle = BundleWriter(file, key)
    for entry in entries:
        bundle.add(entry)
    bundle.close()
    return file.getvalue()


@given(ENTRIES)
def test_what_is_packed_comes_out(entries: list[Entry]) -> None:
    file = io.BytesIO(packed(entries))
    seal = read_seal(file)
    assert seal.key_prefix == "tgl_ab12cd34"
    assert seal.is_by(public_key_of(KEY))
    assert not seal.is_by(public_key_of(OTHER))
    assert list(read_entries(file)) == entries


@given(ENTRIES, st.integers(0, 10_000), st.integers(1, 255))
def test_no_change_stays_unseen(entries: list[Entry], place: int, change: int) -> None:
    whole = bytearray(packed(entries))
    whole[place % len(whole)] ^= change
    file = io.BytesIO(whole)
    try:
        seal = read_seal(file)
    except NotWhole:
        return
    # Some bytes of gzip's own header say nothing about the content.
    assert seal.is_by(public_key_of(KEY))
    assert list(read_entries(file)) == entries


@given(st.integers(1, 10_000))
def test_nothing_that_was_cut_off_is_taken(missing: int) -> None:
    whole = packed([Entry(UUID(int=1), "a", Kind.REFS, b"{}")] * 3)
    with pytest.raises(NotWhole):
        read_seal(io.BytesIO(whole[: -(missing % len(whole)) or -1]))


@pytest.mark.parametrize("place", range(1, 7))
def test_other_lines_under_the_same_seal_are_seen(place: int) -> None:
    lines = gzip.decompress(packed([Entry(UUID(int=1), "a", Kind.REFS, b"{}")] * 3)).splitlines()
    lines[place] += b" "
    with pytest.raises(NotWhole, match="changed on its way"):
        read_seal(io.BytesIO(gzip.compress(b"\n".join(lines) + b"\n")))


LINES = st.lists(
    st.sampled_from([b"{}", b"[]", b"1", b"[" * 100_000, b"\xff", b"", PLACE, b'{"signature": 1}'])
    | st.binary().filter(lambda line: b"\n" not in line)
)


@given(LINES)
@example([b'{"project_id": 1, "repo": "a", "kind": "commits"}', b"{}"])
@example([PLACE])
def test_whatever_a_file_holds_nothing_else_is_raised(lines: list[bytes]) -> None:
    file = io.BytesIO(gzip.compress(b"\n".join(lines) + b"\n"))
    for read in (read_seal, lambda file: list(read_entries(file))):
        with contextlib.suppress(NotWhole):
            read(file)


@given(st.binary())
def test_what_is_no_bundle(content: bytes) -> None:
    with pytest.raises(NotWhole):
        read_seal(io.BytesIO(content))


def test_a_bundle_of_a_newer_client() -> None:
    later = gzip.compress(b'{"gitleague_bundle": 2}\n{}\n')
    with pytest.raises(NotWhole, match="Upgrade the server"):
        read_seal(io.BytesIO(later))


def read(file: Path) -> tuple[dict[str, Any], list[tuple[Kind, dict[str, Any]]]]:
    """The header, and what follows it."""
    with file.open("rb") as opened:
        header = json.loads(gzip.decompress(opened.read()).splitlines()[0])
        return header, [(entry.kind, json.loads(entry.body)) for entry in read_entries(opened)]


def pack(ada: Commissioner, target: str) -> Done:
    return ada.sync("--to", target, "--rules", write_rules(ada))


def write_rules(ada: Commissioner, encoding: str = "utf-8") -> str:
    """The file that the operator of the server made."""
    told = ada.server.ask("GET", f"/sync/projects/{ada.project_id}/rules")
    rules = json.dumps({"project_id": ada.project_id, **told})
    (ada.folder / "rules").write_text(rules + "\n\n", encoding)
    return "rules"


def test_it_holds_what_a_push_would_send(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    ada.write(site)
    shown = ada.run("sync", "--dry-run", "--show-payload")
    would_be_sent = [json.loads(line) for line in shown.out.splitlines() if line[0] == "{"]
    proxy.seen.clear()
    done = pack(ada, "site.bundle")
    assert (done.code, proxy.seen) == (0, [])
    assert (done.results[0]["found"], done.results[0]["to"]) == (30, "site.bundle")
    file = ada.folder / "site.bundle"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    header, entries = read(file)
    assert header["key"] == ada.key[:12]
    assert ada.key[13:] not in gzip.decompress(file.read_bytes()).decode()
    assert [kind for kind, _ in entries] == [Kind.COMMITS, Kind.REFS]
    assert [body for _, body in entries] == would_be_sent


def test_a_repository_that_fails_is_left_out(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write({"path": "nowhere", "git_url": "git@example.org:a/b.git"}, site)
    assert pack(ada, "some.bundle").code == 1
    _, entries = read(ada.folder / "some.bundle")
    assert len(entries) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_needs_the_rules_of_the_league(
    ada: Commissioner, site: dict[str, str], encoding: str
) -> None:
    ada.write(site)
    assert ada.sync("--to", "site.bundle").code == 1  # in full too: a salt is in them
    ada.write({**site, "privacy": "numbers"})
    done = ada.sync("--to", "site.bundle")
    wanted = f"gitleague export-rules --project {ada.project_id}"
    assert (done.code, wanted in done.err) == (1, True), done.err

    rules = write_rules(ada, encoding)
    assert ada.sync("--to", "site.bundle", "--rules", rules).code == 0
    _, [(_, batch), _] = read(ada.folder / "site.bundle")
    assert {commit["message_title"] for commit in batch["commits"]} == {""}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--to", "a", "--dry-run"], "Leave out --dry-run"),
        (["--to", "a", "--prune"], "Prune where"),
        (["--to", "-"], "Name one: --to"),
        (["--rules", "a"], "Name its file with --to"),
        (["--to", "a", "--rules", "none"], "none cannot be read"),
        (["--to", "a", "--rules", "repos.yaml"], "repos.yaml holds no rules"),
    ],
)
def test_what_makes_no_sense_is_said(
    ada: Commissioner, site: dict[str, str], options: list[str], said: str
) -> None:
    ada.write(site)
    done = ada.sync(*options)
    assert (done.code, said in done.err) == (2, True), done.err
    assert not (ada.folder / "a").exists()


BROKEN: list[dict[str, Any]] = [
    {"path": "nowhere"},
    {"exclude": ["!x"]},
    {"fetch": True, "ssh_key": "nowhere"},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_sync_that_packs_nothing_leaves_the_last_bundle_alone(
    ada: Commissioner, site: dict[str, str], broken: dict[str, Any]
) -> None:
    ada.write(site)
    assert pack(ada, "site.bundle").code == 0
    good = (ada.folder / "site.bundle").read_bytes()
    ada.write({**site, **broken})
    done = pack(ada, "site.bundle")
    assert (done.code, "site.bundle was not written: nothing was packed" in done.err) == (1, True)
    assert (ada.folder / "site.bundle").read_bytes() == good
    other = make_site(ada.folder / "other", 2)
    ada.write({**site, **broken}, other)
    assert pack(ada, "site.bundle").code == 1
    assert len(read(ada.folder / "site.bundle")[1]) == 2


def test_what_comes_after_the_end_is_in_no_bundle() -> None:
    file = io.BytesIO()
    bundle = BundleWriter(file, KEY)
    bundle.close()
    bundle.add(Entry(UUID(int=1), "a", Kind.REFS, b"{}"))
    assert (list(read_entries(file)), bundle.count) == ([], 0)


def test_a_key_of_the_original_system_cannot_sign(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site, api_key="tgl_abcdefgh_0123456789abcdefghijklmnopqrstuv")
    done = ada.sync("--to", "a")
    assert (done.code, "Rotate it" in done.err) == (3, True)


def test_a_link_leads_to_the_bundle_and_a_pipe_stays_one(
    ada: Commissioner, site: dict[str, str]
) -> None:
    ada.write(site)
    (ada.folder / "link").symlink_to("real")
    assert pack(ada, "link").code == 0
    assert (ada.folder / "link").is_symlink()
    assert len(read(ada.folder / "real")[1]) == 2
    os.mkfifo(ada.folder / "pipe")
    done = ada.sync("--to", "pipe")
    assert (done.code, "pipe cannot be written: it is no ordinary file" in done.err) == (1, True)
    assert (ada.folder / "pipe").is_fifo()


def test_nothing_half_written_stays_when_it_is_terminated(
    ada: Commissioner, tmp_path: Path
) -> None:
    ada.write(make_site(tmp_path / "long", 300), batch_size=10)
    programs, held = tmp_path / "bin", tmp_path / "held"
    programs.mkdir()
    real = next(Path(place, "git") for place in os.get_exec_path() if Path(place, "git").exists())
    git = programs / "git"
    git.write_text(STUCK_GIT.format(git=real, held=held))
    git.chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    packing = ("sync", "--to", "long.bundle", "--rules", write_rules(ada))
    with ada.start(*packing, PATH=path) as client:
        wait_until(held.exists, "the bundle is begun")
        assert list(ada.folder.glob(".long.bundle-*"))
        client.terminate()
    assert client.returncode == 143
    assert not list(ada.folder.glob("*long.bundle*"))


def test_a_key_is_needed_to_sign(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site, api_key=None)
    assert ada.sync("--to", "a").code == 3
    assert not (ada.folder / "a").exists()


def test_where_it_cannot_be_written(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    done = ada.sync("--to", "no/such/folder.bundle")
    assert (done.code, "no/such/folder.bundle cannot be written" in done.err) == (1, True)
    (ada.folder / "taken").mkdir()
    done = ada.sync("--to", "taken")
    assert (done.code, "'taken' is a directory" in done.err) == (2, True)
    assert {path.name for path in ada.folder.iterdir()} == {"repos.yaml", "site", "taken"}
