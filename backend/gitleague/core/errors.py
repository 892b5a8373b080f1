"""Everything that a caller can be told, with its HTTP status and what to do about it.

    LeagueError
    ├── BadRequest                 400   not JSON, not the encoding it says
    ├── NotSignedIn                401   no credentials, or wrong ones
    ├── NotAllowed                 403   known, but not for this
    │   ├── AwaitingApproval             a member whom no commissioner has let in yet
    │   └── NotYourTurn                  push opens in steps, and this one comes later
    ├── NotFound                   404   not there, or not for this caller to know of
    │   └── NotRegistered                a repository that no push and nobody has added yet
    ├── MethodNotAllowed           405   the address takes other methods
    ├── Conflict                   409   fine in itself, not as things stand
    ├── Gone                       410   a link that was used up or ran out
    ├── TooLarge                   413   more than one request may carry
    ├── WrongMediaType             415   a Content-Encoding that is not read here
    ├── Invalid                    422   a field with a wrong value; `errors` names it
    ├── ClientTooOld               426   a client that this server no longer understands
    ├── TooManyRequests            429   Retry-After says when to come back
    └── Unavailable                503   the database is away or busy; Retry-After
        └── PushPaused                   the operator, or too many errors, stopped the pushes
    StartError                     a process cannot start, or a command of it cannot run
    ├── SettingsError                    a GITLEAGUE_* variable is wrong
    ├── BackupError                      a backup cannot be made, read or put back
    └── SchemaError                      the database is not at the version that is needed

The docstring of a class is its detail where none is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict


class FieldError(TypedDict):
    """One wrong field of a payload."""

    field: str
    message: str


class LeagueError(Exception):
    """Something went wrong."""

    status = 500
    title = "Error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        self.detail = detail or (self.__doc__ or "").strip()
        self.errors = list(errors)
        self.headers = headers or {}
        super().__init__(self.detail)


class BadRequest(LeagueError):
    """The request could not be read. Send JSON in UTF-8."""

    status = 400
    title = "Bad request"


class NotSignedIn(LeagueError):
    """Sign in, or send a valid API key or token as `Authorization: Bearer …`."""

    status = 401
    title = "Not signed in"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class NotAllowed(LeagueError):
    """Your role or key does not allow this. Ask a commissioner of the project."""

    status = 403
    title = "Not allowed"


class AwaitingApproval(NotAllowed):
    """A commissioner of this project has yet to approve you."""

    title = "Waiting for approval"


class NotYourTurn(NotAllowed):
    """Push opens in steps, and your turn is yet to come. Ask the operator of this server."""

    title = "Not your turn yet"


class NotFound(LeagueError):
    """There is nothing here, or nothing that you may see."""

    status = 404
    title = "Not found"


class NotRegistered(NotFound):
    """This repository is not in the project yet."""

    title = "Not registered"


class MethodNotAllowed(LeagueError):
    """This address does not take this method."""

    status = 405
    title = "Method not allowed"


class Conflict(LeagueError):
    """This cannot be done as things stand."""

    status = 409
    title = "Conflict"


class Gone(LeagueError):
    """This link was used already or has expired. Ask for a new one."""

    status = 410
    title = "No longer valid"


class TooLarge(LeagueError):
    """The request carries too much. Send smaller batches."""

    status = 413
    title = "Too large"


class WrongMediaType(LeagueError):
    """Send application/json, plain or with Content-Encoding gzip or zstd."""

    status = 415
    title = "Unsupported media type"


class Invalid(LeagueError):
    """Some fields have values that cannot be used."""

    status = 422
    title = "Invalid"


class ClientTooOld(LeagueError):
    """This client is too old for the server. Upgrade it: pipx upgrade gitleague-client."""

    status = 426
    title = "Upgrade required"


class TooManyRequests(LeagueError):
    """Too many requests. Wait as long as Retry-After says."""

    status = 429
    title = "Too many requests"


class Unavailable(LeagueError):
    """The database is busy or away. Try again shortly; nothing was lost."""

    status = 503
    title = "Unavailable"

    def __init__(self, detail: str | None = None, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class PushPaused(Unavailable):
    """Push is paused by the operator of this server. Nothing is lost; the next sync goes on."""

    title = "Push is paused"

    def __init__(self, why: str | None = None) -> None:
        detail = f"Push is paused: {why}. Nothing is lost; the next sync goes on." if why else None
        super().__init__(detail, retry_after=60)  # clients wait no longer than 120 seconds


class StartError(Exception):
    """The server cannot start."""


class SettingsError(StartError):
    """A GITLEAGUE_* variable has a value that cannot be used."""


class BackupError(StartError):
    """A backup cannot be made, read or put back."""


class SchemaError(StartError):
    """The database is not at the version that is needed. Run: gitleague db upgrade."""
