"""Forms of a page: small, urlencoded, whole within twenty seconds; a file that is sent may take five minutes.

FormError    it is not: `status` says how
"""

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

MOST_FORM_BYTES = 16_384
_MOST_FIELDS, _MOST_S, _MOST_FILE_S = 30, 20.0, 300.0
_TYPE = "application/x-www-form-urlencoded"


class FormError(Exception):
    """What came is no form of ours."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def whole_body(receive: Receive, most: int = MOST_FORM_BYTES) -> bytes:
    """Return the body of a form or a file. Raises FormError for one that is too long or too slow."""
    body, most_s = bytearray(), _MOST_S if most <= MOST_FORM_BYTES else _MOST_FILE_S
    try:
        async with asyncio.timeout(most_s):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > most:
                    raise FormError(413, f"this has more than {most} bytes, which is the most that is taken here")
    except TimeoutError as error:
        raise FormError(408, f"it was not there within {most_s:g} s") from error
    return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a source that gives a body that was read once more, and then what comes behind it."""
    waiting = [True]

    async def again() -> Message:
        if waiting:
            waiting.clear()
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again


def field_of(body: bytes, content_type: str, name: str) -> str:
    """Return one field of a form, '' when it is not there. Raises FormError."""
    return fields_of(body, content_type).get(name, "") if body else ""


def fields_of(body: bytes, content_type: str) -> dict[str, str]:
    """Return the fields of a form. Raises FormError."""
    if content_type.partition(";")[0].strip().lower() != _TYPE:
        raise FormError(415, f"Content-Type is {content_type[:60]!r}: expected {_TYPE}")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:  # a UnicodeDecodeError is one too
        raise FormError(400, "this is no form") from error
    if any("\0" in value for _, value in pairs):
        raise FormError(400, "this is no form: it has a zero byte")
    return dict(pairs)


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a request's form, which the gate has looked at. Raises FormError."""
    return fields_of(await request.body(), request.headers.get("Content-Type", ""))
