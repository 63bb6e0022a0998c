"""The page of a replay: GET /replay?set=ID&against=ID&days=N, read through a connection of its own.

One at a time: a year of a large site takes a minute, others are told to wait. Without `against` it is the set in
force.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from collector.replay_set.run import Asked, NoSuchSetError, active_set, replayed
from collector.store import StoreReader
from collector.web.render import Renderer
from collector.web.replayed import replayed_page
from seepline.site import Site

MOST_DAYS = 366
_DAY_MS = 86_400_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page may look at; `site` is asked each time, for its sets may change."""

    site: Callable[[], Site]
    reader: StoreReader
    now_ms: Callable[[], int]


def routes(shown: Shown) -> list[Route]:
    """Return the route of the page."""
    renderer, busy = Renderer(), Lock()

    def page(request: Request) -> Response:  # a plain function: it runs in Starlette's thread pool
        if not busy.acquire(blocking=False):
            text = "Another replay is running: try again in a minute."
            return PlainTextResponse(text, 503, {**_HEADERS, "Retry-After": "60"})
        try:
            site = shown.site()
            asked = _asked(site, request, shown.now_ms())
            with shown.reader.connected() as connection:
                found = replayed(site, connection, asked, lambda _: None)
        except (ValueError, NoSuchSetError) as error:
            return PlainTextResponse(str(error), 400, _HEADERS)
        finally:
            busy.release()
        return HTMLResponse(renderer.replayed(replayed_page(site, *found)), headers=_HEADERS)

    return [Route("/replay", page)]


def _asked(site: Site, request: Request, now_ms: int) -> Asked:
    text = request.query_params.get("days", "30")
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:6]) <= MOST_DAYS:
        raise ValueError(f"days is {text[:20]!r}; expected 1 to {MOST_DAYS}")
    against = request.query_params.get("against") or active_set(site, now_ms)
    proposed = request.query_params.get("set", "")
    return Asked(proposed, against, now_ms - int(text) * _DAY_MS, now_ms + 1)
