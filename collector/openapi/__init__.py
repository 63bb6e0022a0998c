"""The API as it describes itself: one table, from which /api/v1/openapi.json and docs/api.md are made.

A test holds the table equal to the routes of the application.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.etag import tagged
from collector.openapi.document import document


def routes() -> list[Route]:
    """Return the route of the description."""
    described = document()

    async def openapi(request: Request) -> Response:
        return tagged(request, described)

    return [Route("/api/v1/openapi.json", openapi)]
