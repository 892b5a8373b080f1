"""The salt that keys of changes are made with, and the keys that are there, keyed with it.

Those of erased players are keyed with the secret of erasing too, as erasing does from now on.
"""

import hmac
import secrets
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

CHUNK = 10_000  # commits that are held at once
PROJECTS = sa.table(
    "projects", sa.column("id", sa.Uuid()), sa.column("change_salt"), sa.column("erasure_secret")
)
PLAYERS = sa.table(
    "players", sa.column("id", sa.Uuid()), sa.column("project_id"), sa.column("erased_number")
)
IDENTITIES = sa.table(
    "identities", sa.column("id"), sa.column("project_id"), sa.column("player_id")
)
COMMITS = sa.table(
    "commits",
    sa.column("project_id", sa.Uuid()),
    sa.column("sha", sa.String()),
    sa.column("repo_id", sa.Uuid()),
    sa.column("author_id"),
    sa.column("change_key"),
)
KEY = (COMMITS.c.sha, COMMITS.c.repo_id)


class Project(NamedTuple):
    id: Any
    salt: str
    secret: str

    def keyed(self, digest: str) -> str:
        return f"2:{_hmac(self.salt, digest)}"

    def erased(self, key: str) -> str:
        return f"0:{_hmac(self.secret, f'change{chr(0)}{key}')}"


def upgrade() -> None:
    op.add_column("projects", sa.Column("change_salt", sa.String(64), nullable=True))
    connection = op.get_bind()
    for project_id, secret in connection.execute(
        sa.select(PROJECTS.c.id, PROJECTS.c.erasure_secret)
    ).all():
        project = Project(project_id, secrets.token_hex(32), secret)
        connection.execute(
            PROJECTS.update().where(PROJECTS.c.id == project_id).values(change_salt=project.salt)
        )
        _key_changes(connection, project)
    with op.batch_alter_table("projects") as table:
        table.alter_column("change_salt", existing_type=sa.String(64), nullable=False)


def downgrade() -> None:
    """The keys stay as they are: nobody can tell what they were made of."""
    op.drop_column("projects", "change_salt")


def _key_changes(connection: sa.Connection, project: Project) -> None:
    """Chunk by chunk along the primary key, so that no history is held whole."""
    erased = set(connection.scalars(_changes_of_the_erased(project.id)))
    last: tuple[Any, ...] = ("", project.id)
    while True:
        rows = connection.execute(
            sa.select(*KEY, COMMITS.c.change_key)
            .where(COMMITS.c.project_id == project.id, sa.tuple_(*KEY) > last)
            .order_by(*KEY)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        last = (rows[-1].sha, rows[-1].repo_id)
        changes = []
        for sha, repo_id, digest in rows:
            if digest != sha:  # else the commit has no digest, and is compared by its sha
                key = project.keyed(digest)
                kept = project.erased(key) if digest in erased else key
                changes.append({"known_sha": sha, "known_repo": repo_id, "change_key": kept})
        if changes:
            connection.execute(
                sa.update(COMMITS).where(
                    COMMITS.c.project_id == project.id,
                    COMMITS.c.sha == sa.bindparam("known_sha"),
                    COMMITS.c.repo_id == sa.bindparam("known_repo", type_=sa.Uuid()),
                ),
                changes,
            )


def _changes_of_the_erased(project_id: object) -> sa.Select[tuple[str]]:
    theirs = (
        sa.select(IDENTITIES.c.id)
        .join(PLAYERS, PLAYERS.c.id == IDENTITIES.c.player_id)
        .where(
            IDENTITIES.c.project_id == project_id,
            PLAYERS.c.project_id == project_id,
            PLAYERS.c.erased_number.is_not(None),
        )
    )
    return (
        sa.select(COMMITS.c.change_key)
        .where(COMMITS.c.project_id == project_id, COMMITS.c.author_id.in_(theirs))
        .distinct()
    )


def _hmac(key: str, message: str) -> str:
    return hmac.digest(key.encode(), message.encode(), "sha256").hex()
