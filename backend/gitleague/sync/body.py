"""The body of a request: unpacked, and never larger than the settings allow."""

import zlib
from typing import Annotated, NamedTuple

import zstandard
from fastapi import Depends, Request

from gitleague.core.errors import BadRequest, TooLarge, WrongMediaType

# What an encoder may ask its reader to keep in memory; zstd's own levels up to 19 need no more.
ZSTD_WINDOW = 8 * 1024 * 1024


class Packed(NamedTuple):
    """A body as it came over the wire."""

    content: bytes
    encoding: str


async def _receive(request: Request) -> Packed:
    limit: int = request.app.state.settings.max_body_bytes
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise _too_large(limit)
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    return Packed(bytes(content), encoding or "identity")


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
        raise _too_large(limit)
    return content


def _gunzip(packed: bytes, limit: int) -> bytes:
    content, rest = b"", packed
    while rest:  # gzip files may be glued together
        unpacker = zlib.decompressobj(wbits=31)
        try:
            content += unpacker.decompress(rest, limit + 1 - len(content))
        except zlib.error as error:
            raise BadRequest("The body is not gzip, though Content-Encoding says so.") from error
        if len(content) > limit:
            raise _too_large(limit)
        if not unpacker.eof:
            raise BadRequest("The gzip body ends too early. Send it again.")
        rest = unpacker.unused_data
    return content


def _unzstd(packed: bytes, limit: int) -> bytes:
    unpacker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    try:
        with unpacker.stream_reader(packed, read_across_frames=True) as reader:
            return bytes(reader.read(limit + 1))
    except zstandard.ZstdError as error:
        raise BadRequest("The body is not zstd, though Content-Encoding says so.") from error


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {limit:,} bytes when unpacked, the most that one push may carry. "
        "Send fewer commits at a time."
    )
