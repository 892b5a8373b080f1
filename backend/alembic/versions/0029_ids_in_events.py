"""What happened is kept with ids alone: the names in it may not be shown by now."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

EVENTS = ("award.given", "ruling.changed")
HAPPENINGS = sa.table(
    "happenings", sa.column("id"), sa.column("event"), sa.column("data", sa.JSON())
)
DELIVERIES = sa.table(
    "webhook_deliveries", sa.column("id", sa.Uuid()), sa.column("event"), sa.column("body")
)


def upgrade() -> None:
    _rewrite(HAPPENINGS.c.data, _nameless)
    _rewrite(DELIVERIES.c.body, _body)


def downgrade() -> None:
    """Nobody knows what the names were."""


def _rewrite(column: sa.Column[Any], nameless: Callable[[Any], Any]) -> None:
    table = column.table
    connection = op.get_bind()
    rows = connection.execute(sa.select(table.c.id, column).where(table.c.event.in_(EVENTS))).all()
    changes = [{"changed": key, "value": new} for key, old in rows if (new := nameless(old)) != old]
    if changes:
        connection.execute(
            sa.update(table)
            .where(table.c.id == sa.bindparam("changed"))
            .values({column.name: sa.bindparam("value", type_=column.type)}),
            changes,
        )


def _body(body: str) -> str:
    message = json.loads(body)
    return json.dumps(message | {"data": _nameless(message["data"])}, separators=(",", ":"))


def _nameless(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value | {"player": {"id": value["player"]["id"]}}
        if isinstance(value, dict) and "player" in value
        else value
        for key, value in data.items()
    }
