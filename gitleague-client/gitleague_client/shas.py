"""Many commit ids in little memory: twenty bytes each where a list of str needs a hundred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload


class Shas(Sequence[str]):
    """A list of ids of one object format (40 or 64 hex digits) that reads like a list of str."""

    __slots__ = ("_digest", "_size")

    def __init__(self, digests: bytes | bytearray = b"", *, size: int = 20) -> None:
        self._digest = bytes(digests)
        self._size = size

    @classmethod
    def of(cls, shas: Iterable[str]) -> Shas:
        listed = list(shas)
        lengths = {len(sha) for sha in listed} or {40}
        if lengths not in ({40}, {64}):
            raise ValueError("These are not commit ids of one format.")
        return cls(bytes.fromhex("".join(listed)), size=lengths.pop() // 2)

    def __len__(self) -> int:
        return len(self._digest) // self._size

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Shas: ...
    def __getitem__(self, index: int | slice) -> str | Shas:
        if isinstance(index, int):
            place = range(len(self))[index] * self._size
            return self._digest[place : place + self._size].hex()
        start, stop, step = index.indices(len(self))
        if step == 1:
            stop = max(start, stop)
            part = self._digest[start * self._size : stop * self._size]
            return Shas(part, size=self._size)
        return Shas.of(self[place] for place in range(start, stop, step))

    def __iter__(self) -> Iterator[str]:
        size = self._size
        for place in range(0, len(self._digest), size):
            yield self._digest[place : place + size].hex()

    def __eq__(self, other: object) -> bool:
        """Equal to any sequence of the same ids."""
        if isinstance(other, Shas):
            return len(self) == len(other) and self._digest == other._digest
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} commits>"
