"""`gitleague notify`: what commissioners are told around a deployment."""

from __future__ import annotations

import json
import sys
from functools import partial

import click

from gitleague.cli.opening import whole_database
from gitleague.core.db import Database
from gitleague.core.errors import StartError
from gitleague.core.locks import Busy, alone
from gitleague.core.settings import Settings, load_settings
from gitleague.ops.notices import At, Notice, blanks_of, filled, read_at
from gitleague.ops.telling import (
    Logged,
    Recipient,
    check_ways,
    list_recipients,
    list_tries,
    list_waiting,
    tell,
)
from gitleague.tables.server import NoticeKind

HELP = {
    NoticeKind.DEPLOYMENT: "A new version comes.",
    NoticeKind.REMINDER: "Prepare your API keys.",
    NoticeKind.ROLLBACK: "The new version was taken back.",
    NoticeKind.ALL_CLEAR: "All is well again.",
}
BLANKS = {
    "at": "When: 2026-12-01, or 2026-12-01T20:00 in UTC. One time is one announcement.",
    "contact": "Whom to ask: a name and an address.",
    "why": "In a sentence.",
}


@click.group()
def notify() -> None:
    """Tell all commissioners of a deployment, by mail and in Slack."""


def _at(_context: click.Context, _parameter: click.Parameter, text: str | None) -> At | None:
    try:
        return read_at(text) if text else None
    except ValueError:
        raise click.BadParameter("give a day like 2026-12-01, or 2026-12-01T20:00.") from None


def _command(kind: NoticeKind) -> click.Command:
    blanks = [
        click.Option([f"--{name}"], help=BLANKS[name], callback=_at if name == "at" else None)
        for name in blanks_of(kind)
    ]
    preview = click.Option(["--preview"], is_flag=True, help="Show it, and whom it would go to.")
    yes = click.Option(["--yes"], is_flag=True, help="Do not ask whether you mean it.")
    return click.Command(
        kind.value,
        callback=partial(_notify, kind),
        params=[*blanks, preview, yes],
        help=f"{HELP[kind]}\n\nNobody is told twice of the same --at: what was interrupted, or "
        "could not be sent, goes on when it is run again. Exit code 1: somebody was not told.",
    )


def _notify(
    kind: NoticeKind, *, preview: bool, yes: bool, at: At | None, **blanks: str | None
) -> None:
    settings = load_settings()
    notice = filled(kind, at, {name: text or "" for name, text in blanks.items()})
    with whole_database() as database:
        if preview:
            _show(database, settings, notice)
            return
        if notice.missing:
            raise click.UsageError(f"Fill in {_options(notice)}. --preview shows where they go.")
        check_ways(settings)
        try:
            with alone(settings.data_dir / "notify.lock"):
                _send(database, settings, notice, yes=yes)
        except Busy:
            raise StartError("Another `gitleague notify` is telling people just now.") from None


def _show(database: Database, settings: Settings, notice: Notice) -> None:
    with database.reading() as session:
        everybody = list_recipients(session, settings)
        waiting = set(list_waiting(session, settings, notice))
    click.echo(f"Subject: {notice.subject}\n\n{notice.text}")
    click.echo(f"To {_count(everybody)}:")
    for recipient in everybody:
        click.echo(f"  {recipient.name}{'' if recipient in waiting else '  (was told)'}")
    if notice.missing:
        click.echo(f"\nBefore it can be sent, fill in {_options(notice)}.")


def _send(database: Database, settings: Settings, notice: Notice, *, yes: bool) -> None:
    with database.reading() as session:
        waiting = list_waiting(session, settings, notice)
    if not waiting:
        click.echo("Nobody is left to be told.")
        return
    if not yes:
        click.confirm(f"Tell {_count(waiting)}?", abort=True)
    failed = 0
    for recipient, error in tell(database, settings, notice, waiting):
        failed += error is not None
        line = f"not told: {recipient.name}  {error}" if error else f"told {recipient.name}"
        click.echo(line, err=error is not None)
    if failed:
        click.echo(f"error: {failed} of {len(waiting)} were not told. Run it again.", err=True)
        sys.exit(1)


@notify.command()
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def log(*, limit: int, as_json: bool) -> None:
    """Show who was told of what, the newest first."""
    with whole_database() as database, database.reading() as session:
        tries = list_tries(session, limit=limit)
    if as_json:
        click.echo(json.dumps([_told(each) for each in tries], indent=2))
        return
    for each in tries:
        click.echo(
            f"{each.created_at:%Y-%m-%d %H:%M:%S}  {each.kind.value} {each.about}  "
            f"{each.channel.value}  {each.to or 'an account that is gone'}  {each.error or 'sent'}"
        )


def _told(logged: Logged) -> dict[str, object]:
    return logged._asdict() | {"created_at": logged.created_at.isoformat()}


def _options(notice: Notice) -> str:
    return ", ".join(f"--{name}" for name in notice.missing)


def _count(recipients: list[Recipient]) -> str:
    people = sum(recipient.user_id is not None for recipient in recipients)
    slack = " and Slack" if people < len(recipients) else ""
    return f"{people} {'person' if people == 1 else 'people'}{slack}"


for each in NoticeKind:
    notify.add_command(_command(each))
