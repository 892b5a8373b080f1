"""Players and their box scores, written without a commit: what the read road stands on."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from gitleague.core.clock import now
from gitleague.scoring import totals
from gitleague.tables.commits import Identity, Player
from gitleague.tables.scores import BoxScore
from make import make_project, make_repo
from sqlalchemy.orm import Session


@dataclass
class Field:
    """A project with a repository where players can be given numbers."""

    session: Session
    project_id: uuid.UUID
    repo_id: uuid.UUID

    def player(self, name: str, *, is_bot: bool = False) -> uuid.UUID:
        """A player; the identity has the same id, so that numbers can be given to either."""
        player_id = uuid.uuid4()
        self.session.add(
            Player(
                id=player_id,
                project_id=self.project_id,
                name=name,
                is_bot=is_bot,
                created_at=now(),
            )
        )
        self.session.flush()  # its identities point at it
        self.identity(player_id, name, identity_id=player_id)
        return player_id

    def identity(
        self, player_id: uuid.UUID, name: str, *, identity_id: uuid.UUID | None = None
    ) -> uuid.UUID:
        identity = Identity(
            id=identity_id or uuid.uuid4(),
            project_id=self.project_id,
            player_id=player_id,
            name=name,
            email=f"{name}@example.org",
            address=f"{name}@example.org"[:512],
            fingerprint=hashlib.sha256(f"{player_id}{name}".encode()).hexdigest(),
            created_at=now(),
        )
        self.session.add(identity)
        self.session.flush()  # box scores point at it
        return identity.id

    def score(
        self,
        identity_id: uuid.UUID,
        day: date,
        *,
        impact: int = 0,
        repo_id: uuid.UUID | None = None,
        version: int = 1,
        **numbers: int,
    ) -> None:
        """`impact` in whole points; the other numbers as the table keeps them."""
        self.score_unmarked(
            identity_id, day, impact=impact, repo_id=repo_id, version=version, **numbers
        )
        totals.mark(self.session, self.project_id, version, [day])

    def score_unmarked(
        self,
        identity_id: uuid.UUID,
        day: date,
        *,
        impact: int = 0,
        repo_id: uuid.UUID | None = None,
        version: int = 1,
        **numbers: int,
    ) -> None:
        """For many at once, whose days are marked together afterwards."""
        self.session.add(
            BoxScore(
                project_id=self.project_id,
                rules_version=version,
                day=day,
                identity_id=identity_id,
                repo_id=repo_id or self.repo_id,
                credits=1,
                impact=impact * 10_000,
                **{"commits": 1} | numbers,
            )
        )

    def sum_up(self) -> None:
        """What the job does a moment later."""
        while totals.sum_up_next(self.session, self.project_id):
            pass


def make_field(session: Session, **project: str) -> Field:
    project_id = make_project(session, **project)
    return Field(session, project_id, make_repo(session, project_id))
