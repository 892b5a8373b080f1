"""Seasons and absences."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PLAYED = sa.text("state = 'active'")


def upgrade() -> None:
    op.create_table(
        "seasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_seasons_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seasons")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_seasons_project_id_id")),
    )
    op.create_index(
        "ix_seasons_active",
        "seasons",
        ["state", "project_id"],
        unique=True,
        postgresql_where=PLAYED,
        sqlite_where=PLAYED,
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("season_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("note", sa.String(255), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_absences_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_absences_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "season_id"],
            ["seasons.project_id", "seasons.id"],
            name=op.f("fk_absences_project_id_season_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "player_id"],
            ["players.project_id", "players.id"],
            name=op.f("fk_absences_project_id_player_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_absences_project_id_id")),
    )
    op.create_index(
        op.f("ix_absences_season_id_player_id_project_id"),
        "absences",
        ["season_id", "player_id", "project_id"],
    )
    op.create_index(
        op.f("ix_absences_player_id_project_id"), "absences", ["player_id", "project_id"]
    )
    # The copy of the rules that a closed season keeps belongs to it, and is no change of theirs.
    with op.batch_alter_table("rules") as table:
        table.add_column(sa.Column("season_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_rules_season_id"), "seasons", ["season_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    op.execute(
        "DELETE FROM box_scores WHERE (project_id, rules_version) IN "
        "(SELECT project_id, version FROM rules WHERE season_id IS NOT NULL)"
    )
    op.execute("DELETE FROM rules WHERE season_id IS NOT NULL")
    with op.batch_alter_table("rules") as table:
        table.drop_constraint(op.f("fk_rules_season_id"), type_="foreignkey")
        table.drop_column("season_id")
    op.drop_table("absences")
    op.drop_table("seasons")
