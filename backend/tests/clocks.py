"""Sets the clock of tests: those that need a day say which, and all can be run at one.

    pytest --at "2026-05-31 23:59:50" tests/league/test_awards.py

or LEAGUE_TEST_AT in the environment. From then on the clock ticks, for each test anew.
`@pytest.mark.at("…")` is for a test that needs the one day; `@pytest.mark.any_day` runs it now
and at each of MOMENTS. A process beside the test keeps the machine's clock, and so does a test
that is marked `@pytest.mark.real_clock`, since it compares with one.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
import time_machine

NAME = "LEAGUE_TEST_AT"
# The last seconds of a day, a week and a month; a day that most years do not have; and now.
MOMENTS = {"now": "", "end of month": "2026-05-31 23:59:50", "leap day": "2028-02-29 12:00:00"}
EARLIER = timedelta(minutes=2)  # after five, who does the jobs would count as gone


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "when the tests are run, in UTC: an ISO date and time"
    parser.addoption("--at", default=os.environ.get(NAME, ""), help=help_text)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "at(moment): is run at this moment, in UTC")
    config.addinivalue_line("markers", "real_clock: is never run at another moment")
    config.addinivalue_line("markers", "any_day: is run at each of the MOMENTS of clocks.py")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("any_day"):
        metafunc.fixturenames.append("moment")
        metafunc.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Before any of its fixtures: who signs in then does so at that moment."""
    moment = moment_of(item)
    if moment is None:
        return (yield)
    with time_machine.travel(moment):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Iterator[None]:
    """What several tests share is made before the first of them, as the clock goes for each."""
    moment = None if fixturedef.scope == "function" else moment_of(request._pyfuncitem)
    if moment is None:
        return (yield)
    with time_machine.travel(moment - EARLIER):
        return (yield)


def is_travelling() -> bool:
    return time_machine.escape_hatch.is_travelling()


def moment_of(item: pytest.Item) -> datetime | None:
    if item.get_closest_marker("real_clock"):
        return None
    callspec, marker = getattr(item, "callspec", None), item.get_closest_marker("at")
    said = item.config.getoption("--at")
    if callspec is not None and "moment" in callspec.params:
        said = callspec.params["moment"] or said
    elif marker is not None:
        said = marker.args[0]
    return datetime.fromisoformat(said).replace(tzinfo=timezone.utc) if said else None
