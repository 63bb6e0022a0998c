"""Photos beside readings and rounds: kept by their hash, and only those that an accepted act names.

    PUT /api/v1/photos/{sha256}    201 kept | 200 kept already | 404 no act names it (yet) | 400 not what it says
    GET /api/v1/photos/{sha256}    the file

Whoever sends one needs no sign-in: the act that names it is signed, and so the bytes are. A photo may come days
after its act, and from anybody; without an act of a known person nothing is written to the disk.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from collector.answers import AnswerError, unavailable
from collector.body import BodyError, in_time
from collector.whole_file import replace_file
from seepline.acts.hand import MOST_PHOTO_BYTES

FOLDER_NAME = "photos"
_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=86400, immutable",
}


@dataclass(frozen=True, slots=True)
class Photos:
    """Where photos lie, and how large one may be that an act names (None: none does)."""

    folder: Path
    named_bytes: Callable[[str], int | None]

    def path(self, sha256: str) -> Path:
        """Return where a photo lies."""
        return self.folder / sha256[:2] / sha256


def routes(photos: Photos) -> list[Route]:
    """Return the routes of the door."""

    async def put(request: Request) -> Response:
        try:
            return await _kept(photos, _name(request), request.stream())
        except AnswerError as error:
            return error.response

    async def get(request: Request) -> Response:
        try:
            path = photos.path(_name(request))
            kind = await run_in_threadpool(_kind_of_file, path)
        except AnswerError as error:
            return error.response
        return FileResponse(path, headers=_HEADERS, media_type=kind)

    return [Route("/api/v1/photos/{sha256}", put, methods=["PUT"]), Route("/api/v1/photos/{sha256}", get)]


def _name(request: Request) -> str:
    name: str = request.path_params["sha256"]
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise AnswerError(400, "invalid", "expected the SHA-256 of a photo, 64 hex digits")
    return name


async def _kept(photos: Photos, name: str, chunks: AsyncIterator[bytes]) -> Response:
    if photos.path(name).exists():
        return JSONResponse({"sha256": name, "new": False})
    size = await run_in_threadpool(photos.named_bytes, name)
    if size is None:
        raise AnswerError(404, "not named", "no accepted act names this photo; send the act first")
    data = await _whole(chunks, min(size, MOST_PHOTO_BYTES))
    if hashlib.sha256(data).hexdigest() != name:
        raise AnswerError(400, "invalid", f"these {len(data)} bytes are not the photo that the act names")
    if _kind_of(data[:8]) is None:
        raise AnswerError(400, "invalid", "expected a JPEG or PNG file")
    try:
        await run_in_threadpool(_write, photos.path(name), data)
    except OSError as error:
        raise unavailable(f"the photo cannot be kept ({error.strerror})") from error
    return JSONResponse({"sha256": name, "new": True}, 201)


async def _whole(chunks: AsyncIterator[bytes], most: int) -> bytes:
    data = bytearray()
    try:
        async for chunk in in_time(chunks):
            data += chunk
            if len(data) > most:
                raise AnswerError(413, "request too large", f"expected {most} bytes, as the act says")
    except BodyError as error:
        raise AnswerError(error.status, error.code, str(error)) from error
    return bytes(data)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, data)


def _kind_of(head: bytes) -> str | None:
    return next((kind for mark, kind in _TYPES.items() if head.startswith(mark)), None)


def _kind_of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return _kind_of(file.read(8)) or "application/octet-stream"
    except FileNotFoundError as error:
        raise AnswerError(404, "not found", "this photo has not come") from error
