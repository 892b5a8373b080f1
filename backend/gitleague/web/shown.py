"""How values look on a page: numbers, days, initials. Registered as filters of the templates."""

import json
import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT
from markupsafe import Markup

HUES = 12
KILO = 1000
UNITS = ("bytes", "kB", "MB", "GB", "TB")
BDI = Markup("<bdi>{}</bdi>")
MOMENT_TAG = Markup('<time datetime="{}" title="{}" data-moment>{}</time>')
TIME_TAG = Markup('<time datetime="{}">{}</time>')


def number(value: int) -> str:
    return f"{value:,}".replace("-", "\N{MINUS SIGN}")


def points(hundredths: int) -> str:
    return _rounded(hundredths / STAT_UNIT)


def impact(ten_thousandths: int) -> str:
    return _rounded(ten_thousandths / IMPACT_UNIT)


def exact(hundredths: int) -> str:
    """To the last digit, for a working that must add up."""
    return _trimmed(hundredths / STAT_UNIT, 2)


def exact_impact(ten_thousandths: int) -> str:
    return _trimmed(ten_thousandths / IMPACT_UNIT, 4)


def plain_number(value: float) -> str:
    """As people wrote it down: points or a count, of an award's working."""
    return _trimmed(value, 2)


def percent(share: float) -> str:
    return f"{_trimmed(share * 100, 1)} %"


def initials(name: str) -> str:
    """The first letters of the first and the last word; a dot for a name without any."""
    words = [word for word in name.replace("[", " ").split() if word[0].isalnum()]
    chosen = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in chosen).upper()[:2] or "\N{MIDDLE DOT}"


def hue(subject: uuid.UUID) -> int:
    """One of HUES colours, always the same for the same player."""
    return subject.int % HUES


def day(value: date) -> Markup:
    return TIME_TAG.format(value.isoformat(), day_words(value))


def moment(value: datetime, time_zone: str) -> Markup:
    """To the minute in the league's zone, to the second when hovered; a script says it in the
    reader's.
    """
    local = value.astimezone(ZoneInfo(time_zone))
    words = day_words(local.date())
    exact_words = f"{words} at {local:%H:%M:%S %Z}"
    return MOMENT_TAG.format(local.isoformat(), exact_words, f"{words}, {local:%H:%M}")


def short(text: str, length: int = 120) -> Markup:
    """One line of at most `length` characters; `<bdi>` keeps its direction to itself."""
    return BDI.format(plain(text, length))


def plain(text: str, length: int = 120) -> str:
    """As `short`, where no tag may stand."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def quoted(text: str) -> str:
    """A string that YAML reads back as it is: JSON is YAML."""
    return json.dumps(text, ensure_ascii=False)


def size(count: int) -> str:
    """Bytes, in the unit that leaves fewest digits."""
    value, unit = float(count), 0
    while value >= KILO and unit < len(UNITS) - 1:
        value, unit = value / KILO, unit + 1
    return f"{_trimmed(value, 1 if value < 10 else 0)} {UNITS[unit]}"


def day_words(value: date) -> str:
    return f"{value.day} {value:%B} {value.year}"  # %-d is not for every platform


def short_day(value: date) -> str:
    return f"{value.day} {value:%b} {value.year}"


def _rounded(value: float) -> str:
    """Whole, but for what is so small that a table of whole numbers would make it nothing."""
    return _trimmed(value, 1 if abs(value) < 10 else 0)


def _trimmed(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "\N{MINUS SIGN}")


FILTERS = {
    shown.__name__: shown
    for shown in (
        number,
        points,
        impact,
        exact,
        exact_impact,
        plain_number,
        percent,
        initials,
        hue,
        day,
        moment,
        plain,
        short,
        quoted,
        size,
    )
}
