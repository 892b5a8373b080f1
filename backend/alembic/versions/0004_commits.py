"""Players, identities and commits."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "players",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_players_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_players")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_players_project_id_id")),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=512), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "player_id"],
            ["players.project_id", "players.id"],
            name=op.f("fk_identities_project_id_player_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_identities_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint(
            "fingerprint", "project_id", name=op.f("uq_identities_fingerprint_project_id")
        ),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_identities_project_id_id")),
    )
    op.create_index(
        op.f("ix_identities_address_project_id"),
        "identities",
        ["address", "project_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_identities_player_id_project_id"),
        "identities",
        ["player_id", "project_id"],
        unique=False,
    )
    op.create_table(
        "commits",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_email", sa.Text(), nullable=False),
        sa.Column("committer_name", sa.Text(), nullable=False),
        sa.Column("committer_email", sa.Text(), nullable=False),
        sa.Column("author_date", UtcDateTime(timezone=True), nullable=True),
        sa.Column("commit_date", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("message_title", sa.Text(), nullable=False),
        sa.Column("message_body", sa.Text(), nullable=True),
        sa.Column("additions", sa.Integer(), nullable=False),
        sa.Column("deletions", sa.Integer(), nullable=False),
        sa.Column("excluded_additions", sa.Integer(), nullable=False),
        sa.Column("excluded_deletions", sa.Integer(), nullable=False),
        sa.Column("files_changed", sa.Integer(), nullable=False),
        sa.Column("is_merge", sa.Boolean(), nullable=False),
        sa.Column("parent_count", sa.Integer(), nullable=False),
        sa.Column("parents", sa.Text(), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("change_key", sa.String(length=128), nullable=False),
        sa.Column("is_reachable", sa.Boolean(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("is_reverted", sa.Boolean(), nullable=False),
        sa.Column("is_steal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "author_id"],
            ["identities.project_id", "identities.id"],
            name=op.f("fk_commits_project_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "repo_id"],
            ["repos.project_id", "repos.id"],
            name=op.f("fk_commits_project_id_repo_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "sha", "repo_id", name=op.f("pk_commits")),
    )
    op.create_index(
        op.f("ix_commits_author_id_day_project_id"),
        "commits",
        ["author_id", "day", "project_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_commits_change_key_project_id"),
        "commits",
        ["change_key", "project_id"],
        unique=False,
    )
    op.create_index(
        "ix_commits_waiting",
        "commits",
        ["project_id", "repo_id"],
        unique=False,
        postgresql_where=sa.text("parents IS NOT NULL AND NOT is_complete"),
        sqlite_where=sa.text("parents IS NOT NULL AND NOT is_complete"),
    )
    op.create_table(
        "coauthors",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "identity_id"],
            ["identities.project_id", "identities.id"],
            name=op.f("fk_coauthors_project_id_identity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "sha", "repo_id"],
            ["commits.project_id", "commits.sha", "commits.repo_id"],
            name=op.f("fk_coauthors_project_id_sha_repo_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "sha", "repo_id", "identity_id", name=op.f("pk_coauthors")
        ),
    )
    op.create_index(
        op.f("ix_coauthors_identity_id_project_id"),
        "coauthors",
        ["identity_id", "project_id"],
        unique=False,
    )
    op.create_table(
        "commit_references",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("stem", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "sha", "repo_id"],
            ["commits.project_id", "commits.sha", "commits.repo_id"],
            name=op.f("fk_commit_references_project_id_sha_repo_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "sha", "repo_id", "relation", "target", name=op.f("pk_commit_references")
        ),
    )
    op.create_index(
        op.f("ix_commit_references_stem_project_id"),
        "commit_references",
        ["stem", "project_id"],
        unique=False,
    )
    op.create_table(
        "refused_commits",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("repo_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parents", sa.Text(), nullable=True),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("refused_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "repo_id"],
            ["repos.project_id", "repos.id"],
            name=op.f("fk_refused_commits_project_id_repo_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "sha", "repo_id", name=op.f("pk_refused_commits")),
    )


def downgrade() -> None:
    op.drop_table("refused_commits")
    op.drop_table("commit_references")
    op.drop_table("coauthors")
    op.drop_table("commits")
    op.drop_table("identities")
    op.drop_table("players")
