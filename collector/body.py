"""The body of a write request: at most 16 MiB, plain or gzip, never unpacked further than that."""

import zlib
from collections.abc import AsyncIterator

MAX_BODY_BYTES = 16 * 1024 * 1024
_GZIP_WINDOW = 31  # zlib: 16 for the gzip wrapper + 15 for the largest window


class BodyError(Exception):
    """The body cannot be taken: `status` is the HTTP status to answer with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def _too_large() -> BodyError:
    return BodyError(413, "request too large", f"body: expected at most {MAX_BODY_BYTES} bytes after unpacking")


async def read_body(chunks: AsyncIterator[bytes], encoding: str) -> bytes:
    """Return the whole unpacked body of a request.

    Raises
    ------
    BodyError
        413 above MAX_BODY_BYTES, 400 for broken gzip, 415 for another encoding.
    """
    if encoding in ("", "identity"):
        return await _plain(chunks)
    if encoding == "gzip":
        return await _gzip(chunks)
    raise BodyError(415, "unsupported media type", f"Content-Encoding is {encoding!r}: expected gzip or identity")


async def _plain(chunks: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
    return bytes(body)


async def _gzip(chunks: AsyncIterator[bytes]) -> bytes:
    unpacker, body = zlib.decompressobj(_GZIP_WINDOW), bytearray()
    async for chunk in chunks:
        try:
            body += unpacker.decompress(chunk, MAX_BODY_BYTES + 1 - len(body))
        except zlib.error as error:
            raise BodyError(400, "invalid", f"body is not gzip: {error}") from error
        if len(body) > MAX_BODY_BYTES or unpacker.unconsumed_tail:
            raise _too_large()
        if unpacker.unused_data:
            raise BodyError(400, "invalid", "body: bytes after the end of the gzip stream")
    if not unpacker.eof:
        raise BodyError(400, "invalid", "body: the gzip stream ends too early")
    return bytes(body)
