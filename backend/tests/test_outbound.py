"""Which addresses the server sends to, and what it does not put up with."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from awaited import until
from gitleague.core import outbound
from gitleague.core.outbound import Outbound, Refused, Unreachable, check_url, is_allowed
from gitleague.core.settings import Settings
from receiver import Receiver, receiving

HERE = "127.0.0.0/8"


def settings_with(**options: Any) -> Settings:
    return Settings(_env_file=None, **options)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org",
        "https://hooks.example.org:8443/a/b?c=d",
        "https://b\u00fccher.example/\u00e4",
        "https://[2606:4700::1111]/",
    ],
)
def test_addresses_that_are_taken(url):
    check_url(settings_with(), url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.org", "must begin with https://"),
        ("ftp://hooks.example.org", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("javascript:alert(1)", "must begin with https://"),
        ("hooks.example.org", "must begin with https://"),
        ("https://", "names no host"),
        ("https:///path", "names no host"),
        ("https://user:secret@hooks.example.org", "Leave user and password out"),
        ("https://@hooks.example.org", "Leave user and password out"),
        ("https://hooks.example.org/#secret", "Leave out what follows #"),
        ("https://hooks.example.org:99999", "not an address"),
        ("https://hooks.example.org/\r\nHost: x", "not an address"),
        ("https://hooks.example.org\\@evil.example", "not an address"),
        ("https://a b", "not an address"),
        ("https://[::1", "not an address"),
        (f"https://{'a' * 64}.example", "not an address"),
        (f"https://hooks.example.org/{'a' * 2048}", "not an address"),
    ],
)
def test_addresses_that_are_not(url, why):
    with pytest.raises(Refused, match=why):
        check_url(settings_with(), url)


def test_http_only_where_the_operator_allows_it():
    check_url(settings_with(outbound_http=True), "http://hooks.example.org")


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses(address):
    assert is_allowed(ip_address(address), ())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "fec0::1", "::7f00:1", "192.0.0.8", "192.88.99.1", "3fff::1"),
    ],
)
def test_addresses_that_only_this_server_could_reach(address):
    assert not is_allowed(ip_address(address), ())
    named = is_allowed(ip_address(address), [ip_network("172.20.0.0/16")])
    assert not named


def test_the_operator_allows_networks():
    assert is_allowed(ip_address("10.1.2.3"), [ip_network("10.0.0.0/8")])
    assert is_allowed(ip_address("::ffff:10.1.2.3"), [ip_network("10.0.0.0/8")])


def test_it_sends(receiver):
    sends = Outbound(settings_with(outbound_http=True, outbound_networks=HERE))
    answer = sends.post(f"{receiver.url}?\u00e4=1", b"{}", {"x-name": "value"})
    assert answer.status == 204
    assert receiver.messages[0].headers["x-name"] == "value"
    assert receiver.messages[0].path == "/hook?%C3%A4=1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_every_spelling_of_this_machine_is_refused(receiver, host):
    port = receiver.url.split(":")[2]
    sends = Outbound(settings_with(outbound_http=True))
    with pytest.raises(Refused, match="GITLEAGUE_OUTBOUND_NETWORKS"):
        sends.post(f"http://{host}:{port}", b"", {})
    assert receiver.messages == []


def test_a_name_that_leads_to_both_is_refused(receiver, monkeypatch):
    """One look at the name: what it says later is of no interest."""
    asked = []

    def answers(host: str, port: int, **_options: object) -> list[Any]:
        asked.append(host)
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("1.1.1.1", port)), (*kind, ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    with pytest.raises(Refused):
        Outbound(settings_with(outbound_http=True)).post("http://both.example", b"", {})
    assert asked == ["both.example"]


def test_the_address_that_was_checked_is_connected_to(receiver, monkeypatch):
    """A name that leads elsewhere when it is asked a second time gains nothing."""
    real = socket.getaddrinfo
    asked = []

    def rebinds(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        if host != "rebinds.example":
            return real(host, port, *rest, **options)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.9", port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinds)
    sends = Outbound(settings_with(outbound_http=True, outbound_networks="127.0.0.1"))
    port = receiver.url.split(":")[2].split("/")[0]
    assert sends.post(f"http://rebinds.example:{port}/hook", b"", {}).status == 204
    assert asked == ["rebinds.example"]
    assert receiver.messages[0].headers["host"] == f"rebinds.example:{port}"


def test_redirects_are_not_followed(receiver):
    receiver.status, receiver.location = 302, receiver.url
    sends = Outbound(settings_with(outbound_http=True, outbound_networks=HERE))
    assert sends.post(receiver.url, b"", {}).status == 302
    assert len(receiver.messages) == 1


def test_an_answer_that_drips_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.5)
    receiver.slowly = 0.05
    sends = Outbound(settings_with(outbound_http=True, outbound_networks=HERE))
    with pytest.raises(Unreachable, match="No answer within"):
        sends.post(receiver.url, b"", {})
    until(lambda: receiver.is_cut_off)


def test_what_cannot_be_reached(receiver, monkeypatch):
    sends = Outbound(settings_with(outbound_http=True, outbound_networks=HERE))
    with pytest.raises(Unreachable, match="name cannot be found"):
        sends.post("http://nowhere.invalid", b"", {})
    with pytest.raises(Unreachable, match="cannot be connected to"):
        sends.post("http://127.0.0.1:1", b"", {})
    with pytest.raises(Unreachable):  # it does not speak TLS
        sends.post(receiver.url.replace("http:", "https:"), b"", {})
