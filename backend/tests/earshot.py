"""Hears every line of the log, as it is before anything is blotted out of it."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

SECRET = re.compile(
    r"tgl_[a-z0-9]{8}_[A-Za-z0-9_-]{8,}"  # an API key, whole
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"  # a token
    r"|/(?:sign-in|invitations)/(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)[\w-]{20,}"
    # ^ a link that signs in; an invitation's id opens nothing
    r"|[?&]invitation=\w"
    r"|://[^\s/:@]*:[^\s/@]+@"  # a password in an address
    r"|(?i:authorization)[\"']?\s*[=:]\s*[\"']?(?i:bearer|basic) [\w+/=.-]"
    r"|gitleague_session=\w"
    r"|whsec_[A-Za-z0-9+/=]{8,}"
    r"|(?i:password|passwd|secret_key)[\"']?\s*[=:]\s*[\"']?\w"
)


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines = 0
        self.secrets: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("httpx"):  # the tests' own client
            return
        line = self.format(record)  # with its traceback
        self.lines += 1
        if SECRET.search(line):
            self.secrets.append(line)


@contextmanager
def listening() -> Iterator[Heard]:
    heard, root = Heard(), logging.getLogger()
    before = root.level
    root.addHandler(heard)
    root.setLevel(logging.INFO)
    try:
        yield heard
    finally:
        root.removeHandler(heard)
        root.setLevel(before)
