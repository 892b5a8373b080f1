"""A ready `repos.yaml`: the repositories of a league as the client names them, without a key."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gitleague.projects.leagues import get_project
from gitleague.tables.projects import Repo

MEDIA_TYPE = "application/yaml"
FILE_NAME = "repos.yaml"
_HEAD = """\
# The repositories of this league, for gitleague-client. Put the path of your clone into each entry,
# take out those that you have none of, and run: gitleague-client sync
# There is no key in this file: gitleague-client login keeps one, or set GITLEAGUE_API_KEY.
"""


class Entry(NamedTuple):
    name: str
    git_url: str


def repos_file(session: Session, project_id: uuid.UUID, *, public_url: str) -> str:
    rows = session.execute(
        select(Repo.name, Repo.git_url)
        .where(Repo.project_id == project_id)
        .order_by(func.lower(Repo.name), Repo.id)
    )
    name = get_project(session, project_id).name
    return written([Entry(*row) for row in rows], project_id, name, public_url=public_url)


def written(
    entries: Sequence[Entry], project_id: uuid.UUID, project: str, *, public_url: str
) -> str:
    """Names that several repositories share get a number: the client tells them by their names."""
    lines = [
        f"api_url: {_quoted(public_url)}",
        "projects:",
        f"  - name: {_quoted(project)}",
        f"    project_id: {project_id}",
        "    repos:" if entries else "    repos: []",
    ]
    shared = Counter(each.name for each in entries)
    for number, each in enumerate(entries, 1):
        name = each.name if shared[each.name] == 1 else f"{each.name} ({number})"
        lines += [
            f"      - name: {_quoted(name)}",
            f"        git_url: {_quoted(each.git_url)}",
            f"        path: {_quoted(f'~/code/{_folder(name)}')}",
        ]
    return _HEAD + "\n".join(lines) + "\n"


def _folder(name: str) -> str:
    """Where a clone of this name may well be; nothing in it is read as anything but a name."""
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return kept.strip("-.") or "repository"


def _quoted(text: str) -> str:
    """JSON is YAML."""
    return json.dumps(text)
