"""Celery, as those who send jobs and those who do them see it: only loaded where there is Redis."""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from gitleague.jobs.runner import TIME_LIMIT
from gitleague.jobs.sending import LOST, BrokerAway, Message, Queue, Send

RUN_JOB = "gitleague.run_job"


def broker(url: str) -> Celery:
    app = Celery("gitleague", broker=url)
    app.conf.task_queues = {queue.value: {} for queue in Queue}
    return app


def celery_sender(app: Celery, *, pull_minutes: int) -> Send:
    """Each with the time that a worker may take for it: first it is told, then it is ended."""
    seconds = dict.fromkeys(Queue, TIME_LIMIT) | {Queue.PULLS: pull_minutes * 60 + TIME_LIMIT}

    def send(message: Message) -> None:
        options: dict[str, Any] = {
            "queue": message.queue.value,
            "expires": LOST.total_seconds(),
            "soft_time_limit": seconds[message.queue],
            "time_limit": seconds[message.queue] + TIME_LIMIT,
            "retry": False,
        }
        try:
            app.send_task(RUN_JOB, (str(message.project_id), str(message.job_id)), **options)
        except (OperationalError, OSError) as error:
            raise BrokerAway from error

    return send
