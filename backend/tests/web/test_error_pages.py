"""The page of an error: what it says is tested with each error; here, where it leads."""

import re

import pytest
from httpx import Client
from make import Person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def back_of(http: Client, referer: str) -> str | None:
    page = http.get("/nothing/here", headers={"Accept": "text/html", "Referer": referer})
    assert page.status_code == 404
    found = re.search(r'href="([^"]*)">Back<', page.text)
    return found[1] if found else None


def test_it_leads_back_to_where_somebody_came_from(http: Client, ada: Person) -> None:
    site = str(http.base_url).rstrip("/")
    assert (
        back_of(http, f"{site}/projects/{ada.project_id}?period=week")
        == f"/projects/{ada.project_id}"
    )


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/x", "/\\evil.example", "https://evil.example/", ""]
)
def test_it_never_leads_to_another_site(http: Client, path: str) -> None:
    site = str(http.base_url).rstrip("/")
    assert back_of(http, path if "://" in path else f"{site}{path}") in {None, ""}
