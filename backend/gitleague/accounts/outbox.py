"""Mail goes out beside the requests: none waits for it, or tells by its time who is known here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

THREADS = "outbox"  # what their names begin with
MOST_THREADS = 2  # a mail server that is slow holds no more than these
log = logging.getLogger(__name__)


class Outbox:
    """A queue of what is to be sent; what is in it when the server ends is still sent."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix=THREADS)

    def put(self, send: Callable[[], None]) -> None:
        self._threads.submit(_try, send)

    def close(self) -> None:
        self._threads.shutdown(wait=True)


def _try(send: Callable[[], None]) -> None:
    try:
        send()
    except Exception as error:  # noqa: BLE001 - nobody waits for it, so that only the log can tell
        log.error("a mail was not made: %s", type(error).__name__)  # noqa: TRY400 - it may quote
