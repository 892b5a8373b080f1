"""What each kind of job does; the same in a thread of the server and under Celery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from gitleague.jobs.queue import forget_finished
from gitleague.jobs.runner import Clock, Task, Work
from gitleague.league.awards.giving import give
from gitleague.league.awards.schedule import GIVE_AWARDS, ask_for_awards
from gitleague.league.rulebook.versions import APPLY_RULES
from gitleague.scoring.changes import apply_rules as apply_rules_to
from gitleague.scoring.totals import SUM_UP, ask_for_totals, sum_up_next


def apply_rules(work: Work) -> None:
    with work.database.writing() as session:
        version = int(work.job.arguments["version"])
        apply_rules_to(session, work.job.project_id, version, report=work.report)


def give_awards(work: Work) -> None:
    anew_from = work.job.arguments.get("anew_from")
    with work.database.writing() as session:
        give(
            session,
            work.job.project_id,
            anew_from=date.fromisoformat(anew_from) if anew_from else None,
        )


def sum_up(work: Work) -> None:
    """Month by month, so that a push can come between."""
    while True:
        with work.database.writing() as session:
            if not sum_up_next(session, work.job.project_id):
                return


TASKS: Mapping[str, Task] = {
    APPLY_RULES: apply_rules,
    GIVE_AWARDS: give_awards,
    SUM_UP: sum_up,
}
# Looked at now and then: they ask for the jobs whose time has come.
CLOCKS: Sequence[Clock] = (ask_for_awards, ask_for_totals, forget_finished)
