"""POST /api/v1/gateways/{id}/bus: a gateway says how the devices on its buses answer -> 204."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.answers import AnswerError, gateway_itself
from collector.body import BodyError, read_body
from collector.storm.bus_table import BusTable
from seepline.bus_report import BusReport, ReportError, read_report


@dataclass(frozen=True, slots=True)
class Door:
    """What the door needs."""

    gateway_of: Callable[[str], str | None]
    loggers_of: Mapping[str, frozenset[str]]
    table: BusTable
    now_ms: Callable[[], int]


def routes(door: Door) -> list[Route]:
    """Return the route."""

    async def post(request: Request) -> Response:
        try:
            gateway = gateway_itself(door.gateway_of, request)
            report = await _report(request)
            _check_devices(report, door.loggers_of.get(gateway, frozenset()), gateway)
        except AnswerError as error:
            return error.response
        await run_in_threadpool(door.table.put, gateway, report, door.now_ms())
        return Response(status_code=204)

    return [Route("/api/v1/gateways/{gateway}/bus", post, methods=["POST"])]


async def _report(request: Request) -> BusReport:
    try:
        body = await read_body(request.stream(), request.headers.get("Content-Encoding", "").lower())
        return read_report(json.loads(body))
    except BodyError as error:
        raise AnswerError(error.status, error.code, str(error)) from error
    except ReportError as error:
        raise AnswerError(400, "invalid", str(error)) from error
    except (ValueError, RecursionError) as error:
        raise AnswerError(400, "invalid", "the body is no JSON") from error


def _check_devices(report: BusReport, own: frozenset[str], gateway: str) -> None:
    for one in report.devices:
        if one.device not in own:
            message = f"gateway {gateway} may not report {one.device[:64]!r}; nothing was stored"
            raise AnswerError(403, "forbidden", message)
