"""`gitleague serve` with data of its own. It can be killed and started again."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from preloaded import SERVER, loaded
from waiting import SECONDS


class LeagueServer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "log"
        self.made = self._bootstrap()
        self.start()

    def _bootstrap(self) -> dict[str, Any]:
        """The first project, with a key, and somebody who may do everything there."""
        arguments = ["bootstrap", "--email", "ada@example.org", "--project", "First", "--json"]
        run = loaded(SERVER).start(
            ["gitleague", *arguments], folder=self._folder, environment=self._environment({})
        )
        out, err = run.communicate()
        assert run.wait() == 0, err.decode()
        made: dict[str, Any] = json.loads(out)
        return made

    def start(self) -> None:
        """On a port of its own, which was never anybody else's. Whoever asks early waits."""
        with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
            port = listener.getsockname()[1]
            self.url = f"http://127.0.0.1:{port}"
            self._process = loaded(SERVER).start(
                ["gitleague", "serve", "--port", str(port)],
                folder=self._folder,
                environment=self._environment({"GITLEAGUE_PUBLIC_URL": self.url}),
                log=self._log,
                listener=listener,
            )
        try:
            httpx.get(f"{self.url}/health", timeout=SECONDS).raise_for_status()
        except httpx.HTTPError as error:
            raise AssertionError(self._log.read_text()) from error

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            **os.environ,
            "GITLEAGUE_DATA_DIR": str(self._folder),
            "GITLEAGUE_RATE_LIMIT_API": "100000/minute",
            **more,
        }

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def shas(self) -> list[str]:
        """All that it has, in order."""
        with closing(sqlite3.connect(self._folder / "gitleague.db")) as connection:
            return sorted(sha for (sha,) in connection.execute("SELECT sha FROM commits"))
