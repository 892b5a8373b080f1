"""`make shots`: every page as people see it, on a phone and at a desk, in light and in dark.

The pictures go to build/shots, to be looked at by people.
"""

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import servers
from chores import doing_jobs
from chromium import OPTIONS, find_chromium
from everything import Everything, fill
from gitleague.accounts.caller import Caller, Membership
from gitleague.accounts.sign_in import make_link
from gitleague.app import create_app
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from gitleague.projects.members import invite
from gitleague.tables.projects import MemberStatus, Role
from gitleague.tasks import CLOCKS
from make import Person, make_member, make_project, make_user
from migrations import migrate
from places import FRONT_DOOR, OPERATOR, PLACES
from playwright.sync_api import Page, ViewportSize, sync_playwright

SHOTS = Path(__file__).parents[3] / "build" / "shots"
SIZES = {
    "desktop": ViewportSize(width=1280, height=800),
    "phone": ViewportSize(width=390, height=844),
}
SCHEMES = ("light", "dark")
WINDOWS = [(size, scheme) for size in SIZES for scheme in SCHEMES]
TALLEST = 3000  # pixels: what is below says nothing new


class League(NamedTuple):
    """A server that runs, and what to look at on it."""

    url: str
    played: uuid.UUID
    everything: Everything  # in the one that is played
    new: uuid.UUID
    awaited: uuid.UUID
    invitation: str
    sign_in_link: Callable[[], str]  # a fresh one, since only the newest works


class Camera(NamedTuple):
    page: Page
    name: str  # of the window

    def take(self, what: str) -> None:
        size = self.page.viewport_size or SIZES["desktop"]
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.screenshot(
            path=SHOTS / f"{what}-{self.name}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": size["width"], "height": min(height, TALLEST)},
        )

    def open(self, address: str, what: str) -> None:
        self.page.goto(address)
        self.take(what)


def main() -> None:
    shutil.rmtree(SHOTS, ignore_errors=True)
    SHOTS.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="gitleague-shots-") as folder,
        league(Path(folder)) as shown,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_chromium(), args=list(OPTIONS)) as browser,
    ):
        for size, scheme in WINDOWS:
            window = browser.new_context(viewport=SIZES[size], is_mobile=size == "phone")
            page = window.new_page()
            page.emulate_media(
                color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
            )
            camera = Camera(page, f"{size}-{scheme}")
            take_front_door(camera, shown)
            take_standings(camera, shown)
            take_card(camera, shown)
            take_keys(camera, shown)
            take_the_rest(camera, shown)
            take_places(camera, shown)
            window.close()
    print(f"{len(list(SHOTS.glob('*.png')))} pictures are in {SHOTS}")


@contextmanager
def league(folder: Path) -> Iterator[League]:
    """A server on SQLite, with a season in it."""
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        settings = Settings(
            _env_file=None,
            data_dir=folder,
            public_url=url,
            operators=("ada@example.org",),
            rate_limit_sign_in="100/minute",  # four windows sign in within seconds
            rate_limit_mailbox="100/minute",
        )
        migrate(settings.database)
        database = Database(settings.database)
        made = _fill(database, settings)
        database.close()
        app = create_app(settings)
        jobs = doing_jobs(app.state.database, settings, CLOCKS)
        with jobs, servers.serving(app, opened):
            yield made


def _fill(database: Database, settings: Settings) -> League:
    with database.writing() as session:
        played = make_project(session, "Analytical Engines")
        new = make_project(session, "Difference Engines")
        awaited = make_project(session, "Jacquard Looms")
        ada = make_user(session, "ada@example.org", name="Ada Lovelace")
        for project_id in (played, new):
            make_member(session, project_id, ada, role=Role.COMMISSIONER)
        make_member(session, awaited, ada, role=Role.SPECTATOR, status=MemberStatus.PENDING)
        caller = Caller(user_id=ada, email="ada@example.org", name="Ada", address="127.0.0.1")
        commissioner = Membership(caller, played, Role.COMMISSIONER)
        _, token = invite(session, "hedy@example.org", role=Role.PLAYER, by=commissioner)
    everything = fill(database, Person(ada, "ada@example.org", played, jwt=""))
    invitation = f"{settings.public_url}/invitations/{token}"

    def sign_in_link() -> str:
        opened = Database(settings.database)
        with opened.writing() as session:
            link = make_link(session, settings, ada)
        opened.close()
        return link

    return League(settings.public_url, played, everything, new, awaited, invitation, sign_in_link)


def take_front_door(camera: Camera, shown: League) -> None:
    page = camera.page
    camera.open(f"{shown.url}/sign-in", "sign-in")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Send me a link").click()
    camera.take("link-sent")
    camera.open(shown.invitation, "invitation")
    camera.open(f"{shown.url}/projects/{shown.played}", "not-signed-in")
    camera.open(shown.sign_in_link(), "use-link")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{shown.url}/")
    camera.take("home")


def take_standings(camera: Camera, shown: League) -> None:
    address = f"{shown.url}/projects/{shown.played}/standings"
    camera.open(address, "standings")
    camera.page.locator(".opens summary").nth(1).click()
    camera.take("standings-box")
    camera.open(f"{address}?period=month", "standings-month")
    camera.open(f"{address}?period=week&metric=blk&order=asc", "standings-week")
    camera.open(f"{address}?period=day&start=2020-02-29", "standings-none")
    camera.open(f"{address}?q=nobody", "standings-nobody")
    camera.open(f"{shown.url}/projects/{shown.new}/standings", "standings-new")


def take_card(camera: Camera, shown: League) -> None:
    camera.page.goto(f"{shown.url}/projects/{shown.played}/standings")
    camera.page.get_by_role("link", name="Margaret Hamilton").last.click()
    camera.page.locator(".play summary").nth(1).click()
    camera.take("card")


def take_keys(camera: Camera, shown: League) -> None:
    page = camera.page
    page.goto(f"{shown.url}/api-keys")
    page.get_by_role("textbox", name="Name").fill(f"Laptop, {camera.name}")
    page.get_by_role("button", name="Make the key").click()
    camera.take("api-keys-new")
    page.goto(f"{shown.url}/api-keys")
    page.get_by_role("button", name="Revoke").first.click()
    page.get_by_role("textbox", name="Name").fill("CI")
    page.get_by_role("button", name="Make the key").click()
    camera.open(f"{shown.url}/api-keys", "api-keys")


def take_the_rest(camera: Camera, shown: League) -> None:
    camera.open(f"{shown.url}/projects/{shown.awaited}", "waiting")
    camera.open(f"{shown.url}/players/{shown.played}", "not-found")


def take_places(camera: Camera, shown: League) -> None:
    for place in (*PLACES, *OPERATOR, *FRONT_DOOR[-1:]):
        camera.open(shown.url + place.path.format(**shown.everything._asdict()), place.name)


if __name__ == "__main__":
    main()
