"""One repository under every spelling of its URL, and never two under one."""

import string

import pytest
from gitleague.projects.git_urls import name_of, url_key, without_credentials
from hypothesis import given
from hypothesis import strategies as st

PARTS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=12)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
HOSTS = st.lists(PARTS.filter(lambda part: part[0].isalnum()), min_size=1, max_size=3).map(".".join)


@given(HOSTS, PATHS)
def test_every_spelling_is_the_same(host: str, path: str) -> None:
    spellings = [
        f"git@{host}:{path}.git",
        f"{host}:{path}",
        f"ssh://git@{host}/{path}",
        f"ssh://{host}:22/{path}.git",
        f"https://{host}/{path}.git",
        f"https://user:secret@{host.upper()}:443/{path}/",
        f"http://{host}:80//{path}",
        f"git://{host}/{path}.git/",
        f"https:/{host}/{path}",
        f"  https://{host}/{path}\n",
    ]
    assert {url_key(spelling) for spelling in spellings} == {url_key(spellings[0])}


@given(HOSTS, PATHS, HOSTS, PATHS)
def test_others_are_not(host: str, path: str, other_host: str, other_path: str) -> None:
    same = (host.lower(), path) == (other_host.lower(), other_path)
    assert (url_key(f"{host}:{path}") == url_key(f"https://{other_host}/{other_path}")) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.org/a", "https://x.org/A"),  # a forge may fold these, a server may not
        ("https://x.org/a", "https://x.org:8443/a"),
        ("ssh://x.org:2222/a", "ssh://x.org/a"),
        ("/srv/x.org/a", "https://x.org/a"),
        ("https://x.org/a/b", "https://x.org/ab"),
    ],
)
def test_what_looks_alike_and_is_not(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("file:///srv/git/site.git", "/srv/git/site"),
        ("/srv/git/site", "/srv/git/site"),
        ("/srv/git/./other/../site/.", "/srv/git/site"),
        ("[::1]:site.git", "[::1]/site"),
        ("https://x.org/a%20b", "x.org/a b"),
        ("https://x.org/grüße", "x.org/grüße"),
    ],
)
def test_what_the_key_is(url: str, key: str) -> None:
    assert url_key(url) == key


@pytest.mark.parametrize(
    "url",
    [
        *("", " ", "site", "team/site", "./site", "~/site", "https://", "https:///x"),
        *("https://x.org", "https://x.org/.git", "x.org:", "/", "file://", "x.org:a\nb"),
        *("https://x.org:99999/a", "https://x.org/" + "a" * 2000, "https://[::1/a", "x.org:a\0b"),
    ],
)
def test_what_names_no_repository(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        url_key(url)


@given(st.text())
def test_any_text_is_a_key_or_a_mistake(text: str) -> None:
    try:
        key = url_key(text)
    except ValueError:
        return
    assert key.isprintable()
    assert 0 < len(key) <= 1024


@given(HOSTS, PATHS, PARTS)
def test_no_credential_is_kept(host: str, path: str, secret: str) -> None:
    for url in (
        f"https://user:se%40{secret}@{host}/{path}",
        f"https://:tok-{secret}@{host}/{path}",
        f"https://tok-{secret}@{host}/{path}",
        f"https:/tok-{secret}@{host}/{path}",
    ):
        kept = without_credentials(url)
        assert f"40{secret}" not in kept.partition("@")[0]
        assert f"tok-{secret}" not in kept.partition("@")[0]
        assert url_key(kept) == url_key(url)
    assert without_credentials(f"git@{host}:{path}") == f"git@{host}:{path}"


@pytest.mark.parametrize(
    ("url", "name"), [("git@x.org:team/site.git", "site"), ("https://x.org/a/b/", "b")]
)
def test_what_to_call_it(url: str, name: str) -> None:
    assert name_of(url) == name
