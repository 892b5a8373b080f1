"""Pages refuse parameters that they do not know, so no page may lead to one with such a name."""

import html
import re
from urllib.parse import parse_qsl, urljoin, urlsplit

from fastapi.routing import iter_route_contexts
from gitleague.app import create_app
from gitleague.core.unknown import parameters_of
from httpx import Client
from places import PLACES
from served import Filled
from starlette.routing import compile_path

LINK = re.compile(r'<a [^>]*href="([^"#]*\?[^"#]*)')
FORM = re.compile(r'<form (?![^>]*method="post")[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
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


def test_no_page_leads_to_a_parameter_that_is_refused(filled: Filled, filled_http: Client) -> None:
    asked: set[tuple[str, frozenset[str]]] = set()
    once = {urlsplit(place.path).path: place.path for place in PLACES}
    for path in once.values():
        here = path.format(**filled.league._asdict())
        answer = filled_http.get(here, headers=filled.ada.headers, follow_redirects=True)
        assert answer.is_success, path
        asked |= leads_to(answer.text, here)
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
