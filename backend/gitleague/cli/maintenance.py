"""`gitleague maintenance`: 503 to everybody while somebody works on the server."""

from __future__ import annotations

from datetime import timedelta

import click

from gitleague.core.maintenance import begin, end, notice_in
from gitleague.core.settings import load_settings


@click.group()
def maintenance() -> None:
    """Let clients wait while you work on the server."""


@maintenance.command("on")
@click.option(
    "--minutes", default=15, show_default=True, type=click.IntRange(1, 1440), help="About how long."
)
@click.option("--reason", default="", help="What people are told.")
def begin_it(minutes: int, reason: str) -> None:
    """Answer 503 with Retry-After, on this machine, until `off`."""
    notice = begin(load_settings().data_dir, timedelta(minutes=minutes), reason.strip())
    click.echo(notice.words)


@maintenance.command("off")
def end_it() -> None:
    """Serve again."""
    was = end(load_settings().data_dir)
    click.echo("The league is open." if was else "The league was open already.")


@maintenance.command()
def status() -> None:
    """Tell whether the league is closed, and until when."""
    notice = notice_in(load_settings().data_dir)
    click.echo(notice.words if notice else "The league is open.")
