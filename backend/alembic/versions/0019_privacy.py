"""Players who retire, who ask not to be shown, and who are erased."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PLAYERS = sa.table(
    "players", sa.column("id", sa.Uuid()), sa.column("project_id", sa.Uuid()), sa.column("name")
)
IDENTITIES = sa.table(
    "identities",
    sa.column("id", sa.Uuid()),
    sa.column("project_id", sa.Uuid()),
    sa.column("player_id", sa.Uuid()),
)
PROJECTS = sa.table("projects", sa.column("id", sa.Uuid()), sa.column("erasure_secret"))
AWARDS = sa.table(
    "awards",
    sa.column("id", sa.Uuid()),
    sa.column("project_id", sa.Uuid()),
    sa.column("working", sa.JSON()),
)


def upgrade() -> None:
    # Not as a batch: SQLite would drop the table on the way, and with it all that points at it.
    op.add_column("players", sa.Column("retired_on", sa.Date(), nullable=True))
    op.add_column(
        "players", sa.Column("is_hidden", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("players", sa.Column("erased_number", sa.Integer(), nullable=True))
    op.create_table(
        "erased_marks",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("player_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "player_id"],
            ["players.project_id", "players.id"],
            name=op.f("fk_erased_marks_project_id_player_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "mark", name=op.f("pk_erased_marks")),
    )
    op.create_index(
        op.f("ix_erased_marks_player_id_project_id"), "erased_marks", ["player_id", "project_id"]
    )
    _keep_a_secret()
    _name_by_identity()


def _keep_a_secret() -> None:
    op.add_column("projects", sa.Column("erasure_secret", sa.String(64), nullable=True))
    connection = op.get_bind()
    for project_id in connection.scalars(sa.select(PROJECTS.c.id)).all():
        connection.execute(
            PROJECTS.update()
            .where(PROJECTS.c.id == project_id)
            .values(erasure_secret=secrets.token_hex(32))
        )
    with op.batch_alter_table("projects") as table:
        table.alter_column("erasure_secret", existing_type=sa.String(64), nullable=False)


def _name_by_identity() -> None:
    """Who was passed by is kept as the winner is, and no longer by a name, which may have to go."""
    connection = op.get_bind()
    rows = connection.execute(_called().order_by(IDENTITIES.c.id.desc()))
    _rewrite_passed_by(connection, {(row.project_id, row.name): str(row.id) for row in rows})


def _name_by_name() -> None:
    connection = op.get_bind()
    rows = connection.execute(_called())
    _rewrite_passed_by(connection, {(row.project_id, str(row.id)): row.name for row in rows})


def _called() -> sa.Select[tuple[object, ...]]:
    """Each identity, under the name of its player."""
    return sa.select(IDENTITIES.c.id, IDENTITIES.c.project_id, PLAYERS.c.name).join(
        PLAYERS, PLAYERS.c.id == IDENTITIES.c.player_id
    )


def _rewrite_passed_by(connection: sa.Connection, words: dict[tuple[object, str], str]) -> None:
    for award in connection.execute(sa.select(AWARDS)).all():
        passed_by = (award.working or {}).get("passed_by")
        if passed_by:
            known = [words.get((award.project_id, each)) for each in passed_by]
            working = {**award.working, "passed_by": [each for each in known if each]}
            connection.execute(
                AWARDS.update().where(AWARDS.c.id == award.id).values(working=working)
            )


def downgrade() -> None:
    _name_by_name()
    op.drop_table("erased_marks")
    op.drop_column("projects", "erasure_secret")
    op.drop_column("players", "erased_number")
    op.drop_column("players", "is_hidden")
    op.drop_column("players", "retired_on")
