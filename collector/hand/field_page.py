"""The phone's form: a page that works without a network, signs in the browser, and sends when it can.

    GET /field/             the form; files of its own beside it, kept on the phone by its service worker
    GET /field/site.json    what can be read on this site, when it was done last, what is overdue

It needs no sign-in: the page holds a key that the browser does not give away, and an act is signed. It tells no
readings, only what is to be read.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from collector.hand.duties import DutyState
from collector.hand.hand_words import SURVEY
from collector.hand.reader import HandReader
from seepline.acts.hand import ANSWERS, MOST_PHOTO_BYTES, MOST_PHOTOS
from seepline.hand.methods import METHODS
from seepline.hand.overdue import Duty, duties, round_at
from seepline.site import Site

_FILES = Path(__file__).parent / "field"
_TYPES = {
    "field.html": "text/html; charset=utf-8",
    "field.css": "text/css; charset=utf-8",
    "form.js": "text/javascript; charset=utf-8",
    "outbox.js": "text/javascript; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "signing.js": "text/javascript; charset=utf-8",
    "words.js": "text/javascript; charset=utf-8",
    "worker.js": "text/javascript; charset=utf-8",
    "manifest.json": "application/manifest+json",
    "icon.svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class Field:
    """What the form may know."""

    site: Site
    reader: HandReader
    now_ms: Callable[[], int]


def routes(field: Field) -> list[Route]:
    """Return the routes of the form."""
    version = hashlib.sha256(b"".join((_FILES / name).read_bytes() for name in _TYPES)).hexdigest()[:16]

    def file(request: Request) -> Response:
        name = request.path_params.get("name") or "field.html"
        if name not in _TYPES:
            return PlainTextResponse("There is no such file.", HTTPStatus.NOT_FOUND, _HEADERS)
        data = (_FILES / name).read_bytes()
        if name == "worker.js":  # a new version of any file is a new worker, which takes all of them anew
            data = f'const VERSION = "{version}";\n'.encode() + data
        return Response(data, headers={**_HEADERS, "Content-Type": _TYPES[name]})

    def site(_request: Request) -> Response:
        return JSONResponse(site_json(field), headers={**_HEADERS, "Cache-Control": "no-store"})

    def to_folder(_request: Request) -> Response:
        return RedirectResponse("field/")

    return [
        Route("/field", to_folder),
        Route("/field/", file),
        Route("/field/site.json", site),
        Route("/field/{name}", file),
    ]


def site_json(field: Field) -> dict[str, Any]:
    """Return what the form shows."""
    now_ms, states = field.now_ms(), field.reader.duties()
    tasks = []
    for duty in duties(field.site, now_ms):
        state = states.get(duty.name, DutyState(now_ms))
        about = _round(field.site, duty, now_ms) if duty.name.startswith("round ") else _reading(field.site, duty)
        tasks.append({**about, "name": duty.name, "last_ms": state.last_ms, "overdue": state.overdue})
    info = field.site.info
    return {
        "site": info.id,
        "title": info.name,
        "demo": info.demo,
        "now_ms": now_ms,
        "answers": ANSWERS,
        "most_photos": MOST_PHOTOS,
        "most_photo_bytes": MOST_PHOTO_BYTES,
        "tasks": tasks,
    }


def _reading(site: Site, duty: Duty) -> dict[str, Any]:
    point, _, method = duty.name.partition("/")
    row = METHODS.get(method)
    return {
        "kind": "reading",
        "point": point,
        "title": site.point_by_id[point].name or point,
        "method": method,
        "meaning": row.meaning if row else SURVEY,
        "fields": [one._asdict() | {"expected": one.expected} for one in row.fields] if row else [],
    }


def _round(site: Site, duty: Duty, now_ms: int) -> dict[str, Any]:
    number = duty.name.partition(" ")[2]
    found = round_at(site, number, now_ms)
    return {
        "kind": "round",
        "round": number,
        "title": found.name if found else number,
        "items": [{"id": key, "question": text} for key, text in found.items.items()] if found else [],
    }
