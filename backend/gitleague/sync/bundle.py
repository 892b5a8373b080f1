"""A bundle that a client packed, taken as the pushes that it stands for, one after the other.

Each is a transaction of its own, and one that is here already changes nothing: an import that was
cut off is simply run again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple, TypeAlias

from gitleague_client.bundle import Entry, Kind, NotWhole, Seal, read_entries, read_seal

from gitleague.accounts.caller import Caller, holder_of, pusher
from gitleague.accounts.verify import verify_seal, write_use
from gitleague.core.db import Database
from gitleague.core.errors import BadRequest, LeagueError, Unavailable
from gitleague.sync.batch import MOST_COMMITS
from gitleague.sync.push import take_commits, take_refs
from gitleague.sync.schemas import NotInserted

Place: TypeAlias = tuple[uuid.UUID, str]
ADDRESS = "bundle"  # where its caller came from, for the trail


class Signed(NamedTuple):
    """Who answers for a bundle."""

    caller: Caller
    seal: Seal


@dataclass
class Arrived:
    """What became of one repository in a bundle."""

    repo: str  # its git URL
    inserted: int = 0
    skipped: int = 0
    total_commits: int | None = None
    refused: list[NotInserted] = field(default_factory=list)
    trouble: LeagueError | None = None  # what follows in the bundle was passed by


def signer_of(database: Database, file: BinaryIO) -> Signed:
    """Reads all of the file. Raises BadRequest if it is not whole, NotSignedIn if the key is not
    live or not the one that signed.
    """
    try:
        seal = read_seal(file)
    except NotWhole as error:
        raise BadRequest(str(error)) from None
    with database.writing() as session:
        key = verify_seal(session, seal)
        write_use(session, key.id, ADDRESS, 1)
    return Signed(holder_of(key, address=ADDRESS), seal)


def import_bundle(
    database: Database, signed: Signed, file: BinaryIO, arrived: dict[Place, Arrived]
) -> None:
    """Fills `arrived`, which says what is here also where an error ends it.

    A repository that fails does not stop the others. Raises BadRequest and Unavailable.
    """
    try:
        for entry in read_entries(file):
            place = entry.project_id, entry.repo
            so_far = arrived.setdefault(place, Arrived(entry.repo))
            if so_far.trouble is None:
                _take(database, signed, entry, so_far)
    except NotWhole as error:
        raise BadRequest(str(error)) from None
    if not arrived:
        raise BadRequest("This bundle holds nothing. Look at what the client said, and pack again.")


def _take(database: Database, signed: Signed, entry: Entry, arrived: Arrived) -> None:
    try:
        with database.writing() as session:
            member = pusher(session, signed.caller, entry.project_id)
            if entry.kind is Kind.REFS:
                packed_at = signed.seal.created_at
                ended = take_refs(session, member, entry.repo, entry.body, as_of=packed_at)
                arrived.total_commits = ended.total_commits
                return
            answer = take_commits(session, member, entry.repo, entry.body, max_batch=MOST_COMMITS)
    except Unavailable:
        raise
    except LeagueError as error:
        arrived.trouble = error
    else:
        arrived.inserted += answer.inserted
        arrived.skipped += answer.skipped
        arrived.refused += [each for each in answer.details if each.status == "error"]
