"""A server that is being worked on says so, and when to come back.

What says it is a file in the data folder: it stands there while the database is away, for every
process of the machine, and stays over a restart.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gitleague.core.clock import now
from gitleague.core.errors import Unavailable

FILE = "maintenance.json"
OPEN = ("/health", "/metrics", "/status", "/static/")  # what watches the server goes on
SOONEST = 30  # seconds: work that takes longer than was said is asked about no more often


class Notice(NamedTuple):
    until: datetime
    reason: str

    @property
    def seconds_left(self) -> int:
        return max(int((self.until - now()).total_seconds()), SOONEST)

    @property
    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return (
            f"The league is being worked on until about {self.until:%H:%M} UTC{why}. "
            "Nothing is lost; come back then."
        )


def begin(folder: Path, length: timedelta, reason: str = "") -> Notice:
    """From now on, until `end`."""
    notice = Notice(now() + length, reason)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{FILE}.part"
    part.write_text(
        json.dumps({"until": notice.until.isoformat(), "reason": reason}), encoding="utf-8"
    )
    part.replace(folder / FILE)  # nobody reads half of it
    return notice


def end(folder: Path) -> bool:
    """Whether there was anything to end."""
    was = (folder / FILE).exists()
    (folder / FILE).unlink(missing_ok=True)
    return was


def notice_in(folder: Path) -> Notice | None:
    try:
        told = json.loads((folder / FILE).read_bytes())
    except FileNotFoundError:
        return None
    return Notice(datetime.fromisoformat(told["until"]), told["reason"])


class Maintenance:
    """Answers 503 with Retry-After while the notice is up; clients wait as long."""

    def __init__(
        self, app: ASGIApp, *, folder: Path, answer: Callable[[Request, Exception], Response]
    ) -> None:
        self.app = app
        self.folder = folder
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(OPEN):
            notice = notice_in(self.folder)
            if notice:
                error = Unavailable(notice.words, retry_after=notice.seconds_left)
                response = self.answer(Request(scope), error)
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)
