"""Suggestions that a commissioner dismissed."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLE = "dismissed_suggestions"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("one", sa.Uuid(), nullable=False),
        sa.Column("other", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f(f"fk_{TABLE}_project_id"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                ["project_id", column],
                ["players.project_id", "players.id"],
                name=op.f(f"fk_{TABLE}_project_id_{column}"),
                ondelete="CASCADE",
            )
            for column in ("one", "other")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f(f"fk_{TABLE}_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "project_id", "one", "other", name=op.f(f"uq_{TABLE}_project_id_one_other")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_one_project_id"), TABLE, ["one", "project_id"])
    op.create_index(op.f(f"ix_{TABLE}_other_project_id"), TABLE, ["other", "project_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
