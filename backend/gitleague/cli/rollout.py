"""`gitleague rollout`: push is released in steps."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import click
from sqlalchemy.orm import Session

from gitleague.cli.opening import whole_database
from gitleague.core.clock import now
from gitleague.server import rollout as release
from gitleague.server.pushes import KEPT, Figures, figures
from gitleague.server.rollout import Reach, State

PERCENT = click.IntRange(0, 100)
EMAIL = click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
HOURS = int(KEPT.total_seconds()) // 3600


@click.group()
def rollout() -> None:
    """Let commissioners push in steps, and stop when it goes wrong."""


@rollout.command()
@click.option(
    "--hours",
    default=24,
    show_default=True,
    type=click.IntRange(1, HOURS),
    help="How far back the figures go.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(*, hours: int, as_json: bool) -> None:
    """Tell who may push by now, and how their pushes go, by the step that let them in."""
    with whole_database() as database, database.reading() as session:
        state, reach = release.state_of(session), release.reach_of(session)
        counted = figures(session, now() - timedelta(hours=hours))
    if as_json:
        click.echo(json.dumps(_told(state, reach, counted) | {"hours": hours}, indent=2))
        return
    for line in (*_lines(state, reach), f"Pushes of the last {hours} hours:", *_table(counted)):
        click.echo(line)


@rollout.command("set")
@click.argument("percent", type=PERCENT)
@click.option(
    "--threshold",
    type=PERCENT,
    help="Pause by itself when more than so many percent of an hour's pushes fail; 100: never.",
)
def set_percent(*, percent: int, threshold: int | None) -> None:
    """Let PERCENT of the commissioners push; who is in at 10 is in at 50."""
    with whole_database() as database, database.writing() as session:
        release.change(session, percent=percent, threshold=threshold)
    _show()


@rollout.command()
@EMAIL
def include(*, emails: tuple[str, ...]) -> None:
    """Let a commissioner push, whatever the percentage, and in a pause too."""
    _for_each(emails, release.include)


@rollout.command()
@EMAIL
def exclude(*, emails: tuple[str, ...]) -> None:
    """Let a commissioner not push, whatever the percentage."""
    _for_each(emails, release.exclude)


@rollout.command()
@EMAIL
def forget(*, emails: tuple[str, ...]) -> None:
    """Let the percentage decide again about users who were included or excluded."""
    _for_each(emails, release.forget)


@rollout.command()
@click.option(
    "--reason",
    default="the operator looks into it",
    show_default=True,
    help="What users who push are told.",
)
def pause(*, reason: str) -> None:
    """Let clients wait; pages and other reads go on."""
    with whole_database() as database, database.writing() as session:
        release.pause(session, reason.strip().rstrip("."))
    _show()


@rollout.command()
def resume() -> None:
    """Take pushes again."""
    with whole_database() as database, database.writing() as session:
        was = release.resume(session)
    click.echo("Pushes are taken again." if was else "It was not paused.")


def _for_each(emails: Sequence[str], say: Callable[[Session, str], None]) -> None:
    """All of them or none."""
    with whole_database() as database, database.writing() as session:
        for email in emails:
            say(session, email)
    _show()


def _show() -> None:
    with whole_database() as database, database.reading() as session:
        for line in _lines(release.state_of(session), release.reach_of(session)):
            click.echo(line)


def _lines(state: State, reach: Reach) -> list[str]:
    people = f"{reach.let_in} of {reach.commissioners} commissioners"
    lines = [f"Push is open to {state.percent} %: {people}."]
    if state.paused_at:
        lines.append(f"Paused since {state.paused_at:%Y-%m-%d %H:%M} UTC: {state.paused_why}.")
    for word, emails in (("Included", reach.included), ("Excluded", reach.excluded)):
        if emails:
            lines.append(f"{word}: {', '.join(emails)}")
    return lines


def _table(counted: list[Figures]) -> list[str]:
    lines = ["cohort  pushes  success  refused  errors  mean ms"]
    for each in counted:
        success = "-" if each.success_rate is None else f"{each.success_rate:.1%}"
        mean = "-" if each.mean_milliseconds is None else f"{each.mean_milliseconds:.0f}"
        lines.append(
            f"{each.cohort + ' %':>6}  {each.pushes:>6}  {success:>7}  {each.refused:>7}"
            f"  {each.failed:>6}  {mean:>7}"
        )
    return lines


def _told(state: State, reach: Reach, counted: list[Figures]) -> dict[str, object]:
    paused = state.paused_at and {"since": state.paused_at.isoformat(), "why": state.paused_why}
    return {
        "percent": state.percent,
        "threshold": state.threshold,
        "paused": paused,
        **reach._asdict(),
        "cohorts": [
            {
                "cohort": int(each.cohort),
                "pushes": each.pushes,
                "success_rate": each.success_rate,
                "refused": each.refused,
                "errors": each.failed,
                "mean_milliseconds": each.mean_milliseconds,
            }
            for each in counted
        ],
    }
