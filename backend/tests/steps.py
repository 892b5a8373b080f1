"""Whether others can write to a league between two steps of a job."""

import uuid
from collections.abc import Callable

import pytest
from gitleague.core.db import Database
from gitleague.jobs.runner import Work
from gitleague.projects.leagues import lock_project


class Steps:
    """What was seen between the steps of the jobs of a kind. Others may run beside them."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, database: Database, league: uuid.UUID, kind: str
    ) -> None:
        self.progress: list[int | None] = []
        self._end_after: int | None = None
        self._deeds: dict[int, Callable[[], object]] = {}
        pause = Work.pause

        def look(work: Work, percent: int | None = None) -> None:
            if work.job.kind != kind:
                pause(work, percent)
                return
            with database.writing() as session:  # waits for nobody, or for ever
                lock_project(session, league)
            self.progress.append(percent)
            self._deeds.get(len(self.progress), lambda: None)()
            if len(self.progress) == self._end_after:
                raise KilledError
            pause(work, percent)

        monkeypatch.setattr(Work, "pause", look)

    def when(self, steps: int, do: Callable[[], object]) -> None:
        """What somebody does when so many are done."""
        self._deeds[steps] = do

    def end_after(self, steps: int) -> None:
        """The process that does them dies then."""
        self._end_after = len(self.progress) + steps


class KilledError(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""
