"""Every day brings its awards by itself, also the days on which nobody was there to give them."""

from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gitleague.core.clock import now
from gitleague.jobs.queue import enqueue, unfinished
from gitleague.jobs.runner import Work
from gitleague.league.awards.giving import find, keep
from gitleague.league.awards.rules import GRACE
from gitleague.league.awards.stretches import Stretch, stretches
from gitleague.league.periods import DAY
from gitleague.scoring.history import GIVE_AWARDS
from gitleague.tables.projects import Project
from gitleague.tables.scores import BoxScore


def ask_for_awards(session: Session) -> None:
    """A job for each league that has days without awards, once somebody has played in it."""
    asked, moment = unfinished(session, GIVE_AWARDS, {}), now()
    # across projects: every league has its days
    has_played = exists().where(BoxScore.project_id == Project.id)
    leagues = session.execute(
        select(Project.id, Project.time_zone, Project.created_at, Project.awards_through)
        .where(has_played)
        .order_by(Project.id)
    )
    for league in leagues.all():
        zone = ZoneInfo(league.time_zone)
        began = league.created_at.astimezone(zone).date()
        first = league.awards_through + DAY if league.awards_through else began
        if first <= moment.astimezone(zone).date() - GRACE and league.id not in asked:
            enqueue(session, GIVE_AWARDS, project_id=league.id)


def give_awards(work: Work) -> None:
    """Month by month, so that others can write in between."""
    with work.database.reading() as session:
        left = stretches(session, work.job.project_id, work.job.arguments)
    for stretch in left:
        while not _give(work, stretch):  # somebody was erased meanwhile
            continue
        work.pause(stretch.percent)


def _give(work: Work, stretch: Stretch) -> bool:
    database, project_id = work.database, work.job.project_id
    with database.reading() as session:
        found = find(session, project_id, stretch.days)
    with database.writing() as session:
        if keep(session, project_id, stretch.days, found, how=stretch.how) is None:
            return False
        work.keep(session, **stretch.left)
    return True
