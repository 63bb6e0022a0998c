"""What one row of the API's table says: a path and method, what may be asked, and every answer."""

from dataclasses import dataclass
from typing import NamedTuple

from collector.openapi.shape import Schema, an_object, kind

JSON, TEXT, BYTES = "application/json", "text/plain", "application/octet-stream"
MS: Schema = {"type": "integer", "minimum": 0, "maximum": 2**53, "description": "UTC milliseconds since 1970"}
WORD = kind(str)
REFUSAL = an_object(code=WORD, message=WORD)
REFUSALS = {
    400: "what was asked or sent cannot be used; `message` says what was expected",
    401: "no token or session, or one that is over",
    403: "not for this role, token or gateway; nothing was stored",
    404: "there is no such thing",
    408: "the body did not come in time",
    413: "the body is too large",
    415: "the body is encoded in another way than gzip",
    503: "not now: the disk is full or a file cannot be read; come again after `Retry-After` seconds",
}


class Parameter(NamedTuple):
    """One parameter of a query, or of a head where `where` is 'header'."""

    name: str
    schema: Schema
    meaning: str
    required: bool = False
    where: str = "query"


class Content(NamedTuple):
    """What a body or an answer holds: `schema` None is nothing at all."""

    meaning: str
    schema: Schema | None = None
    media: str = JSON
    example: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One row. `answers` are the good ones by status, `refused` the statuses of the others.

    Parameters in the path follow from it, `known` is that If-None-Match is answered by 304, and who may ask
    stands in collector.people.paths.
    """

    path: str
    summary: str
    answers: dict[int, Content]
    method: str = "get"
    tag: str = "site"
    parameters: tuple[Parameter, ...] = ()
    body: Content | None = None
    refused: tuple[int, ...] = ()
    refusals: dict[int, Content] | None = None
    known: bool = False
    pieces: bool = False


def found(schema: Schema, meaning: str = "found") -> dict[int, Content]:
    """Return the one good answer of a question: 200 with JSON."""
    return {200: Content(meaning, schema)}
