"""Windows of a real browser on the league, and what is wrong with the pages in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from clocks import is_travelling
from gitleague.accounts.caller import COOKIE
from gitleague.accounts.sign_in import open_browser_session
from gitleague.core.clock import now
from gitleague.core.db import Database
from gitleague.core.settings import Settings
from make import Person
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)
LOOKS = Path(__file__).parent / "web" / "looks.js"

Test = Callable[..., Any]


def in_browser(test: Test) -> Test:
    """For a test with a window: on one database, and left out where there is no browser."""
    once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    return pytest.mark.browser(once(test))


@dataclass
class Windows:
    """Opens windows on one server. `complaints` is what their pages did that they must not do."""

    browser: Browser
    url: str
    database: Database
    settings: Settings
    complaints: list[str] = field(default_factory=list)
    opened: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        place: str,
        person: Person | None = None,
        *,
        phone: bool = False,
        dark: bool = False,
        scripts: bool = True,
        time_zone: str = "UTC",
    ) -> Page:
        context = self.browser.new_context(
            base_url=self.url,
            viewport=PHONE if phone else DESKTOP,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
            timezone_id=time_zone,
        )
        self.opened.append(context)
        context.set_default_timeout(20_000)  # a busy machine is no defect
        context.set_default_navigation_timeout(60_000)
        context.on("request", lambda request: self._check(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._hear)
        if person:
            self._sign_in(context, person)
        if is_travelling():  # the browser has a clock of its own
            context.clock.install(time=now())
        page = context.new_page()
        page.goto(place)
        return page

    def show(self, page: Page, *, phone: bool, dark: bool) -> None:
        """The same page on another device, or in the other colours."""
        size = PHONE if phone else DESKTOP
        page.emulate_media(color_scheme="dark" if dark else "light")
        device = {**size, "deviceScaleFactor": 1, "mobile": phone}
        page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", device)
        drawn = "(width) => innerWidth === width && matchMedia('(width: ' + width + 'px)').matches"
        page.wait_for_function(drawn, arg=size["width"])

    def close(self) -> None:
        for context in self.opened:
            context.close()

    def _sign_in(self, context: BrowserContext, person: Person) -> None:
        with self.database.writing() as session:
            token = open_browser_session(session, self.settings, person.user_id)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.url}])

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(f"{said.text} ({said.location['url']})")

    def _check(self, address: str) -> None:
        if not address.startswith((f"{self.url}/", "data:")):
            self.complaints.append(f"asked another host: {address}")


def looks(page: Page) -> dict[str, list[str]]:
    """What is hard to read on a page (`faint`), sticks out of its side (`outside`), or ends
    in the middle of a word (`broken`)."""
    page.wait_for_load_state()  # a click that leads on ends before the page is there
    found: dict[str, list[str]] = page.evaluate(LOOKS.read_text(encoding="utf-8"))
    return found
