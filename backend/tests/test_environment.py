"""What is set for the server and misspelt stops its start; what others set does not."""

from pathlib import Path

import pytest
from gitleague.core.errors import SettingsError
from gitleague.core.settings import Settings, load_settings
from gitleague_client.environment import NAMES


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_misspelt_name_is_refused_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLEAGUE_PUBLIC_ULR", "https://league.example.org")
    monkeypatch.setenv("gitleague_wherever", "")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value) == (
        "GITLEAGUE_PUBLIC_ULR is no setting; the nearest is GITLEAGUE_PUBLIC_URL. "
        "GITLEAGUE_WHEREVER is no setting."
    )


def test_so_is_one_in_the_file(folder: Path) -> None:
    (folder / ".env").write_text("GITLEAGUE_JWT_MINUTE=5\nPOSTGRES_PASSWORD=x\n")
    with pytest.raises(SettingsError, match="the nearest is GITLEAGUE_JWT_MINUTES"):
        load_settings()


@pytest.mark.parametrize(
    "name",
    [
        *sorted(NAMES),
        *("gitleague_jwt_minutes", "GITLEAGUE_TEST_DATABASES"),
        # of a service called `gitleague` or `gitleague-backend`, in each container beside it
        *("GITLEAGUE_SERVICE_HOST", "GITLEAGUE_SERVICE_PORT_HTTP", "GITLEAGUE_PORT"),
        *("GITLEAGUE_BACKEND_PORT_8000_TCP_ADDR", "GITLEAGUE_BACKEND_PORT_8000_TCP"),
    ],
)
def test_what_others_declare_stands_beside_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "5")
    assert isinstance(load_settings(), Settings)


def test_the_files_for_deployment_name_settings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(__file__).parents[2] / "deploy" / "systemd" / "gitleague.env"
    for line in file.read_text().splitlines():
        name, is_set, value = line.partition("=")
        if is_set and not name.startswith("#"):
            monkeypatch.setenv(name, value)
    assert isinstance(load_settings(), Settings)
