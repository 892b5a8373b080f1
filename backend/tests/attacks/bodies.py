"""Bodies that are made to fill the memory of a server or to keep it busy, and how they are sent."""

import gzip
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from attacks.processes import Told, send_raw
from make import make_commit, make_sha
from zstandard import compress as zstd

MEGABYTE = 1 << 20
SMALL, FULL = 65_000, 30 * MEGABYTE  # just what any body may carry, and one of a push
API = "/api/v1"
COMMITS, REFS = "/sync/projects/{0}/repos/{1}/commits", "/sync/projects/{0}/repos/{1}/refs"
MAILMAP, LINK = "/projects/{0}/identities/mailmap", "/auth/magic-link"
SIGN_IN = "/sign-in"  # a page


def filled(begin: bytes, part: bytes, end: bytes, size: int) -> bytes:
    return begin + part * ((size - len(begin) - len(end)) // len(part)) + end


def lists(begin: bytes, end: bytes, size: int) -> bytes:
    return filled(begin, b"[],", b"1]" + end, size)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def ones(begin: bytes, count: int) -> bytes:
    return begin + b",".join([b"1"] * count) + b"]}"


def commit(**over: Any) -> bytes:
    return json.dumps({"commits": [make_commit(**over)]}).encode()


def many_parents() -> bytes:
    return commit(parents=[make_sha(str(number)) for number in range(100_000)])


def many_fields() -> bytes:
    return json.dumps({str(number): 1 for number in range(6_000)}).encode()


def long_mailmap() -> bytes:
    lines = (f"N <{number}@a> <{number}@b>" for number in range(40_000))
    return json.dumps({"text": "\n".join(lines)}).encode()


def many_files() -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n\r\n'
    return filled(b"", head, b"--b--", SMALL)


class Hostile(NamedTuple):
    name: str
    place: str
    status: int
    body: Callable[[], bytes]
    encoding: str = "identity"
    kind: str = "application/json"
    times: int = 1  # the body is so many of it


FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
BODIES = [
    Hostile("300 MB of blanks", LINK, 413, lambda: b" " * MEGABYTE, times=300),
    Hostile("10 MB of lists", LINK, 413, lambda: lists(b"[", b"", 10 * MEGABYTE)),
    Hostile("64 KB of lists", LINK, 422, lambda: lists(b"[", b"", SMALL)),
    Hostile("deep lists", LINK, 400, lambda: nested(32_000)),
    Hostile("deep lists in a field", LINK, 400, lambda: b'{"email":%s}' % nested(32_000)),
    Hostile("a number of 60,000 digits", LINK, 400, lambda: b'{"email":%s}' % (b"9" * 60_000)),
    Hostile("6,000 unknown fields", LINK, 422, many_fields),
    Hostile("fields of a form", SIGN_IN, 400, lambda: filled(b"", b"a=&", b"a", SMALL), kind=FORM),
    Hostile("files for a form", SIGN_IN, 422, many_files, kind=FILES),
    Hostile("30 MB of lists as tips", REFS, 413, lambda: lists(b'{"tips":[', b"}", FULL)),
    Hostile("500,000 wrong tips", REFS, 422, lambda: ones(b'{"tips":[', 500_000)),
    Hostile("deep tips", REFS, 400, lambda: b'{"tips":' * 400_000),
    Hostile("30 MB of lists as commits", COMMITS, 413, lambda: lists(b'{"commits":[', b"}", FULL)),
    Hostile("500,000 wrong commits", COMMITS, 413, lambda: ones(b'{"commits":[', 500_000)),
    Hostile("5,000 wrong commits", COMMITS, 201, lambda: ones(b'{"commits":[', 5_000)),
    Hostile("deep commits", COMMITS, 413, lambda: nested(5_000_000)),
    Hostile("100,000 parents", COMMITS, 201, many_parents),
    Hostile("a title of 25 MB", COMMITS, 201, lambda: commit(message_title="x" * 25 * MEGABYTE)),
    Hostile("150,000 gzip members", COMMITS, 400, lambda: gzip.compress(b"") * 150_000, "gzip"),
    Hostile("a gzip bomb", COMMITS, 413, lambda: gzip.compress(b" " * 99 * MEGABYTE, 1), "gzip"),
    Hostile("150,000 zstd frames", COMMITS, 400, lambda: zstd(b"") * 150_000, "zstd"),
    Hostile("a zstd bomb", COMMITS, 413, lambda: zstd(b" " * 300 * MEGABYTE), "zstd"),
    Hostile("40,000 lines of .mailmap", MAILMAP, 200, long_mailmap),
]


def send(
    hostile: Hostile,
    address: tuple[str, int],
    jwt: str,
    places: tuple[object, object],
    *,
    seconds: int,
) -> Told:
    """`places` are the ids of the league and of a repository of it; `seconds`, the most to wait."""
    body = hostile.body()
    host, port = address
    place = hostile.place.format(*places)
    path = place if place == SIGN_IN else API + place
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n"
        f"Authorization: Bearer {jwt}\r\nOrigin: http://{host}:{port}\r\n"
        f"Content-Type: {hostile.kind}\r\nContent-Encoding: {hostile.encoding}\r\n"
        f"Content-Length: {len(body) * hostile.times}\r\n\r\n"
    )
    parts = [body[at : at + MEGABYTE] for at in range(0, len(body), MEGABYTE)]
    return send_raw(address, head.encode(), parts * hostile.times, seconds)
