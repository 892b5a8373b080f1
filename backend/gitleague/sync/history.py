"""The log of syncs: when commits came, how many, and what went wrong."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.core.paging import Paging
from gitleague.projects.repos import RepoRow, get_repo
from gitleague.tables.syncs import RepoSync, SyncState, SyncWay

KEPT = 200  # of each repository
# The published 0.1.0 client never says that its push has ended.
PAUSE = timedelta(minutes=10)
CUT_OFF = "It was cut off. The next one goes on from where it stopped."


class SyncRow(NamedTuple):
    id: uuid.UUID
    way: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    inserted: int
    skipped: int
    refused: int
    error: str | None


class Counts(NamedTuple):
    inserted: int = 0
    skipped: int = 0
    refused: int = 0


_COLUMNS = tuple(getattr(RepoSync, field) for field in SyncRow._fields)


def list_syncs(
    session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, paging: Paging
) -> tuple[list[SyncRow], int]:
    """The newest first."""
    get_repo(session, project_id, str(repo_id))
    wanted = (RepoSync.project_id == project_id, RepoSync.repo_id == repo_id)
    rows = session.execute(
        select(*_COLUMNS)
        .where(*wanted)
        .order_by(RepoSync.started_at.desc(), RepoSync.id)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    total = session.scalar(select(func.count()).select_from(RepoSync).where(*wanted)) or 0
    return [SyncRow(*row) for row in rows], total


def begin(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, way: SyncWay) -> uuid.UUID:
    """What was under way before has ended: a pull was cut off, a push did not say so."""
    moment = now()
    _end_others(session, project_id, repo_id, way, moment)
    _forget_oldest(session, project_id, repo_id)
    sync = RepoSync(
        id=uuid.uuid4(),
        project_id=project_id,
        repo_id=repo_id,
        way=way.value,
        state=SyncState.RUNNING.value,
        started_at=moment,
        ended_at=moment if way is SyncWay.PUSH else None,
        inserted=0,
        skipped=0,
        refused=0,
    )
    session.add(sync)
    session.flush()  # updated by SQL in the same transaction
    return sync.id


def cut_off(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> None:
    """What was under way, of either way, is taken for ended."""
    for way in SyncWay:
        _end_others(session, project_id, repo_id, way, now())


def count(session: Session, project_id: uuid.UUID, sync_id: uuid.UUID, counts: Counts) -> None:
    session.execute(
        update(RepoSync)
        .where(RepoSync.project_id == project_id, RepoSync.id == sync_id)
        .values(**_more(counts))
    )


def end(
    session: Session, project_id: uuid.UUID, sync_id: uuid.UUID, *, error: str | None = None
) -> None:
    state = SyncState.FAILED if error else SyncState.DONE
    session.execute(
        update(RepoSync)
        .where(RepoSync.project_id == project_id, RepoSync.id == sync_id)
        .values(state=state.value, ended_at=now(), error=error)
    )


def note_push(session: Session, repo: RepoRow, counts: Counts, *, is_end: bool = False) -> None:
    """Batches of one push are one sync. Only under the league's lock."""
    values: dict[str, object] = {**_more(counts), "ended_at": now()}
    if is_end:
        values["state"] = SyncState.DONE.value
    noted = _note(session, repo, values)
    if not noted:
        begin(session, repo.project_id, repo.id, SyncWay.PUSH)
        _note(session, repo, values)


def _note(session: Session, repo: RepoRow, values: dict[str, object]) -> bool:
    found = session.execute(
        update(RepoSync)
        .where(
            RepoSync.project_id == repo.project_id,
            RepoSync.repo_id == repo.id,
            RepoSync.way == SyncWay.PUSH.value,
            RepoSync.state == SyncState.RUNNING.value,
            RepoSync.ended_at > now() - PAUSE,
        )
        .values(**values)
        .returning(RepoSync.id)
    ).all()
    return bool(found)


def _end_others(
    session: Session, project_id: uuid.UUID, repo_id: uuid.UUID, way: SyncWay, moment: datetime
) -> None:
    pulled = {"state": SyncState.FAILED.value, "error": CUT_OFF, "ended_at": moment}
    pushed = {"state": SyncState.DONE.value}
    session.execute(
        update(RepoSync)
        .where(
            RepoSync.project_id == project_id,
            RepoSync.repo_id == repo_id,
            RepoSync.way == way.value,
            RepoSync.state == SyncState.RUNNING.value,
        )
        .values(**(pulled if way is SyncWay.PULL else pushed))
    )


def _more(counts: Counts) -> dict[str, object]:
    return {name: getattr(RepoSync, name) + more for name, more in counts._asdict().items()}


def _forget_oldest(session: Session, project_id: uuid.UUID, repo_id: uuid.UUID) -> None:
    of_repo = (RepoSync.project_id == project_id, RepoSync.repo_id == repo_id)
    newest = (
        select(RepoSync.id)
        .where(*of_repo)
        .order_by(RepoSync.started_at.desc(), RepoSync.id)
        .limit(KEPT - 1)
    )
    session.execute(
        delete(RepoSync)
        .where(*of_repo, RepoSync.id.not_in(newest))
        .execution_options(synchronize_session=False)
    )
