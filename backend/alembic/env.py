"""Runs the migrations on the database of the settings, or on the connection it is handed."""

from alembic import context
from gitleague.core.db import Database
from gitleague.core.settings import load_settings
from gitleague.tables import Table
from sqlalchemy import Connection


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two servers that start at once must not migrate at once.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7045817)")
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    database = Database(load_settings().database)
    with database.migrating() as opened:
        run(opened)
    database.close()
