"""The schema that the models say is the schema that the migrations make, on both databases."""

import uuid
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from gitleague.core.db import Database
from gitleague.tables import Table
from gitleague.tables.commits import CommitRow
from gitleague_client.commit import COMMIT_FIELDS
from migrations import STEPS, config_for
from one_of_each import counts, fill
from sqlalchemy import Connection, inspect, text
from sqlalchemy import Table as SqlTable

# The wire and the table differ here, and nowhere else.
NOT_KEPT = {
    "coauthors",  # rows of their own, through identities
    "patch_key",  # kept as change_key, which falls back on the sha
}
NOT_SENT = {
    "project_id",  # whose commit it is: said by the address of the request
    "repo_id",
    "author_id",  # the identity of author_name and author_email
    "received_at",  # the server's clock
    "day",  # follows from the dates, in the project's time zone
    "flags_sent",  # whether the client sent flags
    "change_key",  # patch_key, else the sha
    "is_reachable",  # settled by what else the project holds
    "is_complete",
    "counts",
    "is_reverted",
    "is_steal",
}
# Sessions and keys belong to a user first; what was done outlives the project it was done to.
OF_PROJECTS = [
    table
    for table in Table.metadata.sorted_tables
    if "project_id" in table.columns and table.name != "api_keys"
]


def test_models_are_the_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_down_to_nothing_and_up_again(database: Database) -> None:
    with database.migrating() as connection:
        config, before = config_for(connection), _shape(connection)
        command.downgrade(config, "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        command.upgrade(config, "head")
        assert _shape(connection) == before


def test_each_step_can_be_taken_back(database: Database) -> None:
    with database.migrating() as connection:
        config, known = config_for(connection), {}
        command.downgrade(config, "base")
        for _ in STEPS:
            command.upgrade(config, "+1")
            here = _shape(connection, known)
            command.downgrade(config, "-1")
            command.upgrade(config, "+1")
            assert _shape(connection, known) == here


def test_a_step_loses_no_rows(database: Database) -> None:
    """Neither of the tables that it changes, nor of those that point at them."""
    with database.migrating() as connection:
        fill(connection)
        config = config_for(connection)
        for step in reversed(STEPS):
            before = counts(connection)
            command.downgrade(config, "-1")
            after = counts(connection)
            assert after == {name: before[name] for name in after}, step.stem
            command.upgrade(config, "+1")
            assert after.items() <= counts(connection).items(), step.stem
            command.downgrade(config, "-1")


@pytest.mark.parametrize("table", OF_PROJECTS, ids=str)
def test_project_id_leads_one_key(table: SqlTable) -> None:
    """With several PostgreSQL may take the wrong one: see docs/decisions/0009."""
    leading = [
        index.columns[0].name
        for index in table.indexes
        if index.dialect_options["postgresql"]["where"] is None
    ]
    leading += [
        next(iter(constraint.columns)).name
        for constraint in table.constraints
        if getattr(constraint, "columns", None) and not hasattr(constraint, "elements")
    ]
    assert leading.count("project_id") == 1


def test_the_wire_is_kept() -> None:
    columns = {column.name for column in CommitRow.__table__.columns}
    assert set(COMMIT_FIELDS) - columns == NOT_KEPT
    assert columns - set(COMMIT_FIELDS) == NOT_SENT


Shape = dict[str, list[str]]


def _shape(connection: Connection, known: Shape | None = None) -> Shape:
    """Each table with its columns, types, keys and indexes, as the database tells them.

    SQLite is asked table by table, which takes long: what it keeps the same words of is `known`.
    """
    texts = _texts(connection)
    known = {} if known is None else known
    new = [table for table, words in texts.items() if words not in known]
    seen, shape = inspect(connection), {}
    parts: list[tuple[str, Any]] = [
        ("column", seen.get_multi_columns(filter_names=new)),
        ("index", seen.get_multi_indexes(filter_names=new)),
        ("unique", seen.get_multi_unique_constraints(filter_names=new)),
        ("foreign", seen.get_multi_foreign_keys(filter_names=new)),
        ("primary", seen.get_multi_pk_constraint(filter_names=new)),
    ]
    for table, words in texts.items():
        if table in new:
            known[words] = sorted(
                f"{kind} {_said(kind, each)}"
                for kind, part in parts
                for each in _several(part[None, table])
            )
        shape[table] = known[words]
    return shape


def _several(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _said(kind: str, found: Any) -> str:
    if kind == "column":
        return f"{found['name']} {found['type']!r} {found['nullable']}"
    if kind == "index":
        return f"{found['name']} {found['column_names']} {found['unique']}"
    return str(found)


def _texts(connection: Connection) -> dict[str, str]:
    """Of each table all that SQLite keeps of it; elsewhere something that is never the same."""
    if connection.dialect.name != "sqlite":
        return {table: uuid.uuid4().hex for table in inspect(connection).get_table_names()}
    found = text("SELECT tbl_name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'sqlite_%'")
    texts: dict[str, str] = {}
    for table, words in connection.execute(found):
        texts[table] = f"{texts.get(table, '')}{words}\n"
    return texts
