"""What each kind of job does; the same in a process beside the server and under Celery."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from gitleague.core.clock import now
from gitleague.core.outbound import Outbound
from gitleague.core.sealing import Sealer
from gitleague.core.settings import Settings
from gitleague.jobs.queue import forget_finished
from gitleague.jobs.runner import Clock, Task, Work
from gitleague.league.awards.schedule import ask_for_awards, give_awards
from gitleague.league.careers.records import find_records, write_book
from gitleague.league.digests.digests import SEND_DIGESTS
from gitleague.league.digests.sending import Sender, ask_for_digests
from gitleague.league.fairplay.referee import ask_for_looks, look, note
from gitleague.league.fantasy.turns import END_TURNS, ask_for_turns
from gitleague.league.fantasy.turns import end_turns as end_turns_of_next
from gitleague.league.people.telling import told
from gitleague.league.rulebook.versions import APPLY_RULES
from gitleague.projects.happenings import forget_happenings
from gitleague.projects.leagues import MOVE_DAYS
from gitleague.projects.webhooks.delivering import (
    ask_for_deliveries,
    deliver,
    forget_deliveries,
)
from gitleague.projects.webhooks.outbox import DELIVER_WEBHOOKS
from gitleague.scoring.changes import apply_rules
from gitleague.scoring.history import GIVE_AWARDS
from gitleague.scoring.penalties import LOOK
from gitleague.scoring.time_zones import move_days
from gitleague.scoring.totals import SUM_UP, ask_for_totals, sum_up_next
from gitleague.server.operation import forget_operation, thin_out
from gitleague.server.pushes import forget_counts, pause_where_failing
from gitleague.sync.pull.pulling import Puller, pull
from gitleague.sync.pull.schedules import PULL_REPO, ask_for_pulls
from gitleague.sync.pull.wishes import wipe_kept_credentials


def end_turns(work: Work) -> None:
    """Draft by draft."""
    while True:
        with work.database.writing() as session:
            if not end_turns_of_next(session, work.job.project_id):
                return
        work.pause()


def sum_up(work: Work) -> None:
    """Month by month, so that a push can come between; and then the records of them all."""
    while True:
        with work.database.writing() as session:
            if not sum_up_next(session, work.job.project_id):
                break
        work.pause()
    found_at = now()
    with work.database.reading() as session:
        records = find_records(session, work.job.project_id)
    with work.database.writing() as session:
        write_book(session, work.job.project_id, records, found_at=found_at)


def look_for_fouls(work: Work) -> None:
    with work.database.reading() as session:
        sight = look(session, work.job.project_id)
    for share in sight.shares():
        with work.database.writing() as session:
            note(session, work.job.project_id, share)
        if not share.until:
            work.pause()


TASKS: Mapping[str, Task] = {
    APPLY_RULES: apply_rules,
    END_TURNS: end_turns,
    GIVE_AWARDS: give_awards,
    LOOK: look_for_fouls,
    MOVE_DAYS: move_days,
    SUM_UP: sum_up,
}


def tasks_of(settings: Settings) -> Mapping[str, Task]:
    """With those that need to know how this server is set up."""
    sealer, outbound = Sealer(settings), Outbound(settings)

    def deliver_webhooks(work: Work) -> None:
        deliver(work.database, work.job.project_id, sealer, outbound, told, pause=work.pause)

    def send_digests(work: Work) -> None:
        sender = Sender(work.database, settings, sealer, outbound)
        wanted = work.job.arguments.get("test")
        if wanted:
            sender.send_test(work.job.project_id, uuid.UUID(wanted))
        else:
            sender.send_due(work.job.project_id, pause=work.pause)

    return {**TASKS, DELIVER_WEBHOOKS: deliver_webhooks, SEND_DIGESTS: send_digests}


def pulls_of(settings: Settings) -> Mapping[str, Task]:
    """Apart from the others, which a long pull would keep waiting."""
    sealer, outbound = Sealer(settings), Outbound(settings)

    def pull_repo(work: Work) -> None:
        puller = Puller(work.database, settings, sealer, outbound)
        repo_id = uuid.UUID(work.job.arguments["repo_id"])
        pull(puller, work.job.project_id, repo_id, work.live)

    return {PULL_REPO: pull_repo}


# Looked at now and then: they ask for the jobs whose time has come.
CLOCKS: Sequence[Clock] = (
    ask_for_awards,
    ask_for_looks,
    ask_for_totals,
    ask_for_turns,
    ask_for_deliveries,
    ask_for_digests,
    ask_for_pulls,
    pause_where_failing,
    forget_counts,
    thin_out,
    forget_operation,
    forget_deliveries,
    forget_happenings,
    forget_finished,
    wipe_kept_credentials,
)
