"""Fair play: a referee's rulings, members' reports, and the share of AI-assisted commits."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MERGE, ASSISTED = 32, 128  # bits of commits.flags


def upgrade() -> None:
    op.create_table(
        "referees",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("looked_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_referees_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_referees")),
    )
    _create_rulings()
    _create_reports()
    for table in ("box_scores", "player_totals"):
        op.add_column(
            table, sa.Column("assisted", sa.BigInteger(), nullable=False, server_default="0")
        )
    _count_assisted()


def downgrade() -> None:
    for table in ("player_totals", "box_scores"):
        with op.batch_alter_table(table) as altered:
            altered.drop_column("assisted")
    for table in ("reports", "ruling_commits", "rulings", "referees"):
        op.drop_table(table)


def _create_rulings() -> None:
    op.create_table(
        "rulings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("contest", sa.String(1000), nullable=True),
        sa.Column("contested_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_rulings_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "identity_id"],
            ["identities.project_id", "identities.id"],
            name=op.f("fk_rulings_project_id_identity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_rulings_decided_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_rulings_project_id_id")),
    )
    op.create_index(op.f("ix_rulings_state_project_id"), "rulings", ["state", "project_id"])
    op.create_index(
        op.f("ix_rulings_identity_id_project_id"), "rulings", ["identity_id", "project_id"]
    )
    op.create_table(
        "ruling_commits",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("ruling_id", sa.Uuid(), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("is_penalized", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "ruling_id"],
            ["rulings.project_id", "rulings.id"],
            name=op.f("fk_ruling_commits_project_id_ruling_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "ruling_id", "sha", name=op.f("pk_ruling_commits")),
        sa.UniqueConstraint(
            "sha", "rule", "project_id", name=op.f("uq_ruling_commits_sha_rule_project_id")
        ),
    )


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("sentence", sa.String(1000), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reply", sa.String(1000), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_reports_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reports_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_reports_decided_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_reports_project_id_id")),
    )
    op.create_index(
        op.f("ix_reports_user_id_state_project_id"), "reports", ["user_id", "state", "project_id"]
    )
    op.create_index(
        op.f("ix_reports_created_at_project_id"), "reports", ["created_at", "project_id"]
    )


def _count_assisted() -> None:
    """Of what is played already. Their totals are summed up again by the job for it."""
    # A closed season counts at most the commits that it has: later ones joined its days since.
    op.execute(
        "UPDATE box_scores SET assisted = "  # noqa: S608 - the bits are constants
        f"{_least('box_scores.commits', _assisted_commits())} WHERE commits > 0"
    )
    month = (
        "date(day, 'start of month')" if _is_sqlite() else "CAST(date_trunc('month', day) AS date)"
    )
    op.execute(
        "INSERT INTO stale_months (project_id, rules_version, month) "  # noqa: S608 - the month's
        f"SELECT DISTINCT project_id, rules_version, {month} FROM box_scores WHERE assisted > 0 "
        "ON CONFLICT DO NOTHING"
    )


def _assisted_commits() -> str:
    return (
        "(SELECT count(*) FROM commits "  # noqa: S608 - the bits are constants
        "WHERE commits.project_id = box_scores.project_id "
        "AND commits.author_id = box_scores.identity_id "
        "AND commits.day = box_scores.day AND commits.repo_id = box_scores.repo_id "
        f"AND commits.counts AND (commits.flags & {ASSISTED}) <> 0 "
        f"AND ((commits.flags & {MERGE}) = 0 OR EXISTS (SELECT 1 FROM rules "
        "WHERE rules.project_id = box_scores.project_id "
        f"AND rules.version = box_scores.rules_version AND {_merges_score()})))"
    )


def _merges_score() -> str:
    if _is_sqlite():
        return "json_extract(rules.rules, '$.score_merges') = 1"
    return "(rules.rules ->> 'score_merges') = 'true'"


def _least(one: str, other: str) -> str:
    return f"{'min' if _is_sqlite() else 'least'}({one}, {other})"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
