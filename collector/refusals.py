"""Answers that no route gives: no such page, a method that is not taken, a client that left, a fault of ours.

Under /api/ they are JSON like every other refusal there; elsewhere one sentence. Never a traceback.
"""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import ExceptionHandler

_SAID = {
    404: ("not found", "there is nothing at this address"),
    405: ("method not allowed", "this address does not take this method"),
    500: ("broken", "the collector has a fault here; its log says which"),
}


def handlers() -> dict[type[Exception] | int, ExceptionHandler]:
    """Return what Starlette asks when no route has an answer."""
    return {HTTPException: _refused, ClientDisconnect: _gone, Exception: _broken}


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    response = _sentence(request, status)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return response


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


async def _broken(request: Request, _error: Exception) -> Response:
    return _sentence(request, 500)


def _sentence(request: Request, status: int) -> Response:
    code, message = _SAID.get(status, (HTTPStatus(status).phrase.lower(), HTTPStatus(status).description))
    if request.url.path.startswith("/api/"):
        return JSONResponse({"code": code, "message": message}, status)
    return PlainTextResponse(f"{message[0].upper()}{message[1:]}.", status)


def _methods(request: Request) -> set[str]:
    """Return the methods of every route of the path: some have one route for each."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found
