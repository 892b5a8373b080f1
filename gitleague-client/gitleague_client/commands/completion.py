"""`completion`: the script that lets a shell complete this command."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gitleague_client.errors import Exit, UsageError
from gitleague_client.output import Output

PROGRAM = "gitleague-client"
VARIABLE = "_GITLEAGUE_CLIENT_COMPLETE"  # what click itself makes of the name
PLACES = {
    "bash": "~/.local/share/bash-completion/completions/gitleague-client",
    "zsh": "a file `_gitleague-client` in a folder of $fpath",
    "fish": "~/.config/fish/completions/gitleague-client.fish",
}


def run(cli: click.Command, shell: str, out: Output) -> Exit:
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"There is no completion for {shell}.")
    script = kind(cli, {}, PROGRAM, VARIABLE).source()
    out.result(script.rstrip("\n"), shell=shell, script=script)
    out.hint(f"Put it into {PLACES[shell]}, and open a new shell.")
    return Exit.DONE
