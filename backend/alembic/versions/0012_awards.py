"""Awards."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "awards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("season_id", sa.Uuid(), nullable=True),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("working", sa.JSON(), nullable=False),
        sa.Column("sha", sa.String(64), nullable=True),
        sa.Column("given_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_awards_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "identity_id"],
            ["identities.project_id", "identities.id"],
            name=op.f("fk_awards_project_id_identity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "season_id"],
            ["seasons.project_id", "seasons.id"],
            name=op.f("fk_awards_project_id_season_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_awards_project_id_id")),
        sa.UniqueConstraint(
            "kind", "first", "project_id", name=op.f("uq_awards_kind_first_project_id")
        ),
    )
    op.create_index(
        op.f("ix_awards_identity_id_project_id"),
        "awards",
        ["identity_id", "project_id"],
    )
    op.add_column("projects", sa.Column("awards_through", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("projects") as table:
        table.drop_column("awards_through")
    op.drop_table("awards")
