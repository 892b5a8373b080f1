"""`gitleague report`: what was measured, as Markdown or JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import IO, Any

import click

from gitleague.cli.opening import whole_database
from gitleague.core.clock import now
from gitleague.core.settings import load_settings
from gitleague.ops import reviews
from gitleague.ops.boxes import Report, as_json, as_markdown
from gitleague.ops.leaks import Leaks, leaks_in
from gitleague.ops.stability import look_outside
from gitleague.ops.stability import stability as look_at_stability
from gitleague.server.operation import KEPT

HOURS = {"h": 1, "d": 24}
Logs = tuple[IO[str], ...]
json_option = click.option("--json", "in_json", is_flag=True, help="Print JSON.")
log_option = click.option(
    "--log",
    "logs",
    multiple=True,
    type=click.File(encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="A log to look for credentials in, `-` for standard input; may be given several times.",
)


def _span(_context: click.Context, _parameter: click.Parameter, text: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,4})([hd])", text)
    span = timedelta(hours=int(found[1]) * HOURS[found[2]]) if found else timedelta()
    if not timedelta() < span <= KEPT:
        raise click.BadParameter(f"write it like 48h or 7d, up to {KEPT.days}d.")
    return span


def period_option(name: str, days: int) -> Callable[[Any], Any]:
    return click.option(
        name,
        is_flag=True,
        default=True,
        expose_value=False,
        help=f"The last {days} days: the default, and the only choice by now.",
    )


@click.group()
def report() -> None:
    """Tell from what was measured whether all is well.

    Ends with 0 only if every box passes; what nothing tells about does not.
    """


@report.command()
@click.option(
    "--since",
    "span",
    default="48h",
    show_default=True,
    callback=_span,
    help="How far to look back: hours (48h) or days (7d).",
)
@log_option
@json_option
def stability(*, span: timedelta, logs: Logs, in_json: bool) -> None:
    """Check every box of the deployment checklist's stability criteria."""
    settings = load_settings()
    outside = look_outside(settings, _leaks(logs))
    with whole_database() as database, database.reading() as session:
        made = look_at_stability(session, settings, outside, now() - span)
    _print(made, in_json=in_json)


@report.command()
@period_option("--weekly", reviews.WEEK.days)
@json_option
def sync(*, in_json: bool) -> None:
    """Review which repositories came in, and how."""
    with whole_database() as database, database.reading() as session:
        made = reviews.review_syncs(session, now() - reviews.WEEK)
    _print(made, in_json=in_json)


@report.command()
@period_option("--monthly", reviews.MONTH.days)
@json_option
def performance(*, in_json: bool) -> None:
    """Review how quickly and how reliably the server answered, day by day."""
    settings = load_settings()
    with whole_database() as database, database.reading() as session:
        made = reviews.review_performance(session, settings, now() - reviews.MONTH)
    _print(made, in_json=in_json)


@report.command()
@period_option("--quarterly", reviews.QUARTER.days)
@log_option
@json_option
def security(*, logs: Logs, in_json: bool) -> None:
    """Review keys, commissioners, limits, logs and the audit log."""
    settings = load_settings()
    outside = look_outside(settings, _leaks(logs))
    with whole_database() as database, database.reading() as session:
        made = reviews.review_security(session, settings, outside, now() - reviews.QUARTER)
    _print(made, in_json=in_json)


def _leaks(logs: Logs) -> Leaks | None:
    return leaks_in(logs) if logs else None


def _print(made: Report, *, in_json: bool) -> None:
    if in_json:
        click.echo(json.dumps(as_json(made), indent=2))
    else:
        for line in as_markdown(made):
            click.echo(line)
    if not made.passes:
        sys.exit(1)
