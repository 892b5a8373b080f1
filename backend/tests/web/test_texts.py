"""The texts of the pages can be translated: all of them are marked."""

import re
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest
from gitleague.core.settings import Settings
from gitleague.league.fairplay.settings import RefereeSettings
from gitleague.tables.fairplay import FairPlayRule
from gitleague.tasks import pulls_of, tasks_of
from gitleague.web import render, texts, words
from gitleague.web.pages import rules
from gitleague.web.pages.running import fair_play
from httpx import Client
from make import Person, make_commit
from remote import Repo

TEMPLATES = render.HERE / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
WORD = re.compile(r"[^\W\d_]{2,}")
# What people read or hear of an element beside what it holds.
READ = {"title", "aria-label", "aria-description", "placeholder", "alt"}
AS_TYPED = {"code", "kbd", "pre", "style", "script"}  # the same in every language
MARKS = {"_", "gettext", "ngettext", "plural"}
NAMING = {"extends", "from", "include", "import"}  # a template
A_TEXT = re.compile(r"[A-Z][a-z]+|.*[A-Za-z]+[,.:;?!]? [A-Za-z].*", re.DOTALL)


class Unmarked(HTMLParser):
    """What is said in the HTML of a template itself, where its blocks and expressions are blank."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._typed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._typed += tag in AS_TYPED
        self.found += [value for name, value in attrs if name in READ and _is_said(value)]

    def handle_endtag(self, tag: str) -> None:
        self._typed -= tag in AS_TYPED

    def handle_data(self, data: str) -> None:
        if not self._typed and _is_said(data):
            self.found.append(data.strip())


def _is_said(text: str | None) -> bool:
    return bool(text and WORD.search(text))


@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_a_template_is_marked(name: str) -> None:
    html, strings, _ = _parts(name)
    reader = Unmarked()
    reader.feed(html)
    assert reader.found == []
    assert [each for each in strings if A_TEXT.fullmatch(each)] == []


@pytest.mark.parametrize("name", NAMES)
def test_only_what_stands_in_the_template_is_taken_for_html(name: str) -> None:
    """The filter `gettext` is for values: they are escaped."""
    _, _, marked = _parts(name)
    assert [each for each in marked if each[0] not in "'\""] == []


def _parts(name: str) -> tuple[str, list[str], list[str]]:
    """The HTML that no block marks, the strings that no call marks, and what begins each call."""
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    html, strings, marked = [], [], []
    tokens = [each for each in render.environment.lex(source) if each[1] != "whitespace"]
    words = [value for _, _, value in tokens]
    in_block, depth, calls = False, 0, []
    for at, (_, kind, value) in enumerate(tokens):
        if kind == "block_begin" and words[at + 1] in ("trans", "endtrans"):
            in_block = words[at + 1] == "trans"
        elif kind == "data" and not in_block:
            html.append(value)
        elif kind == "variable_begin" and not in_block:
            html.append("0")
        elif (kind, value) == ("operator", "("):
            depth += 1
            if words[at - 1] in MARKS and words[at - 2] not in (".", "|"):
                calls.append(depth)
                marked.append(words[at + 1])
        elif (kind, value) == ("operator", ")"):
            calls = [each for each in calls if each < depth]
            depth -= 1
        elif kind == "string" and not calls and words[at - 1] not in NAMING:
            strings.append(value[1:-1])
    return "".join(html), strings, marked


@pytest.mark.on_both
def test_a_translation_is_shown(
    http: Client, ada: Person, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Loud(NullTranslations):
        def gettext(self, message: str) -> str:
            return message.upper() if "%" not in message else message

    repo.push(make_commit())
    monkeypatch.setattr(texts, "translations", Loud())
    headers = ada.headers | {"Accept": "text/html"}
    shown = http.get(f"/projects/{ada.project_id}/standings", headers=headers)
    assert "STANDINGS" in shown.text
    assert ">Standings<" not in shown.text


def test_a_value_is_escaped_also_where_it_is_translated() -> None:
    shown = render.environment.from_string("{{ each|gettext }}").render(each="<b>")
    assert shown == "&lt;b&gt;"


@pytest.mark.parametrize("rule", FairPlayRule)
def test_what_the_referee_looks_for_is_marked(rule: FairPlayRule) -> None:
    limits = fair_play.fields_of(RefereeSettings().limits(rule))
    said = {*fair_play.words_of(rule), *(hint for _, hint, _ in limits)}
    labels = {name.replace("_", " ").capitalize() for name, *_ in limits}
    assert said | labels <= fair_play.SAID
    assert {name for name, *_ in limits} <= rules.LIMITS.keys()


def test_every_job_has_a_name_on_its_page(settings: Settings):
    assert words.JOBS.keys() == tasks_of(settings).keys() | pulls_of(settings).keys()
