"""Totals of days, months and years beside the box scores."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SUMS = (
    "commits",
    "additions",
    "deletions",
    "files_changed",
    "pts",
    "reb",
    "ast",
    "blk",
    "stl",
    "tov",
    "jt",
    "cc",
    "impact",
    "active_days",
)


def upgrade() -> None:
    op.create_table(
        "player_totals",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("span", sa.String(8), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.Column("run", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["project_id", "player_id"],
            ["players.project_id", "players.id"],
            name=op.f("fk_player_totals_project_id_player_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id",
            "rules_version",
            "span",
            "repo_id",
            "first",
            "player_id",
            name=op.f("pk_player_totals"),
        ),
    )
    op.create_index(
        op.f("ix_player_totals_player_id_span_repo_id_first_project_id"),
        "player_totals",
        ["player_id", "span", "repo_id", "first", "project_id"],
    )
    op.create_table(
        "stale_months",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_stale_months_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "rules_version", "month", name=op.f("pk_stale_months")
        ),
    )
    _mark_all_months()


def downgrade() -> None:
    op.drop_table("stale_months")
    op.drop_table("player_totals")


def _mark_all_months() -> None:
    """What is played already is summed up when the first push has come."""
    if op.get_bind().dialect.name == "sqlite":
        month = "date(day, 'start of month')"
    else:
        month = "CAST(date_trunc('month', day) AS date)"
    op.execute(
        "INSERT INTO stale_months (project_id, rules_version, month) "  # noqa: S608 - the month's
        f"SELECT DISTINCT project_id, rules_version, {month} FROM box_scores"
    )
