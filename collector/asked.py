"""What a request asks for: whole numbers within bounds, and one piece of a long list.

    ?after=NUMBER&limit=N    what comes behind NUMBER, N rows at most
    Link: <?after=...>; rel="next"    there is more

Whoever follows the links until there is none has seen everything once.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

MOST_ROWS = 1000
MOST_WHOLE = 2**53  # the largest that JSON readers keep exactly
_MOST_DIGITS = 16


class Piece(NamedTuple):
    """One piece of a list: what comes behind the row of number `after`, `limit` rows at most."""

    after: int
    limit: int


def whole(request: Request, name: str, otherwise: int | None, least: int = 0, most: int = MOST_WHOLE) -> int:
    """Return a parameter that is a whole number; without `otherwise` it must be there. Raises ValueError."""
    text = request.query_params.get(name)
    if text is None and otherwise is not None:
        return otherwise
    text = text or ""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else -1
    if not least <= number <= most:
        raise ValueError(f"{name} is {text[:20]!r}: expected a whole number from {least} to {most}")
    return number


def piece(request: Request) -> Piece:
    """Return which piece is asked for; without a limit, or above MOST_ROWS, it is MOST_ROWS. Raises ValueError."""
    return Piece(whole(request, "after", 0), min(whole(request, "limit", MOST_ROWS, least=1), MOST_ROWS))


def piece_of(request: Request, asked: Piece, rows: Sequence[tuple[int, object]]) -> Response:
    """Answer with a piece of a list; `rows` are (number, JSON), one more than asked for where there is more."""
    found, headers = rows[: asked.limit], {}
    if len(rows) > asked.limit:
        others = {name: text for name, text in request.query_params.items() if name not in ("after", "limit")}
        query = urlencode({**others, "after": found[-1][0], "limit": asked.limit})
        headers["Link"] = f'<?{query}>; rel="next"'
    return JSONResponse([row for _, row in found], headers=headers)


def piece_of_all(request: Request, asked: Piece, rows: Sequence[object]) -> Response:
    """Answer with a piece of a list that is there as a whole: a row's number is its place, from 1."""
    some = list(enumerate(rows, start=1))[asked.after : asked.after + asked.limit + 1]
    return piece_of(request, asked, some)
