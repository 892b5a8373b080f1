"""Threads that nobody waits for when the client is interrupted: it ends, and they end with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from queue import Empty, Queue, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

from gitleague_client.errors import ClientError

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    work: Callable[[Item], Result], items: Sequence[Item], *, threads: int
) -> Iterator[tuple[Item, Result | ClientError]]:
    """Each item with what became of it, as soon as it is done. Leaving early begins no more."""
    todo: SimpleQueue[Item] = SimpleQueue()
    done: SimpleQueue[tuple[Item, Result | BaseException]] = SimpleQueue()
    for item in items:
        todo.put(item)

    def each() -> None:
        while (item := _next(todo)) is not None:
            try:
                done.put((item, work(item)))
            except BaseException as error:  # noqa: BLE001 - raised where the results are read
                done.put((item, error))

    for _ in range(min(threads, len(items))):
        Thread(target=each, daemon=True).start()
    try:
        for _ in items:
            item, result = done.get()
            if isinstance(result, BaseException) and not isinstance(result, ClientError):
                raise result
            yield item, result
    finally:
        while _next(todo) is not None:
            pass


def in_time(work: Callable[[], Result], *, seconds: float) -> Result | Exception:
    """What it returns; else what it raised, or TimeoutError. For what one can do without."""
    done: SimpleQueue[Result | Exception] = SimpleQueue()

    def attempt() -> None:
        try:
            done.put(work())
        except Exception as error:  # noqa: BLE001 - given to whoever waits
            done.put(error)

    Thread(target=attempt, daemon=True).start()
    try:
        return done.get(timeout=seconds)
    except Empty:
        return TimeoutError(f"no answer in {seconds:.0f} s")


def _next(queue: SimpleQueue[Item]) -> Item | None:
    try:
        return queue.get_nowait()
    except Empty:
        return None


class Belt(Generic[Item]):
    """Does its work on one item after the other, beside us; use it as a block.

    At most `room` items wait. After a failure nothing more is done, and the next `put`, or the
    end of the block, raises it.
    """

    def __init__(self, work: Callable[[Item], None], *, room: int) -> None:
        self._work = work
        self._queue: Queue[Item | None] = Queue(room)
        self._error: BaseException | None = None
        self._is_left = False
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Belt[Item]:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_left = error is not None
        self._queue.put(None)
        if error is None:
            self._thread.join()
            self._check()

    def put(self, item: Item) -> None:
        self._check()
        self._queue.put(item)

    def _check(self) -> None:
        if self._error:
            raise self._error

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if self._error or self._is_left:
                continue  # whoever puts must not wait for a place
            try:
                self._work(item)
            except BaseException as error:  # noqa: BLE001 - raised where the items come from
                self._error = error
