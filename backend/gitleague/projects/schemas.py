"""What the project routes take and give."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import Path
from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from gitleague.accounts.audit import Action, Asked
from gitleague.core.left_out import LeftOut
from gitleague.core.paging import Paging
from gitleague.core.unknown import Body
from gitleague.tables.projects import MemberStatus, Role, SyncMethod

RepoId: TypeAlias = Annotated[uuid.UUID, Path(description="The id of the repository.")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProjectRequest(Body):
    name: Name
    time_zone: str = "UTC"


class ProjectChange(Body):
    """What is not sent stays as it is."""

    name: LeftOut[Name] = None
    time_zone: Annotated[
        LeftOut[str],
        Field(
            description="An IANA name. The days of commits follow in the background; seasons that "
            "are closed stay as they are."
        ),
    ] = None
    public_badges: Annotated[
        LeftOut[bool],
        Field(description="Anybody may see badges and cards of players, as READMEs show them."),
    ] = None
    public_feed: Annotated[
        LeftOut[bool],
        Field(description="Anybody may read the feed: awards, and titles of commits."),
    ] = None
    takes_requests: Annotated[
        LeftOut[bool],
        Field(description="Anyone who is signed in and has the project's id may ask to join."),
    ] = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class ProjectAnswer(_Answer):
    id: uuid.UUID
    name: str
    slug: str
    time_zone: str
    public_badges: bool
    public_feed: bool
    takes_requests: bool
    created_at: datetime


class MyProjectAnswer(ProjectAnswer):
    role: Role
    status: MemberStatus


class RepoRequest(Body):
    git_url: Annotated[str, Field(min_length=1, max_length=2000)]
    name: Name | None = None
    sync_method: SyncMethod = SyncMethod.PUSH_CLIENT


class RepoChange(Body):
    name: Name


class RepoAnswer(_Answer):
    id: uuid.UUID
    name: str
    git_url: str
    sync_method: SyncMethod
    status: str
    error_message: str | None
    last_sync_at: datetime | None
    last_ingested_sha: str | None
    total_commits: int
    created_at: datetime


class MemberChange(Body):
    role: Role | None = None
    status: MemberStatus | None = None


class MemberAnswer(_Answer):
    user_id: uuid.UUID
    email: str
    display_name: str
    role: Role
    status: MemberStatus
    created_at: datetime


class InvitationRequest(Body):
    email: EmailStr
    role: Role = Role.PLAYER


class InvitationAnswer(_Answer):
    id: uuid.UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None


class NewInvitationAnswer(InvitationAnswer):
    link: Annotated[str, Field(description="Shown this once; also mailed.")]


class InvitationToken(Body):
    token: Annotated[str, Field(max_length=200)]


class AcceptedAnswer(BaseModel):
    project_id: uuid.UUID


class AuditFilter(BaseModel):
    action: Annotated[Action | None, Field(description="Return only entries of this action.")] = (
        None
    )
    user_id: Annotated[uuid.UUID | None, Field(description="Return only what this user did.")] = (
        None
    )
    first: Annotated[
        date | None,
        Field(description="Return only entries from this day on, in the league's time zone."),
    ] = None
    last: Annotated[
        date | None,
        Field(description="Return only entries up to and including this day."),
    ] = None

    def asked(self, zone: ZoneInfo) -> Asked:
        midnight = datetime.min.time()
        since = datetime.combine(self.first, midnight, zone) if self.first else None
        before = None
        if self.last and self.last < date.max:
            before = datetime.combine(self.last + timedelta(days=1), midnight, zone)
        return Asked(self.action, user_id=self.user_id, since=since, before=before)


class AuditQuery(AuditFilter, Paging):
    pass


class AuditAnswer(_Answer):
    id: int
    action: str
    subject: str
    details: dict[str, object]
    user_email: str | None
    api_key_id: uuid.UUID | None
    ip_address: str | None
    request_id: str | None
    created_at: datetime
