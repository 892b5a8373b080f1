"""What a page leads to is there: pages with the parameters that they know, and styles."""

import html
import re
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from fastapi.routing import iter_route_contexts
from gitleague import web
from gitleague.app import create_app
from gitleague.core.unknown import parameters_of
from httpx import Client
from places import PLACES
from served import Filled
from starlette.routing import compile_path

LINK = re.compile(r'<a [^>]*href="([^"#]*\?[^"#]*)')
FORM = re.compile(r'<form (?![^>]*method="post")[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
CLASS = re.compile(r"\.([a-z][\w-]*)(?=[^{}]*\{)")
USED = re.compile(r' class="([^"]*)"')
SHEET = re.compile(r'<link rel="stylesheet" href="/static/(\w+)\.css')
STATIC = Path(web.__file__).parent / "static"
FIELD = re.compile(r'<(?:input|select)[^>]* name="(\w+)"')


def leads_to(page: str, place: str) -> set[tuple[str, frozenset[str]]]:
    """Addresses of this site, each with the names that it is asked with."""
    links = [urljoin(place, html.unescape(link)) for link in LINK.findall(page)]
    ours = [urlsplit(link) for link in links if not urlsplit(link).netloc]
    found = {(link.path, _names(link.query)) for link in ours}
    forms = FORM.findall(page)
    return found | {
        (urlsplit(urljoin(place, to)).path, frozenset(FIELD.findall(form))) for to, form in forms
    }


def _names(query: str) -> frozenset[str]:
    return frozenset(name for name, _ in parse_qsl(query, keep_blank_values=True))


@pytest.fixture(scope="module")
def pages(filled: Filled, filled_http: Client) -> dict[str, str]:
    """Every page that can be opened, by its path."""
    opened = {}
    for path in {urlsplit(place.path).path: place.path for place in PLACES}.values():
        here = path.format(**filled.league._asdict())
        answer = filled_http.get(here, headers=filled.ada.headers, follow_redirects=True)
        assert answer.is_success, path
        opened[here] = answer.text
    return opened


def test_no_page_leads_to_a_parameter_that_is_refused(
    pages: dict[str, str], filled: Filled
) -> None:
    asked = {link for here, page in pages.items() for link in leads_to(page, here)}
    known = [
        (compile_path(route.path)[0], parameters_of(route.dependant))
        for route in iter_route_contexts(create_app(filled.settings).routes)
        if "GET" in (route.methods or ()) and getattr(route, "dependant", None)
    ]
    assert len(asked) > 30
    for path, names in asked:
        there = next((takes for fits, takes in known if fits.match(path)), None)
        assert there is not None, path
        assert names <= there, path


def test_every_page_loads_the_styles_that_it_uses(pages: dict[str, str]) -> None:
    sheets = {file.stem: set(CLASS.findall(file.read_text())) for file in STATIC.glob("*.css")}
    styled = set().union(*sheets.values())
    missing = {}
    for here, page in pages.items():
        loaded = set().union(*(sheets[name] for name in SHEET.findall(page)))
        used = {name for names in USED.findall(page) for name in names.split()}
        missing[here] = used & styled - loaded
    assert {here: names for here, names in missing.items() if names} == {}
