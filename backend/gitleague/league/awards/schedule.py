"""Every day brings its awards by itself, also the days on which nobody was there to give them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gitleague.jobs.queue import enqueue, unfinished
from gitleague.league.awards.giving import due
from gitleague.tables.projects import Project

GIVE_AWARDS = "awards:give"


def ask_for_awards(session: Session) -> None:
    """A job for each league that has days without awards."""
    # across projects: every league has its days
    asked = unfinished(session, GIVE_AWARDS)
    for project_id in session.scalars(select(Project.id).order_by(Project.id)).all():
        first, last = due(session, project_id)
        if first <= last and project_id not in asked:
            enqueue(session, GIVE_AWARDS, project_id=project_id)
