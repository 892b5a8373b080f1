"""The salt that pseudonyms of addresses are made with."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("pseudonym_salt", sa.String(64), nullable=True))
    projects = sa.table("projects", sa.column("id", sa.Uuid()), sa.column("pseudonym_salt"))
    connection = op.get_bind()
    for project_id in connection.scalars(sa.select(projects.c.id)).all():
        connection.execute(
            projects.update()
            .where(projects.c.id == project_id)
            .values(pseudonym_salt=secrets.token_hex(32))
        )
    with op.batch_alter_table("projects") as table:
        table.alter_column("pseudonym_salt", existing_type=sa.String(64), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("projects") as table:
        table.drop_column("pseudonym_salt")
