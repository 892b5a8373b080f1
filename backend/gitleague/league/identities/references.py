"""What a merge, a split and an undo do with each column that refers to a player: one rule each.

The code reads its columns from here: `days` the copied ones, `states` those of the player, and
`members` whose player a member is. A test fails for a column without a rule.
"""

from enum import Enum
from typing import NamedTuple


class Merge(Enum):
    """What becomes of it when a player has no identities left and another has received them."""

    FOLLOWS = "goes where its identity goes"
    COPIED = "the receiver gets a copy, for the days on which it has none of its own"
    STRONGEST = "what is stronger of the two holds for the receiver"
    IF_FREE = "goes to a receiver that has none"
    STAYS = "each player keeps their own"
    SUMMED = "computed anew"
    REFUSED = "there is no merge, no split and no undo"


class Split(Enum):
    """What a player who is new gets from the one they were split from."""

    FOLLOWS = "goes where its identity goes"
    COPIED = "the new player gets a copy"
    CLAIMED = "goes to whoever has the addresses that were claimed"
    STAYS = "the new player has none"
    SUMMED = "computed anew"
    REFUSED = "there is no merge, no split and no undo"


class Undo(Enum):
    FOLLOWS = "goes where its identity goes"
    FORGOTTEN = "the copies go; whom they were taken from has the original"
    RESTORED = "as it was before, unless somebody has set it since"
    CLAIMED = "as it was before, then to whoever has the addresses that were claimed"
    STAYS = "each player keeps their own"
    SUMMED = "computed anew"
    REFUSED = "there is no merge, no split and no undo"


class Rule(NamedTuple):
    merge: Merge
    split: Split
    undo: Undo


_FOLLOWS = Rule(Merge.FOLLOWS, Split.FOLLOWS, Undo.FOLLOWS)
_DAYS = Rule(Merge.COPIED, Split.COPIED, Undo.FORGOTTEN)
_STRONGEST = Rule(Merge.STRONGEST, Split.COPIED, Undo.RESTORED)
_STAYS = Rule(Merge.STAYS, Split.STAYS, Undo.STAYS)
_SUMMED = Rule(Merge.SUMMED, Split.SUMMED, Undo.SUMMED)
_REFUSED = Rule(Merge.REFUSED, Split.REFUSED, Undo.REFUSED)

RULES = {
    "players.id": _STAYS,
    "players.project_id": _STAYS,
    "players.created_at": _STAYS,
    "players.name": Rule(Merge.STAYS, Split.STAYS, Undo.RESTORED),  # a .mailmap renames
    "players.is_bot": _STAYS,
    "players.position": _STAYS,
    "players.user_id": Rule(Merge.IF_FREE, Split.CLAIMED, Undo.CLAIMED),
    "players.retired_on": _STRONGEST,
    "players.is_hidden": _STRONGEST,
    "players.erased_number": _REFUSED,
    "erased_marks.player_id": _REFUSED,
    "identities.player_id": _FOLLOWS,
    "commits.author_id": _FOLLOWS,
    "coauthors.identity_id": _FOLLOWS,
    "box_scores.identity_id": _FOLLOWS,
    "awards.identity_id": _FOLLOWS,
    "rulings.identity_id": _FOLLOWS,
    "fantasy_pool.identity_id": _FOLLOWS,
    "fantasy_picks.identity_id": _FOLLOWS,
    "player_totals.player_id": _SUMMED,
    "best_plays.player_id": _SUMMED,
    "stints.player_id": _DAYS,
    "absences.player_id": _DAYS,
    "dismissed_suggestions.one": _STAYS,
    "dismissed_suggestions.other": _STAYS,
}
# Columns that tell a player, and that no foreign key shows.
UNKEYED = {
    "claims.address": _FOLLOWS,  # approved as long as the member's player has the address
    "happenings.data": _FOLLOWS,
    "webhook_deliveries.body": _FOLLOWS,
    "reports.subject_id": _STAYS,  # what a member said, about the player it was said of
    "identity_changes.moves": _STAYS,  # what was done
    "identity_changes.states": _STAYS,
    "record_books.records": _SUMMED,
}


def columns_of(table: str, way: Merge | Split) -> list[str]:
    """The columns of a table that are treated so."""
    named = (key.partition(".") for key, rule in RULES.items() if way in rule)
    return [column for name, _, column in named if name == table]


def tables_with(way: Merge | Split) -> list[str]:
    return [key.partition(".")[0] for key, rule in RULES.items() if way in rule]
