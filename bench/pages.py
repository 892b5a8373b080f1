"""What the pages of a league of a million commits weigh, and how soon a browser shows them.

A real Chromium that has seen none of them before asks one server process on this machine; the
league is that of `standings.py`, on PostgreSQL.
"""

from statistics import median
from typing import Any, NamedTuple

from big_league import (
    BigLeague,
    big_league,
    seconds_of_recompute,
    seconds_of_totals,
    tell,
    wished_commits,
)
from chromium import OPTIONS, find_chromium
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

KILOBYTES, SERVER, PAINT, SHIFT = 100, 200, 2500, 0.1  # budgets: kB, ms, ms, a score
VISITS = 5
LEAGUE = "/projects/{project}"
PLACES = (
    LEAGUE,
    f"{LEAGUE}/standings",
    f"{LEAGUE}/standings?period=all&metric=blk&order=asc",
    f"{LEAGUE}/compare?a={{player}}&b={{other}}",
    f"{LEAGUE}/records",
    f"{LEAGUE}/hall-of-fame",
    f"{LEAGUE}/repos",
    "/players/{player}",
    "/players/{player}/career",
    "/players/{player}/best",
)
# The largest paint and every shift so far, and how long the server took: read when all is still.
FIGURES = """async () => {
    const all = (type) => new Promise((done) => {
        const found = [];
        const watch = new PerformanceObserver((list) => found.push(...list.getEntries()));
        watch.observe({type, buffered: true});
        setTimeout(() => { watch.disconnect(); done(found); }, 300);
    });
    const [paints, shifts] = await Promise.all([
        all("largest-contentful-paint"), all("layout-shift"),
    ]);
    const [page] = performance.getEntriesByType("navigation");
    return {
        server: page.responseStart - page.requestStart,
        paint: paints.at(-1)?.startTime ?? 0,
        shift: shifts.reduce((sum, shift) => sum + shift.value, 0),
    };
}"""


class Visit(NamedTuple):
    kilobytes: float  # over the wire, with everything that the page asks for
    server: float  # milliseconds until the first byte
    paint: float  # milliseconds until the largest thing is seen
    shift: float  # how far things move about afterwards


def main() -> None:
    with big_league(wished_commits(__doc__)) as league:
        seconds_of_recompute(league)
        seconds_of_totals(league)
        with league.served(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=list(OPTIONS), timeout=60_000
            )
            look_at_all(browser, league)
            browser.close()


def look_at_all(browser: Browser, league: BigLeague) -> None:
    state = signed_in(browser, league)
    player, other = league.players[:2]
    for place in PLACES:
        path = place.format(project=league.project_id, player=player, other=other)
        visits = [visit(browser, state, league.base + path) for _ in range(VISITS)]
        report(place, Visit(*(median(figures) for figures in zip(*visits, strict=True))))


def signed_in(browser: Browser, league: BigLeague) -> Any:
    """The cookie of somebody who has followed a sign-in link."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(league.sign_in_url)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        return context.storage_state()


def visit(browser: Browser, state: Any, address: str) -> Visit:
    """By a browser whose cache is empty."""
    with browser.new_context(storage_state=state) as context:
        page = context.new_page()
        received = weigh(context, page)
        answer = page.goto(address)
        if answer is None or not answer.ok:
            raise RuntimeError(f"{address} answered {answer and answer.status}")
        figures = page.evaluate(FIGURES)
        return Visit(kilobytes=sum(received) / 1000, **figures)


def weigh(context: BrowserContext, page: Page) -> list[float]:
    """Fills with the bytes of every answer, as they come over the wire."""
    received: list[float] = []
    wire = context.new_cdp_session(page)
    wire.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    wire.send("Network.enable")
    return received


def report(place: str, seen: Visit) -> None:
    print(place)
    tell("over the wire", f"{seen.kilobytes:.0f} kB", f"under {KILOBYTES} kB")
    tell("the server took", f"{seen.server:.0f} ms", f"under {SERVER} ms")
    tell("largest paint", f"{seen.paint:.0f} ms", f"under {PAINT} ms")
    tell("layout shift", f"{seen.shift:.3f}", f"under {SHIFT}")


if __name__ == "__main__":
    main()
