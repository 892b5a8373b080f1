"""`login` and `logout`: where a key is kept, what is asked before, and who sees it."""

import json
import stat
from pathlib import Path

import pytest
import yaml
from conftest import Commissioner, Done, make_key
from faults import Proxy, answer
from gitleague_client import credentials
from terminal import run_in_terminal

HERE = str(Path(__file__).parent)
STRANGER = "tgl_aaaabbbb_" + "x" * 32  # one of the original's, that no server knows
OTHER = credentials.make_key("aaaabbbb", "y" * 32)


@pytest.fixture
def nobody(tmp_path: Path) -> Commissioner:
    """In an empty folder, without a server."""
    return Commissioner(tmp_path, None, "", OTHER, "https://league.example.org/")  # type: ignore[arg-type]


@pytest.fixture
def keyless(ada: Commissioner, site: dict[str, str]) -> Commissioner:
    """Ada, before she has told the client her key."""
    ada.write(site, api_key=None)
    return ada


def keyring(somebody: Commissioner, kind: str = "Box") -> dict[str, str]:
    """The environment of a system that has a keyring."""
    return {
        "PYTHONPATH": HERE,
        "PYTHON_KEYRING_BACKEND": f"strongboxes.{kind}",
        "STRONGBOX": str(somebody.folder / "strongbox"),
    }


def in_keyring(somebody: Commissioner) -> dict[str, str]:
    file = somebody.folder / "strongbox"
    return json.loads(file.read_text()) if file.exists() else {}


def credentials_file(somebody: Commissioner) -> Path:
    return somebody.folder / ".config" / "gitleague" / "credentials.yaml"


def is_stored(somebody: Commissioner) -> bool:
    return bool(in_keyring(somebody)) or credentials_file(somebody).exists()


def secret(key: str) -> str:
    return key.rsplit("_", 1)[1]


def test_it_works(keyless: Commissioner) -> None:
    assert keyless.run("sync", **keyring(keyless)).code == 3
    done = keyless.run("login", stdin=f"{keyless.key}\n", **keyring(keyless))
    assert (done.code, done.err) == (0, "")
    assert "The server takes the key." in done.out
    assert "in the system keyring" in done.out
    assert in_keyring(keyless) == {f"gitleague {keyless.url}": keyless.key}
    assert not credentials_file(keyless).exists()
    assert keyless.run("sync", **keyring(keyless)).code == 0


@pytest.mark.parametrize(
    "backend", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring", "no.such.thing"]
)
def test_without_a_keyring_it_is_in_a_file_of_ones_own(keyless: Commissioner, backend: str) -> None:
    environment = {"PYTHON_KEYRING_BACKEND": backend}
    done = keyless.run("login", stdin=keyless.key, **environment)
    file = credentials_file(keyless)
    assert done.code == 0, done.err
    assert f"in {file}" in done.out
    assert yaml.safe_load(file.read_text()) == {keyless.url: keyless.key}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]
    assert keyless.run("sync", **environment).code == 0


@pytest.mark.parametrize("kind", ["Locked", "Broken"])
def test_a_keyring_that_fails_is_passed_by(keyless: Commissioner, kind: str) -> None:
    done = keyless.run("login", "--json", stdin=keyless.key, **keyring(keyless, kind))
    assert (done.code, done.err) == (0, "")
    assert done.results == [{"api_url": keyless.url, "kept_in": "credentials", "checked": True}]
    assert keyless.run("sync", **keyring(keyless, kind)).code == 0


def test_a_keyring_that_hangs_is_waited_for_only_so_long(keyless: Commissioner) -> None:
    assert keyless.run("login", stdin=keyless.key).code == 0
    assert keyless.run("sync", **keyring(keyless, "Hanging")).code == 0


def test_a_locked_keyring_is_named_where_there_is_no_other_key(keyless: Commissioner) -> None:
    done = keyless.run("sync", **keyring(keyless, "Locked"))
    assert done.code == 3
    assert "the system keyring fails (KeyringLocked)" in done.err
    assert "GITLEAGUE_API_KEY" in done.err


def test_without_a_configuration(nobody: Commissioner) -> None:
    done = nobody.run("login", "--offline", stdin=OTHER)
    assert (done.code, "There is no repos.yaml" in done.err) == (2, True)
    done = nobody.run("login", "--offline", "--api-url", nobody.url, stdin=OTHER)
    assert "was not tried yet" in done.out
    stored = yaml.safe_load(credentials_file(nobody).read_text())
    assert stored == {"https://league.example.org": OTHER}
    assert nobody.run("login", "--api-url", "league", stdin=OTHER).code == 2


def test_a_server_without_known_repositories_is_asked_whether_it_is_there(
    ada: Commissioner, nobody: Commissioner
) -> None:
    done = ada.run("login", "--api-url", ada.url, stdin=ada.key)
    assert (done.code, "was not tried yet" in done.out) == (0, True)


@pytest.mark.parametrize("key", [STRANGER, "hunter2", OTHER[:-1], "tgl_" + "ä" * 40])
def test_a_key_that_is_refused_is_not_stored(keyless: Commissioner, key: str) -> None:
    done = keyless.run("login", stdin=key, **keyring(keyless))
    assert done.code == 3
    assert not is_stored(keyless)
    assert key not in done.out + done.err


def test_a_key_of_another_project_is_not_stored(keyless: Commissioner) -> None:
    elsewhere = keyless.server.ask("POST", "/projects", name="Elsewhere")["id"]
    done = keyless.run("login", stdin=make_key(keyless.server, elsewhere), **keyring(keyless))
    assert (done.code, is_stored(keyless)) == (1, False)  # to this key the project is not there


def test_a_server_that_is_away_stores_nothing(keyless: Commissioner, site: dict[str, str]) -> None:
    keyless.write(site, api_key=None, api_url="http://127.0.0.1:9", max_retries=0)
    done = keyless.run("login", stdin=keyless.key, **keyring(keyless))
    assert (done.code, is_stored(keyless)) == (4, False)
    assert "--offline" in done.err
    assert keyless.run("login", "--offline", stdin=keyless.key, **keyring(keyless)).code == 0
    assert is_stored(keyless)


@pytest.mark.parametrize("arguments", [[], ["--no-input"]])
def test_nothing_to_read_is_exit_2(keyless: Commissioner, arguments: list[str]) -> None:
    done = keyless.run("login", *arguments)
    assert (done.code, "There is no key to read" in done.err) == (2, True)


def test_the_prompt_shows_nothing(keyless: Commissioner) -> None:
    session = run_in_terminal(
        "login", folder=keyless.folder, asked="API key:", typed=keyless.key, **keyring(keyless)
    )
    assert session.code == 0, session.screen
    assert "API key:" in session.screen
    assert "tgl_" not in session.screen
    assert secret(keyless.key) not in session.screen
    assert in_keyring(keyless)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["--no-input"], {}), ([], {"CI": "true"}), ([], {"CI": "1"}), ([], {"CI": "woodpecker"})],
)
def test_nobody_is_asked_where_nobody_is(
    keyless: Commissioner, arguments: list[str], environment: dict[str, str]
) -> None:
    session = run_in_terminal("login", *arguments, folder=keyless.folder, **environment)
    assert session.code == 2
    assert "There is no key to read" in session.screen


@pytest.mark.parametrize("said", ["", "false", "0"])
def test_a_terminal_that_is_no_ci_asks(keyless: Commissioner, said: str) -> None:
    session = run_in_terminal(
        "login", folder=keyless.folder, asked="API key:", typed=keyless.key, CI=said
    )
    assert session.code == 0, session.screen


def test_a_new_key_takes_the_place_of_the_old_one_everywhere(keyless: Commissioner) -> None:
    assert keyless.run("login", "--offline", stdin=OTHER).code == 0
    assert keyless.run("login", stdin=keyless.key, **keyring(keyless)).code == 0
    assert not credentials_file(keyless).exists()
    assert keyless.run("login", "--offline", stdin=OTHER, **keyring(keyless)).code == 0
    assert list(in_keyring(keyless).values()) == [OTHER]


def test_each_league_has_its_own(nobody: Commissioner) -> None:
    for url in ("https://a.example.org", "https://b.example.org"):
        assert nobody.run("login", "--offline", "--api-url", url, stdin=OTHER).code == 0
    assert nobody.run("logout", "--api-url", "https://a.example.org/").code == 0
    assert list(yaml.safe_load(credentials_file(nobody).read_text())) == ["https://b.example.org"]


def test_logout_forgets_it_in_both_places(keyless: Commissioner) -> None:
    keyless.run("login", stdin=keyless.key, **keyring(keyless))
    file = credentials_file(keyless)
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({keyless.url: keyless.key}))
    done = keyless.run("logout", **keyring(keyless))
    assert "gone from the system keyring and the credentials file" in done.out
    assert (in_keyring(keyless), file.exists()) == ({}, False)
    again = keyless.run("logout", "--json", **keyring(keyless))
    assert again.results == [{"api_url": keyless.url, "removed_from": []}]
    assert keyless.run("sync", **keyring(keyless)).code == 3


def test_logout_says_where_a_key_may_stay(keyless: Commissioner) -> None:
    keyless.run("login", stdin=keyless.key)
    done = keyless.run("logout", **keyring(keyless, "Locked"))
    assert (done.code, "by hand" in done.err) == (1, True)
    assert not credentials_file(keyless).exists()


def test_flag_wins_over_environment_over_file_over_credentials_over_keyring(
    keyless: Commissioner, site: dict[str, str]
) -> None:
    """Each is asked with a key that only it has; the server knows none but ada's."""

    def works(*arguments: str, **environment: str) -> bool:
        return keyless.run("test", *arguments, **environment).code == 0

    box = keyring(keyless)
    keyless.run("login", stdin=keyless.key, **box)
    assert works(**box)
    assert not works()
    keyless.run("login", "--offline", stdin=STRANGER, **box)
    keyless.run("login", stdin=keyless.key)  # the keyring fails: it goes to the file
    assert works(**box)
    keyless.run("login", "--offline", stdin=STRANGER)
    keyless.write(site)
    assert works(**box)
    keyless.write(site, api_key=STRANGER)
    assert works(GITLEAGUE_API_KEY=keyless.key)
    assert works("--api-key", keyless.key, GITLEAGUE_API_KEY=STRANGER)


def test_a_key_that_wins_over_the_stored_one_is_told_of(
    keyless: Commissioner, site: dict[str, str]
) -> None:
    done = keyless.run("login", stdin=keyless.key, GITLEAGUE_API_KEY=OTHER)
    assert "GITLEAGUE_API_KEY has a key too" in done.err
    keyless.write(site)
    assert "the configuration has a key too" in keyless.run("login", stdin=keyless.key).err


@pytest.mark.parametrize("text", ["[", "- a", "a: {b: c}", "\0"])
def test_a_spoilt_file_is_named_without_what_is_in_it(keyless: Commissioner, text: str) -> None:
    file = credentials_file(keyless)
    file.parent.mkdir(parents=True)
    file.write_text(f"{text} # {OTHER}")
    done = keyless.run("sync")
    assert done.code == 2
    assert f"{file}, where the API keys are, cannot be read." in done.err
    assert secret(OTHER) not in done.err


def test_the_key_is_in_no_output_and_no_command_line(keyless: Commissioner, proxy: Proxy) -> None:
    proxy.fail("/status", answer(500, b"no"), answer(401, b"no"))
    shown: list[Done] = [
        keyless.run("login", "--verbose", stdin=keyless.key, **keyring(keyless)),
        keyless.run("login", "--verbose", stdin=keyless.key, **keyring(keyless)),
        keyless.run("login", "--verbose", stdin=keyless.key, **keyring(keyless, "Broken")),
        keyless.run("logout", "--verbose", **keyring(keyless, "Broken")),
    ]
    assert [done.code for done in shown] == [1, 3, 0, 1]
    assert all(secret(keyless.key) not in done.out + done.err for done in shown)
    assert "--api-key" not in keyless.run("login", "--help").out
