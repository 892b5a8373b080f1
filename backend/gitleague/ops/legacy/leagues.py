"""Leagues with their members, rules and repositories."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from gitleague_client.rules.defaults import DEFAULT_RULES, Rules
from pydantic import ValidationError
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gitleague.ops.legacy.pulls import take_pull
from gitleague.ops.legacy.source import Row, id_of, moment, word
from gitleague.ops.legacy.taking import Taking
from gitleague.projects.git_urls import url_key, without_credentials
from gitleague.projects.members import put_member
from gitleague.scoring.rules import save_rules
from gitleague.tables.projects import (
    Member,
    MemberStatus,
    Project,
    Repo,
    RepoStatus,
    Role,
    SyncMethod,
)
from gitleague.tables.scores import RulesVersion

RETIRED = "retired"
PULLED = SyncMethod.PULL_CELERY.value
# The original's coefficients, by the names of our rules.
_COEFFICIENTS = {
    "commit_base": "commit_points",
    "additions_weight": "additions_weight",
    "deletions_weight": "deletions_weight",
    "max_additions_cap": "additions_cap",
    "max_deletions_cap": "deletions_cap",
    "multi_file_bonus": "many_files_points",
    "fix_bonus": "block_points",
    "wip_penalty": "turnover_points",  # there it is negative
}
_CAPS = {"additions_cap", "deletions_cap"}
NO_PROJECT = "its project is not there"


def take_projects(taking: Taking) -> None:
    configs = {str(row["project_id"]): row for row in taking.source.rows("project_configs")}
    taking.tally("project_configs").read = len(configs)
    for row in taking.source.rows("projects"):
        with taking.writer.writing() as session:
            _take_project(session, taking, row, configs.pop(str(row["id"]), None))
    taking.tally("project_configs").left[NO_PROJECT] += len(configs)
    _take_members(taking)


def _take_project(session: Session, taking: Taking, row: Row, config: Row | None) -> None:
    tally, config_tally = taking.tally("projects"), taking.tally("project_configs")
    tally.read += 1
    owner = taking.users.get(str(row["created_by"]))
    if owner is None:
        tally.left["nobody who is there made it"] += 1
        config_tally.left[NO_PROJECT] += config is not None
        return
    project_id = id_of(row["id"])
    taking.projects[str(row["id"])], taking.owners[project_id] = project_id, owner
    if session.scalar(select(Project.id).where(Project.id == project_id)):
        tally.there += 1
        config_tally.there += config is not None
        return
    slug = str(row["slug"])[:100]
    if session.scalar(select(Project.id).where(Project.slug == slug)):
        slug = f"{slug[:90]}-{project_id.hex[:8]}"
        taking.notes.append(f"{row['name']} is at {slug} here: its slug was taken.")
    values = {"id": project_id, "name": row["name"], "slug": slug, "time_zone": taking.zone_name}
    created_at = moment(row["created_at"])
    session.execute(insert(Project).values(**values, rules_version=1, created_at=created_at))
    tally.taken += 1
    if config is not None:
        rules = _rules(taking, str(row["name"]), config["scoring_coefficients"])
        if rules != DEFAULT_RULES:
            note = "Of the original deployment."
            version = save_rules(session, project_id, rules, created_by=owner, note=note)
            session.execute(
                update(Project).where(Project.id == project_id).values(rules_version=version)
            )
            session.execute(
                update(RulesVersion)
                .where(RulesVersion.project_id == project_id, RulesVersion.version == version)
                .values(created_at=moment(config["updated_at"]))
            )
        config_tally.taken += 1


def _rules(taking: Taking, league: str, text: object) -> Rules:
    """Ours, with their coefficients; one that cannot be is left out, and said."""
    try:
        told = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        told = None
    if not isinstance(told, dict):
        taking.notes.append(f"{league}: its scoring coefficients are no JSON; the defaults hold.")
        return DEFAULT_RULES
    rules = DEFAULT_RULES
    for name, value in told.items():
        ours = _COEFFICIENTS.get(name)
        try:
            number = abs(Decimal(str(value))) if name == "wip_penalty" else Decimal(str(value))
            plain: Any = int(number) if ours in _CAPS else number.quantize(Decimal("0.01"))
            if ours is None:
                raise InvalidOperation  # noqa: TRY301 - told with the others
            rules = Rules.model_validate({**rules.model_dump(), ours: plain})
        except (InvalidOperation, ValidationError):
            taking.notes.append(f"{league}: {name} = {value} is no rule here; the default holds.")
    return rules


def _take_members(taking: Taking) -> None:
    """There everybody was in every league, in the same role."""
    people = list(taking.source.rows("users"))
    for row in people:
        if word(row["status"]) == RETIRED:
            taking.notes.append(f"{row['email']} is retired: a player, but no member any more.")
    for project_id, owner in taking.owners.items():
        with taking.writer.writing() as session:
            here = set(
                session.scalars(select(Member.user_id).where(Member.project_id == project_id))
            )
            for row in people:
                user_id = taking.users[str(row["id"])]
                if user_id not in here and (word(row["status"]) != RETIRED or user_id == owner):
                    here.add(user_id)
                    put_member(session, project_id, user_id, **_place(row, user_id == owner))


def _place(row: Row, is_owner: bool) -> dict[str, Any]:  # noqa: FBT001 - what a row cannot say
    if is_owner:
        return {"role": Role.COMMISSIONER, "status": MemberStatus.APPROVED}
    role = word(row["role"])
    is_in = word(row["status"]) in {"active", "approved"}
    return {
        "role": Role(role) if role in {each.value for each in Role} else Role.SPECTATOR,
        "status": MemberStatus.APPROVED if is_in else MemberStatus.PENDING,
    }


def take_repos(taking: Taking) -> None:
    tally = taking.tally("repos")
    with taking.writer.writing() as session:
        for row in taking.source.rows("repos"):
            tally.read += 1
            project_id = taking.projects.get(str(row["project_id"]))
            if project_id is None:
                tally.left[NO_PROJECT] += 1
                continue
            _take_repo(session, taking, row, project_id)


def _take_repo(session: Session, taking: Taking, row: Row, project_id: uuid.UUID) -> None:
    tally, repo_id = taking.tally("repos"), id_of(row["id"])
    git_url, key = _address(row)
    known = session.scalar(
        select(Repo.id).where(
            Repo.project_id == project_id, (Repo.id == repo_id) | (Repo.url_key == key)
        )
    )
    taking.repos[str(row["id"])] = (project_id, known or repo_id)
    if known == repo_id:
        tally.there += 1
        return
    if known:
        tally.left["another repository of the project has its address: they are one here"] += 1
        return
    session.execute(
        insert(Repo).values(
            id=repo_id,
            project_id=project_id,
            name=row["name"],
            git_url=git_url,
            url_key=key,
            sync_method=_one_of(SyncMethod, row["sync_method"], SyncMethod.PULL_CELERY),
            status=_one_of(RepoStatus, row["status"], RepoStatus.PENDING),
            total_commits=0,
            created_at=moment(row["created_at"]),
        )
    )
    if _one_of(SyncMethod, row["sync_method"], SyncMethod.PULL_CELERY) == PULLED:
        take_pull(session, taking, row, project_id, repo_id)
    tally.taken += 1


def take_repo_states(taking: Taking) -> None:
    """As they were there, once the commits are in: a repository with commits of later pushes keeps
    its own.
    """
    with taking.writer.writing() as session:
        for row in taking.source.rows("repos"):
            place = taking.repos.get(str(row["id"]))
            if place is None or place[1] != id_of(row["id"]):
                continue
            sha = row["last_ingested_sha"]
            session.execute(
                update(Repo)
                .where(Repo.project_id == place[0], Repo.id == place[1])
                .where(Repo.last_sync_at.is_(None) | (Repo.last_ingested_sha.is_not(None)))
                .values(
                    last_sync_at=moment(row["last_sync_at"]),
                    last_ingested_sha=str(sha).lower() if sha else Repo.last_ingested_sha,
                    status=_one_of(RepoStatus, row["status"], RepoStatus.PENDING),
                    error_message=row["error_message"],
                )
            )


def _address(row: Row) -> tuple[str, str]:
    """A repository whose address says nothing elsewhere has one that nothing else has."""
    url = str(row["remote_url"] or "")
    try:
        return without_credentials(url), url_key(url)
    except ValueError:
        path = f"/original/{row['id']}/{row['name']}"
        return path, url_key(path)


def _one_of(kind: Any, value: object, default: Any) -> str:
    told = word(value)
    return told if told in {each.value for each in kind} else str(default.value)
