"""GET /api/v1/dossiers/{event}?days=: the dossier of an event as JSON, without the text of the site file."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.dossier.cut import cut
from collector.dossier.document import DossierError, to_json
from collector.notify.book import FILE_NAME
from collector.notify.book_reader import BookReader
from collector.rooms import Rooms

_DAYS, _MOST_DAYS = 7, 400


def routes(rooms: Rooms, data: Path) -> list[Route]:
    """Return the route of dossiers; the book of messages is in `data`."""
    book = BookReader(data / FILE_NAME)

    async def dossier(request: Request) -> Response:
        days = request.query_params.get("days", str(_DAYS))
        if not days.isascii() or not days.isdecimal() or not 1 <= int(days[:6]) <= _MOST_DAYS:
            text = f"days is {days[:20]!r}: expected a whole number from 1 to {_MOST_DAYS}"
            return AnswerError(400, "invalid", text).response
        event = request.path_params["event"]
        try:
            found = await rooms.ask(cut, rooms.site, rooms.journal, rooms.reader, event, int(days), book)
        except DossierError as error:
            return AnswerError(404, "not found", str(error)).response
        return Response(to_json(found), media_type="application/json")

    return [Route("/api/v1/dossiers/{event}", dossier)]
