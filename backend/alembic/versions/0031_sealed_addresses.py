"""Addresses of webhooks are sealed: they can hold a secret."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import context, op
from gitleague.core.sealing import BrokenSealError, Sealer
from gitleague.core.settings import Settings, load_settings

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

WEBHOOKS = sa.table(
    "webhooks",
    sa.column("id", sa.Uuid()),
    sa.column("url", sa.String()),
    sa.column("host", sa.String()),
    sa.column("sealed_url", sa.Text()),
)


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("host", sa.String(255), nullable=True))
    op.add_column("webhooks", sa.Column("sealed_url", sa.Text(), nullable=True))
    connection, sealer = op.get_bind(), Sealer(_settings())
    for webhook_id, url in connection.execute(sa.select(WEBHOOKS.c.id, WEBHOOKS.c.url)).all():
        connection.execute(
            sa.update(WEBHOOKS)
            .where(WEBHOOKS.c.id == webhook_id)
            .values(
                host=urlsplit(url).hostname or "",
                sealed_url=sealer.seal(url, place=_place(webhook_id)),
            )
        )
    with op.batch_alter_table("webhooks") as table:
        table.alter_column("host", existing_type=sa.String(255), nullable=False)
        table.alter_column("sealed_url", existing_type=sa.Text(), nullable=False)
        table.drop_column("url")


def downgrade() -> None:
    op.add_column("webhooks", sa.Column("url", sa.String(2048), nullable=True))
    connection, sealer = op.get_bind(), Sealer(_settings())
    columns = (WEBHOOKS.c.id, WEBHOOKS.c.host, WEBHOOKS.c.sealed_url)
    for webhook_id, host, sealed in connection.execute(sa.select(*columns)).all():
        try:
            url = sealer.unseal(sealed, place=_place(webhook_id))
        except BrokenSealError:
            url = f"https://{host}/"
        connection.execute(sa.update(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id).values(url=url))
    with op.batch_alter_table("webhooks") as table:
        table.alter_column("url", existing_type=sa.String(2048), nullable=False)
        table.drop_column("sealed_url")
        table.drop_column("host")


def _settings() -> Settings:
    handed: Settings | None = context.config.attributes.get("settings")
    return handed or load_settings()


def _place(webhook_id: object) -> str:
    return f"webhook-url:{webhook_id}"
