"""What a change of identities did to the players, so that undoing it can take that back."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = "fk_absences_project_id_carried_by"


def upgrade() -> None:
    states = sa.Column("states", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("identity_changes", states)
    with op.batch_alter_table("absences") as batch:
        batch.add_column(sa.Column("carried_by", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f(KEY),
            "identity_changes",
            ["project_id", "carried_by"],
            ["project_id", "id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:
    with op.batch_alter_table("absences") as batch:
        batch.drop_constraint(op.f(KEY), type_="foreignkey")
        batch.drop_column("carried_by")
    op.drop_column("identity_changes", "states")
