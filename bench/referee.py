"""What the referee rules on public histories, drawn to be read: is it right nine times in ten?

    PYTHONPATH=backend/tests:bench .venv/bin/python bench/referee.py \
        --history pallets/flask=/tmp/flask.git --history …

syncs each history into a league of its own, makes all that came as new as it was then (a repository
that was in the league from its first commit on, each commit received a day after the later of its
two dates, since a history does not say when it was pushed), lets the referee look with its
defaults, and prints a sample of the rulings as tab-separated rows: the repository, the first commit
that the ruling marks, its kind and its figures, and no names. Whether a ruling is right is written
down by who reads the commits: docs/fair-play.md says what right is.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import servers
import yaml
from end_to_end import BIN, answers, bootstrap
from gitleague.core.db import Database
from gitleague.league.fairplay.referee import look
from gitleague.league.fairplay.suspects import Flagged
from gitleague.tables.commits import CommitRow
from gitleague.tables.fairplay import Referee, Ruling, RulingCommit
from gitleague.tables.projects import Project, Repo
from migrations import migrate
from sqlalchemy import delete, func, select, update

AT_LEAST = 10  # of each kind, where there are so many
BEGAN = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Row(NamedTuple):
    """A ruling in the sample; the last three are written by who reads it."""

    repository: str
    sha: str
    kind: str
    figures: str  # JSON, without the limits
    right: str = ""
    reason: str = ""
    measured: str = ""  # yes: no limit was found on its history


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--history", action="append", required=True, help="owner/name=path")
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--keep", type=Path, help="a folder for the leagues, to be asked again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gitleague-referee-") as folder:
        rows = []
        for history in asked.history:
            name, _, path = history.partition("=")
            rows += rulings(name, Path(path), (asked.keep or Path(folder)) / name.replace("/", "+"))
    sample = draw(rows, asked.sample, random.Random(asked.seed))
    print(*("\t".join(row) for row in (Row._fields, *sample)), sep="\n")


def rulings(name: str, repo: Path, folder: Path) -> list[Row]:
    """All of a history."""
    url = f"sqlite:///{folder / 'league.db'}"
    if not folder.exists():
        folder.mkdir(parents=True)
        _sync(repo, folder, url)
    database = Database(url)
    _make_it_new(database)
    with database.reading() as session:
        commits = session.scalar(select(func.count()).select_from(CommitRow))
        flags = look(session, session.scalars(select(Project.id)).one()).flags
    database.close()
    print(f"{name}: {commits:,} commits, {len(flags)} rulings", file=sys.stderr)
    return [_row(name, flag) for flag in flags]


def draw(rows: Sequence[Row], size: int, chance: random.Random) -> list[Row]:
    """In proportion over the kinds, but so many of each at least; all where there are few."""
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows):
        kinds[row.kind].append(row)
    drawn: list[Row] = []
    for of_kind in kinds.values():
        share = max(AT_LEAST, round(size * len(of_kind) / len(rows)))
        drawn += chance.sample(of_kind, min(share, len(of_kind)))
    return sorted(drawn, key=lambda row: (row.kind, row.repository, row.sha))


def _row(name: str, flag: Flagged) -> Row:
    first = next(commit.sha for commit in flag.commits if commit.is_penalized)
    told = {key: value for key, value in flag.figures.items() if key != "limits"}
    return Row(name, first, flag.rule.value, json.dumps(told))


def _sync(repo: Path, folder: Path, url: str) -> None:
    migrate(url)
    base = f"http://127.0.0.1:{servers.free_port()}"
    settings = {"DATABASE_URL": url, "DATA_DIR": str(folder), "PUBLIC_URL": base}
    os.environ.update({f"GITLEAGUE_{name}": value for name, value in settings.items()})
    serve = [str(BIN / "gitleague"), "serve", "--port", base.rpartition(":")[2]]
    with servers.running(serve, log=folder / "log", ready=answers(base)):
        made = bootstrap()
        repos = [{"path": str(repo.resolve()), "git_url": "git@example.org:a/b.git"}]
        project = {"name": "Bench", "project_id": made["project_id"], "repos": repos}
        config = folder / "repos.yaml"
        config.write_text(
            yaml.safe_dump({"api_url": base, "api_key": made["api_key"], "projects": [project]})
        )
        client = [str(BIN / "gitleague-client"), "--quiet", "--config", str(config), "sync"]
        subprocess.run(client, check=True)


def _make_it_new(database: Database) -> None:
    """As if the league had been there all the time, and nobody had looked yet."""
    written = func.coalesce(CommitRow.author_date, CommitRow.commit_date)
    latest = func.max(written, CommitRow.commit_date)
    a_day_later = func.strftime("%Y-%m-%d %H:%M:%f000", latest, "+1 day")
    with database.writing() as session:
        # across projects: there is one
        for table in _looked_at():
            session.execute(delete(table))
        session.execute(update(Repo).values(created_at=BEGAN))
        session.execute(update(CommitRow).values(received_at=a_day_later))


def _looked_at() -> Iterable[type[RulingCommit | Ruling | Referee]]:
    return RulingCommit, Ruling, Referee


if __name__ == "__main__":
    main()
