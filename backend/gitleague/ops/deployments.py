"""Who brought which version when, and who said yes to it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gitleague_client.errors import RepositoryError
from gitleague_client.git import open_repository
from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague import __version__
from gitleague.core.clock import now
from gitleague.tables.server import Deployment, DeployResult

PACKAGE = Path(__file__).parents[1]


class SignOff(NamedTuple):
    role: str
    name: str


class Deed(NamedTuple):
    """A deployment, as somebody tells of it."""

    by: str
    result: DeployResult
    sha: str | None
    sign_offs: list[SignOff]
    notes: str


def running_commit() -> str | None:
    """Of the checkout that this program runs from, if it does."""
    try:
        repository = open_repository(PACKAGE)
        sha = repository.run("rev-parse", "--verify", "HEAD").decode().strip()
    except RepositoryError:
        return None
    # A package that is installed somewhere inside of another repository is no part of it.
    return sha if repository.path / "backend" / "gitleague" == PACKAGE.resolve() else None


def record(session: Session, deed: Deed, *, revision: str) -> Deployment:
    made = Deployment(
        deployed_by=deed.by,
        sha=deed.sha,
        version=__version__,
        revision=revision,
        result=deed.result.value,
        sign_offs=[each._asdict() for each in deed.sign_offs],
        notes=deed.notes,
        created_at=now(),
    )
    session.add(made)
    return made


def list_deployments(session: Session, *, limit: int) -> list[Deployment]:
    """The newest first."""
    return list(session.scalars(select(Deployment).order_by(Deployment.id.desc()).limit(limit)))
