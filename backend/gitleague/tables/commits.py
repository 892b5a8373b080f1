"""Commits as they came, who made them, and what they say of each other.

The facts of a commit never change once written, unless its author is erased. The four derived
columns (`counts`, `is_reverted`, `is_steal`, `is_complete`) follow from facts alone and are settled
in one place each.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from gitleague.tables.schema import Lines, ProjectRef, Sha, Table


class Player(Table):
    """A person, or a bot, whose commits count. Owns one or more identities."""

    __tablename__ = "players"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("user_id", "project_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    project_id: Mapped[ProjectRef]
    name: Mapped[str]
    is_bot: Mapped[bool] = mapped_column(default=False)
    position: Mapped[str] = mapped_column(String(40), default="", server_default="")  # on the field
    # The member who plays; None until an address of theirs is known.
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    retired_on: Mapped[date | None] = mapped_column(Date)  # the first day that they do not play
    # Asked not to be shown: readers see them through `league.people.shown`.
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The N of "Erased player N": there is no way back from it.
    erased_number: Mapped[int | None] = mapped_column(Integer)


class ErasedMark(Table):
    """By what a later push knows an erased player again: a keyed hash, never the address."""

    __tablename__ = "erased_marks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "player_id"], ["players.project_id", "players.id"], ondelete="CASCADE"
        ),
        Index(None, "player_id", "project_id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[uuid.UUID]


class Identity(Table):
    """A (name, email) pair as git gave it. `address` joins its spellings; empty joins nothing."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        UniqueConstraint("fingerprint", "project_id"),
        Index(None, "address", "project_id"),
        Index(None, "player_id", "project_id"),
        ForeignKeyConstraint(
            ["project_id", "player_id"], ["players.project_id", "players.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    project_id: Mapped[ProjectRef]
    player_id: Mapped[uuid.UUID]
    name: Mapped[str]
    email: Mapped[str]
    address: Mapped[str] = mapped_column(String(512))
    # SHA-256 over name and email: a unique index over text of any length.
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class CommitRow(Table):
    """A commit in a repo. Its sha in another repo of the project is another row; one counts."""

    __tablename__ = "commits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "repo_id"], ["repos.project_id", "repos.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["project_id", "author_id"], ["identities.project_id", "identities.id"]
        ),
        Index(None, "change_key", "project_id"),
        Index(None, "author_id", "day", "project_id"),
        Index(
            "ix_commits_waiting",
            "project_id",
            "repo_id",
            postgresql_where=text("parents IS NOT NULL AND NOT is_complete"),
            sqlite_where=text("parents IS NOT NULL AND NOT is_complete"),
        ),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha: Mapped[Sha] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    author_id: Mapped[uuid.UUID]
    author_name: Mapped[str]
    author_email: Mapped[str]
    committer_name: Mapped[str]
    committer_email: Mapped[str]
    author_date: Mapped[datetime | None]
    commit_date: Mapped[datetime]
    received_at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)  # the day it counts on, in the project's time zone
    message_title: Mapped[str]
    message_body: Mapped[str | None]
    additions: Mapped[Lines]
    deletions: Mapped[Lines]
    excluded_additions: Mapped[Lines]
    excluded_deletions: Mapped[Lines]
    files_changed: Mapped[Lines]
    is_merge: Mapped[bool]
    parent_count: Mapped[int] = mapped_column(Integer)
    parents: Mapped[str | None]  # shas with spaces between; NULL: ancestry unknown (0.1.0)
    flags: Mapped[int] = mapped_column(Integer)  # rules.classify.Flag
    # The client said what it is, and kept the text that says so: no new rules can tell better.
    flags_sent: Mapped[bool] = mapped_column(default=False, server_default=false())
    change_key: Mapped[str] = mapped_column(String(128))  # patch_key, keyed; else sha
    is_reachable: Mapped[bool] = mapped_column(default=True)  # False: pruned, no branch holds it
    is_complete: Mapped[bool]  # its whole ancestry is here
    counts: Mapped[bool]  # the one row of its change that is scored
    is_reverted: Mapped[bool] = mapped_column(default=False)
    is_steal: Mapped[bool] = mapped_column(default=False)


class CoAuthor(Table):
    """A co-author's credit in a commit of a repo."""

    __tablename__ = "coauthors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "sha", "repo_id"],
            ["commits.project_id", "commits.sha", "commits.repo_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["project_id", "identity_id"], ["identities.project_id", "identities.id"]
        ),
        Index(None, "identity_id", "project_id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha: Mapped[Sha] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    identity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class CommitReference(Table):
    """A commit says that it fixes or reverts another, whose sha may be abbreviated."""

    __tablename__ = "commit_references"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "sha", "repo_id"],
            ["commits.project_id", "commits.sha", "commits.repo_id"],
            ondelete="CASCADE",
        ),
        Index(None, "stem", "project_id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha: Mapped[Sha] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    relation: Mapped[str] = mapped_column(String(16), primary_key=True)
    target: Mapped[Sha] = mapped_column(primary_key=True)
    stem: Mapped[str] = mapped_column(String(7))  # of target: an index for any abbreviation


class RefusedCommit(Table):
    """A commit that could not be taken, remembered so that the walk can pass it."""

    __tablename__ = "refused_commits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "repo_id"], ["repos.project_id", "repos.id"], ondelete="CASCADE"
        ),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha: Mapped[Sha] = mapped_column(primary_key=True)
    repo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str]
    parents: Mapped[str | None]
    is_complete: Mapped[bool]
    refused_at: Mapped[datetime]
