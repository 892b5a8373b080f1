"""What others made of a commit: the awards that it won, and the rulings that name it."""

import uuid

from sqlalchemy.orm import Session

from gitleague.core.paging import Paging
from gitleague.league.awards.shelf import AwardRow, Which, list_awards
from gitleague.league.fairplay.rulings import Asked, RulingRow, list_rulings
from gitleague.league.people.shown import Viewer
from gitleague.league.play.one import OnePlay

MOST = Paging(limit=20)


def awards_of(
    session: Session, project_id: uuid.UUID, play: OnePlay, viewer: Viewer
) -> list[AwardRow]:
    return list_awards(session, project_id, MOST, Which(sha=play.row.sha), viewer)[0]


def rulings_on(
    session: Session, project_id: uuid.UUID, play: OnePlay, viewer: Viewer
) -> list[RulingRow]:
    return list_rulings(session, project_id, MOST, Asked(sha=play.row.sha), viewer)[0]
