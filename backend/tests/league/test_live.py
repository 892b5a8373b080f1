"""Live updates: what is told, to whom, and when a stream ends."""

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from chores import finish_jobs
from fantasies import NOON, Fantasy, a_draft, before_the_season
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.errors import Unavailable
from gitleague.core.settings import Settings
from gitleague.league.fantasy.turns import ask_for_turns
from gitleague.league.live import newsroom
from gitleague.projects.happenings import KEPT, forget_happenings
from gitleague.tables.accounts import Scope
from gitleague.tables.outside import Happening
from gitleague.tables.projects import Member
from make import make_commit, make_key, make_repo
from radio import HOUR, WAIT_SECONDS, listening
from remote import Repo
from sqlalchemy import delete, func, select, update

pytestmark = pytest.mark.at(NOON)


LOOK_SECONDS = 0.05


@pytest.fixture
def settings(settings: Settings) -> Settings:
    quick = {"live_look_seconds": LOOK_SECONDS, "live_heartbeat_seconds": 0.2}
    return settings.model_copy(update=quick)


def happened(database: Database, project_id: uuid.UUID) -> list[str]:
    with database.reading() as session:
        return list(
            session.scalars(select(Happening.event).where(Happening.project_id == project_id))
        )


def newest_happening(database: Database, project_id: uuid.UUID) -> int | None:
    with database.reading() as session:
        newest = select(func.max(Happening.id)).where(Happening.project_id == project_id)
        return session.scalar(newest)


def changes(fantasy: Fantasy) -> int:
    """How often it was told that the fantasy league changed."""
    return happened(fantasy.database, fantasy.person.project_id).count("fantasy.changed")


def test_it_works(http, ada, linus, repo):
    with listening(http, linus) as radio:
        assert radio.status == 200
        assert radio.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert radio.headers["cache-control"] == "no-store"
        repo.push(make_commit())
        assert radio.wait_for("standings.changed").data == {}


def test_awards_are_told_with_their_winners(http, ada, linus, repo):
    repo.push(make_commit())
    seasons = f"/api/v1/projects/{ada.project_id}/seasons"
    days = {"name": "Q", "first": "2024-05-01", "last": "2024-05-31"}
    season = http.post(seasons, json=days, headers=ada.headers).json()
    http.post(f"{seasons}/{season['id']}/open", headers=ada.headers)
    with listening(http, linus) as radio:
        http.post(f"{seasons}/{season['id']}/close", headers=ada.headers)
        told = radio.wait_for("award.given").data["award"]
    assert (told["kind"], told["player"]["name"]) == ("mvp", "Grace Hopper")


def test_a_pick_of_a_draft_is_told_without_who_was_picked(http, ada, grace, linus, repo, database):
    draft = a_draft(http, database, (ada, grace), repo).start()
    with listening(http, linus) as radio:
        draft.pick("Bo")
        told = radio.wait_for("fantasy.changed")
    assert told.data == {"fantasy_id": draft.id}
    assert not any("Bo" in line or draft.players()["Bo"] in line for line in radio.lines)


def test_each_step_of_a_draft_is_told_once(http, ada, grace, linus, repo, database):
    draft = a_draft(http, database, (ada, grace), repo)
    assert changes(draft) == 2, "who joined"
    draft.as_(grace).ask("DELETE", "/managers/me")
    draft.as_(grace).ask("DELETE", "/managers/me")
    assert changes(draft) == 3, "who left, once"
    draft.join(ada, grace)
    draft.ask("PATCH", name="Bowl")
    draft.ask("PATCH", f"/pool/{draft.players()['Ed']}", is_struck=True)
    draft.ask("POST", "/pool/refresh")
    assert changes(draft) == 7, "a manager, a name, a player and the pool"
    draft.start()
    assert changes(draft) == 8
    assert draft.as_(grace).try_to_pick("Bo").status_code == 409
    assert changes(draft) == 8, "nothing happened"
    draft.hours_pass(2)
    with database.writing() as session:
        ask_for_turns(session)
    finish_jobs(database)
    assert changes(draft) == 9, "two turns in one look of the clock"


def test_nothing_is_told_of_picks_that_are_a_secret(http, ada, grace, linus, repo, database):
    fantasy = before_the_season(http, database, ada, repo).make()
    fantasy.join(ada, grace)
    fantasy.start()
    before = changes(fantasy)
    pick = fantasy.as_(grace).pick("Bo")
    assert fantasy.as_(grace).ask("DELETE", f"/picks/{pick}").status_code == 204
    assert changes(fantasy) == before


def test_of_two_fantasy_leagues_each_is_told(http, ada, grace, repo, database):
    one = before_the_season(http, database, ada, repo).make()
    season = one.ask("GET").json()["season_id"]
    other = Fantasy(http, database, ada).make(name="Bowl", season_id=season)
    for each in (one, other):
        each.join(ada, grace)
    with listening(http, ada, seconds=0, Last_Event_ID="0") as radio:
        assert radio.ended.wait(WAIT_SECONDS)
    told = [each.data["fantasy_id"] for each in radio.told if each.event == "fantasy.changed"]
    assert told == [one.id, other.id], "the last one says it all"


def test_it_ends_when_its_time_is_up(http, ada):
    with listening(http, ada, seconds=1) as radio:
        assert radio.ended.wait(WAIT_SECONDS)
    assert radio.lines[0] == "retry: 5000"
    assert ": still here" in radio.lines


def test_who_was_away_is_told_first_what_came_since(http, ada, repo):
    with listening(http, ada) as radio:
        repo.push(make_commit())
        first = radio.wait_for("standings.changed")
    repo.push(make_commit())
    repo.push(make_commit())
    with listening(http, ada, seconds=0, Last_Event_ID=str(first.id)) as radio:
        assert radio.ended.wait(WAIT_SECONDS)
    assert [told.event for told in radio.told] == ["standings.changed"], "the last one says it all"
    newest = radio.told[0].id
    assert newest > first.id
    for last in (str(newest), "", "nonsense", "-1", "9" * 40):
        with listening(http, ada, seconds=0, Last_Event_ID=last) as radio:
            assert radio.ended.wait(WAIT_SECONDS)
        assert radio.told == []


def test_a_member_who_is_removed_hears_no_more(http, ada, linus, repo, database):
    with listening(http, linus, seconds=HOUR) as radio:
        with database.writing() as session:
            session.execute(delete(Member).where(Member.user_id == linus.user_id))
        assert radio.ended.wait(WAIT_SECONDS)
    assert radio.told == []


def test_a_key_that_is_revoked_hears_no_more(http, ada, repo):
    key = make_key(http, ada, Scope.READ_REPOS, project_id=ada.project_id)
    with listening(http, ada, seconds=HOUR, Authorization=f"Bearer {key}") as radio:
        mine = http.get("/api/v1/api-keys/", headers=ada.headers).json()
        for each in mine.get("items", mine) if isinstance(mine, dict) else mine:
            http.delete(f"/api/v1/api-keys/{each['id']}", headers=ada.headers)
        assert radio.ended.wait(WAIT_SECONDS)


def test_other_leagues_are_not_heard(http, ada, mallory, repo, database):
    place = f"/api/v1/projects/{ada.project_id}/events?seconds=0"
    assert http.get(place, headers=mallory.headers).status_code == 404
    assert http.get(place).status_code == 401
    with database.writing() as session:
        theirs = make_repo(session, mallory.project_id)
    key = make_key(http, mallory, Scope.SYNC_COMMITS, project_id=mallory.project_id)
    with listening(http, mallory) as radio:
        repo.push(make_commit())
        Repo(http, mallory.project_id, theirs, key).push(make_commit())
        told = radio.wait_for("standings.changed")
    assert radio.told == [told]
    assert newest_happening(database, mallory.project_id) == told.id


def test_nobody_listens_too_often(http, ada):
    place = f"/api/v1/projects/{ada.project_id}/events?seconds=0"
    with ExitStack() as windows:
        for _ in range(newsroom.MOST_OF_ONE):
            windows.enter_context(listening(http, ada))
        assert http.get(place, headers=ada.headers).status_code == 429
    deadline = time.monotonic() + WAIT_SECONDS
    while (status := http.get(place, headers=ada.headers).status_code) == 429:
        assert time.monotonic() < deadline, "who went listens still"
    assert status == 200


def test_a_process_has_so_many_listeners_and_no_more(database, ada, linus):
    async def listen() -> None:
        room = newsroom.Newsroom(database, most=1, look_seconds=LOOK_SECONDS)
        first = await room.join(ada.project_id, ada.user_id)
        with pytest.raises(Unavailable, match="Come back later"):
            await room.join(ada.project_id, linus.user_id)
        room.leave(first)
        room.leave(await room.join(ada.project_id, linus.user_id))

    in_a_loop_of_its_own(listen)


def test_who_goes_before_the_first_word_is_no_listener_any_more(ada, settings):
    """Else they would have listened too often for ever."""
    app = create_app(settings)
    headers = [(name.lower().encode(), value.encode()) for name, value in ada.headers.items()]
    path = f"/api/v1/projects/{ada.project_id}/events"
    asgi = {"version": "3.0", "spec_version": "2.3"}
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "asgi": asgi}

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_message: object) -> None:
        await asyncio.sleep(0)  # where the line is busy, and going is noticed

    async def listen_often() -> None:
        for _ in range(newsroom.MOST_OF_ONE):
            await app({**scope, "headers": headers}, receive, send)
        listener = await app.state.newsroom.join(ada.project_id, ada.user_id)
        for _ in range(2):
            app.state.newsroom.leave(listener)
        looking = asyncio.all_tasks() - {asyncio.current_task()}
        assert not (await asyncio.wait(looking, timeout=WAIT_SECONDS))[1], "for nobody"

    in_a_loop_of_its_own(listen_often)
    app.state.database.close()


def in_a_loop_of_its_own(deed: Callable[[], Coroutine[None, None, None]]) -> None:
    with ThreadPoolExecutor(1) as own_thread:  # the browser's tests leave a loop in this one
        own_thread.submit(lambda: asyncio.run(deed())).result()


@pytest.mark.on_both
def test_many_listeners_cost_as_much_as_one(database, ada, linus, grace, queries):
    """One task looks for all of them, with one statement that names each league once."""

    def looks() -> list[str]:
        return [statement for statement in queries if "FROM happenings" in statement]

    async def look_on() -> None:
        room = newsroom.Newsroom(database, most=3, look_seconds=LOOK_SECONDS)
        people = (ada, linus, grace)
        listeners = [await room.join(each.project_id, each.user_id) for each in people]
        looking = asyncio.all_tasks() - {asyncio.current_task()}
        assert len(looking) == 1
        queries.clear()
        deadline = time.monotonic() + WAIT_SECONDS
        while len(looks()) < 3:
            assert time.monotonic() < deadline
            await asyncio.sleep(LOOK_SECONDS)
        for listener in listeners:
            room.leave(listener)
        await asyncio.wait(looking, timeout=WAIT_SECONDS)

    in_a_loop_of_its_own(look_on)
    (look,) = set(looks())
    assert look.count("happenings.project_id =") == 1


def test_what_a_transaction_changes_is_told_once(http, ada, repo, database):
    repo.push(make_commit(), make_commit(), make_commit())
    assert happened(database, ada.project_id) == ["standings.changed"]


def test_a_push_of_nothing_new_is_no_news(http, ada, repo, database):
    commit = make_commit()
    repo.push(commit)
    repo.push(commit)
    assert happened(database, ada.project_id) == ["standings.changed"]


def test_players_that_are_joined_change_the_standings(http, ada, repo, database):
    repo.push(make_commit(), make_commit(author_name="B", author_email="b@example.org"))
    league = f"/api/v1/projects/{ada.project_id}"
    items = http.get(f"{league}/standings", headers=ada.headers).json()["items"]
    one, two = (each["player"]["id"] for each in items)
    joined = http.post(
        f"{league}/players/{one}/merge", json={"players": [two]}, headers=ada.headers
    )
    assert joined.status_code == 201
    assert happened(database, ada.project_id).count("standings.changed") == 2


def test_what_happened_long_ago_is_forgotten(http, ada, repo, database):
    repo.push(make_commit())
    with database.writing() as session:
        forget_happenings(session)
    assert happened(database, ada.project_id)
    with database.writing() as session:
        moment = session.scalars(select(Happening.created_at)).one()
        session.execute(update(Happening).values(created_at=moment - KEPT))
        forget_happenings(session)
    assert happened(database, ada.project_id) == []
