"""One batch of commits, in the one transaction of its request: stored, credited, scored, told.

Batches of a project follow one another (its row is locked), so two pushes can neither trip over
each other nor lose what the other wrote.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from gitleague_client.reading import Named, Reading, read
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from gitleague.accounts.audit import Action, record
from gitleague.accounts.caller import Caller
from gitleague.core.sets import among, insert_rows
from gitleague.projects.leagues import lock_project
from gitleague.projects.repos import RepoRow
from gitleague.scoring.credits import changed
from gitleague.scoring.penalties import ask_referee
from gitleague.scoring.references import STEM
from gitleague.scoring.rules import newest_version, rules_at
from gitleague.sync import heads, refusals
from gitleague.sync.batch import Batch
from gitleague.sync.change_keys import ChangeKeys, change_salt_of
from gitleague.sync.erased import Erased, erased_of, people_of
from gitleague.sync.identities import identities_of
from gitleague.sync.plan import Plan, plan_for
from gitleague.sync.rows import COLUMNS, Arrival
from gitleague.tables.commits import CoAuthor, CommitReference, CommitRow
from gitleague.tables.projects import Repo, RepoStatus


class Outcome(NamedTuple):
    """What became of a batch."""

    inserted: int
    skipped: list[str]  # shas that were here already, or twice in the batch
    last_ingested_sha: str | None  # the last of the batch that the server now has


def ingest(
    session: Session, repo: RepoRow, batch: Batch, *, caller: Caller | None, received_at: datetime
) -> Outcome:
    """Without a caller it was pulled."""
    if not batch.commits and not batch.refusals:
        return Outcome(0, [], repo.last_ingested_sha)
    people = people_of(session, repo.project_id, batch.commits)
    zone = lock_project(session, repo.project_id)
    arrival = Arrival(repo.project_id, repo.id, received_at, zone)
    erased = erased_of(session, repo.project_id, people)
    keys = ChangeKeys(change_salt_of(session, repo.project_id), erased)
    plan = plan_for(session, repo.project_id, repo.id, batch, keys)
    _write(session, arrival, plan, erased)
    last = batch.commits[-1].sha if batch.commits else None
    outcome = Outcome(plan.inserted, plan.skipped, last or repo.last_ingested_sha)
    _note(session, arrival, outcome)
    if outcome.inserted:
        ask_referee(session, repo.project_id)
    record(
        session,
        Action.COMMITS_PUSHED if caller else Action.COMMITS_PULLED,
        str(repo.id),
        caller=caller,
        project_id=repo.project_id,
        details={
            "inserted": outcome.inserted,
            "skipped": len(outcome.skipped),
            "refused": len(batch.refusals),
        },
    )
    return outcome


def _write(session: Session, arrival: Arrival, plan: Plan, erased: Erased) -> None:
    of_repo = (arrival.project_id, arrival.repo_id)
    newest = newest_version(session, arrival.project_id)
    rules = rules_at(session, arrival.project_id, newest)
    readings = [erased.taken_out(read(commit, rules)) for commit in plan.written.values()]
    arriving = {sha: refusal.parents for sha, refusal in plan.refused.items()}
    arriving |= {sha: commit.parents for sha, commit in plan.written.items()}
    known = {sha: parents for sha, parents in arriving.items() if parents is not None}
    growth = heads.grow(session, *of_repo, known)
    alone = [sha for sha, key in plan.change_keys.items() if key not in plan.settling]
    with changed(session, arrival.project_id, plan.settling, added=alone):
        _clear(session, arrival, plan)
        _insert(session, arrival, plan, readings, growth.complete)
    # Without its parents a commit does not replace the refusal, which may know them.
    refusals.forget(session, *of_repo, plan.written.keys() & known.keys())
    refusals.remember(
        session,
        *of_repo,
        plan.refused.values(),
        complete=growth.complete,
        refused_at=arrival.received_at,
    )
    heads.record(session, *of_repo, growth)


def _clear(session: Session, arrival: Arrival, plan: Plan) -> None:
    """Makes room for rows that are written anew, and moves rows of other repos to their change."""
    if plan.replaced:
        session.execute(
            delete(CommitRow).where(
                CommitRow.project_id == arrival.project_id,
                CommitRow.repo_id == arrival.repo_id,
                among(session, CommitRow.sha, plan.replaced),
            )
        )
    for sha, key in plan.rekeyed.items():
        session.execute(
            update(CommitRow)
            .where(CommitRow.project_id == arrival.project_id, CommitRow.sha == sha)
            .values(change_key=key)
        )


def _insert(
    session: Session,
    arrival: Arrival,
    plan: Plan,
    readings: Sequence[Reading],
    complete: set[str],
) -> None:
    # Authors first: a player is called as the first identity that shows them.
    people = dict.fromkeys(reading.author for reading in readings)
    people |= dict.fromkeys(named for reading in readings for named in reading.coauthors)
    identities = identities_of(session, arrival.project_id, people, seen_at=arrival.received_at)
    rows = []
    for reading in readings:
        sha = reading.commit.sha
        key = plan.change_keys[sha]
        rows.append(
            arrival.row(
                reading,
                identities[reading.author],
                change_key=key,
                counts=key not in plan.settling,
                is_complete=sha in complete,
            )
        )
    insert_rows(session, CommitRow, COLUMNS, rows)
    _insert_coauthors(session, arrival, readings, identities)
    _insert_references(session, arrival, readings)


def _insert_coauthors(
    session: Session,
    arrival: Arrival,
    readings: Iterable[Reading],
    identities: dict[Named, uuid.UUID],
) -> None:
    rows = [
        (arrival.project_id, reading.commit.sha, arrival.repo_id, identities[named])
        for reading in readings
        for named in reading.coauthors
    ]
    insert_rows(session, CoAuthor, ("project_id", "sha", "repo_id", "identity_id"), rows)


def _insert_references(session: Session, arrival: Arrival, readings: Iterable[Reading]) -> None:
    rows = [
        (
            arrival.project_id,
            reading.commit.sha,
            arrival.repo_id,
            reference.relation.value,
            reference.sha,
            reference.sha[:STEM],
        )
        for reading in readings
        for reference in reading.references
    ]
    columns = ("project_id", "sha", "repo_id", "relation", "target", "stem")
    insert_rows(session, CommitReference, columns, rows)


def _note(session: Session, arrival: Arrival, outcome: Outcome) -> None:
    session.execute(
        update(Repo)
        .where(Repo.project_id == arrival.project_id, Repo.id == arrival.repo_id)
        .values(
            total_commits=Repo.total_commits + outcome.inserted,
            last_ingested_sha=outcome.last_ingested_sha,
            last_sync_at=arrival.received_at,
            status=RepoStatus.HEALTHY.value,
            error_message=None,
        )
        .execution_options(synchronize_session=False)
    )
