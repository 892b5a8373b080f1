"""The one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import sys
import traceback

import click

from gitleague_client import __version__
from gitleague_client.cli import cli
from gitleague_client.errors import ClientError, Exit
from gitleague_client.output import Output


def main() -> None:
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli.main(prog_name="gitleague-client", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("\nInterrupted. The next sync goes on where this one stopped.\n")
        return Exit.INTERRUPTED
    except ClientError as error:
        Output().error(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the door: nobody shall meet a bare traceback
        return _unexpected(error)
    return int(code or Exit.DONE)


def _unexpected(error: Exception) -> int:
    if {"--verbose", "-v"}.intersection(sys.argv):
        traceback.print_exception(error)
    what = f"{type(error).__name__} in gitleague-client {__version__}"
    Output().error(
        ClientError(
            f"Something went wrong that should not: {what}.",
            remedy="Run it again with --verbose, and report what it prints.",
        )
    )
    return Exit.SOME_FAILED


if __name__ == "__main__":
    main()
