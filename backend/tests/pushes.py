"""Pushes without HTTP, and what they leave behind."""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gitleague.accounts.caller import Caller
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.projects.repos import get_repo
from gitleague.scoring.boxscores import KEY, SUMS, recompute
from gitleague.sync.batch import read_batch
from gitleague.sync.heads import heads_of
from gitleague.sync.ingest import Outcome, ingest
from gitleague.sync.refs import Tip, end_sync
from gitleague.tables.commits import CommitRow, Identity, Player
from gitleague.tables.scores import BoxScore
from make import make_project, make_repo, make_user
from sqlalchemy import and_, func, select


@dataclass(frozen=True)
class Pushes:
    """A project with a repo, and someone who pushes to it."""

    database: Database
    project_id: uuid.UUID
    repo_id: uuid.UUID
    caller: Caller

    def repo(self, git_url: str) -> "Pushes":
        """The same project, another repo."""
        with self.database.writing() as session:
            repo_id = make_repo(session, self.project_id, git_url)
        return Pushes(self.database, self.project_id, repo_id, self.caller)

    def push(self, *commits: dict[str, Any], at: datetime | None = None) -> Outcome:
        content = json.dumps({"commits": commits}).encode()
        batch = read_batch(content, max_batch=5000)
        with self.database.writing() as session:
            repo = get_repo(session, self.project_id, str(self.repo_id))
            return ingest(session, repo, batch, caller=self.caller, received_at=at or now())

    def prune(self, *shas: str, tips: Collection[str] = ()) -> int:
        with self.database.writing() as session:
            repo = get_repo(session, self.project_id, str(self.repo_id))
            named = [Tip(f"branch-{number}", sha) for number, sha in enumerate(tips)]
            return end_sync(session, repo, named, shas, caller=self.caller, received_at=now())

    def heads(self) -> set[str]:
        with self.database.reading() as session:
            return set(heads_of(session, self.project_id, self.repo_id))

    def row(self, sha: str) -> CommitRow:
        with self.database.reading() as session:
            return session.get_one(CommitRow, (self.project_id, sha, self.repo_id))

    def box_scores(self) -> list[tuple[Any, ...]]:
        """Every box score of the project, in order."""
        columns = [getattr(BoxScore, name) for name in (*KEY, *SUMS)]
        with self.database.reading() as session:
            of_project = select(*columns).where(BoxScore.project_id == self.project_id)
            return sorted((tuple(row) for row in session.execute(of_project)), key=repr)

    def recomputed(self) -> list[tuple[Any, ...]]:
        """The same, built anew."""
        with self.database.writing() as session:
            recompute(session, self.project_id)
        return self.box_scores()

    def totals(self) -> dict[str, dict[str, int]]:
        """What each player has in all: {name: {stat: hundredths}}, zeros left out."""
        sums = [func.sum(getattr(BoxScore, name)).label(name) for name in SUMS]
        with self.database.reading() as session:
            found = session.execute(
                select(Player.name, *sums)
                .join(Identity, Identity.player_id == Player.id)
                .join(
                    BoxScore,
                    and_(
                        BoxScore.project_id == Identity.project_id,
                        BoxScore.identity_id == Identity.id,
                    ),
                )
                .where(Player.project_id == self.project_id)
                .group_by(Player.name)
            )
            return {
                row.name: {name: int(getattr(row, name)) for name in SUMS if getattr(row, name)}
                for row in found
            }


def make_pushes(
    database: Database, *, time_zone: str = "UTC", email: str = "ada@example.org"
) -> Pushes:
    with database.writing() as session:
        user_id = make_user(session, email)
        project_id = make_project(session, time_zone=time_zone)
        repo_id = make_repo(session, project_id)
    caller = Caller(
        user_id=user_id,
        email=email,
        name="Ada",
        api_key_id=None,
        scopes=None,
        address="127.0.0.1",
        request_id="test",
    )
    return Pushes(database, project_id, repo_id, caller)


def people(*names: str) -> Sequence[dict[str, str]]:
    """Fields of an author, for each name."""
    return [{"author_name": name, "author_email": f"{name.lower()}@example.org"} for name in names]
