"""Whose request it is: X-Forwarded-For is believed from trusted proxies only."""

from ipaddress import ip_network

import pytest
from gitleague.accounts.addresses import client_address
from hypothesis import given
from hypothesis import strategies as st

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
EVE = "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (EVE, "", EVE),
        (EVE, "198.51.100.1", EVE),  # the original believed anybody
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", EVE, EVE),
        ("10.0.0.1", f"198.51.100.1, {EVE}", EVE),  # what stands left of it, eve wrote
        ("10.0.0.1", f"{EVE}, 10.9.9.9", EVE),  # two proxies of ours
        ("10.0.0.1", f"{EVE}, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.1", f"{EVE}:4711", EVE),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1%eth0", "2001:db8::1"),
        ("10.0.0.1", f"::ffff:{EVE}", EVE),
        ("::ffff:10.0.0.1", EVE, EVE),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", f"{EVE}, garbage", "10.0.0.1"),
        ("unknown", EVE, "unknown"),
    ],
)
def test_whose_request_it_is(peer: str, forwarded: str, address: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == address


@given(st.text())
def test_a_stranger_cannot_choose_their_address(forwarded: str) -> None:
    assert client_address(EVE, forwarded, PROXIES) == EVE
    assert client_address("10.0.0.1", f"{forwarded},{EVE}", PROXIES) == EVE
