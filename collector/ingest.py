"""The door for gateways: InfluxDB's write API, answered only after the rows are on disk.

    POST /api/v2/write?bucket=&precision=    204 committed
                                             400 every refused line is listed, the good ones are committed
                                             401 unknown token | 403 a logger that is not the token's
                                             413 too large | 503 try again: nothing stored
    GET  /api/v1/gateways/{id}/watermark     {"outbox": id, "committed": n}
    GET  /api/v1/gateways/{id}/wishes        {"wishes": [...]}, seepline/wish.py
    GET  /ping /health /ready                what influxdb-client asks

A batch with one line for a logger of somebody else is refused whole. Rows of an outbox that are refused are kept
beside the journal with their reason, so that the watermark may pass them and still say "all on disk".
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collector.answers import AnswerError, gateway_asking, gateway_itself, unavailable
from collector.body import MAX_BODY_BYTES, BodyError, read_body
from collector.journal import Batch, JournalUnavailableError
from collector.line_protocol import PER_MS, Refused, parse_lines
from collector.outbox_ranges import OutboxHeaderError, Ranges, read_header
from collector.quick_lines import quick_lines
from collector.raw_lines import RawRow, rows
from seepline.site import Site

_VERSION = {"X-Influxdb-Version": "seepline", "X-Influxdb-Build": "seepline"}
_SHOWN_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the ingest needs of the collector: who may write, what is committed, and the site's clock."""

    site: str
    loggers_of: dict[str, frozenset[str]]
    gateway_of: Callable[[str], str | None]
    append: Callable[[Batch], Awaitable[int]]
    watermark: Callable[[str], Awaitable[tuple[str, int] | None]]
    now_ms: Callable[[], int]
    wishes: Callable[[frozenset[str], int], list[dict[str, Any]]] = lambda loggers, now_ms: []


def loggers_by_gateway(site: Site) -> dict[str, frozenset[str]]:
    """Return the loggers and stations that each gateway of the site may write."""
    gateway_of = {bus.id: bus.gateway for bus in site.buses}
    own = [(gateway_of[logger.bus], logger.id) for logger in site.loggers]
    own += [(station.gateway or gateway_of[station.bus], station.id) for station in site.stations]
    return {
        gateway.id: frozenset(source for owner, source in own if owner == gateway.id) for gateway in site.gateways
    }


def routes(door: Door) -> list[Route]:
    """Return the routes of the ingest."""

    async def write(request: Request) -> Response:
        try:
            return await _write(door, request)
        except AnswerError as error:
            return error.response

    async def watermark(request: Request) -> Response:
        try:
            return await _watermark(door, request)
        except AnswerError as error:
            return error.response

    async def wishes(request: Request) -> Response:
        try:
            gateway = gateway_itself(door.gateway_of, request)
        except AnswerError as error:
            return error.response
        loggers = door.loggers_of.get(gateway, frozenset())
        return JSONResponse({"wishes": await run_in_threadpool(door.wishes, loggers, door.now_ms())})

    return [
        Route("/api/v2/write", write, methods=["POST"]),
        Route("/api/v1/gateways/{gateway}/watermark", watermark),
        Route("/api/v1/gateways/{gateway}/wishes", wishes),
        Route("/ping", _ping, methods=["GET", "HEAD"]),
        Route("/health", _health),
        Route("/ready", _ready),
    ]


async def _ping(request: Request) -> Response:
    return Response(status_code=204, headers=_VERSION)


async def _health(request: Request) -> Response:
    about = {"name": "seepline", "message": "ready for writes", "status": "pass"}
    return JSONResponse(about, headers=_VERSION)


async def _ready(request: Request) -> Response:
    return JSONResponse({"status": "ready"}, headers=_VERSION)


async def _watermark(door: Door, request: Request) -> Response:
    gateway = gateway_itself(door.gateway_of, request)
    outbox, committed = await door.watermark(gateway) or (None, 0)
    return JSONResponse({"outbox": outbox, "committed": committed})


async def _write(door: Door, request: Request) -> Response:
    gateway = gateway_asking(door.gateway_of, request)
    precision = request.query_params.get("precision", "ns")
    if precision not in PER_MS:
        raise AnswerError(400, "invalid", f"precision is {precision[:20]!r}: expected ns, us, ms or s")
    outbox, ranges = _outbox(request)
    body = await _body(request)
    good, refused = await run_in_threadpool(_read, body, precision, door.site)  # seconds, for 16 MiB
    _check_loggers(good, door.loggers_of.get(gateway, frozenset()), gateway)
    batch = Batch(
        arrival_ms=door.now_ms(), writer=gateway, rows=good, outbox=outbox, ranges=ranges,
        refused=_evidence(body, refused) if outbox else (),
    )  # fmt: skip
    return _answer(refused, outbox, await _commit(door, batch))


def _read(body: bytes, precision: str, site: str) -> tuple[list[RawRow], list[Refused]]:
    """Return the raw rows of a body, and its refused lines, both in order."""
    quick = quick_lines(site, precision)
    good: list[RawRow] = []
    others: list[tuple[int, bytes]] = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        row = quick.row(number, line.decode()) if line.isascii() else None
        if row is None:
            others.append((number, line))
        else:
            good.append(row)
    if not others:
        return good, []
    lines, unreadable = parse_lines(others)
    more, foreign = rows(lines, precision, site)
    return (
        sorted([*good, *more], key=lambda one: one.line),
        sorted([*unreadable, *foreign], key=lambda one: one.line),
    )


def _outbox(request: Request) -> tuple[str, Ranges]:
    header = request.headers.get("Seepline-Outbox")
    if header is None:
        return "", ()
    try:
        return read_header(header)
    except OutboxHeaderError as error:
        raise AnswerError(400, "invalid", str(error)) from error


async def _body(request: Request) -> bytes:
    try:
        encoding = request.headers.get("Content-Encoding", "").lower()
        return await read_body(request.stream(), encoding, MAX_BODY_BYTES)
    except BodyError as error:
        raise AnswerError(error.status, error.code, str(error)) from error


def _check_loggers(good: list[RawRow], allowed: frozenset[str], gateway: str) -> None:
    for row in good:
        if row.logger not in allowed:
            message = f"line {row.line}: gateway {gateway} may not write logger {row.logger}; nothing was stored"
            raise AnswerError(403, "forbidden", message)


def _evidence(body: bytes, refused: list[Refused]) -> tuple[tuple[bytes, str], ...]:
    """Return (line, reason) of refused lines: a row of an outbox is kept here too, for the watermark passes it."""
    texts = body.split(b"\n") if refused else []
    return tuple((texts[one.line - 1], one.reason) for one in refused)


async def _commit(door: Door, batch: Batch) -> int:
    if not batch.rows and not batch.outbox:
        return 0
    try:
        return await door.append(batch)
    except JournalUnavailableError as error:
        raise unavailable(str(error)) from error


def _answer(refused: list[Refused], outbox: str, committed: int) -> Response:
    headers = {"Seepline-Committed": f"{outbox}:{committed}"} if outbox else {}
    if not refused:
        return Response(status_code=204, headers=headers)
    listed = [{"line": one.line, "reason": one.reason[:_SHOWN_CHARS]} for one in refused]
    first = listed[0]
    message = f"line {first['line']}: {first['reason']}"
    about = {"code": "invalid", "message": message, "line": first["line"], "rejected": listed}
    return JSONResponse(about, 400, headers=headers)
