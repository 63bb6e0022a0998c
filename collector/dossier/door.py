"""GET /api/v1/dossiers/{event}?days=: the dossier of an event as JSON, without the text of the site file."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.asked import whole
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
        try:
            days = whole(request, "days", _DAYS, 1, _MOST_DAYS)
        except ValueError as error:
            return AnswerError(400, "invalid", str(error)).response
        event = request.path_params["event"]
        try:
            found = await rooms.ask(cut, rooms.site, rooms.journal, rooms.reader, event, days, book)
        except DossierError as error:
            return AnswerError(404, "not found", str(error)).response
        return Response(to_json(found), media_type="application/json")

    return [Route("/api/v1/dossiers/{event}", dossier)]
