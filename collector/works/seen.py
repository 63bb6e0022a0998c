"""The works diary from a read-only store: GET /api/v1/diary?after=&limit=, by beginning; times are UTC ms."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.asked import piece, piece_of_all
from collector.store import StoreReader
from collector.works.table import Work, WorkTable

_IS_THERE = "SELECT count(*) FROM sqlite_master WHERE name = 'works'"


def works(reader: StoreReader, *, withdrawn: bool = False) -> list[Work]:
    """Return the entries of the diary, those that were taken back only if asked for."""
    with reader.connected() as connection:
        if not connection.execute(_IS_THERE).fetchone()[0]:  # the store of a collector that knew no diary
            return []
        connection.row_factory = None
        return WorkTable(connection).all(withdrawn=withdrawn)


def routes(reader: StoreReader) -> list[Route]:
    """Return the route."""

    def diary(request: Request) -> Response:
        try:
            asked = piece(request)
        except ValueError as error:
            return AnswerError(400, "invalid", str(error)).response
        found = [{**asdict(one), "points": one.points.split()} for one in works(reader, withdrawn=True)]
        return piece_of_all(request, asked, found)

    return [Route("/api/v1/diary", diary)]
