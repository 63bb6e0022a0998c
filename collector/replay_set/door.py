"""The page of a replay: GET /replay?set=ID&against=ID&days=N, read through a connection of its own.

POST /replay?days=N with a SET.toml that nobody submitted yet replays that one; nothing is stored.

One at a time: a year of a large site takes a minute, others are told to wait. Without `against` it is the set in
force.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from collector.asked import whole
from collector.body import BodyError, read_body
from collector.replay_set.run import Asked, NoSuchSetError, active_set, replayed
from collector.store import StoreReader
from collector.web.catalogue import LANGUAGES
from collector.web.render import Renderer
from collector.web.replayed import replayed_page
from collector.web.shell import language_of
from seepline.sets.limit_set import LimitSet
from seepline.sets.set_file import SetError, parse_set
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
    """What the page may look at; `site` is asked each time, for its sets may change.

    `with_draft` returns the site with a set that nobody submitted; it raises ValueError when it does not fit.
    """

    site: Callable[[], Site]
    with_draft: Callable[[LimitSet], Site]
    reader: StoreReader
    now_ms: Callable[[], int]


class _Replays:
    """One replay at a time, as a page in the reader's language."""

    def __init__(self, shown: Shown) -> None:
        self._shown, self._busy = shown, Lock()
        self._renderers = {one: Renderer(one) for one in LANGUAGES}

    def page(self, request: Request, choose: Callable[[], tuple[Site, str]]) -> Response:
        """Answer with the replay of the set that is chosen on a site."""
        if not self._busy.acquire(blocking=False):
            text = "Another replay is running: try again in a minute."
            return PlainTextResponse(text, 503, {**_HEADERS, "Retry-After": "60"})
        try:
            site, proposed = choose()
            asked = _asked(site, request, proposed, self._shown.now_ms())
            with self._shown.reader.connected() as connection:
                found = replayed(site, connection, asked, lambda _: None)
        except (ValueError, NoSuchSetError, SetError) as error:
            return PlainTextResponse(str(error), 400, _HEADERS)
        finally:
            self._busy.release()
        text = self._renderers[language_of(request)].replayed(replayed_page(site, *found))
        return HTMLResponse(text, headers=_HEADERS)

    def draft(self, request: Request, data: bytes) -> Response:
        """Answer with the replay of a set that nobody submitted."""

        def choose() -> tuple[Site, str]:
            limits = parse_set(data.decode(errors="replace"))
            return self._shown.with_draft(limits), limits.head.id

        return self.page(request, choose)


def routes(shown: Shown) -> list[Route]:
    """Return the routes of the page."""
    replays = _Replays(shown)

    def page(request: Request) -> Response:  # a plain function: it runs in Starlette's thread pool
        return replays.page(request, lambda: (shown.site(), request.query_params.get("set", "")))

    async def draft(request: Request) -> Response:
        try:
            data = await read_body(request.stream(), request.headers.get("Content-Encoding", ""))
        except BodyError as error:
            return PlainTextResponse(str(error), error.status, _HEADERS)
        return await run_in_threadpool(replays.draft, request, data)

    return [Route("/replay", page), Route("/replay", draft, methods=["POST"])]


def _asked(site: Site, request: Request, proposed: str, now_ms: int) -> Asked:
    days = whole(request, "days", 30, 1, MOST_DAYS)
    against = request.query_params.get("against") or active_set(site, now_ms)
    return Asked(proposed, against, now_ms - days * _DAY_MS, now_ms + 1)
