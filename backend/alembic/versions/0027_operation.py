"""How the server answers, minute by minute, so that reports can look back."""

import sqlalchemy as sa
from alembic import op
from gitleague.core.columns import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
SUMS = (
    *("requests", "succeeded", "errors", "turned_away"),
    *("limited", "refused", "by_key", "by_token"),
)


def upgrade() -> None:
    op.create_table(
        "life_minutes",
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("memory", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("minute", name=op.f("pk_life_minutes")),
    )
    op.create_table(
        "answer_counts",
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("area", sa.String(32), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("minute", "area", name=op.f("pk_answer_counts")),
    )
    op.create_table(
        "time_counts",
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("measure", sa.String(32), nullable=False),
        sa.Column("milliseconds", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "measure", "milliseconds", name=op.f("pk_time_counts")),
    )


def downgrade() -> None:
    op.drop_table("time_counts")
    op.drop_table("answer_counts")
    op.drop_table("life_minutes")
