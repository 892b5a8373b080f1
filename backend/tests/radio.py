"""Somebody listens to the live updates of a league."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from httpx import Client
from make import Person

WAIT_SECONDS = 60
HOUR = 3600


class Told(NamedTuple):
    id: int
    event: str
    data: dict[str, Any]


class Radio:
    """Listens in a thread, as an EventSource would."""

    def __init__(self, http: Client, place: str, headers: dict[str, str]) -> None:
        self.told: list[Told] = []
        self.lines: list[str] = []
        self.status = 0
        self.ready = threading.Event()
        self.closing = threading.Event()
        self.ended = threading.Event()
        self._client = Client(base_url=http.base_url, timeout=60)
        self._ask = (place, headers)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self.ready.wait(WAIT_SECONDS)

    def _listen(self) -> None:
        place, headers = self._ask
        parts: dict[str, str] = {}
        with self._client.stream("GET", place, headers=headers) as answer:
            self.status = answer.status_code
            self.headers = answer.headers
            for line in answer.iter_lines():
                self.lines.append(line)
                self.ready.set()
                if self.closing.is_set():
                    break
                name, _, value = line.partition(": ")
                if line:
                    parts[name] = value
                    continue
                if "event" in parts:
                    self.told.append(
                        Told(int(parts["id"]), parts["event"], json.loads(parts["data"]))
                    )
                parts = {}
        self.ready.set()
        self.ended.set()

    def wait_for(self, event: str) -> Told:
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            for told in self.told:
                if told.event == event:
                    return told
            time.sleep(0.02)
        raise AssertionError(self.lines)

    def close(self) -> None:
        """Goes with the next word: there is one at each heartbeat."""
        self.closing.set()
        self._thread.join(WAIT_SECONDS)
        self._client.close()


@contextmanager
def listening(http: Client, by: Person, seconds: int = HOUR, **headers: str) -> Iterator[Radio]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    place = f"/api/v1/projects/{by.project_id}/events?seconds={seconds}"
    radio = Radio(http, place, {**by.headers, **named})
    try:
        yield radio
    finally:
        radio.close()
