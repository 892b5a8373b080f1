"""Commits from before a league was made: once an import is over, they get their awards too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.jobs import queue

GIVE_AWARDS = "awards:give"
HISTORY = {"history": True}
OLD = timedelta(days=7)  # what is younger waits for the awards of its day
# The batches of an import, and those of the repositories that follow, are waited for.
QUIET, AT_MOST = timedelta(minutes=10), timedelta(days=1)


def ask_for_history(session: Session, project_id: uuid.UUID, dates: Iterable[datetime]) -> None:
    """Where old commits are among those that came. Only under the league's lock."""
    oldest = min(dates, default=None)
    if oldest and oldest < now() - OLD:
        queue.enqueue_once(
            session,
            GIVE_AWARDS,
            project_id=project_id,
            arguments=HISTORY,
            wait=QUIET,
            at_most=AT_MOST,
        )
