"""The points of the site for machines. Nothing here changes anything.

    GET /api/v1/points         every point: where it is, what it says now
    GET /api/v1/points/{id}    one of them with its limits in force, gauges and calibration sheets

Times are UTC milliseconds since 1970; `until_ms` null: still so. Values are in the quantity's unit.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.etag import tagged
from collector.present import Present, present
from collector.store import StoredReading, StoreReader
from collector.web.state import is_valid, level_of
from seepline.quantities import QUANTITIES
from seepline.site import Assignment, Calibration, Point, Site
from seepline.thresholds import in_force


def routes(site: Site, reader: StoreReader, now_ms: Callable[[], int]) -> list[Route]:
    """Return the routes; plain functions run in Starlette's thread pool."""

    def listed(request: Request) -> Response:
        now = present(site, reader, now_ms())
        return tagged(request, [point_json(one, now) for one in now.site.points])

    def one(request: Request) -> Response:
        point = site.point_by_id.get(request.path_params["point"])
        if point is None:
            return AnswerError(404, "not found", "this site has no such point").response
        return tagged(request, whole_point_json(point, present(site, reader, now_ms())))

    return [Route("/api/v1/points", listed), Route("/api/v1/points/{point}", one)]


def point_json(point: Point, now: Present) -> dict[str, object]:
    """Return a point and its newest values; `level` null: nothing is judged there."""
    level = level_of(now, point.id)
    about = asdict(point)
    del about["scada"]
    return {
        **about,
        "valid": now.valid.get(point.id, False),
        "level": None if level is None else level.name.lower(),
        "readings": [_reading(now, one) for one in now.latest.values() if one.point == point.id],
    }


def whole_point_json(point: Point, now: Present) -> dict[str, object]:
    """Return a point with its limits in force, its gauges and their sheets, those of the past too."""
    gauges = [one for one in now.site.assignments if one.point == point.id]
    names = {one.instrument for one in gauges}
    return {
        **point_json(point, now),
        "limits": list(_limits(point, now)),
        "gauges": [_gauge(now.site, one) for one in gauges],
        "calibrations": [_sheet(one) for one in now.site.calibrations if one.instrument in names],
    }


def _reading(now: Present, one: StoredReading) -> dict[str, object]:
    level = level_of(now, one.point, one.quantity)
    known = QUANTITIES.get(one.quantity)
    return {
        "quantity": one.quantity,
        "unit": known.unit if known else "",
        "time_ms": one.time_ms,
        "value": one.value,
        "bound": one.bound,
        "quality": int(one.quality),
        "valid": is_valid(now.site, now, one),
        "level": None if level is None else level.name.lower(),
        "calibration": one.calibration,
        "reasons": list(one.reasons),
    }


def _limits(point: Point, now: Present) -> Iterator[dict[str, object]]:
    for some in in_force(now.site, now.time_ms).values():
        yield from (asdict(one) for one in some if one.point == point.id)


def _gauge(site: Site, one: Assignment) -> dict[str, object]:
    gauge = next(each for each in site.instruments if each.id == one.instrument)
    return {
        "instrument": gauge.id,
        "kind": gauge.kind,
        "maker": gauge.maker,
        "serial": gauge.serial,
        "inputs": dict(one.inputs),
        "since_ms": one.valid_from_ms,
        "until_ms": one.valid_to_ms,
    }


def _sheet(one: Calibration) -> dict[str, object]:
    return {
        "calibration": one.label,
        "instrument": one.instrument,
        "form": one.form,
        "source": one.source,
        "since_ms": one.valid_from_ms,
        "until_ms": one.valid_to_ms,
    }
