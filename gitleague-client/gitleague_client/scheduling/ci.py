"""Jobs that sync a repository where its CI has checked it out. The key is the CI's secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

from gitleague_client.config import Config, ProjectConfig, RepoConfig
from gitleague_client.errors import NotOurs, UsageError
from gitleague_client.git import Repository
from gitleague_client.privacy import Privacy
from gitleague_client.scheduling.every import CRON, Every
from gitleague_client.scheduling.marked import MARK, read, write
from gitleague_client.urls import without_password

GITHUB = Path(".github/workflows/gitleague.yml")
GITLAB = Path(".gitlab-ci.yml")
_SYNC = "gitleague-client sync --allow-failure --no-input"
# The event of a clock does not say what the default branch is, and happens on no other.
_WORKFLOW = """\
{mark}
name: gitleague
on:
  push:
  workflow_dispatch:
{clock}permissions:
  contents: read
jobs:
  sync:
    if: github.event_name == 'schedule' || github.ref_name == github.event.repository.default_branch
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install gitleague-client
      - run: |
{prepared}
      - run: {sync}
        env:
          GITLEAGUE_API_KEY: ${{{{ secrets.GITLEAGUE_API_KEY }}}}
"""
_CLOCK = """\
  schedule:
    - cron: "{cron}"
"""
# GITLEAGUE_API_KEY is there without a word: GitLab gives a job every variable of its project.
_JOB = """\
{mark}
gitleague:
  image: python:3.12
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  variables:
    GIT_DEPTH: "0"
  allow_failure: true
  script:
    - pip install gitleague-client
    - |
{prepared}
    - {sync}
"""


def workflow(config: Config, here: Repository, every: Every | None) -> str:
    return _WORKFLOW.format(
        mark=MARK,
        clock=_CLOCK.format(cron=CRON[every]) if every else "",
        prepared=indent(_preparing(config, here, "$GITHUB_REF_NAME"), " " * 10),
        sync=_SYNC,
    )


def job(config: Config, here: Repository) -> str:
    prepared = indent(_preparing(config, here, "$CI_DEFAULT_BRANCH"), " " * 6)
    return _JOB.format(mark=MARK, prepared=prepared, sync=_SYNC)


def install_workflow(file: Path, text: str) -> None:
    there = read(file)
    if there is not None and not there.startswith(MARK):
        raise NotOurs(f"{file} was made by somebody else, and stays as it is.")
    write(file, text)


def install_job(file: Path, text: str) -> None:
    there = read(file)
    if there is None:
        write(file, text)
    elif text not in there:
        raise NotOurs(
            f"{file} is there already, and stays as it is.",
            remedy="Paste into it what `gitleague-client schedule gitlab` prints.",
        )


def _preparing(config: Config, here: Repository, branch: str) -> str:
    """Shell lines for what a checkout lacks: a default branch, and a repos.yaml."""
    projects = [
        {"project_id": str(project.project_id), "name": project.name, "repos": [_entry(repo, here)]}
        for project, repo in _places(config, here)
    ]
    settings = {"api_url": config.api_url, "projects": projects}
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=10_000)
    head = f'git symbolic-ref refs/remotes/origin/HEAD "refs/remotes/origin/{branch}"'
    return f"{head}\ncat >repos.yaml <<'END'\n{text}END"


def _places(config: Config, here: Repository) -> Iterator[tuple[ProjectConfig, RepoConfig]]:
    """The projects that have this repository; else the only one there is."""
    places = [place for place in config.repos() if _is_at(place[1].path, here.path)]
    if not places and len(config.projects) != 1:
        raise UsageError(
            f"No project in the configuration has {here.path}.",
            remedy="Add it to `repos` of its project in repos.yaml.",
        )
    yield from places or [(config.projects[0], RepoConfig(path=here.path, privacy=config.privacy))]


def _is_at(path: Path, top: Path) -> bool:
    place = path.resolve()
    return (place.parent if place.name == ".git" else place) == top.resolve()


def _entry(repo: RepoConfig, here: Repository) -> dict[str, Any]:
    url = without_password(repo.git_url) if repo.git_url else here.remote_url()
    chosen = {
        "git_url": url,
        "name": repo.name,
        "branches": list(repo.branches),
        "exclude": list(repo.exclude),
        "privacy": repo.privacy.value if repo.privacy not in {None, Privacy.FULL} else None,
    }
    return {"path": ".", **{key: value for key, value in chosen.items() if value}}
