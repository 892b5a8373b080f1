"""One commit as the API tells it."""

import uuid
from datetime import datetime
from typing import Annotated

from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT
from pydantic import BaseModel, Field

from gitleague.league.awards.schemas import AwardOut
from gitleague.league.awards.shelf import AwardRow
from gitleague.league.fairplay.rulings import RulingRow
from gitleague.league.fairplay.schemas import RulingOut
from gitleague.league.play.one import OnePlay, Standing
from gitleague.league.schemas import PlayerOut, PlayOut


class CreditedOut(BaseModel):
    id: Annotated[uuid.UUID | None, Field(description="null: asked not to be shown.")]
    name: str


class LinkedOut(BaseModel):
    sha: str
    title: str
    relation: Annotated[str, Field(examples=["fixes", "reverts"])]


class CopyOut(BaseModel):
    sha: str
    repo: str
    counts: bool


class ShareOut(BaseModel):
    """What a stat adds to the impact: points times weight."""

    stat: str
    points: float
    weight: float
    impact: float


class OnePlayOut(PlayOut):
    """A commit with its working, what it has to do with others, and what became of it."""

    player: PlayerOut
    committed_at: datetime
    standing: Annotated[
        Standing,
        Field(
            description="`scored`; or why not: `merge` (scores nothing by the rules), `copy` (the "
            "same change counts elsewhere), `penalized` (by a ruling), `gone` (from all branches). "
            "The working is then what it would score."
        ),
    ]
    shares: list[ShareOut]
    coauthors: list[CreditedOut]
    mends: Annotated[list[LinkedOut], Field(description="What it fixes or reverts.")]
    mended_by: Annotated[list[LinkedOut], Field(description="What fixes or reverts it.")]
    copies: Annotated[list[CopyOut], Field(description="The same change elsewhere.")]
    awards: list[AwardOut]
    rulings: list[RulingOut]

    @classmethod
    def of_play(
        cls, play: OnePlay, awards: list[AwardRow], rulings: list[RulingRow]
    ) -> "OnePlayOut":
        return cls(
            **PlayOut.of(play.row).model_dump(),
            player=PlayerOut(id=play.player_id, name=play.player_name),
            committed_at=play.committed_at,
            standing=play.standing,
            shares=[
                ShareOut(
                    stat=share.stat,
                    points=share.points / STAT_UNIT,
                    weight=share.weight / STAT_UNIT,
                    impact=share.impact / IMPACT_UNIT,
                )
                for share in play.row.working.shares
            ],
            coauthors=[CreditedOut(id=each.player_id, name=each.name) for each in play.coauthors],
            mends=[LinkedOut(**each._asdict()) for each in play.mends],
            mended_by=[LinkedOut(**each._asdict()) for each in play.mended_by],
            copies=[
                CopyOut(sha=each.sha, repo=each.repo_name, counts=each.counts)
                for each in play.copies
            ],
            awards=[AwardOut.of(award) for award in awards],
            rulings=[RulingOut.of(ruling) for ruling in rulings],
        )
