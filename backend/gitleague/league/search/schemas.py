"""What the search asks and answers."""

import uuid
from enum import Enum
from typing import Annotated

from pydantic import BaseModel, Field

from gitleague.league.awards.names import name_of
from gitleague.league.search.finding import Found

SHOWN_DIGITS = 8  # of a sha


class Kind(str, Enum):
    PLAYER = "player"
    SQUAD = "squad"
    SEASON = "season"
    COMMIT = "commit"
    AWARD = "award"


class SearchQuery(BaseModel):
    q: Annotated[
        str,
        Field(max_length=200, description="Part of a name or title, or the first digits of a SHA."),
    ] = ""
    limit: Annotated[
        int,
        Field(ge=1, le=20, description="The most results of each kind, 1 to 20. Default 5."),
    ] = 5


class ResultOut(BaseModel):
    kind: Kind
    title: str
    detail: Annotated[str, Field(description="What tells it from its like; may be empty.")]
    page: Annotated[
        str, Field(description="Where it can be looked at.", examples=["/players/0f6f…"])
    ]


class SearchOut(BaseModel):
    q: str
    items: Annotated[
        list[ResultOut],
        Field(description="Kind by kind, the nearest first: players, squads, seasons, …"),
    ]

    @classmethod
    def of(cls, project_id: uuid.UUID, q: str, found: Found) -> "SearchOut":
        return cls(q=q, items=results(project_id, found))


def results(project_id: uuid.UUID, found: Found) -> list[ResultOut]:
    league = f"/projects/{project_id}"
    return [
        *(
            _result(Kind.PLAYER, each.name, "bot" if each.is_bot else "", f"/players/{each.id}")
            for each in found.players
        ),
        *(
            _result(Kind.SQUAD, each.name, "", f"{league}/standings?squad={each.id}")
            for each in found.squads
        ),
        *(
            _result(Kind.SEASON, each.name, "", f"{league}/seasons/{each.id}")
            for each in found.seasons
        ),
        *(
            _result(
                Kind.COMMIT,
                each.title or "(no title)",
                f"{each.sha[:SHOWN_DIGITS]}, {each.player_name}, {each.day}",
                f"{league}/plays/{each.sha}",
            )
            for each in found.commits
        ),
        *(
            _result(
                Kind.AWARD,
                f"{name_of(each.kind)}: {each.player_name}",
                str(each.last),
                f"{league}/awards?kind={each.kind}&player_id={each.player_id}",
            )
            for each in found.awards
        ),
    ]


def _result(kind: Kind, title: str, detail: str, page: str) -> ResultOut:
    return ResultOut(kind=kind, title=title, detail=detail, page=page)
