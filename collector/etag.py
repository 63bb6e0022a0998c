"""Weak ETags on JSON that costs to send: who has the newest already is told so in 200 bytes."""

import hashlib
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CACHED = {"Cache-Control": "private, no-cache"}  # may be kept, and is asked for anew each time


def tagged(request: Request, content: object, like: object = None) -> Response:
    """Answer with JSON, or with 304 when If-None-Match names it.

    `like` stands for the content in its tag: two answers that differ only in the time of asking are one.
    """
    text = json.dumps(content if like is None else like, sort_keys=True, separators=(",", ":"))
    tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {**CACHED, "ETag": tag}
    if _is_known(request.headers.get("If-None-Match", ""), tag):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers)


def _is_known(named: str, tag: str) -> bool:
    """Tell whether a header names a tag; weak and strong are one here (RFC 9110, 13.1.2)."""
    known = {one.strip().removeprefix("W/") for one in named.split(",")}
    return tag.removeprefix("W/") in known or "*" in known
