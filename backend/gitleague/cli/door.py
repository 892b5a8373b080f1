"""`gitleague …`: arguments in, one call, an exit code out."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from gitleague import __version__
from gitleague.core.errors import LeagueError, StartError
from gitleague.core.private_files import keep_files_private

# The module of each command, which has it under the same name.
COMMANDS = {
    "backup": "backups",
    "bootstrap": "bootstrap",
    "db": "schema",
    "deploy": "deploy",
    "export-rules": "bundles",
    "import-bundle": "bundles",
    "import-legacy": "legacy",
    "maintenance": "maintenance",
    "migrate": "migrate",
    "notify": "notify",
    "preflight": "preflight",
    "recompute": "recompute",
    "report": "report",
    "restore": "backups",
    "rollout": "rollout",
    "secrets": "sealed",
    "serve": "serve",
    "sign-in-link": "sign_in_link",
    "smoke": "smoke",
    "verify": "verify",
}


class Commands(click.Group):
    """Loads the command that is asked for: all together take a second or two."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"gitleague.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


def main(arguments: list[str] | None = None) -> None:
    """The door: every error leaves as a sentence and an exit code."""
    keep_files_private()
    try:
        cli.main(arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except (StartError, LeagueError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, StartError) else 1)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Run a league: serve it, set it up, look after its database."""
