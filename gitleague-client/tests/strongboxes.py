"""Keyrings as systems have them: one that keeps, one that is locked, one that waits for ever.

`keyring` finds them by PYTHON_KEYRING_BACKEND.
"""

# ruff: noqa: ARG002 - the arguments are keyring's

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class Box(KeyringBackend):
    """Keeps what it is given, in $STRONGBOX."""

    priority = 1

    def get_password(self, service, username):
        return self._read().get(f"{service} {username}")

    def set_password(self, service, username, password):
        self._write({**self._read(), f"{service} {username}": password})

    def delete_password(self, service, username):
        self._write(
            {name: kept for name, kept in self._read().items() if name != f"{service} {username}"}
        )

    def _read(self):
        file = Path(os.environ["STRONGBOX"])
        return json.loads(file.read_text()) if file.exists() else {}

    def _write(self, kept):
        Path(os.environ["STRONGBOX"]).write_text(json.dumps(kept))


class Locked(Box):
    """Needs a password, and nobody types it."""

    def get_password(self, service, username):
        raise KeyringLocked("Failed to unlock the collection!")

    set_password = delete_password = get_password


class Broken(Box):
    """Raises what nobody expects."""

    def get_password(self, service, username):
        raise ZeroDivisionError(service, username)

    set_password = delete_password = get_password


class Hanging(Box):
    """Waits for a window that nobody sees."""

    def get_password(self, service, username):
        time.sleep(600)

    set_password = delete_password = get_password
