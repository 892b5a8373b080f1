"""A long answer, kept on the disk while it is read: no transaction waits for a slow reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile

PIECE = 1 << 16  # bytes


def spooled(pieces: Iterable[str], folder: Path) -> Iterator[bytes]:
    """The same text in UTF-8, once all of it is written to a file that has no name.

    Nobody else can open it, and it goes with the last who reads it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        for piece in pieces:
            file.write(piece.encode())
        file.seek(0)
        while piece_of_file := file.read(PIECE):
            yield piece_of_file
