"""The share of AI-assisted commits of leagues that were here before it was counted."""

from alembic import command
from gitleague.core.db import Database
from gitleague.tables.scores import StaleMonth
from make import make_commit
from migrations import config_for
from pushes import make_pushes
from sqlalchemy import select

ASSISTED = {"message_body": "Co-authored-by: Claude <noreply@anthropic.com>"}
MERGE = {"is_merge": True, "parents": ["a" * 40, "b" * 40]}


def test_it_is_counted_when_the_server_is_upgraded(database: Database) -> None:
    pushes = make_pushes(database)
    later = {"author_date": "2024-06-02T12:00:00Z"}
    pushes.push(make_commit(), make_commit(**ASSISTED), make_commit(**ASSISTED, **MERGE))
    pushes.push(make_commit(**ASSISTED, **later), make_commit(**later))
    before = pushes.box_scores()
    with database.migrating() as connection:
        config = config_for(connection)
        command.downgrade(config, "0016")
        command.downgrade(config, "-1")
        command.upgrade(config, "head")
    assert pushes.box_scores() == before
    assert pushes.totals()["Grace Hopper"]["assisted"] == 2
    with database.reading() as session:
        months = session.scalars(
            select(StaleMonth.month).where(StaleMonth.project_id == pushes.project_id)
        )
        assert sorted(month.isoformat() for month in months) == ["2024-05-01", "2024-06-01"]
