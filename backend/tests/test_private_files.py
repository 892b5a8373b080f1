"""What a league keeps is for the user that it runs as, and for nobody else on the machine."""

import os
import stat
from pathlib import Path

import httpx
import pytest
from operators import Operator


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator({"GITLEAGUE_DATA_DIR": str(tmp_path / "league")})


def open_to_others(folder: Path) -> list[str]:
    found = [folder, *folder.rglob("*")]
    return [str(path) for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_the_files_of_a_server_and_of_its_operator(operator: Operator, tmp_path: Path) -> None:
    league = tmp_path / "league"
    before = os.umask(0o022)  # what most machines have
    try:
        operator.run_here("bootstrap", "--email", "ada@example.org", "--project", "League")
        with operator.serve(tmp_path / "log", "--workers", "2") as served:
            assert httpx.get(f"{served.url}/health", timeout=60).is_success
            operator.run_here("maintenance", "on")
            operator.run_here("backup", "--to", str(league / "backups"))
            assert (league / "gitleague.db-wal").exists()
            assert list((league / "backups").iterdir()) != []
            assert open_to_others(league) == []
    finally:
        os.umask(before)
