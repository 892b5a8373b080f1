"""Everything that can go wrong, with the exit code and the remedy.

    ClientError
    ├── UsageError                       2  the command or the configuration is wrong
    │   └── ConfigError                  2  repos.yaml: which key, which line, what instead
    ├── NotAllowed                       3  the server refused the key
    │   └── KeyRefused                   3  not known, expired or revoked: no repository can be sent
    │       └── MistypedKey              3  seen offline: the checksum of the key fails
    ├── ServerUnreachable                4  no answer, or none in time
    ├── CannotSchedule                   1  what would start a sync cannot be put in place
    │   ├── CrontabNotFound              1
    │   └── NotOurs                      1  the file is somebody else's, and is never touched
    ├── CannotWrite                      1  a bundle: no room, or no such folder
    ├── KeyringFailed                    1  it is locked or broken, or nobody answered it
    └── RepositoryError                  1  this repository failed; the others go on
        ├── NotARepository               1
        ├── EmptyRepository              1
        ├── ShallowRepository            1
        ├── GitFailed                    1
        │   └── FetchFailed              1  the remote, or the way to it
        ├── GitNotFound                  1
        └── ServerRefused                1  an answer that is neither success nor about the key
            ├── NotRegistered            1  the project does not have this repository yet
            └── BatchTooLarge            1  fewer commits at a time may do

The docstring of a class is its message where none is given; `remedy` says what to do.
Only `__main__` turns an error into an exit code.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    DONE = 0
    SOME_FAILED = 1
    USAGE = 2
    NOT_ALLOWED = 3
    UNREACHABLE = 4
    INTERRUPTED = 130


class ClientError(Exception):
    """Something went wrong."""

    exit_code = Exit.SOME_FAILED
    remedy = "Run `gitleague-client doctor` to see what is wrong."

    def __init__(self, message: str | None = None, *, remedy: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        if remedy:
            self.remedy = remedy


class UsageError(ClientError):
    """The command was not understood."""

    exit_code = Exit.USAGE
    remedy = "Run the command with --help."


class ConfigError(UsageError):
    """The configuration is not usable."""

    remedy = "Run `gitleague-client init` for a file that works, and compare."


class NotAllowed(ClientError):
    """The server did not accept the API key."""

    exit_code = Exit.NOT_ALLOWED
    remedy = "Ask the commissioner for a key of this project, or make one on the API-keys page."


class KeyRefused(NotAllowed):
    """The server does not know this API key, or no longer takes it."""


class MistypedKey(KeyRefused):
    """This is not a whole API key: its checksum does not match."""

    remedy = "Copy the key again, from `tgl_` to its last character."


class ServerUnreachable(ClientError):
    """The server did not answer."""

    exit_code = Exit.UNREACHABLE
    remedy = "Check `api_url` and the network; the next sync resumes where this one stopped."


class CannotSchedule(ClientError):
    """The sync could not be scheduled."""

    remedy = "Run the command without --install, and put in place by hand what it prints."


class CrontabNotFound(CannotSchedule):
    """There is no `crontab` on this machine."""

    remedy = "Install cron, or use a timer: gitleague-client schedule systemd --install"


class NotOurs(CannotSchedule):
    """A file of somebody else is in the way."""


class CannotWrite(ClientError):
    """A file could not be written."""

    remedy = "Choose another place for it, or make room there."


class KeyringFailed(ClientError):
    """The system keyring did not do what it was asked."""

    remedy = "Unlock it and try again, or remove the key called gitleague from it by hand."


class RepositoryError(ClientError):
    """This repository could not be synced."""


class NotARepository(RepositoryError):
    """There is no git repository at this path."""

    remedy = "Check `path` in repos.yaml."


class EmptyRepository(RepositoryError):
    """The repository has no commit yet."""

    remedy = "Commit something first; there is nothing to sync."


class ShallowRepository(RepositoryError):
    """The clone is shallow: its oldest commits would look like huge ones."""

    remedy = "Run `git fetch --unshallow` in it, or pass --allow-shallow."


class GitFailed(RepositoryError):
    """git itself failed."""

    remedy = "Run `git fsck` in the repository."


class FetchFailed(GitFailed):
    """The repository could not be fetched."""

    remedy = "Run `git fetch` in it by hand; check `ssh_key`, `username` and `password_env`."


class GitNotFound(RepositoryError):
    """git was not found."""

    remedy = "Install git 2.31 or newer."


class ServerRefused(RepositoryError):
    """The server refused the request."""


class NotRegistered(ServerRefused):
    """The project does not have this repository yet."""

    remedy = "Use a key with the scope write:repos, or ask a commissioner to add the repository."


class BatchTooLarge(ServerRefused):
    """The server takes smaller batches."""

    remedy = "Set a smaller `batch_size` in repos.yaml."
