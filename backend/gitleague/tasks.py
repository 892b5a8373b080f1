"""What each kind of job does; the same in a thread of the server and under Celery."""

from __future__ import annotations

from collections.abc import Mapping

from gitleague.jobs.runner import Task, Work
from gitleague.league.rulebook.versions import APPLY_RULES
from gitleague.scoring.changes import apply_rules as apply_rules_to


def apply_rules(work: Work) -> None:
    with work.database.writing() as session:
        version = int(work.job.arguments["version"])
        apply_rules_to(session, work.job.project_id, version, report=work.report)


TASKS: Mapping[str, Task] = {APPLY_RULES: apply_rules}
