"""The dam's state page: site, section, charts, alarms and data health, made on the server without scripts.

`routes` gives the collector's program what it mounts.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from collector.present import present
from collector.store import StoreReader
from collector.web.render import DAY_CHOICES, Renderer
from collector.web.shell import HEADERS, Shell
from collector.web.view import DAY_MS, Page, chart_order, page
from collector.works.table import Work
from seepline.site import Site

_EVENTS = 100
_SERIES_POINTS = (
    20_000  # 208 days of 15-minute scans unthinned: gaps and limits stay exact; the chart thins by itself
)
_REFRESH_S = 5
_DEFAULT_DAYS = 14

_STATIC = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}
_STATIC_TYPES = {one.name: _TYPES[one.suffix] for one in _STATIC.iterdir()}


def read_page(
    site: Site, store: StoreReader, now_ms: int, days: int, renderer: Renderer, diary: Sequence[Work] = ()
) -> Page:
    """Ask the store for everything the page shows, and build the page's data; `diary` are the works."""
    now = present(site, store, now_ms)
    site = now.site
    begin_ms = now_ms - days * DAY_MS
    keys = chart_order(site, now)
    series = {key: store.series(*key, begin_ms, now_ms + 1, _SERIES_POINTS) for key in keys}
    told = (store.events(_EVENTS, said_by_loggers=False), store.events(_EVENTS, said_by_loggers=True))
    return page(site, now, series, told, days, diary, renderer.translate, store.air_responses())


def _choice(request: Request, name: str, allowed: tuple[int, ...], default: int | None) -> int | None:
    """Return a query parameter; raise ValueError with a sentence when it is not one of the choices."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if text not in map(str, allowed):
        expected = ", ".join(map(str, allowed))
        raise ValueError(f"The parameter {name} is {text[:20]!r}; expected one of {expected}.")
    return int(text)


def routes(shell: Shell, store: StoreReader, diary: Callable[[], Sequence[Work]] = tuple) -> list[BaseRoute]:
    """Return the routes of '/' (?days=, ?refresh=5) and '/static/...'; `diary` are the works."""

    # plain functions: the store's calls block, so Starlette runs them in its thread pool
    def state_page(request: Request) -> Response:
        try:
            days = _choice(request, "days", DAY_CHOICES, _DEFAULT_DAYS)
            refresh_s = _choice(request, "refresh", (_REFRESH_S,), None)
        except ValueError as error:
            return shell.refused(str(error))
        renderer = shell.renderer(request)
        found = read_page(shell.site, store, shell.now_ms(), days or _DEFAULT_DAYS, renderer, diary())
        return shell.page(request, "page.html", found, refresh_s=refresh_s, choices=DAY_CHOICES)

    def static_file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _STATIC_TYPES:
            return shell.refused("There is no such file.", HTTPStatus.NOT_FOUND)
        headers = {**HEADERS, "Content-Type": _STATIC_TYPES[name], "Cache-Control": "max-age=300"}
        return Response((_STATIC / name).read_bytes(), headers=headers)

    return [Route("/", state_page), Route("/static/{name}", static_file)]
