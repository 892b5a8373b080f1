"""Each rule of tools/lint.py, with what it refuses and what it asks for instead."""

from typing import NamedTuple

import pytest
from lint import RULES, check

LONG = "\n".join(f"    x = {number}" for number in range(60))


class Example(NamedTuple):
    rule: str
    bad: str
    good: str
    bad_path: str = "backend/gitleague/sync/ingest.py"
    good_path: str = "backend/gitleague/sync/ingest.py"


EXAMPLES = [
    Example("commit_at_the_edge", bad="session.commit()", good="session.add(row)"),
    Example(
        "commit_at_the_edge",
        bad="session.commit()",
        good="session.commit()",
        good_path="backend/gitleague/core/db.py",
    ),
    Example(
        "flush_has_a_reason",
        bad="session.flush()",
        good="session.flush()  # the audit entry needs the id",
    ),
    Example(
        "environment_in_settings",
        bad="import os\nurl = os.environ['GITLEAGUE_API_URL']",
        good="import os\nurl = os.environ['GITLEAGUE_API_URL']",
        bad_path="gitleague-client/gitleague_client/push.py",
        good_path="gitleague-client/gitleague_client/config.py",
    ),
    Example(
        "no_forms_in_docstrings",
        bad='def f(days):\n    """Ends it.\n\n    Args:\n        days: the days.\n    """',
        good='def f(days):\n    """Ends it after so many days, in the project\'s time zone."""',
    ),
    Example(
        "named_for_what_it_does",
        bad="",
        good="",
        bad_path="backend/gitleague/sync/utils.py",
        good_path="backend/gitleague/sync/heads.py",
    ),
    Example("short_enough", bad=f"def f():\n{LONG}", good=f"def f():\n{LONG[:-20]}"),
    Example("short_enough", bad="x = 1\n" * 401, good="x = 1\n" * 400),
    Example(
        "catch_what_you_can_mend",
        bad="try:\n    f()\nexcept Exception:\n    pass",
        good="try:\n    f()\nexcept ValueError:\n    pass",
    ),
    Example(
        "catch_what_you_can_mend",
        bad="try:\n    f()\nexcept (OSError, BaseException) as error:\n    print(error)",
        good="try:\n    f()\nexcept BaseException:\n    undo()\n    raise",
    ),
    Example(
        "catch_what_you_can_mend",
        bad="try:\n    f()\nexcept:\n    pass",
        good="try:\n    f()\nexcept Exception:\n    sys.exit(1)",
        good_path="gitleague-client/gitleague_client/__main__.py",
    ),
    Example(
        "queries_name_the_project",
        bad="def f(session, sha):\n    return select(CommitRow).where(CommitRow.sha == sha)",
        good="def f(session, project_id):\n"
        "    return select(CommitRow).where(CommitRow.project_id == project_id)",
    ),
    Example(
        "queries_name_the_project",
        bad="def f(session):\n    return session.execute(delete(Invitation))",
        good="def f(session):\n"
        "    # across projects: the token says which\n"
        "    return session.execute(delete(Invitation))",
    ),
    Example(
        "queries_name_the_project",
        bad="def f():\n    return update(Repo)",
        good="def f():\n    return update(User)",
    ),
    Example(
        "names_as_shown",
        bad="select(Player.name).where(Player.project_id == project_id)",
        good="select(shown_name(viewer)).where(Player.project_id == project_id)",
    ),
    Example(
        "names_as_shown",
        bad="case((asked, ANONYMOUS), else_=Player.name)",
        good="case((asked, ANONYMOUS), else_=Player.name)",
        good_path="backend/gitleague/league/people/shown.py",
    ),
]


def _rules_broken(path: str, text: str) -> list[str]:
    return [complaint.rpartition("[")[2].removesuffix("]") for complaint in check(path, text)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_refuses_the_bad_and_takes_the_good(example: Example) -> None:
    assert _rules_broken(example.bad_path, example.bad) == [example.rule]
    assert _rules_broken(example.good_path, example.good) == []


def test_every_rule_has_an_example() -> None:
    assert {rule.__name__ for rule in RULES} == {example.rule for example in EXAMPLES}


def test_a_complaint_says_where() -> None:
    (complaint,) = check("backend/gitleague/sync/heads.py", "x = 1\nsession.commit()")
    assert complaint.startswith("backend/gitleague/sync/heads.py:2: ")
