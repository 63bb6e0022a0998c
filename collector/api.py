"""The read API: JSON of what the store holds. Nothing here changes anything.

    GET /api/v1/state                                            level, coverage, points, loggers, counts, events
    GET /api/v1/alarms                                           what stands, is not seen or not announced, and why
    GET /api/v1/points/{id}/series?quantity=&from=&to=&points=   a chart
    GET /api/v1/identities?logger=                               'ring sequence' of every record that is on disk

Times are UTC milliseconds since 1970. State and series have a weak ETag; that of the state ignores its own time.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from collector.asked import whole
from collector.etag import tagged
from collector.exercises import running
from collector.present import Present, present
from collector.store import StoreReader
from seepline.alarm.actions import Plan
from seepline.alarm.standing import concerns_people, lacking, shown
from seepline.site import Site
from seepline.thresholds import Level

_MOST_EVENTS = 200
_MOST_POINTS = 5000


@dataclass(frozen=True, slots=True)
class Seen:
    """What the API may look at."""

    site: Site
    reader: StoreReader
    now_ms: Callable[[], int]
    counts: Callable[[], Awaitable[dict[str, int]]]
    identities: Callable[[str], Awaitable[list[tuple[int, int]]]]


def routes(seen: Seen) -> list[Route]:
    """Return the routes of the read API."""

    async def state(request: Request) -> Response:
        counts = await seen.counts()
        found = await run_in_threadpool(present, seen.site, seen.reader, seen.now_ms())
        events = await run_in_threadpool(seen.reader.events, _MOST_EVENTS)
        about = {**state_json(seen.site, found), "counts": counts, "events": [asdict(one) for one in events]}
        marked = await run_in_threadpool(running, seen.reader, seen.now_ms())
        about["exercise"] = asdict(marked) if marked else None
        return tagged(request, about, {**about, "time_ms": None})

    def alarms(request: Request) -> Response:
        found = present(seen.site, seen.reader, seen.now_ms())
        return JSONResponse([alarm_json(name, found) for name in sorted(found.standings) if _is_open(name, found)])

    def series(request: Request) -> Response:
        try:
            return tagged(request, _series(seen, request))
        except ValueError as error:
            return JSONResponse({"code": "invalid", "message": str(error)}, 400)

    async def identities(request: Request) -> Response:
        rows = await seen.identities(request.query_params.get("logger", ""))
        return PlainTextResponse("".join(f"{ring} {seq}\n" for ring, seq in rows))

    return [
        Route("/api/v1/state", state),
        Route("/api/v1/alarms", alarms),
        Route("/api/v1/points/{point}/series", series),
        Route("/api/v1/identities", identities),
    ]


def state_json(site: Site, now: Present) -> dict[str, object]:
    """Return the site's present state as JSON: level and coverage together, then each point and logger."""
    return {
        "site": site.info.id,
        "time_ms": now.time_ms,
        "level": now.state.level.name.lower(),
        "coverage": {
            "valid": now.state.valid,
            "total": now.state.total,
            "grey": now.state.grey,
            "invalid_critical": list(now.state.invalid_critical),
            "in_commissioning": list(now.state.commissioning),
        },
        "limits": {
            "set": now.limits.set_id,
            "provisional": now.limits.provisional,
            "objections": list(now.limits.objections),
        },
        "points": [
            {
                "point": one.point,
                "quantity": one.quantity,
                "time_ms": one.time_ms,
                "value": one.value,
                "quality": int(one.quality),
                "level": now.levels.get((one.point, one.quantity), Level.GREEN).name.lower(),
                "reasons": list(one.reasons),
                "calibration": one.calibration,
            }
            for one in now.latest.values()
        ],
        "loggers": [
            {
                "logger": one.logger,
                "last_ms": one.last_ms,
                "silent": one.silent_since_ms is not None,
                "silent_since_ms": one.silent_since_ms,
            }
            for one in now.loggers
        ],
    }


def _is_open(name: str, now: Present) -> bool:
    return concerns_people(now.standings[name])


def alarm_json(name: str, now: Present) -> dict[str, object]:
    """Return one alarm as JSON: an act names it by `alarm` and `event`."""
    alarm, plan = now.standings[name], now.plans.get(name, Plan())
    return {
        "alarm": name,
        "event": alarm.raised,
        "level": alarm.level.name.lower(),
        "readings_say": alarm.reached.name.lower(),
        "state": shown(alarm).value,
        "since_ms": alarm.since_ms,
        "lacking": list(lacking(alarm)),
        "shelved_until_ms": alarm.shelf.until_ms if alarm.shelf else None,
        "out_of_service_until_ms": alarm.out_until_ms,
        "threshold_set": alarm.terms.set,
        "actions": [asdict(one) for one in plan.tasks] if plan.event == alarm.raised else [],
    }


def _series(seen: Seen, request: Request) -> list[dict[str, object]]:
    point = request.path_params["point"]
    if point not in seen.site.point_by_id:
        raise ValueError(f"point is {point[:64]!r}: expected a point of the site")
    from_ms, to_ms = whole(request, "from", 0), whole(request, "to", seen.now_ms() + 1)
    points = min(max(2, whole(request, "points", 1000)), _MOST_POINTS)
    found = seen.reader.series(point, request.query_params.get("quantity", ""), from_ms, to_ms, points)
    return [asdict(one) for one in found]
