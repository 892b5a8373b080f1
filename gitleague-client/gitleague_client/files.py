"""Files that appear whole or not at all, and that nobody else can read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def private_file(target: Path) -> Iterator[BinaryIO]:
    """What is written takes the target's place once the block has ended well. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")  # is 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
