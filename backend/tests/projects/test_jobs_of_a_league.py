"""A commissioner sees how far a job is and what went wrong, and has it tried again."""

import uuid

import pytest
from gitleague.core.db import Database
from gitleague.jobs import queue
from gitleague.jobs.runner import run
from gitleague.tables.jobs import Job, JobState
from httpx import Client
from make import Person

pytestmark = pytest.mark.on_both


def failed_job(database: Database, project_id: uuid.UUID) -> uuid.UUID:
    """Of a kind that no server takes."""
    with database.writing() as session:
        queue.enqueue(session, "test", project_id=project_id)
        session.flush()  # it is looked for
        job = queue.take(session, {"test"}, project_id)
    assert job
    for _ in range(queue.MOST_TRIES):
        run(database, {"test": lambda _work: 1 / 0}["test"], job)
        job = job._replace(tries=job.tries + 1)
    return job.id


def test_it_works(http: Client, ada: Person, database: Database) -> None:
    job_id = failed_job(database, ada.project_id)
    place = f"/api/v1/projects/{ada.project_id}/jobs"
    seen = http.get(f"{place}/{job_id}", headers=ada.headers).json()
    assert (seen["state"], seen["error"], seen["tries"]) == ("failed", "ZeroDivisionError", 1)
    assert http.get(place, headers=ada.headers).json()["items"] == [seen]
    page = http.get(place.removeprefix("/api/v1"), headers=ada.headers)
    assert "ZeroDivisionError" in page.text
    again = http.post(f"{place}/{job_id}/retry", headers=ada.headers)
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    with database.reading() as session:
        assert session.get_one(Job, job_id).state == JobState.QUEUED.value
    assert http.post(f"{place}/{job_id}/retry", headers=ada.headers).status_code == 409


def test_jobs_belong_to_their_league(http: Client, ada: Person, mallory: Person, database) -> None:
    job_id = failed_job(database, ada.project_id)
    theirs = f"/api/v1/projects/{mallory.project_id}/jobs/{job_id}"
    assert http.get(theirs, headers=mallory.headers).status_code == 404
    assert http.post(f"{theirs}/retry", headers=mallory.headers).status_code == 404
    unknown = f"/api/v1/projects/{ada.project_id}/jobs/{uuid.uuid4()}"
    assert http.get(unknown, headers=ada.headers).status_code == 404
