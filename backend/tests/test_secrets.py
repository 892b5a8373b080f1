"""Secrets at rest, under a new key."""

import uuid

import pytest
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.projects.webhooks.webhooks import place_of, place_of_url
from gitleague.tables.outside import Webhook
from make import make_project
from operators import Operator
from sqlalchemy import select

OLD, NEW = "o" * 32, "n" * 32


@pytest.mark.on_both
def test_they_are_sealed_anew(database: Database, database_url: str) -> None:
    webhook_id = uuid.uuid4()
    old = Sealer(Settings(_env_file=None, secret_key=OLD))
    with database.writing() as session:
        session.add(
            Webhook(
                id=webhook_id,
                project_id=make_project(session),
                host="x.org",
                sealed_url=old.seal("https://x.org/key", place=place_of_url(webhook_id)),
                events=[],
                sealed_secret=old.seal("whsec_1", place=place_of(webhook_id)),
                created_at=now(),
                failures=0,
            )
        )
    told = rotate(database_url, NEW, OLD)
    assert "webhook: 1 sealed anew, 0 cannot be opened" in told
    assert "webhook address: 1 sealed anew, 0 cannot be opened" in told
    with database.reading() as session:
        secret, url = session.execute(select(Webhook.sealed_secret, Webhook.sealed_url)).one()
    new = Sealer(Settings(_env_file=None, secret_key=NEW))
    assert new.unseal(secret, place=place_of(webhook_id)) == "whsec_1"
    assert new.unseal(url, place=place_of_url(webhook_id)) == "https://x.org/key"
    assert "1 cannot be opened" in rotate(database_url, "x" * 32, "", code=1)


def rotate(database_url: str, key: str, old: str, *, code: int = 0) -> str:
    operator = Operator(
        {
            "GITLEAGUE_DATABASE_URL": database_url,
            "GITLEAGUE_SECRET_KEY": key,
            "GITLEAGUE_OLD_SECRET_KEYS": old,
        }
    )
    done = operator.run_here("secrets", "rotate")
    assert done.code == code, done.err
    return done.out
