"""Where `login` keeps API keys: the system's keyring, or a file where there is none.

A keyring may be locked, broken or waiting for somebody who is not there, as on every server: what
it says in time is taken, and otherwise the file has its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import yaml
from platformdirs import user_config_path

from gitleague_client.credentials import Key, KeySource
from gitleague_client.errors import ConfigError, KeyRefused, KeyringFailed
from gitleague_client.files import private_file
from gitleague_client.threads import in_time

SERVICE = "gitleague"
FILE_NAME = "credentials.yaml"
PATIENCE = 60.0  # seconds, in which somebody may unlock it
PATIENCE_ALONE = 5.0  # where nobody can
Result = TypeVar("Result")


def load(api_url: str, *, may_ask: bool) -> Key:
    """Raises KeyRefused where the keyring fails and the file has none."""
    user = _user(api_url)
    # What is in the file came there when the keyring could not be used, and so is the newer one.
    key = _read().get(user)
    if key:
        return Key(key, KeySource.CREDENTIALS)
    answer = _of_keyring(lambda keyring: keyring.get_password(SERVICE, user), may_ask=may_ask)
    if isinstance(answer, Exception):
        raise KeyRefused(
            f"There is no API key: the system keyring fails ({type(answer).__name__}).",
            remedy="Unlock it, or set GITLEAGUE_API_KEY.",
        )
    return Key(answer, KeySource.KEYRING) if answer and isinstance(answer, str) else Key()


def store(api_url: str, key: str, *, may_ask: bool) -> KeySource:
    """Where it is now. An older one in the keyring may stay there, and is not asked for."""
    user = _user(api_url)

    def put(keyring: ModuleType) -> bool:
        keyring.set_password(SERVICE, user, key)
        # Some take everything and keep nothing, such as keyring's own `null`.
        return bool(keyring.get_password(SERVICE, user) == key)

    if _of_keyring(put, may_ask=may_ask) is True:
        _forget(user)
        return KeySource.KEYRING
    _write({**_read(), user: key})
    _of_keyring(lambda keyring: keyring.delete_password(SERVICE, user), may_ask=False)
    return KeySource.CREDENTIALS


def remove(api_url: str, *, may_ask: bool) -> list[KeySource]:
    """Where there was one. Raises KeyringFailed where it may still be."""
    user = _user(api_url)

    def take_out(keyring: ModuleType) -> bool:
        if keyring.get_password(SERVICE, user) is None:
            return False
        keyring.delete_password(SERVICE, user)
        return True

    places = [KeySource.CREDENTIALS] if _forget(user) else []
    answer = _of_keyring(take_out, may_ask=may_ask)
    if isinstance(answer, Exception):
        raise KeyringFailed(f"The system keyring fails ({type(answer).__name__}).")
    return [KeySource.KEYRING, *places] if answer else places


def credentials_file() -> Path:
    return user_config_path("gitleague") / FILE_NAME


def _user(api_url: str) -> str:
    return api_url.rstrip("/")


def _of_keyring(ask: Callable[[ModuleType], Result], *, may_ask: bool) -> Result | Exception | None:
    """None where there is no keyring."""

    def asked() -> Result | None:
        import keyring.errors  # noqa: PLC0415 - slow to import, and most commands need none

        try:
            return ask(keyring)
        except keyring.errors.NoKeyringError:
            return None

    return in_time(asked, seconds=PATIENCE if may_ask else PATIENCE_ALONE)


def _forget(user: str) -> bool:
    keys = _read()
    if user not in keys:
        return False
    del keys[user]
    _write(keys)
    return True


def _read() -> dict[str, str]:
    """The keys by address."""
    file = credentials_file()
    with _named(file, "read"):
        try:
            keys = yaml.safe_load(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
    if keys is None:
        return {}
    if not isinstance(keys, dict) or not all(isinstance(each, str) for each in keys.values()):
        raise _spoilt(file, "read")
    return keys


def _write(keys: dict[str, str]) -> None:
    """Whole or not at all, and from the first moment nobody else can read it."""
    file = credentials_file()
    with _named(file, "written"):
        if not keys:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.parent.chmod(0o700)
        with private_file(file) as opened:
            opened.write(yaml.safe_dump(keys).encode())


@contextmanager
def _named(file: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, yaml.YAMLError):  # what YAML says would quote the file
        raise _spoilt(file, what) from None


def _spoilt(file: Path, what: str) -> ConfigError:
    return ConfigError(
        f"{file}, where the API keys are, cannot be {what}.",
        remedy="Move it away, and run `gitleague-client login` again.",
    )
