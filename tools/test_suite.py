"""The suite says when a test wobbles, and hides nothing."""

from pathlib import Path
from textwrap import dedent

import pytest
import suite

PART = suite.Part("part", ".", ("tests/",))
BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "xdist.plugin"}  # quicker
WOBBLES = """
    from pathlib import Path
    import pytest

    @pytest.mark.parametrize("number", range({count}))
    def test_wobbles(number):
        seen = Path(__file__).with_name(f"seen-{{number}}")
        was_seen = seen.exists()
        seen.touch()
        assert was_seen, "the first time"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    write(tmp_path, "good", "def test_passes():\n    pass\n")
    return tmp_path


def write(project: Path, name: str, text: str) -> None:
    path = project / "tests" / f"test_{name}.py"
    path.write_text(dedent(text))


def test_all_pass(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert suite.run(project, [PART], BARE) == 0
    said = capfd.readouterr().out
    assert "s  part (1 tests)" in said
    assert "tests.test_good::test_passes" in said
    assert "FLAKY" not in said
    assert not (project / "build" / "flaky.txt").exists()


def test_one_that_passes_when_it_is_alone_is_told(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(project, "wobbles", WOBBLES.format(count=2))
    assert suite.run(project, [PART], BARE) == 0
    said = capfd.readouterr().out
    for number in range(2):
        assert f"\nFLAKY tests.test_wobbles::test_wobbles[{number}]\n" in said
    assert "AssertionError: the first time" in said.partition(" FLAKY ")[2]
    flaky = (project / "build" / "flaky.txt").read_text().splitlines()
    assert flaky == [f"tests.test_wobbles::test_wobbles[{number}]" for number in range(2)]
    assert suite.run(project, [PART], BARE) == 0
    assert not (project / "build" / "flaky.txt").exists(), "what an earlier run said is gone"


def test_what_is_said_of_all_tests_is_not_asked_of_the_few_that_run_again(project: Path) -> None:
    checking = """
        def pytest_addoption(parser):
            parser.addoption("--check", action="store_true")

        def pytest_sessionfinish(session):
            if session.config.getoption("check") and session.config.getoption("lf"):
                session.exitstatus = 6
    """
    (project / "tests" / "conftest.py").write_text(dedent(checking))
    write(project, "wobbles", WOBBLES.format(count=1))
    assert suite.run(project, [PART._replace(together=("--check",))], BARE) == 0


def test_more_than_a_few_are_no_accident(project: Path) -> None:
    write(project, "wobbles", WOBBLES.format(count=suite.MOST_FLAKY + 1))
    assert suite.run(project, [PART], BARE) == 1


def test_few_in_each_part_may_be_too_many(project: Path) -> None:
    for name in ("one", "two"):
        write(project, name, WOBBLES.format(count=suite.MOST_FLAKY - 1).replace("seen-", name))
    parts = [suite.Part(name, ".", (f"tests/test_{name}.py",)) for name in ("one", "two")]
    assert suite.run(project, parts, BARE) == 1


@pytest.mark.parametrize(
    "text",
    ["def test_fails():\n    assert False\n", "import nothing_like_this\n", "def test_("],
    ids=["fails", "cannot be imported", "cannot be read"],
)
def test_one_that_fails_again_fails_the_run(project: Path, text: str) -> None:
    write(project, "bad", text)
    write(project, "wobbles", WOBBLES.format(count=1))
    assert suite.run(project, [PART], BARE) == 1


def test_what_cannot_run_fails(project: Path) -> None:
    for arguments in (("nowhere/",), ("tests/", "-k", "nothing")):
        assert suite.run(project, [suite.Part("part", ".", arguments)], BARE) == 1


def test_a_seed_gives_the_same_order_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
        from pathlib import Path
        import pytest

        @pytest.mark.parametrize("number", range(20))
        def test_of_many(number):
            with Path("order").open("a") as order:
                print(number, file=order)
    """
    write(project, "order", text)
    monkeypatch.setattr(suite.os, "cpu_count", lambda: 1)  # two processes share the tests anyhow
    orders = []
    for seed in (1, 1):
        assert suite.run(project, [suite.in_order(PART, seed)], {}) == 0
        orders.append((project / "order").read_text().split())
        (project / "order").unlink()
    as_written = [str(number) for number in range(20)]
    assert orders[0] == orders[1] != as_written
    assert sorted(orders[0], key=int) == as_written
