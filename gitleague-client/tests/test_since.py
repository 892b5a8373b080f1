"""`--since`: a league that begins on a day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Commissioner
from faults import Proxy
from histories import Step, import_steps, make_repository, put, run_git

DAY = 86_400
NEW_YEAR = 1_704_067_200  # 2024-01-01


@pytest.fixture
def years(tmp_path: Path) -> dict[str, Any]:
    """Two commits of 2023 on either side of a branch, then a merge and more in 2024."""
    path = make_repository(tmp_path / "years")

    def step(name: str, day: int, *parents: str) -> Step:
        when = f"{NEW_YEAR + day * DAY} +0000".encode()
        file = [put(name.encode(), b"1\n")]
        return Step(name.encode(), file, date=when, name=name, parents=parents)

    import_steps(
        path,
        [
            step("root", -40),
            step("left", -20, "root"),
            step("right", -10, "root"),
            step("merge", 0, "left", "right"),
            step("late", 5, "merge"),
        ],
    )
    return {"path": str(path), "git_url": "git@example.org:team/years.git"}


def test_older_commits_stay_away(ada: Commissioner, years: dict[str, Any]):
    ada.write(years)
    assert ada.sync("--since", "2024-01-01").results[0]["inserted"] == 2
    assert ada.held() == {"years": 2}


def test_the_next_sync_has_nothing_to_send(ada: Commissioner, years: dict[str, Any], proxy: Proxy):
    ada.write(years)
    ada.sync("--since", "2024-01-01")
    proxy.seen.clear()
    assert ada.sync("--since", "2024-01-01").results[0]["found"] == 0
    assert proxy.asked() == ["GET status", "POST refs"]


def test_what_comes_later_is_sent(ada: Commissioner, years: dict[str, Any]):
    ada.write(years)
    ada.sync("--since", "2024-01-01")
    tip = run_git(Path(years["path"]), "rev-parse", "HEAD").decode().strip()
    later = Step(b"later", [put(b"z", b"1\n")], date=b"%d +0000" % (NEW_YEAR + 9 * DAY))
    import_steps(Path(years["path"]), [later], onto=tip)
    assert ada.sync("--since", "2024-01-01").results[0]["inserted"] == 1


def test_all_of_it_comes_when_it_is_asked_for(ada: Commissioner, years: dict[str, Any]):
    ada.write(years)
    ada.sync("--since", "2024-01-01")
    assert ada.sync("--full").results[0]["inserted"] == 3
    assert ada.held() == {"years": 5}


def test_a_day_is_a_day(ada: Commissioner, years: dict[str, Any]):
    ada.write(years)
    done = ada.run("sync", "--since", "yesterday")
    assert done.code == 2
    assert "%Y-%m-%d" in done.err
