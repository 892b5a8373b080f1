"""What `doctor` sees of the way to the server: the certificate, proxies, the key, the versions."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from certificates import make_certificate
from conftest import Commissioner, Server
from faults import Proxy, answer, proxy_to
from gitleague_client import __version__
from gitleague_client.proxies import way_to

HERE = str(Path(__file__).parent)


@contextmanager
def https_to(server: Server, certificate: Path) -> Iterator[Proxy]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with proxy_to(server.url, tls=context) as proxy:
        yield proxy


def findings(somebody: Commissioner, **environment: str) -> dict[str, str]:
    """What was found, with how good it is."""
    done = somebody.run("doctor", "--json", **environment)
    return {result["what"]: result["finding"] for result in done.results}


def only(found: dict[str, str], part: str) -> tuple[str, str]:
    (each,) = [(what, mark) for what, mark in found.items() if part in what]
    return each


@pytest.mark.parametrize(("days", "mark"), [(30, "ok"), (13, "warn")])
def test_the_certificate_and_how_long_it_is_valid(
    ada: Commissioner, site: dict[str, str], tmp_path: Path, days: int, mark: str
) -> None:
    certificate = make_certificate(tmp_path, days=days)
    with https_to(ada.server, certificate) as https:
        ada.write(site, api_url=https.url)
        found = findings(ada, SSL_CERT_FILE=str(certificate))
    what, marked = only(found, "certificate is valid until")
    assert what.startswith("TLSv1.3; ")
    assert marked == mark
    assert set(found.values()) == {"ok", mark}


@pytest.mark.parametrize("command", ["doctor", "sync"])
def test_a_certificate_that_nobody_vouches_for(
    ada: Commissioner, site: dict[str, str], tmp_path: Path, command: str
) -> None:
    certificate = make_certificate(tmp_path, days=30)
    with https_to(ada.server, certificate) as https:
        ada.write(site, api_url=https.url, max_retries=0)
        done = ada.run(command)
        assert done.code == 4
        assert "CERTIFICATE_VERIFY_FAILED" in done.out + done.err
        assert "SSL_CERT_FILE" in done.out + done.err
        assert https.seen == []
        assert ada.run("sync", SSL_CERT_FILE=str(certificate)).code == 0


def test_plain_http_has_no_certificate(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    assert not [what for what in findings(ada) if "certificate" in what]


def test_the_proxy_is_named_without_its_password(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site, api_url="http://league.invalid")
    proxy = "http://ada:hunter2@127.0.0.1:9"
    done = ada.run("doctor", "--insecure", HTTP_PROXY=proxy)
    assert done.code == 4
    way = "HTTP_PROXY sends what goes to http://league.invalid through http://127.0.0.1:9."
    assert way in done.out
    assert "hunter2" not in done.out + done.err
    passed_by = ada.run("doctor", "--insecure", HTTP_PROXY=proxy, NO_PROXY="league.invalid").out
    assert "NO_PROXY lets what goes to http://league.invalid pass by the proxy." in passed_by


def test_no_proxy_is_on_the_way_to_this_machine(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    done = ada.run("doctor", HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9")
    assert done.code == 0, done.out
    assert f"No proxy is on the way to {ada.url}." in done.out


WAYS = [
    ({"HTTPS_PROXY": "http://p:1"}, "http://p:1", "HTTPS_PROXY"),
    ({"https_proxy": "p:1"}, "p:1", "HTTPS_PROXY"),
    ({"HTTPS_PROXY": "me:a/b@c@p:1"}, "p:1", "HTTPS_PROXY"),
    ({"HTTPS_PROXY": "http://me:a://b@p:1"}, "http://p:1", "HTTPS_PROXY"),
    ({"ALL_PROXY": "socks5://me@p:1"}, "socks5://p:1", "ALL_PROXY"),
    ({"ALL_PROXY": "http://a", "HTTPS_PROXY": "http://b"}, "http://b", "HTTPS_PROXY"),
    ({"HTTP_PROXY": "http://p:1"}, None, None),
    ({"NO_PROXY": "*"}, None, None),
    ({}, None, None),
]
EXCEPTED = ["*", "league.example.org", "example.org", ".example.org", "a, LEAGUE.example.org:8443"]
NOT_EXCEPTED = ["", "le.org", "other.example.org", ".league.example.org", "league.example.org:1"]


@pytest.mark.parametrize(("environment", "proxy", "setting"), WAYS)
def test_which_proxy_applies(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    proxy: str | None,
    setting: str | None,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert way_to("https://league.example.org/") == (proxy, setting)


@pytest.mark.parametrize("excepted", [*EXCEPTED, *NOT_EXCEPTED])
def test_what_passes_by_the_proxy(monkeypatch: pytest.MonkeyPatch, excepted: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    monkeypatch.setenv("NO_PROXY", excepted)
    setting = "NO_PROXY" if excepted in EXCEPTED else "HTTPS_PROXY"
    assert way_to("https://league.example.org:8443/").setting == setting


def test_where_the_key_comes_from(ada: Commissioner, site: dict[str, str]) -> None:
    def source(*arguments: str, **environment: str) -> str:
        done = ada.run("doctor", *arguments, **environment)
        assert (done.code, ada.key in done.out) == (0, False), done.out
        (line,) = [line for line in done.out.splitlines() if "The API key comes from" in line]
        return line.removeprefix("ok    The API key comes from ")

    box = {
        "PYTHONPATH": HERE,
        "PYTHON_KEYRING_BACKEND": "strongboxes.Box",
        "STRONGBOX": str(ada.folder / "strongbox"),
    }
    ada.write(site, api_key=None)
    assert ada.run("doctor").code == 3
    ada.run("login", stdin=ada.key)
    assert source() == "the credentials file."
    ada.run("login", stdin=ada.key, **box)
    assert source(**box) == "the system keyring."
    ada.write(site)
    assert source(**box) == "the configuration."
    assert source(GITLEAGUE_API_KEY=ada.key) == "GITLEAGUE_API_KEY."
    assert source("--api-key", ada.key, GITLEAGUE_API_KEY=ada.key) == "--api-key."


@pytest.mark.parametrize(
    ("version", "mark"), [(__version__, "ok"), ("0.1.0", "ok"), ("0.2.99", "ok"), ("9.0", "warn")]
)
def test_the_versions_of_both_sides(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, version: str, mark: str
) -> None:
    ada.write(site)
    about = json.dumps({"name": "The Git League", "version": version}).encode()
    proxy.fail("/v1", answer(200, about))
    what, marked = only(findings(ada), "this client is")
    assert f"The Git League {version}; this client is {__version__}." in what
    assert marked == mark


@pytest.mark.parametrize("end", ["/v1", "/status"])
def test_a_client_that_is_too_old(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, end: str
) -> None:
    ada.write(site)
    proxy.fail(end, answer(426, b'{"detail": "Too old."}'))
    done = ada.run("doctor")
    assert done.code == 2
    assert "FAIL  Too old.\n      Upgrade: pipx upgrade gitleague-client" in done.out


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nofile", "No certificates can be read from"),
        ("SSL_CERT_FILE", __file__, "No certificates can be read from"),
        ("HTTPS_PROXY", "garbage://x", "HTTPS_PROXY is no address of a proxy."),
        ("HTTPS_PROXY", "http://127.0.0.1:notaport", "HTTPS_PROXY is no address of a proxy."),
        ("ALL_PROXY", "http://[::1", "ALL_PROXY is no address of a proxy."),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    ada: Commissioner, site: dict[str, str], name: str, value: str, said: str
) -> None:
    ada.write(site, api_url="https://league.invalid")
    for command in ("doctor", "sync"):
        done = ada.run(command, **{name: value})
        assert (done.code, said in done.out + done.err) == (2, True), done.out + done.err


def test_a_socks_proxy_is_on_the_way(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site, api_url="https://league.invalid")
    done = ada.run("doctor", ALL_PROXY="socks5://127.0.0.1:9")
    assert done.code == 4
    assert "ALL_PROXY sends what goes to https://league.invalid through socks5" in done.out


@pytest.mark.parametrize("date", ["Mon, 23 Nov 2026 19:00:00 -0000", "Mon, 23 Nov 2026 19:00:00"])
def test_a_clock_without_a_zone_is_taken_for_utc(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, date: str
) -> None:
    ada.write(site)
    proxy.fail("/v1", answer(200, b'{"name": "x", "version": "0.2.0"}', Date=date))
    assert ada.run("doctor").code == 0
