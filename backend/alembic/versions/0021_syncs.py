"""The log of syncs, and what a pulled repository needs."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "repo_pulls",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("schedule", sa.String(100), nullable=True),
        sa.Column("branches", sa.JSON(), nullable=False),
        sa.Column("credential_kind", sa.String(32), nullable=True),
        sa.Column("sealed_credential", sa.Text(), nullable=True),
        sa.Column("credential_kept_until", MOMENT, nullable=True),
        sa.Column("next_due", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("running", sa.Uuid(), nullable=True),
        sa.Column("running_until", MOMENT, nullable=True),
        _of_repo("repo_pulls"),
        sa.PrimaryKeyConstraint("project_id", "repo_id", name=op.f("pk_repo_pulls")),
    )
    op.create_index(op.f("ix_repo_pulls_next_due"), "repo_pulls", ["next_due"])
    op.create_table(
        "repo_syncs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("inserted", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        _of_repo("repo_syncs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repo_syncs")),
    )
    op.create_index(
        op.f("ix_repo_syncs_project_id_repo_id_started_at"),
        "repo_syncs",
        ["project_id", "repo_id", "started_at"],
    )


def _of_repo(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id", "repo_id"],
        ["repos.project_id", "repos.id"],
        name=op.f(f"fk_{table}_project_id_repo_id"),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    op.drop_table("repo_syncs")
    op.drop_table("repo_pulls")
