"""The body of a request: bounded in size, plain or gzip and never unpacked further, and bounded in time."""

import asyncio
import zlib
from collections.abc import AsyncIterator

MAX_BODY_BYTES = 16 * 1024 * 1024  # of raw readings
MAX_DOCUMENT_BYTES = 4 * 1024 * 1024  # of whatever a person or a gateway says otherwise
LONGEST_PAUSE_S = 60.0  # between two pieces: 2G pauses for some seconds
_GZIP_WINDOW = 31  # zlib: 16 for the gzip wrapper + 15 for the largest window


class BodyError(Exception):
    """The body cannot be taken: `status` is the HTTP status to answer with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def _too_large(most: int) -> BodyError:
    return BodyError(413, "request too large", f"body: expected at most {most} bytes after unpacking")


async def read_body(chunks: AsyncIterator[bytes], encoding: str, most: int = MAX_DOCUMENT_BYTES) -> bytes:
    """Return the whole unpacked body of a request.

    Raises
    ------
    BodyError
        413 above `most` bytes, 400 for broken gzip, 415 for another encoding, 408 when nothing comes any more.
    """
    if encoding in ("", "identity"):
        return await _plain(in_time(chunks), most)
    if encoding == "gzip":
        return await _gzip(in_time(chunks), most)
    raise BodyError(415, "unsupported media type", f"Content-Encoding is {encoding!r}: expected gzip or identity")


async def in_time(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the pieces of a body. Raises BodyError 408 after a pause of LONGEST_PAUSE_S."""
    try:
        while True:
            async with asyncio.timeout(LONGEST_PAUSE_S):
                chunk = await anext(chunks)
            yield chunk
    except StopAsyncIteration:
        return
    except TimeoutError as error:
        raise BodyError(408, "too slow", f"body: nothing came for {LONGEST_PAUSE_S:g} s") from error


async def _plain(chunks: AsyncIterator[bytes], most: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


async def _gzip(chunks: AsyncIterator[bytes], most: int) -> bytes:
    unpacker, body = zlib.decompressobj(_GZIP_WINDOW), bytearray()
    async for chunk in chunks:
        try:
            body += unpacker.decompress(chunk, most + 1 - len(body))
        except zlib.error as error:
            raise BodyError(400, "invalid", f"body is not gzip: {error}") from error
        if len(body) > most or unpacker.unconsumed_tail:
            raise _too_large(most)
        if unpacker.unused_data:
            raise BodyError(400, "invalid", "body: bytes after the end of the gzip stream")
    if not unpacker.eof:
        raise BodyError(400, "invalid", "body: the gzip stream ends too early")
    return bytes(body)
