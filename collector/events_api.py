"""The journal of events for machines: GET /api/v1/events?after=&limit=&point=&kind=&from=&to=, oldest first.

`after` is the number of an event, in the order in which the collector made them; `point` a point, section or
logger; `from` and `to` (exclusive) are when it was in the field, UTC milliseconds.
"""

from collections.abc import Container
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.asked import piece, piece_of, whole
from collector.events import KINDS
from collector.store import StoreReader, event_from
from seepline.site import Site

_ASKED = (
    "SELECT * FROM events WHERE number > ? AND (? = '' OR point = ? OR logger = ?) AND ? IN ('', kind)"
    " AND time_ms >= ? AND time_ms < ? ORDER BY number LIMIT ?"
)


def routes(site: Site, reader: StoreReader) -> list[Route]:
    """Return the route; a plain function runs in Starlette's thread pool."""
    places = {*site.point_by_id, *(one.id for one in site.sections), *(one.id for one in site.sources)}

    def events(request: Request) -> Response:
        try:
            asked = piece(request)
            point = _one_of(request, "point", places, "a point, section or logger of the site")
            kind = _one_of(request, "kind", KINDS, "a kind of event, see docs/api.md")
            times = (whole(request, "from", 0), whole(request, "to", 2**53))
        except ValueError as error:
            return AnswerError(400, "invalid", str(error)).response
        values = (asked.after, point, point, point, kind, *times, asked.limit + 1)
        with reader.connected() as connection:
            rows = connection.execute(_ASKED, values).fetchall()
        found = [(row["number"], {"number": row["number"], **asdict(event_from(row))}) for row in rows]
        return piece_of(request, asked, found)

    return [Route("/api/v1/events", events)]


def _one_of(request: Request, name: str, known: Container[str], expected: str) -> str:
    text = request.query_params.get(name, "")
    if text and text not in known:
        raise ValueError(f"{name} is {text[:40]!r}: expected {expected}")
    return text
