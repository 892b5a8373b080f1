"""Each entry of the audit log is chained to the one before it."""

import hashlib
import json
import secrets
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

SERVER = uuid.UUID(int=0)
SOME = 1000
LOG = sa.table(
    "audit_logs",
    sa.column("id", sa.BigInteger()),
    *(sa.column(name, sa.Uuid()) for name in ("project_id", "user_id", "api_key_id", "chain")),
    *(sa.column(name, sa.String()) for name in ("action", "subject", "ip_address", "request_id")),
    sa.column("details", sa.JSON()),
    sa.column("created_at", UtcDateTime()),
    *(sa.column(name, sa.String()) for name in ("salt", "digest", "hash")),
)
CHAINS = sa.table(
    "audit_chains",
    sa.column("chain", sa.Uuid()),
    sa.column("entries", sa.BigInteger()),
    sa.column("hash", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "audit_chains",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_chains")),
    )
    with op.batch_alter_table("audit_logs") as batch:
        batch.add_column(sa.Column("chain", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("salt", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("digest", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
    _chain_what_is_there()
    with op.batch_alter_table("audit_logs") as batch:
        batch.alter_column("chain", existing_type=sa.Uuid(), nullable=False)
        batch.alter_column("digest", existing_type=sa.String(length=64), nullable=False)
        batch.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
    op.create_index(op.f("ix_audit_logs_chain"), "audit_logs", ["chain"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_logs_chain"), table_name="audit_logs")
    with op.batch_alter_table("audit_logs") as batch:
        for name in ("hash", "digest", "salt", "chain"):
            batch.drop_column(name)
    op.drop_table("audit_chains")


def _chain_what_is_there() -> None:
    connection = op.get_bind()
    heads: dict[uuid.UUID, tuple[int, str]] = {}
    last = 0
    while rows := _after(connection, last):
        changes = []
        for row in rows:
            chain = row.project_id or SERVER
            count, before = heads.get(chain, (0, ""))
            changes.append(_linked(row, chain, before))
            heads[chain] = (count + 1, changes[-1]["new_hash"])
        last = rows[-1].id
        connection.execute(
            sa.update(LOG)
            .where(LOG.c.id == sa.bindparam("known"))
            .values(
                {name: sa.bindparam(f"new_{name}") for name in ("chain", "salt", "digest", "hash")}
            ),
            changes,
        )
    if heads:
        told = [{"chain": chain, "entries": n, "hash": end} for chain, (n, end) in heads.items()]
        connection.execute(sa.insert(CHAINS), told)


def _after(connection: sa.Connection, last: int) -> list[Any]:
    return list(
        connection.execute(sa.select(LOG).where(LOG.c.id > last).order_by(LOG.c.id).limit(SOME))
    )


def _linked(row: Any, chain: uuid.UUID, before: str) -> dict[str, Any]:
    """As accounts/audit.py does it, at the time of this step."""
    salt = secrets.token_hex(16)
    said = [
        *(salt, str(row.user_id or ""), str(row.api_key_id or ""), row.subject),
        *(row.details, row.ip_address, row.request_id),
    ]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    link = [before, chain.hex, row.action, row.created_at.isoformat(), digest]
    return {
        "known": row.id,
        "new_chain": chain,
        "new_salt": salt,
        "new_digest": digest,
        "new_hash": hashlib.sha256(json.dumps(link).encode()).hexdigest(),
    }
