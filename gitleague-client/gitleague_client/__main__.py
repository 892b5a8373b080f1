"""The one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import signal
import sys
import traceback

import click

from gitleague_client import __version__
from gitleague_client.errors import ClientError, Exit

TERMINATED = 128 + signal.SIGTERM


def main() -> None:
    # As an exception it passes through every `finally`: nothing half-written stays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    sys.exit(_run())


def _run() -> int:
    try:
        # The commands take a moment to load, in which Ctrl-C shall be no different.
        from gitleague_client.cli import cli  # noqa: PLC0415

        code = cli.main(prog_name="gitleague-client", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("\nInterrupted. A sync goes on where it stopped.\n")
        return Exit.INTERRUPTED
    except ClientError as error:
        _tell(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the door: nobody shall meet a bare traceback
        return _unexpected(error)
    return int(code or Exit.DONE)


def _unexpected(error: Exception) -> int:
    if {"--verbose", "-v"}.intersection(sys.argv):
        traceback.print_exception(error)
    what = f"{type(error).__name__} in gitleague-client {__version__}"
    _tell(
        ClientError(
            f"Something went wrong that should not: {what}.",
            remedy="Run it again with --verbose, and report what it prints.",
        )
    )
    return Exit.SOME_FAILED


def _tell(error: ClientError) -> None:
    from gitleague_client.output import Output  # noqa: PLC0415 - as above

    Output().error(error)


if __name__ == "__main__":
    main()
