"""Where the browser of the tests is. `make test` brings one if there is none."""

import os
import shutil
from pathlib import Path

UNPACKED = Path(__file__).parents[2] / "build" / "chromium" / "chromium"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-dev-shm-usage",  # /dev/shm is small in a container
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromium(RuntimeError):
    """There is no Chromium. Run `make test` once, or set CHROMIUM to the path of one."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def find_chromium() -> Path:
    wished = os.environ.get("CHROMIUM")
    candidates = [wished] if wished else [*map(shutil.which, NAMES), str(UNPACKED)]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    raise NoChromium
