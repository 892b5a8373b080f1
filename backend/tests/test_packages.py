"""What is installed from a wheel is whole: migrations, templates, styles, types."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = {
    "backend": [
        "gitleague/py.typed",
        "gitleague/alembic/env.py",
        "gitleague/alembic/versions/0001_accounts.py",
        "gitleague/web/templates/standings.html",
        "gitleague/web/static/league.css",
    ],
    "gitleague-client": ["gitleague_client/py.typed", "gitleague_client/__main__.py"],
}


@pytest.mark.parametrize("package", NEEDED)
def test_the_wheel_is_whole(package: str, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / package, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    assert [name for name in NEEDED[package] if name not in names] == []
    assert not [name for name in names if "test" in Path(name).name and name != TEST_COMMAND]


TEST_COMMAND = "gitleague_client/commands/test.py"
