"""The command as an installed file, and a stand-in for it that tells how it was called."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from conftest import Done
from preloaded import CLIENT, loaded
from waiting import wait_until

PROGRAM = "from gitleague_client.__main__ import main\nmain()\n"
# Beside itself, since whoever starts it hands down no environment of ours. It fails, and it takes
# as long as `.held` is there: nobody who started it shall mind.
STAND_IN = """\
#!/bin/sh
turns=0
while [ -e "$0.held" ] && [ $turns -lt 2000 ]; do sleep 0.05; turns=$((turns + 1)); done
printf '%s\\n' "$@" >"$0.new"
mv "$0.new" "$0.called"
exit 1
"""


class Installed(NamedTuple):
    """A folder with gitleague-client and a repos.yaml in it."""

    folder: Path

    @property
    def program(self) -> Path:
        return self.folder / "gitleague-client"

    @property
    def config(self) -> Path:
        return self.folder / "repos.yaml"

    @property
    def scheduled(self) -> list[str]:
        """What every schedule starts it with."""
        return ["--config", str(self.config), "--quiet", "sync"]

    def write(self, *repos: dict[str, Any], project_id: str = "1" * 32) -> None:
        project = {"project_id": project_id, "name": "The League", "repos": list(repos)}
        key = {"api_key": "tgl_secret_of_ours"}
        config = {"api_url": "https://league.example.org", **key, "projects": [project]}
        self.config.write_text(yaml.safe_dump(config))

    def schedule(self, *arguments: str, cwd: Path | None = None, **environment: str) -> Done:
        run = loaded(CLIENT).start(
            [str(self.program), "--config", str(self.config), "schedule", *arguments],
            folder=cwd or self.folder,
            environment={**os.environ, "HOME": str(self.folder), **environment},
        )
        out, err = run.communicate()
        said = Done(run.wait(), out.decode(), err.decode())
        assert "tgl_" not in said.out + said.err
        return said

    def stand_in(self) -> None:
        self.program.write_text(STAND_IN)
        self.program.chmod(0o755)

    def hold(self) -> Path:
        held = self.folder / "gitleague-client.held"
        held.touch()
        return held

    @property
    def was_called(self) -> bool:
        return (self.folder / "gitleague-client.called").exists()

    def called(self) -> list[str]:
        """The arguments of the last call, which is forgotten."""
        wait_until(lambda: self.was_called, "somebody starts gitleague-client")
        file = self.folder / "gitleague-client.called"
        arguments = file.read_text().splitlines()
        file.unlink()
        return arguments


def install(folder: Path) -> Installed:
    folder.mkdir(parents=True)
    installed = Installed(folder)
    installed.program.write_text(PROGRAM)
    installed.program.chmod(0o755)
    installed.write()
    return installed
