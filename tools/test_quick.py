"""What is run between two commits: what changed, then what is cheap, until the time is up."""

from pathlib import Path

import pytest
import quick
from test_suite import BARE

pytest_plugins = ["pytester"]
TESTS = {
    "test_pages": "def test_it_works(live_server): pass\ndef test_more(live_server): pass",
    "test_rules": "def test_pure(): pass",
    "test_scores": "from gitleague.rules import x\ndef test_it_works(live_server): pass",
    "conftest": "import pytest\n@pytest.fixture\ndef live_server(): pass",
    "gitleague/rules": "x = 1",
    "gitleague/__init__": "",
}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    for name, value in BARE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(Path(quick.__file__).parent))
    pytester.mkdir("gitleague")
    for name, text in TESTS.items():
        pytester.path.joinpath(f"{name}.py").write_text(text)
    return pytester


def run(project: pytest.Pytester, *options: str) -> list[str]:
    return project.runpytest_subprocess("-p", "quick", "-v", *options).outlines


def names(lines: list[str]) -> list[str]:
    return [line.split(" ")[0] for line in lines if "PASSED" in line]


def test_what_is_cheap_comes_first_and_one_of_each_file(project: pytest.Pytester) -> None:
    assert names(run(project)) == [
        "test_rules.py::test_pure",
        "test_pages.py::test_it_works",
        "test_scores.py::test_it_works",
        "test_pages.py::test_more",
    ]


@pytest.mark.parametrize("changed", ["test_scores.py", "gitleague/rules.py"])
def test_what_changed_comes_before(project: pytest.Pytester, changed: str) -> None:
    ran = names(run(project, f"--changed={project.path / changed}"))
    about_rules = ["test_rules.py::test_pure"] if changed.startswith("gitleague") else []
    assert ran[: len(about_rules) + 1] == [*about_rules, "test_scores.py::test_it_works"]
    assert len(ran) == 4


@pytest.mark.parametrize("processes", [(), ("-n", "2", "--dist", "load")])
def test_what_there_is_no_time_for_is_told(
    project: pytest.Pytester, processes: tuple[str, ...]
) -> None:
    lines = run(project, "--seconds=0", *processes)
    assert names(lines) == []
    assert "4 tests were left to `make test`: the time was up." in lines
