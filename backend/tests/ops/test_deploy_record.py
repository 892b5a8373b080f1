"""Deployments are written down: who, what, when, and who signed it off."""

import json
import subprocess
from pathlib import Path

import pytest
from gitleague import __version__
from gitleague.core import migrations
from gitleague.core.settings import Settings
from operators import Operator

HEAD = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]


@pytest.fixture
def operator(settings: Settings) -> Operator:
    return Operator(
        {
            "GITLEAGUE_DATABASE_URL": settings.database_url,
            "GITLEAGUE_DATA_DIR": str(settings.data_dir),
        }
    )


@pytest.mark.on_both
def test_it_works(operator: Operator) -> None:
    done = operator.run_here(
        *("deploy", "record", "--by", "Ada Lovelace", "--result", "success"),
        *("--sign-off", "Tech Lead: Grace Hopper", "--sign-off", "DevOps:Linus"),
        *("--notes", "Nobody noticed.\nNot even us."),
    )
    assert done.code == 0, done.err
    second = ("--by", "Linus", "--result", "failed", "--commit", "ABCDEF0")
    assert operator.run_here("deploy", "record", *second).code == 0
    newest, first = json.loads(operator.run_here("deploy", "history", "--json").out)
    assert (newest["deployed_by"], newest["result"], newest["commit"]) == (
        *("Linus", "failed"),
        "abcdef0",
    )
    assert first.pop("created_at") <= newest["created_at"]
    assert first == {
        "deployed_by": "Ada Lovelace",
        "commit": subprocess.check_output(HEAD, text=True).strip(),
        "version": __version__,
        "schema": migrations.newest(),
        "result": "success",
        "sign_offs": [
            {"role": "Tech Lead", "name": "Grace Hopper"},
            {"role": "DevOps", "name": "Linus"},
        ],
        "notes": "Nobody noticed.\nNot even us.",
    }
    lines = operator.run_here("deploy", "history").out.splitlines()
    assert lines[0].endswith(f"at abcdef0, schema {migrations.newest()}, by Linus")
    assert lines[2:] == [
        "    Tech Lead: Grace Hopper",
        "    DevOps: Linus",
        "    Nobody noticed.",
        "    Not even us.",
    ]
    assert lines[1] + "\n" == done.out
    assert operator.run_here("deploy", "history", "--limit", "1").out == lines[0] + "\n"


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--by", "Ada"), "--result"),
        (("--result", "success"), "--by"),
        (("--by", " ", "--result", "success"), "give a name"),
        (("--by", "Ada", "--result", "fine"), "'fine' is not one of"),
        (("--by", "Ada", "--result", "success", "--commit", "main"), "hexadecimal digits"),
        (("--by", "Ada", "--result", "success", "--sign-off", "Grace"), "Tech Lead: Grace Hopper"),
    ],
)
def test_what_says_too_little_is_refused(
    operator: Operator, arguments: tuple[str, ...], told: str
) -> None:
    done = operator.run_here("deploy", "record", *arguments)
    assert (done.code, told in done.err) == (2, True), done.err
    assert operator.run_here("deploy", "history", "--json").out == "[]\n"
