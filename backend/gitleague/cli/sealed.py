"""`gitleague secrets`: what is sealed at rest, under a new key."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import click
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gitleague.cli.opening import whole_database
from gitleague.core.sealing import BrokenSealError, Sealer
from gitleague.core.settings import load_settings
from gitleague.league.digests import digests
from gitleague.projects.webhooks import webhooks
from gitleague.sync.pull import credentials
from gitleague.tables.outside import Digest, Webhook
from gitleague.tables.syncs import RepoPull


class Sealed(NamedTuple):
    """A column of sealed secrets, the id in each row, and where its secret belongs."""

    name: str
    column: Any
    id: Any
    place_of: Callable[[UUID], str]


SEALED = (
    Sealed("webhook", Webhook.sealed_secret, Webhook.id, webhooks.place_of),
    Sealed("webhook address", Webhook.sealed_url, Webhook.id, webhooks.place_of_url),
    Sealed("digest", Digest.sealed_destination, Digest.id, digests.place_of),
    Sealed("credential", RepoPull.sealed_credential, RepoPull.repo_id, credentials.place_of),
)


@click.group()
def secrets() -> None:
    """What is sealed at rest with GITLEAGUE_SECRET_KEY."""


@secrets.command()
def rotate() -> None:
    """Seal anew, with GITLEAGUE_SECRET_KEY, what one of GITLEAGUE_OLD_SECRET_KEYS sealed.

    Safe to run again. Ends with 1 where a secret can be opened with none of them.
    """
    sealer = Sealer(load_settings())
    lost = 0
    with whole_database() as database:
        for kind in SEALED:
            with database.writing() as session:
                sealed, broken = _rotate(session, kind, sealer)
            lost += broken
            click.echo(f"{kind.name}: {sealed} sealed anew, {broken} cannot be opened")
    if lost:
        click.echo("Set what cannot be opened again, or name the key that sealed it.", err=True)
        sys.exit(1)


def _rotate(session: Session, kind: Sealed, sealer: Sealer) -> tuple[int, int]:
    sealed = broken = 0
    # across projects: the key is the server's
    rows = session.execute(
        select(kind.column.parent.class_.project_id, kind.id, kind.column).where(
            kind.column.is_not(None)
        )
    ).all()
    for project_id, row_id, old in rows:
        place = kind.place_of(row_id)
        try:
            if sealer.is_current(old, place=place):
                continue
            new = sealer.seal(sealer.unseal(old, place=place), place=place)
        except BrokenSealError:
            broken += 1
            continue
        table = kind.column.parent.class_
        session.execute(
            update(table)
            .where(table.project_id == project_id, kind.id == row_id, kind.column == old)
            .values({kind.column: new})
            .execution_options(synchronize_session=False)
        )
        sealed += 1
    return sealed, broken
