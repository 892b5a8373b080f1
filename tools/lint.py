"""The house rules that ruff does not know: `python tools/lint.py` checks the whole tree.

Each message says what to do instead; test_lint.py has a good and a bad example of each rule.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FOLDERS = ("backend", "gitleague-client", "tools", "bench")
SERVER, CLIENT = "backend/gitleague/", "gitleague-client/gitleague_client/"
DOORS = (
    *(
        SERVER + door
        for door in ("app.py", "cli/door.py", "worker.py", "core/requests.py", "jobs/runner.py")
    ),
    SERVER + "accounts/outbox.py",  # nobody waits for what fails in its threads
    CLIENT + "__main__.py",
    CLIENT + "threads.py",  # what fails in a thread is raised where somebody waits for it
)
READ_ENVIRONMENT = (
    SERVER + "core/settings.py",
    SERVER + "core/systemd.py",  # what systemd tells the process that it starts
    *(CLIENT + reader for reader in ("config.py", "git.py", "fetch.py")),  # git reads it too
)
PEOPLE = SERVER + "league/people/"  # knows who is shown to whom
DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
FUNCTION_LINES, FILE_LINES = 60, 400
# A key belongs to a person first; being bound to a project only narrows it.
NOT_OF_A_PROJECT = {"ApiKey"}


class Source(NamedTuple):
    path: str  # from the root, with slashes
    text: str
    tree: ast.Module


Found = Iterator[tuple[int, str]]


def commit_at_the_edge(source: Source) -> Found:
    if source.path.startswith(SERVER) and source.path != SERVER + "core/db.py":
        for call in _calls(source.tree, "commit"):
            yield call.lineno, "only core/db.py commits: take a session from Database.writing()"


def flush_has_a_reason(source: Source) -> Found:
    for call in _calls(source.tree, "flush"):
        around = "".join(source.text.splitlines()[max(0, call.lineno - 2) : call.lineno])
        if ast.unparse(call.func) == "session.flush" and "#" not in around:
            yield call.lineno, "say why this flush is needed, in a comment on or above it"


def environment_in_settings(source: Source) -> Found:
    if source.path.startswith((SERVER, CLIENT)) and source.path not in READ_ENVIRONMENT:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                yield node.lineno, "read the environment in settings.py or config.py only"


def no_forms_in_docstrings(source: Source) -> Found:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            words = ast.get_docstring(node) or ""
            if re.search(r"^\s*Args:\s*$", words, re.MULTILINE):
                yield node.body[0].lineno, "drop the `Args:` section: say it in a sentence"


def named_for_what_it_does(source: Source) -> Found:
    if Path(source.path).stem in DRAWERS:
        yield 1, "name the file for what it does: a drawer takes in everything"


def short_enough(source: Source) -> Found:
    if source.text.count("\n") > FILE_LINES:
        yield 1, f"split the file by what it does: it has more than {FILE_LINES} lines"
    for function in _functions(source.tree):
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > FUNCTION_LINES and "/versions/" not in source.path:
            yield function.lineno, f"split `{function.name}`: it has over {FUNCTION_LINES} lines"


def catch_what_you_can_mend(source: Source) -> Found:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and source.path not in DOORS:
            caught = node.type or ast.Name("BaseException")
            passes_it_on = ast.unparse(node.body[-1]) == "raise"
            if _names(caught) & {"Exception", "BaseException"} and not passes_it_on:
                yield node.lineno, "catch the narrowest error, or let the door have it"


def queries_name_the_project(source: Source) -> Found:
    for function in _functions(source.tree) if source.path.startswith(SERVER) else ():
        text = ast.get_source_segment(source.text, function) or ""
        if "project_id" not in text and "# across projects: " not in text:
            for call in _calls(function, "select", "update", "delete"):
                if _names(call) & tables_of_projects():
                    yield call.lineno, "add project_id to the WHERE, or `# across projects: why`"


def names_as_shown(source: Source) -> Found:
    if source.path.startswith(SERVER) and not source.path.startswith(PEOPLE):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "Player.name":
                message = "select shown_name(viewer): some players asked not to be shown"
                yield node.lineno, message


RULES: tuple[Callable[[Source], Found], ...] = (
    commit_at_the_edge,
    flush_has_a_reason,
    environment_in_settings,
    no_forms_in_docstrings,
    named_for_what_it_does,
    short_enough,
    catch_what_you_can_mend,
    queries_name_the_project,
    names_as_shown,
)


@cache
def tables_of_projects() -> set[str]:
    """The classes in tables/ that have a `project_id`."""
    found = {
        node.name
        for path in (ROOT / SERVER / "tables").glob("*.py")
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.AnnAssign) and ast.unparse(part.target) == "project_id"
    }
    return found - NOT_OF_A_PROJECT


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Calls of `name(…)` and of `….name(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names:
            yield node


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods; what is defined inside one belongs to it."""
    for node in tree.body:
        for part in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                yield part


def check(path: str, text: str) -> list[str]:
    source = Source(path, text, ast.parse(text))
    found = [(line, message, rule) for rule in RULES for line, message in rule(source)]
    return [f"{path}:{line}: {message} [{rule.__name__}]" for line, message, rule in found]


if __name__ == "__main__":
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    complaints = []
    for file in files:
        complaints += check(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    print("\n".join(complaints) or f"{len(files)} files keep the house rules")
    sys.exit(1 if complaints else 0)
