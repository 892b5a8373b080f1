"""Rules and box scores."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rules",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_rules_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_rules_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "version", name=op.f("pk_rules")),
    )
    op.create_table(
        "box_scores",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("commits", sa.BigInteger(), nullable=False),
        sa.Column("additions", sa.BigInteger(), nullable=False),
        sa.Column("deletions", sa.BigInteger(), nullable=False),
        sa.Column("files_changed", sa.BigInteger(), nullable=False),
        sa.Column("pts", sa.BigInteger(), nullable=False),
        sa.Column("reb", sa.BigInteger(), nullable=False),
        sa.Column("ast", sa.BigInteger(), nullable=False),
        sa.Column("blk", sa.BigInteger(), nullable=False),
        sa.Column("stl", sa.BigInteger(), nullable=False),
        sa.Column("tov", sa.BigInteger(), nullable=False),
        sa.Column("jt", sa.BigInteger(), nullable=False),
        sa.Column("cc", sa.BigInteger(), nullable=False),
        sa.Column("impact", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "identity_id"],
            ["identities.project_id", "identities.id"],
            name=op.f("fk_box_scores_project_id_identity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "repo_id"],
            ["repos.project_id", "repos.id"],
            name=op.f("fk_box_scores_project_id_repo_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id",
            "rules_version",
            "day",
            "identity_id",
            "repo_id",
            name=op.f("pk_box_scores"),
        ),
    )


def downgrade() -> None:
    op.drop_table("box_scores")
    op.drop_table("rules")
