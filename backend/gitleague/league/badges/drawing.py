"""Pictures as SVG: attributes and text only, no style sheet, script or address of another place.

Whoever shows them has other fonts than we: texts are told how long to be, so none leaves its box.
"""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from gitleague.league.markup import clean

MEDIA_TYPE = "image/svg+xml; charset=utf-8"
FONT = "Verdana, DejaVu Sans, sans-serif"
LONGEST = 40  # characters of a name
LETTER = 0.62  # of its size: the width of an ordinary letter
GREY, BLUE, WHITE, INK, PALE = "#444d56", "#0b5fb0", "#ffffff", "#1f2328", "#59636e"
HEIGHT, PAD = 20, 6
CARD_WIDTH, CARD_HEIGHT, MARGIN = 420, 130, 20


class Card(NamedTuple):
    name: str
    place: str  # as in "2nd of 12"
    league: str
    stats: Sequence[tuple[str, str]]


def badge(label: str, value: str) -> bytes:
    """Two boxes with a text each."""
    label, value = shown(label), shown(value)
    left, right = (_width(text, 11) + 2 * PAD for text in (label, value))
    svg = _svg(left + right, HEIGHT, f"{label}: {value}")
    _box(svg, 0, left, GREY)
    _box(svg, left, right, BLUE)
    _text(svg, label, x=PAD, y=14, size=11, colour=WHITE)
    _text(svg, value, x=left + PAD, y=14, size=11, colour=WHITE)
    return _bytes(svg)


def card(of: Card) -> bytes:
    name, league = shown(of.name), shown(of.league)
    svg = _svg(CARD_WIDTH, CARD_HEIGHT, f"{name}, {of.place}, {league}")
    size = {"x": "0.5", "y": "0.5", "width": str(CARD_WIDTH - 1), "height": str(CARD_HEIGHT - 1)}
    ET.SubElement(svg, "rect", {**size, "rx": "6", "fill": WHITE, "stroke": "#d1d9e0"})
    room = CARD_WIDTH - 2 * MARGIN
    _text(svg, name, x=MARGIN, y=38, size=20, colour=INK, most=room)
    _text(svg, f"{of.place}, {league}", x=MARGIN, y=60, size=12, colour=PALE, most=room)
    step = room // max(len(of.stats), 1)
    for number, (label, value) in enumerate(of.stats):
        x = MARGIN + number * step
        _text(svg, value, x=x, y=94, size=16, colour=BLUE, most=step - PAD)
        _text(svg, label, x=x, y=112, size=10, colour=PALE, most=step - PAD)
    return _bytes(svg)


def shown(text: str) -> str:
    """In one line, and no longer than a line can be."""
    line = " ".join(clean(unicodedata.normalize("NFC", text)).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}\u2026"


def _svg(width: int, height: int, says: str) -> ET.Element:
    size = {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}
    named = {"role": "img", "aria-label": says, "font-family": FONT}
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **named})
    ET.SubElement(svg, "title").text = says
    return svg


def _box(svg: ET.Element, x: int, width: int, colour: str) -> None:
    size = {"x": str(x), "width": str(width), "height": str(HEIGHT)}
    ET.SubElement(svg, "rect", {**size, "fill": colour})


def _text(
    svg: ET.Element, text: str, *, x: int, y: int, size: int, colour: str, most: int = CARD_WIDTH
) -> None:
    if not text:
        return
    length = {"textLength": str(min(_width(text, size), most)), "lengthAdjust": "spacingAndGlyphs"}
    look = {"x": str(x), "y": str(y), "font-size": str(size), "fill": colour}
    ET.SubElement(svg, "text", {**look, **length}).text = text


def _width(text: str, size: int) -> int:
    letters = sum(_letters(character) for character in text)
    return max(round(letters * LETTER * size), 1)


def _letters(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    return 1.7 if unicodedata.east_asian_width(character) in "WF" else 1


def _bytes(svg: ET.Element) -> bytes:
    made: bytes = ET.tostring(svg, encoding="utf-8", xml_declaration=True)
    return made
