"""Every message that the client can print has its entry, and every entry is of such a message."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import gitleague_client
from gitleague_client import errors

CODE = Path(gitleague_client.__file__).parent
PAGE = Path(__file__).parents[2] / "docs/client/troubleshooting.md"
ERRORS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ClientError)
}
ALL_GOOD = 1  # arguments of a finding of `doctor` that has no remedy


def messages() -> Iterator[str]:
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield from _message_of(node)


def _message_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in ERRORS:
        yield str(ERRORS[node.exc.id].__doc__)
    if not isinstance(node, ast.Call) or not node.args:
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    is_bad_news = called == "Finding" and len(node.args) + len(node.keywords) > ALL_GOOD
    text = _text(node.args[0])
    if text and (called in ERRORS or called == "warn" or is_bad_news):
        yield text


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [each.value if isinstance(each, ast.Constant) else "…" for each in node.values]
        return re.sub("…+", "…", "".join(map(str, parts)))
    return None


def entries() -> list[str]:
    rows = re.findall(r"^\| (.+?) \| .+ \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [row for row in rows if row not in {"it says", "---"}]


def test_every_message_has_its_entry() -> None:
    assert sorted(set(messages()) - set(entries())) == []


def test_no_entry_is_stale() -> None:
    assert sorted(set(entries()) - set(messages())) == []
    assert len(entries()) == len(set(entries())) > 60
