"""The command as people and scripts meet it: options, output, exit codes."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import Commissioner, make_site
from faults import Proxy, answer
from gitleague_client import __version__
from gitleague_client.cli import cli
from gitleague_client.config import load_config
from histories import make_repository, run_git
from waiting import SECONDS, wait_until

COMMANDS = sorted(cli.commands)
PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
INTRO = """\
# The commands of `gitleague-client`

What `--help` says; a test keeps this page so. How to set it up: [client](client/README.md).
What exit codes and errors mean: [errors.md](errors.md).
"""


@pytest.fixture
def nobody(tmp_path: Path) -> Commissioner:
    """In an empty folder, without a server."""
    return Commissioner(tmp_path, None, "", "", "")  # type: ignore[arg-type]


def test_the_page_of_commands_is_what_help_says(nobody: Commissioner) -> None:
    page = INTRO
    for command in ["", *COMMANDS]:
        done = nobody.run(*command.split(), "--help", COLUMNS="90")
        assert done.code == 0, done.err
        page += f"\n## gitleague-client {command}".rstrip() + f"\n\n```\n{done.out}```\n"
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "stale: UPDATE_DOCS=1 pytest tests/test_cli.py"


def test_version(nobody: Commissioner) -> None:
    assert nobody.run("--version").out == f"{__version__}\n"


def test_the_program_starts_from_nothing(ada: Commissioner, site: dict[str, str]) -> None:
    """All other tests meet it with its libraries loaded."""
    ada.write(site)
    done = ada.run_from_nothing("sync")
    assert done == (0, "site  30 commits sent (30 in the league)\n", "")


def test_ctrl_c_while_it_loads_is_no_different(nobody: Commissioner) -> None:
    """One of its libraries takes for ever here."""
    slow = "import pathlib, time\npathlib.Path('loading').touch()\ntime.sleep(600)\n"
    (nobody.folder / "httpx.py").write_text(slow)
    with subprocess.Popen(
        [sys.executable, "-m", "gitleague_client", "sync"],
        cwd=nobody.folder,
        stderr=subprocess.PIPE,
    ) as process:
        wait_until((nobody.folder / "loading").exists, "the program loads its libraries")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert said == b"\nInterrupted. A sync goes on where it stopped.\n"


@pytest.mark.parametrize(
    "arguments", [["sing"], ["sync", "--everything"], ["sync", "--jobs", "0"], ["sync"], ["status"]]
)
def test_wrong_use_is_exit_2(nobody: Commissioner, arguments: list[str]) -> None:
    done = nobody.run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "Traceback" not in done.err


def test_the_same_options_before_and_after_the_command(
    ada: Commissioner, site: dict[str, str]
) -> None:
    """Scripts for 0.1.0 put --config after the command."""
    file = ada.write(site)
    named = file.rename(file.with_name("league.yaml"))
    before = ada.run("--config", str(named), "--json", "status")
    after = ada.run("status", "--config", str(named), "--json")
    assert before.results == after.results
    assert before.results[0]["waiting"] == 30


def test_results_are_on_stdout_and_the_rest_on_stderr(
    ada: Commissioner, site: dict[str, str]
) -> None:
    ada.write(site, {"path": "nowhere", "git_url": "https://x.org/nowhere"})
    done = ada.run("sync")
    assert done.out == "site  30 commits sent (30 in the league)\n"
    assert done.err.startswith("error: nowhere: There is nothing at")
    quiet = ada.run("sync", "--quiet")
    assert (quiet.code, quiet.out) == (1, "")
    assert "nowhere" in quiet.err


def test_no_colours_and_no_bar_in_a_pipe(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    done = ada.run("sync")
    assert "\x1b" not in done.out + done.err


def test_json_is_one_object_a_repository(
    ada: Commissioner, site: dict[str, str], tmp_path: Path
) -> None:
    ada.write(site, make_site(tmp_path / "other", 2))
    other, last = sorted(ada.sync().results, key=lambda result: result["repo"])
    assert last["repo"] == "site"
    assert other == {
        "repo": "other",
        "project_id": ada.project_id,
        "path": str(tmp_path / "other"),
        "ok": True,
        "dry_run": False,
        "to": None,
        "found": 2,
        "inserted": 2,
        "skipped": 0,
        "pruned": 0,
        "unpublished": 0,
        "total_commits": 2,
        "refused": [],
    }


@pytest.mark.parametrize("command", ["sync", "test", "status", "doctor"])
def test_an_unreachable_server_is_exit_4(
    ada: Commissioner, site: dict[str, str], command: str
) -> None:
    ada.write(site, api_url="http://127.0.0.1:9", max_retries=0)
    done = ada.run(command)
    assert done.code == 4
    assert "does not answer" in done.err + done.out


@pytest.mark.parametrize("command", ["sync", "test", "status", "doctor"])
def test_a_wrong_key_is_exit_3(ada: Commissioner, site: dict[str, str], command: str) -> None:
    ada.write(site, make_site(ada.folder / "other", 1))
    done = ada.run(command, GITLEAGUE_API_KEY="tgl_aaaabbbb_" + "x" * 32)  # one of the original's
    assert done.code == 3
    assert (done.err + done.out).count("not known here") == 1 or command == "doctor"


@pytest.mark.parametrize(
    ("key", "says"), [("", "no API key"), ("hunter2", "begin with"), ("cut", "checksum")]
)
def test_a_mistyped_key_is_seen_offline(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, key: str, says: str
) -> None:
    ada.write(site, api_key=ada.key[:-1] if key == "cut" else key)
    done = ada.run("sync")
    assert done.code == 3
    assert says in done.err
    assert proxy.seen == []


def test_the_key_comes_from_flag_environment_or_file(
    ada: Commissioner, site: dict[str, str]
) -> None:
    ada.write(site, api_key="tgl_aaaabbbb_" + "x" * 32)
    assert ada.sync().code == 3
    assert ada.run("sync", GITLEAGUE_API_KEY=ada.key).code == 0
    assert ada.sync("--api-key", ada.key).code == 0


@pytest.mark.parametrize("arguments", [["sync", "--verbose"], ["test"], ["doctor"], ["status"]])
def test_the_key_is_shown_nowhere(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, arguments: list[str]
) -> None:
    ada.write(site)
    proxy.fail("/status", answer(401, b"no"))
    done = ada.run(*arguments)
    assert ada.key.rsplit("_", 1)[1] not in done.out + done.err


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        (answer(200, b"<html>Hello</html>"), 4, "is no league"),
        (answer(200, b"no gzip", Content_Encoding="gzip"), 4, "is no league"),
        (answer(301, Location="https://elsewhere.org/x?y"), 2, "https://elsewhere.org"),
        (answer(301, Location="http://[elsewhere"), 4, "is no league"),
        (answer(403, rb'{"detail": "\u001b]0;Own\u0007\u202eed"}'), 3, r"\x1b]0;Own\x07\u202eed"),
        (answer(426, b'{"detail": "Too old."}'), 2, "pipx upgrade"),
        (answer(500, b'{"detail": "Oh.", "request_id": "r1"}'), 1, "request r1"),
        (answer(500, b"[]"), 1, "500 Internal Server Error"),
        (answer(404, b"not here"), 1, "404 Not Found"),
        (answer(403, b'{"detail": "Not yours."}'), 3, "Not yours."),
    ],
)
def test_what_a_server_may_answer(
    ada: Commissioner,
    site: dict[str, str],
    proxy: Proxy,
    fault: object,
    code: int,
    says: str,
) -> None:
    ada.write(site)
    proxy.fail("/status", fault)  # type: ignore[arg-type]
    done = ada.run("sync")
    assert (done.code, says in done.err) == (code, True), done.err


def test_init_writes_a_file_that_works(
    ada: Commissioner, site: dict[str, str], tmp_path: Path
) -> None:
    path = Path(site["path"])
    run_git(path, "remote", "add", "origin", "https://me:token@example.org/team/site.git")
    make_repository(tmp_path / "code" / "deep" / "bare.git", bare=True)
    target = tmp_path / "made.yaml"
    done = ada.run(
        *("init", str(tmp_path), "--config", str(target)),
        *("--api-url", ada.url, "--project-id", ada.project_id),
    )
    assert done.code == 0
    assert "Next: gitleague-client test" in done.out
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    repos = load_config(target).projects[0].repos
    assert [repo.label for repo in repos] == ["bare", "site"]
    assert repos[1].git_url == "https://example.org/team/site.git"
    tested = ada.run("test", "--config", str(target), GITLEAGUE_API_KEY=ada.key)
    assert tested.code == 0, tested.err


def test_init_stays_away_from_what_is_there(nobody: Commissioner) -> None:
    (nobody.folder / "repos.yaml").write_text("mine")
    done = nobody.run("init")
    assert (done.code, "stays as it is" in done.err) == (2, True)
    assert (nobody.folder / "repos.yaml").read_text() == "mine"


def test_init_without_repositories_says_what_to_do(nobody: Commissioner) -> None:
    assert "put the project's id into it" in nobody.run("init").out
    assert yaml.safe_load((nobody.folder / "repos.yaml").read_text())["projects"]


def test_test_tells_what_the_server_knows(
    ada: Commissioner, site: dict[str, str], tmp_path: Path
) -> None:
    ada.write(site)
    assert "not in the league yet" in ada.run("test").out
    ada.sync()
    done = ada.run("test")
    assert (done.code, "the repository is found" in done.out) == (0, True)


def test_status_tells_what_a_sync_would_send(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    assert ada.run("status").out == "site  not in the league yet, 30 commits to send\n"
    ada.sync()
    assert re.fullmatch(
        r"site  30 in the league, 0 to send, last sync \d{4}-\d\d-\d\d \d\d:\d\d UTC\n",
        ada.run("status").out,
    )
    (told,) = ada.run("status", "--json").results
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\S+\+00:00", told["last_sync_at"])


def test_doctor_finds_nothing_wrong(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    done = ada.run("doctor")
    assert done.code == 0
    assert [line[:4] for line in done.out.splitlines()] == ["ok  "] * 7, done.out
    assert "is read: 1 repository." in done.out


def test_doctor_names_each_finding_with_its_remedy(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, tmp_path: Path
) -> None:
    shallow = tmp_path / "shallow"
    run_git(tmp_path, "clone", "-q", "--depth=1", f"file://{site['path']}", str(shallow))
    file = ada.write(
        {"path": "nowhere", "git_url": "https://x.org/nowhere"},
        {"path": str(shallow), "git_url": "https://x.org/shallow"},
    )
    file.chmod(0o644)
    late = json.dumps({"name": "The Git League", "version": "9"}).encode()
    proxy.fail("/v1", answer(200, late, Date="Mon, 01 Jan 2024 00:00:00 GMT"))
    done = ada.run("doctor")
    assert done.code == 1
    for finding in ("chmod 600", "There is nothing at", "git fetch --unshallow", "clocks differ"):
        assert finding in done.out
    assert ada.run("doctor", "--json").results[0]["finding"] == "ok"


def test_a_shallow_clone_is_sent_only_where_that_is_allowed(
    ada: Commissioner, site: dict[str, str], tmp_path: Path
) -> None:
    shallow = tmp_path / "shallow"
    run_git(tmp_path, "clone", "-q", "--depth=3", f"file://{site['path']}", str(shallow))
    ada.write({**site, "path": str(shallow)})
    done = ada.sync()
    assert (done.code, "git fetch --unshallow" in done.err) == (1, True), done.err
    assert ada.held() == {}
    assert ada.sync("--allow-shallow").code == 0
    (sent,) = ada.held().values()
    assert 0 < sent < 30


def test_an_unknown_setting_is_exit_2(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write({**site, "git_ulr": "x"})
    done = ada.run("sync")
    assert done.code == 2
    assert "the nearest is 'git_url'" in done.err
