"""The body of a request: unpacked, and never larger than the settings allow."""

import re
import zlib
from typing import Annotated, NamedTuple

import zstandard
from fastapi import Depends, Request

from gitleague.core.body_limit import body_too_large, carries_up_to
from gitleague.core.errors import BadRequest, TooLarge, WrongMediaType
from gitleague.core.settings import Settings

# What an encoder may ask its reader to keep in memory; zstd's own levels up to 19 need no more.
ZSTD_WINDOW = 8 * 1024 * 1024
# Each is a walk through what follows: a body of millions would keep a worker busy for hours.
MOST_GZIP_MEMBERS = 100
# JSON of nothing but brackets would need a hundred times its size in memory.
MOST_VALUES = 1_000_000
_QUOTED = re.compile(rb'"[^"]*"?')  # what is never closed goes to the end, and is read once


class Packed(NamedTuple):
    """A body as it came over the wire."""

    content: bytes
    encoding: str


async def _receive(request: Request) -> Packed:
    settings: Settings = request.app.state.settings
    carries_up_to(request, settings.max_body_bytes)
    content = await request.body()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    return Packed(content, encoding or "identity")


PackedBody = Annotated[Packed, Depends(_receive)]


def unpack(packed: Packed, *, limit: int) -> bytes:
    """The bytes meant. A bomb is told by its limit, not by its unpacked size."""
    if packed.encoding == "identity":
        content = packed.content
    elif packed.encoding in ("gzip", "x-gzip"):
        content = _gunzip(packed.content, limit)
    elif packed.encoding == "zstd":
        content = _unzstd(packed.content, limit)
    else:
        raise WrongMediaType(
            f"Content-Encoding {packed.encoding!r} is not read here. "
            "Send the body plain, or packed with gzip or zstd."
        )
    if len(content) > limit:
        raise body_too_large(limit)
    return content


def refuse_heaps(content: bytes) -> None:
    """Raises TooLarge for JSON of too many values, before anything is made of them."""
    marks = (b"{", b"[", b",")
    if sum(map(content.count, marks)) <= MOST_VALUES:
        return
    bare = _QUOTED.sub(b"", content.replace(b"\\\\", b"").replace(b'\\"', b""))
    if sum(map(bare.count, marks)) > MOST_VALUES:
        raise TooLarge(f"The body holds more than {MOST_VALUES:,} values. Send smaller batches.")


def _gunzip(packed: bytes, limit: int) -> bytes:
    content, rest = b"", packed
    for _ in range(MOST_GZIP_MEMBERS):  # gzip files may be glued together
        unpacker = zlib.decompressobj(wbits=31)
        try:
            content += unpacker.decompress(rest, limit + 1 - len(content))
        except zlib.error as error:
            raise BadRequest("The body is not gzip, though Content-Encoding says so.") from error
        if len(content) > limit:
            raise body_too_large(limit)
        if not unpacker.eof:
            raise BadRequest("The gzip body ends too early. Send it again.")
        rest = unpacker.unused_data
        if not rest:
            return content
    raise BadRequest("The gzip body is made of too many pieces. Pack it as a whole.")


def _unzstd(packed: bytes, limit: int) -> bytes:
    unpacker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    try:
        with unpacker.stream_reader(packed, read_across_frames=True) as reader:
            return bytes(reader.read(limit + 1))
    except zstandard.ZstdError as error:
        raise BadRequest("The body is not zstd, though Content-Encoding says so.") from error
