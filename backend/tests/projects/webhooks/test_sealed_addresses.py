"""Addresses of webhooks: whoever has the database alone cannot read them."""

import pytest
from alembic import command
from gitleague.tables.outside import Webhook
from migrations import config_for
from sqlalchemy import select, text, update


@pytest.mark.on_both
def test_an_address_is_sealed_since_it_can_hold_a_secret(hooks):
    hook = hooks.make(url=f"{hooks.receiver.url}/services/s3cr3t?key=s3cr3t")
    with hooks.database.reading() as session:
        kept = session.execute(select(Webhook.__table__)).one()
    assert "s3cr3t" not in str(kept)
    assert (kept.host, kept.sealed_url[:3]) == ("127.0.0.1", "v1:")
    assert hooks.shown(hook)["url"] == hook["url"]
    assert "s3cr3t" not in hooks.ask("GET", "/audit-log").text
    hooks.ping(hook)
    hooks.wait(hook, "delivered")
    assert hooks.receiver.wait_for(1)[0].path.endswith("/services/s3cr3t?key=s3cr3t")


@pytest.mark.on_both
def test_an_address_that_cannot_be_opened_is_set_again(hooks):
    hook = hooks.make()
    with hooks.database.writing() as session:
        session.execute(update(Webhook).values(sealed_url=Webhook.sealed_secret))
    assert hooks.shown(hook)["url"] == "https://127.0.0.1/"
    hooks.ping(hook)
    hooks.wait(hook, "given_up")
    again = hooks.ask("PATCH", f"/webhooks/{hook['id']}", url=hook["url"], enabled=True)
    assert again.json()["url"] == hook["url"]
    hooks.ping(hook)
    hooks.wait(hook, "delivered")


@pytest.mark.on_both
def test_addresses_of_before_are_sealed_where_they_are_and_come_back(hooks):
    hook = hooks.make()
    with hooks.database.migrating() as connection:
        config = config_for(connection)
        config.attributes["settings"] = hooks.settings
        command.downgrade(config, "0030")
        assert connection.execute(text("SELECT url FROM webhooks")).scalars().all() == [hook["url"]]
        command.upgrade(config, "head")
    assert hooks.shown(hook)["url"] == hook["url"]
