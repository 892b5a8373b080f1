"""A plugin for pytest, and what `make test-quick` runs: what changed, then what is cheap, until its
time is up.

First come the tests in files that changed, and those that name a module that did; then those that
need no server and no database; then one of each file; then the others. What the time does not
suffice for is counted at the end, and left to `make test`.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

COSTLY = {"database", "live_server", "server", "host", "postgresql", "databases"}
ENDS_AT = pytest.StashKey[float]()  # by the monotonic clock
LEFT = pytest.StashKey[list[str]]()  # the tests that were not run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seconds", type=float, help="how long each process may run tests")
    parser.addoption("--changed", action="append", default=[], help="a file that changed")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT] = []


@pytest.hookimpl(trylast=True)  # behind what shuffles them
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    changed = {Path(name) for name in config.getoption("changed")}
    seen: set[Path] = set()
    ranks = {item: _rank(item, changed, seen) for item in items}
    items.sort(key=ranks.__getitem__)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    stash = item.config.stash
    ends_at = stash.setdefault(ENDS_AT, time.monotonic() + _seconds(item.config))
    if time.monotonic() < ends_at:
        return None
    stash[LEFT].append(item.nodeid)
    return True  # as if it had been run; no report says that it passed


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[LEFT].extend(getattr(node, "workeroutput", {}).get("left", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left"] = session.config.stash[LEFT]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    left = config.stash[LEFT]
    if left:
        terminalreporter.line(f"{len(left)} tests were left to `make test`: the time was up.")


def _seconds(config: pytest.Config) -> float:
    seconds: float | None = config.getoption("seconds")
    return math.inf if seconds is None else seconds


def _rank(item: pytest.Item, changed: set[Path], seen: set[Path]) -> int:
    if item.path in changed or names_any(item.path, frozenset(changed)):
        return 0
    if not COSTLY & set(getattr(item, "fixturenames", ())):
        return 1
    if item.path not in seen:
        seen.add(item.path)
        return 2
    return 3


@cache
def names_any(file: Path, changed: frozenset[Path]) -> bool:
    """Whether a file of tests imports one of the changed modules, or is called after it."""
    text = file.read_text(encoding="utf-8")
    return any(
        file.stem == f"test_{path.stem}" or re.search(rf"\bfrom {module}\b", text)
        for path in changed
        for module in modules_of(path)
    )


def modules_of(path: Path) -> Iterator[str]:
    """What a module of the product is imported as."""
    for root in ("gitleague", "gitleague_client"):
        if path.suffix == ".py" and root in path.parts:
            parts = path.with_suffix("").parts
            yield re.escape(".".join(parts[parts.index(root) :]))
