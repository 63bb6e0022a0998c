"""GET /points, /points/{id}, /instruments, /labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.places.instruments import instrument_rows
from collector.places.labels import labels
from collector.places.point_page import PointData, point_page
from collector.places.raw_now import newest_raw
from collector.present import Present, present
from collector.store import StoreReader
from collector.web.render import DAY_CHOICES
from collector.web.shell import Shell
from collector.web.tables import point_rows
from collector.web.view import DAY_MS, chart_order
from collector.works.table import Work
from seepline.convert import assignment_at
from seepline.site import Point

_EVENTS = 50
_SERIES_POINTS = 5000
_DEFAULT_DAYS = 14


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the pages read; `works` is the diary."""

    journal: Path
    store: StoreReader
    works: Callable[[], Sequence[Work]]


def routes(shell: Shell, sources: Sources) -> list[Route]:
    """Return the routes; plain functions run in Starlette's thread pool."""
    zone, site = ZoneInfo(shell.site.info.timezone), shell.site

    def points(request: Request) -> Response:
        now = present(site, sources.store, shell.now_ms())
        rows = point_rows(now.site, now, zone, shell.renderer(request).translate)
        return shell.page(request, "points.html", rows)

    def point(request: Request) -> Response:
        found = site.point_by_id.get(request.path_params["point"])
        days = request.query_params.get("days", str(_DEFAULT_DAYS))
        if found is None:
            return shell.refused("This site has no such point.", HTTPStatus.NOT_FOUND)
        if days not in map(str, DAY_CHOICES):
            return shell.refused(f"days is {days[:20]!r}: expected one of {', '.join(map(str, DAY_CHOICES))}")
        now = present(site, sources.store, shell.now_ms())
        held = _held(sources, found, now, int(days))
        page = point_page(now.site, found, now, held, int(days), zone, shell.renderer(request).translate)
        return shell.page(request, "point.html", page, choices=DAY_CHOICES)

    def instruments(request: Request) -> Response:
        return shell.page(request, "instruments.html", instrument_rows(site, shell.now_ms(), zone))

    def label_sheet(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return shell.page(request, "labels.html", labels(site, base, shell.now_ms()), base=base)

    return [
        Route("/points", points),
        Route("/points/{point}", point),
        Route("/instruments", instruments),
        Route("/labels", label_sheet),
    ]


def _held(sources: Sources, point: Point, now: Present, days: int) -> PointData:
    keys = [key for key in chart_order(now.site, now) if key[0] == point.id]
    begin_ms = now.time_ms - days * DAY_MS
    assignment = assignment_at(now.site, point.id, now.time_ms)
    return PointData(
        series={key: sources.store.series(*key, begin_ms, now.time_ms + 1, _SERIES_POINTS) for key in keys},
        raw=newest_raw(sources.journal, assignment.inputs.values() if assignment else ()),
        events=sources.store.events_of(point.id, _EVENTS),
        works=sources.works(),
    )
