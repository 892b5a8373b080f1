"""Squads, their players' days, and positions."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "squads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_squads_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squads")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_squads_project_id_id")),
        sa.UniqueConstraint("name_key", "project_id", name=op.f("uq_squads_name_key_project_id")),
    )
    op.create_table(
        "stints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("squad_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("months_from", sa.Date(), nullable=False),
        sa.Column("months_until", sa.Date(), nullable=False),
        sa.Column("carried_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_stints_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "squad_id"],
            ["squads.project_id", "squads.id"],
            name=op.f("fk_stints_project_id_squad_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "player_id"],
            ["players.project_id", "players.id"],
            name=op.f("fk_stints_project_id_player_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "carried_by"],
            ["identity_changes.project_id", "identity_changes.id"],
            name=op.f("fk_stints_project_id_carried_by"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stints")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_stints_project_id_id")),
    )
    op.create_index(op.f("ix_stints_squad_id_project_id"), "stints", ["squad_id", "project_id"])
    op.create_index(
        op.f("ix_stints_player_id_first_project_id"),
        "stints",
        ["player_id", "first", "project_id"],
    )
    op.add_column(
        "players", sa.Column("position", sa.String(40), nullable=False, server_default="")
    )


def downgrade() -> None:
    with op.batch_alter_table("players") as table:
        table.drop_column("position")
    op.drop_table("stints")
    op.drop_table("squads")
