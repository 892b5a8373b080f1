"""The best plays of each player and month, and the records book."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "best_plays",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("impact", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "player_id"],
            ["players.project_id", "players.id"],
            name=op.f("fk_best_plays_project_id_player_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id",
            "rules_version",
            "month",
            "player_id",
            "place",
            name=op.f("pk_best_plays"),
        ),
    )
    op.create_index(
        op.f("ix_best_plays_player_id_month_project_id"),
        "best_plays",
        ["player_id", "month", "project_id"],
    )
    op.create_table(
        "record_books",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_record_books_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_record_books")),
    )
    # Months that are summed up already are summed up again, and their plays found.
    op.execute(
        "INSERT INTO stale_months (project_id, rules_version, month) "
        "SELECT DISTINCT project_id, rules_version, first FROM player_totals "
        "WHERE span = 'month' ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.drop_table("record_books")
    op.drop_table("best_plays")
