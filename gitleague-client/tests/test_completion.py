"""The scripts of `completion`, read by the shells that are here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Commissioner, Done

ASK = {
    "bash": """
        source "$1"
        complete -p gitleague-client
        COMP_WORDS=(gitleague-client sch) COMP_CWORD=1
        _gitleague_client_completion gitleague-client
        echo "${COMPREPLY[@]}"
    """,
    "zsh": """
        autoload -U compinit; compinit -u -D
        source "$1"
        echo "complete $_comps[gitleague-client]"
        COMP_WORDS='gitleague-client sch' COMP_CWORD=1 \\
            _GITLEAGUE_CLIENT_COMPLETE=zsh_complete gitleague-client
    """,
    "fish": 'source "$argv[1]"; complete gitleague-client; complete -C "gitleague-client sch"',
}
BARE = {"bash": ["--norc", "-c"], "zsh": ["-f", "-c"], "fish": ["-c"]}


@pytest.fixture
def nobody(tmp_path: Path) -> Commissioner:
    """Without a configuration: a shell may be set up first."""
    return Commissioner(tmp_path, None, "", "", "")  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """PATH, with the command first."""
    program = tmp_path / "bin" / "gitleague-client"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gitleague_client "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def printed(nobody: Commissioner, shell: str) -> Done:
    done = nobody.run("completion", shell)
    assert done.code == 0
    assert done.err.count("\n") == 1
    assert "Put it into" in done.err
    return done


@pytest.mark.parametrize("shell", ASK)
def test_there_is_a_script_for(nobody: Commissioner, shell: str) -> None:
    assert "_GITLEAGUE_CLIENT_COMPLETE" in printed(nobody, shell).out


@pytest.mark.parametrize("shell", [*filter(shutil.which, ASK)])  # those that are here
def test_the_shell_completes(nobody: Commissioner, tmp_path: Path, path: str, shell: str) -> None:
    script = tmp_path / "script"
    script.write_text(printed(nobody, shell).out)
    last = ["shell", script] if shell != "fish" else [script]
    done = subprocess.run(
        [shell, *BARE[shell], ASK[shell], *last],
        env={**os.environ, "HOME": str(tmp_path), "PATH": path},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert b"complete" in done.stdout
    assert b"schedule" in done.stdout.split(b"\n", 1)[1]


def test_no_script_for_other_shells(nobody: Commissioner) -> None:
    assert nobody.run("completion", "cmd").code == 2
