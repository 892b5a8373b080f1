"""One look at the database now and then for all who listen in this process, however many they are.

All but the looking happens on the event loop, so nothing here needs a lock.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from anyio import to_thread
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from gitleague.core.db import Database
from gitleague.core.errors import TooManyRequests, Unavailable
from gitleague.league.people.telling import told
from gitleague.tables.outside import Event, Happening

log = logging.getLogger(__name__)
MOST_OF_ONE = 10  # of one person
MOST_NEWS = 200  # at once; whoever is further behind is told to look at the table
AT_ONCE = 200  # leagues in one question
AWARDED = Event.AWARD_GIVEN.value
CHANGED = {Event.STANDINGS_CHANGED.value, Event.FANTASY_CHANGED.value}


class News(NamedTuple):
    id: int
    project_id: uuid.UUID
    event: str
    data: dict[str, Any]


class Listener:
    """Somebody who looks on at one league."""

    def __init__(self, project_id: uuid.UUID, user_id: uuid.UUID) -> None:
        self.project_id = project_id
        self.user_id = user_id
        # None: nothing more comes.
        self.queue: asyncio.Queue[News | None] = asyncio.Queue(MOST_NEWS)

    def tell(self, news: News | None) -> None:
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:  # whoever reads so slowly begins anew
            self.queue = asyncio.Queue(MOST_NEWS)
            self.queue.put_nowait(None)


class Newsroom:
    def __init__(self, database: Database, *, most: int, look_seconds: float) -> None:
        """`most` listeners are told of what is new every `look_seconds`."""
        self._database = database
        self._most = most
        self._look_seconds = look_seconds
        self._listeners: defaultdict[uuid.UUID, set[Listener]] = defaultdict(set)
        self._people: Counter[uuid.UUID] = Counter()
        self._seen: dict[uuid.UUID, int] = {}
        self._looking: asyncio.Task[None] | None = None
        self._is_closed = False

    async def join(self, project_id: uuid.UUID, user_id: uuid.UUID) -> Listener:
        """Whoever joins is told of what is new from now on."""
        if self._is_closed or self._people.total() >= self._most:
            raise Unavailable("Too many listen already. Come back later.", retry_after=30)
        if self._people[user_id] >= MOST_OF_ONE:
            raise TooManyRequests("You listen too often already. Close other windows.")
        listener = Listener(project_id, user_id)
        self._people[user_id] += 1
        self._listeners[project_id].add(listener)
        try:
            if project_id not in self._seen:
                newest = await to_thread.run_sync(self._newest, project_id)
                self._seen.setdefault(project_id, newest)
        except BaseException:
            self.leave(listener)
            raise
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        return listener

    def leave(self, listener: Listener) -> None:
        """Leaving twice is no error."""
        listeners = self._listeners.get(listener.project_id, set())
        if listener not in listeners:
            return
        listeners.remove(listener)
        self._people -= Counter([listener.user_id])
        if not listeners:
            del self._listeners[listener.project_id]
            self._seen.pop(listener.project_id, None)

    def close(self) -> None:
        """Every stream ends, so that the process can."""
        self._is_closed = True
        self._end_all()

    async def since(self, project_id: uuid.UUID, last: int) -> list[News]:
        """What came after `last`, for who was away for a while."""
        return worth_telling(await to_thread.run_sync(self._read, {project_id: last}))

    async def _look_on(self) -> None:
        try:
            while self._listeners:
                await asyncio.sleep(self._look_seconds)
                try:
                    news = await to_thread.run_sync(self._read, dict(self._seen))
                except Unavailable:
                    log.info("the database is away or busy; the news waits")
                    continue
                self._spread(news)
        finally:  # nobody listens to a room where nobody looks
            self._end_all()

    def _spread(self, news: list[News]) -> None:
        for each in news:
            if self._seen.get(each.project_id, each.id) < each.id:
                self._seen[each.project_id] = each.id
        for each in worth_telling(news):
            for listener in self._listeners.get(each.project_id, ()):
                listener.tell(each)

    def _end_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.tell(None)

    def _newest(self, project_id: uuid.UUID) -> int:
        with self._database.reading() as session:
            newest = select(func.max(Happening.id)).where(Happening.project_id == project_id)
            return session.scalar(newest) or 0

    def _read(self, after: dict[uuid.UUID, int]) -> list[News]:
        with self._database.reading() as session:
            places = list(after.items())
            return [
                news
                for first in range(0, len(places), AT_ONCE)
                for news in read_news(session, places[first : first + AT_ONCE])
            ]


def read_news(session: Session, after: Sequence[tuple[uuid.UUID, int]]) -> list[News]:
    """What came later in each of these leagues, in order: a step down an index for each."""
    newer = or_(
        *(
            and_(Happening.project_id == project_id, Happening.id > last)
            for project_id, last in after
        )
    )
    found = session.execute(
        select(Happening.id, Happening.project_id, Happening.event, Happening.data)
        .where(newer)
        .order_by(Happening.id.desc())
        .limit(MOST_NEWS)
    )
    return _told(session, [News(*row) for row in found][::-1])


def _told(session: Session, news: Sequence[News]) -> list[News]:
    """With the names that everybody may see by now: of players, ids alone are kept."""
    data: dict[int, dict[str, Any]] = {}
    for project_id in {each.project_id for each in news}:
        here = [each for each in news if each.project_id == project_id]
        read = told(session, project_id, [each.data for each in here])
        data |= dict(zip((each.id for each in here), read, strict=True))
    return [each._replace(data=data[each.id]) for each in news]


def worth_telling(news: Sequence[News]) -> list[News]:
    """Of many changes of a table, or of a fantasy league, the last one says it all."""
    last = {_what(each): each.id for each in news if each.event in CHANGED}
    return [each for each in news if each.event == AWARDED or last.get(_what(each)) == each.id]


def _what(news: News) -> tuple[uuid.UUID, str, str | None]:
    """What changed."""
    return news.project_id, news.event, news.data.get("fantasy_id")
