"""Who said that identities belong together, and which player a member is."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("moves", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_identity_changes_created_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_identity_changes_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_changes")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_identity_changes_project_id_id")),
    )
    op.create_index(
        op.f("ix_identity_changes_created_at_project_id"),
        "identity_changes",
        ["created_at", "project_id"],
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(512), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_claims_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_claims_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_claims_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_claims_project_id_id")),
    )
    op.create_index(
        op.f("ix_claims_state_created_at_project_id"),
        "claims",
        ["state", "created_at", "project_id"],
    )
    with op.batch_alter_table("players") as table:
        table.add_column(sa.Column("user_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_players_user_id"), "users", ["user_id"], ["id"], ondelete="SET NULL"
        )
        table.create_unique_constraint(
            op.f("uq_players_user_id_project_id"), ["user_id", "project_id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("players") as table:
        table.drop_constraint(op.f("uq_players_user_id_project_id"), type_="unique")
        table.drop_constraint(op.f("fk_players_user_id"), type_="foreignkey")
        table.drop_column("user_id")
    op.drop_table("claims")
    op.drop_table("identity_changes")
