"""In a CI job and in pipes: no bar, no colours, nobody asked, a summary, and a lenient exit."""

from pathlib import Path

import pytest
from conftest import Commissioner, make_site
from faults import CUT, Proxy, answer
from terminal import run_in_terminal

BAR = "━"
RED = "\x1b[1;31m"
NOWHERE = {"path": "nowhere", "git_url": "https://x.org/nowhere"}
STRANGER = "tgl_aaaabbbb_" + "x" * 32


def test_on_a_terminal_there_is_a_bar(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    session = run_in_terminal("sync", folder=ada.folder)
    assert session.code == 0
    assert BAR in session.screen


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"CI": "1"}, {"CI": "yes"}])
def test_in_ci_there_is_no_bar_on_a_terminal_either(
    ada: Commissioner, site: dict[str, str], environment: dict[str, str]
) -> None:
    ada.write(site)
    session = run_in_terminal("sync", folder=ada.folder, **environment)
    assert session == (0, "site  30 commits sent (30 in the league)\n")


@pytest.mark.parametrize("said", ["", "false", "False", "0"])
def test_a_ci_that_is_switched_off_is_none(
    ada: Commissioner, site: dict[str, str], said: str
) -> None:
    ada.write(site)
    assert BAR in run_in_terminal("sync", folder=ada.folder, CI=said).screen


def test_colours_on_a_terminal_and_none_where_nobody_wants_them(ada: Commissioner) -> None:
    ada.write(NOWHERE)
    assert RED in run_in_terminal("sync", folder=ada.folder).screen
    assert RED not in run_in_terminal("sync", folder=ada.folder, NO_COLOR="1").screen
    assert "\x1b" not in run_in_terminal("status", folder=ada.folder, TERM="dumb").screen
    piped = ada.run("sync")
    assert "\x1b" not in piped.out + piped.err


def test_a_failure_of_a_repository_can_be_allowed(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site, NOWHERE)
    assert ada.sync().code == 1
    done = ada.sync("--allow-failure")
    assert done.code == 0
    assert "nowhere" in done.err
    assert ada.held() == {"site": 30}


def test_a_server_that_is_away_can_be_allowed(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site, api_url="http://127.0.0.1:9", max_retries=0)
    assert ada.sync().code == 4
    assert ada.sync("--allow-failure").code == 0


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"api_key": STRANGER}, 3),
        ({"api_key": "hunter2"}, 3),
        ({"api_key": None}, 3),
        ({"api_url": "ftp://x.org"}, 2),
        ({"api_url": "http://league.example.org"}, 2),
    ],
)
def test_what_somebody_has_to_mend_is_not_allowed(
    ada: Commissioner, site: dict[str, str], settings: dict[str, object], code: int
) -> None:
    ada.write(site, **settings)
    assert ada.sync("--allow-failure").code == code


def test_a_key_that_may_not_stays_an_error_beside_a_repository_that_failed(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    ada.write(site, NOWHERE)
    proxy.fail("/status", answer(403, b'{"detail": "Not yours."}'))
    assert ada.sync("--allow-failure").code == 3


def test_the_job_has_a_summary(ada: Commissioner, site: dict[str, str], tmp_path: Path) -> None:
    ada.write(site, NOWHERE, {**make_site(tmp_path / "other", 2), "name": "a|b <i>"})
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n\n")
    done = ada.run("sync", CI="true", GITHUB_STEP_SUMMARY=str(summary))
    assert done.code == 1
    nowhere = tmp_path / "nowhere"
    assert summary.read_text() == (
        "# Before\n\n### Sync with The Git League\n\n"
        "| repository | found | sent | refused or error |\n"
        "| --- | ---: | ---: | --- |\n"
        "| site | 30 | 30 |  |\n"
        f"| nowhere |  |  | There is nothing at {nowhere}. |\n"
        "| a\\|b \\<i> | 2 | 2 |  |\n\n"
    ), summary.read_text()


def test_the_summary_counts_what_is_refused(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, tmp_path: Path
) -> None:
    ada.write(site)
    refusal = (
        b'{"inserted": 29, "skipped": 0, "errors": 1,'
        b' "details": [{"sha": null, "status": "error", "reason": "bad"}]}'
    )
    proxy.fail("/commits", answer(201, refusal))
    ada.run("sync", CI="true", GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
    assert "| site | 30 | 29 | 1 refused |" in (tmp_path / "summary.md").read_text()


def test_the_summary_names_what_was_not_reached(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, tmp_path: Path
) -> None:
    ada.write(site, make_site(tmp_path / "other", 2), max_retries=0)
    proxy.fail("/status", CUT, CUT)
    summary = tmp_path / "summary.md"
    assert ada.run("sync", CI="true", GITHUB_STEP_SUMMARY=str(summary)).code == 4
    assert "does not answer" in summary.read_text()
    assert "not reached |" in summary.read_text()


def test_a_summary_that_cannot_be_written_is_a_warning(
    ada: Commissioner, site: dict[str, str], tmp_path: Path
) -> None:
    ada.write(site)
    done = ada.run("sync", CI="true", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert (done.code, f"{tmp_path} cannot be written" in done.err) == (0, True)


def test_no_summary_outside_of_ci(ada: Commissioner, site: dict[str, str], tmp_path: Path) -> None:
    ada.write(site)
    assert ada.run("sync", GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md")).code == 0
    assert not (tmp_path / "summary.md").exists()
