"""Co-authors under the name that `.mailmap` gives them: git maps authors, and leaves trailers."""

from __future__ import annotations

from subprocess import PIPE
from types import TracebackType

from gitleague_client.commit import Person
from gitleague_client.git import Repository
from gitleague_client.process import GitProcess, decoded

_MAX_KNOWN = 20_000
_MAX_NAME = 10_000


class Mailmap:
    """Asks one `git check-mailmap`, begun at the first question, each person once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._process: GitProcess | None = None
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def __enter__(self) -> Mailmap:  # noqa: PYI034  # Self came with Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.close()

    def person(self, name: str, email: str) -> Person:
        asked = (name, email)
        if asked not in self._known:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[asked] = self._ask(name[:_MAX_NAME], email[:_MAX_NAME])
        return Person(*self._known[asked])

    def _ask(self, name: str, email: str) -> tuple[str, str]:
        if self._process is None:
            self._process = self._repository.start("check-mailmap", "--stdin", stdin=PIPE)
        self._process.write(f"{name} <{email}>\n".encode())
        answer = decoded(self._process.readline())
        if not answer:
            self._process.fail()
        found, _, address = answer.rstrip("\n").partition("<")
        return found.removesuffix(" "), address.removesuffix(">")
