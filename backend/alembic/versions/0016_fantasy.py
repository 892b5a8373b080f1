"""Fantasy leagues."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TIME = UtcDateTime(timezone=True)


def upgrade() -> None:
    _leagues()
    _pool()
    _teams()
    _picks()


def downgrade() -> None:
    for table in ("picks", "teams", "pool", "leagues"):
        op.drop_table(f"fantasy_{table}")


def _leagues() -> None:
    op.create_table(
        "fantasy_leagues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("season_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("roster_size", sa.Integer(), nullable=False),
        sa.Column("salary_cap", sa.BigInteger(), nullable=True),
        sa.Column("pick_minutes", sa.Integer(), nullable=True),
        sa.Column("locks_on", sa.Date(), nullable=False),
        sa.Column("priced_first", sa.Date(), nullable=False),
        sa.Column("priced_last", sa.Date(), nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("turn_ends_at", TIME, nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        _of_project("fantasy_leagues"),
        sa.ForeignKeyConstraint(
            ["project_id", "season_id"],
            ["seasons.project_id", "seasons.id"],
            name=op.f("fk_fantasy_leagues_project_id_season_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_fantasy_leagues_created_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fantasy_leagues")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_fantasy_leagues_project_id_id")),
        sa.UniqueConstraint(
            "season_id",
            "name",
            "project_id",
            name=op.f("uq_fantasy_leagues_season_id_name_project_id"),
        ),
    )


def _pool() -> None:
    op.create_table(
        "fantasy_pool",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("fantasy_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.Column("struck_at", TIME, nullable=True),
        _of_league("fantasy_pool"),
        _of_identity("fantasy_pool"),
        sa.PrimaryKeyConstraint(
            "project_id", "fantasy_id", "identity_id", name=op.f("pk_fantasy_pool")
        ),
    )


def _teams() -> None:
    op.create_table(
        "fantasy_teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("fantasy_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("joined_at", TIME, nullable=False),
        _of_project("fantasy_teams"),
        _of_league("fantasy_teams"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_fantasy_teams_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fantasy_teams")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_fantasy_teams_project_id_id")),
        sa.UniqueConstraint(
            "fantasy_id",
            "user_id",
            "project_id",
            name=op.f("uq_fantasy_teams_fantasy_id_user_id_project_id"),
        ),
    )


def _picks() -> None:
    op.create_table(
        "fantasy_picks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("fantasy_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("by_clock", sa.Boolean(), nullable=False),
        sa.Column("picked_at", TIME, nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        _of_project("fantasy_picks"),
        _of_league("fantasy_picks"),
        _of_identity("fantasy_picks"),
        sa.ForeignKeyConstraint(
            ["project_id", "team_id"],
            ["fantasy_teams.project_id", "fantasy_teams.id"],
            name=op.f("fk_fantasy_picks_project_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fantasy_picks")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_fantasy_picks_project_id_id")),
        sa.UniqueConstraint(
            "fantasy_id",
            "turn",
            "project_id",
            name=op.f("uq_fantasy_picks_fantasy_id_turn_project_id"),
        ),
    )
    op.create_index(
        op.f("ix_fantasy_picks_team_id_project_id"), "fantasy_picks", ["team_id", "project_id"]
    )


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id"], ["projects.id"], name=op.f(f"fk_{table}_project_id"), ondelete="CASCADE"
    )


def _of_league(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id", "fantasy_id"],
        ["fantasy_leagues.project_id", "fantasy_leagues.id"],
        name=op.f(f"fk_{table}_project_id_fantasy_id"),
        ondelete="CASCADE",
    )


def _of_identity(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id", "identity_id"],
        ["identities.project_id", "identities.id"],
        name=op.f(f"fk_{table}_project_id_identity_id"),
    )
