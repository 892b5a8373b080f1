"""Who is let in where: the words in which the routes are told."""

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from attacks.callers import Kind
from attacks.world import API, World

LEAGUE = f"{API}/projects/{{project_id}}"
STRANGERS = {Kind.STRANGER, Kind.OPERATOR}  # to this project
PEOPLE = {Kind.PENDING, Kind.SPECTATOR, Kind.PLAYER, Kind.COMMISSIONER} | STRANGERS
# People sign in with other addresses than the invited one; test_members.py has the right ones.
FOR_ANOTHER_ADDRESS = MappingProxyType(dict.fromkeys(PEOPLE, 403))
MEMBERS = {Kind.SPECTATOR, Kind.PLAYER, Kind.COMMISSIONER}
READING = {Kind.READ_KEY}
NO_CREDENTIAL = {Kind.REVOKED_KEY, Kind.EXPIRED_KEY, Kind.MISTYPED_KEY, Kind.UNKNOWN_KEY}


class Access(Enum):
    """Who is let in; the name says what the route declares."""

    OPEN = frozenset(Kind)  # nobody is asked who they are
    ANYONE = (
        frozenset(Kind) - NO_CREDENTIAL
    )  # known or not, but not with a credential that is wrong
    IN_PERSON = PEOPLE
    SIGNED_IN = PEOPLE | READING | {Kind.KEY_OF_ANOTHER_PROJECT}
    SPECTATOR = MEMBERS | READING
    SPECTATOR_HERSELF = MEMBERS
    COMMISSIONER = frozenset({Kind.COMMISSIONER})
    COMMISSIONER_READS = {Kind.COMMISSIONER} | READING
    REPO_READER = {Kind.PLAYER, Kind.COMMISSIONER, Kind.SYNC_KEY} | READING
    PLAYER_HERSELF = frozenset({Kind.PLAYER, Kind.COMMISSIONER})
    PLAYER = {Kind.PLAYER, Kind.COMMISSIONER} | READING
    OPERATOR = frozenset({Kind.OPERATOR})
    PUSHER = frozenset({Kind.COMMISSIONER, Kind.SYNC_KEY})


def refusal(access: Access, kind: Kind) -> int:
    if kind in NO_CREDENTIAL | {Kind.NOBODY}:
        return 401
    of_a_project = access not in {Access.IN_PERSON, Access.SIGNED_IN, Access.OPERATOR}
    if of_a_project and kind in STRANGERS | {Kind.KEY_OF_ANOTHER_PROJECT}:
        return 404  # the project's existence is nobody's business
    return 403


Body: TypeAlias = dict[str, Any] | Callable[[dict[str, object]], dict[str, Any]] | None


class Route(NamedTuple):
    place: str  # method and path
    access: Access
    status: int = 200  # for whoever is let in
    json: Body = None
    form: Body = None
    params: Callable[[dict[str, object]], dict[str, Any]] = lambda _subject: {}
    subject: Callable[[World], dict[str, object]] = lambda _world: {}
    own: bool = False  # the subject is a key of whoever calls
    leaves: bool = False  # signs whoever calls out
    follow: bool = False  # where it sends to, until there is a page
    unlike: Mapping[Kind, int] = MappingProxyType({})  # who gets another status, though let in

    @property
    def changes(self) -> bool:
        """What it is asked about: whoever is let in next needs another one."""
        return not self.place.startswith("GET ")
