"""What gateways ask and send, each with its own token; and whether the collector is there at all."""

from collector.openapi.row import BYTES, TEXT, WORD, Content, Operation, Parameter, found
from collector.openapi.shape import an_object, kind, list_of, or_null, shape
from seepline.bus_report import MOST_DEVICES
from seepline.wish import Wish

_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
_DEVICE = an_object(device=WORD, bus=WORD, ok=_COUNT, counts={"type": "object", "additionalProperties": _COUNT})
_REPORT = an_object(
    run={"type": "string", "pattern": "^[A-Za-z0-9]{1,64}$"},
    at_ms=_COUNT,
    devices={**list_of(_DEVICE), "maxItems": MOST_DEVICES},
)
_LINE = an_object(line=kind(int), reason=WORD)
_REJECTED = {
    "type": "object",
    "properties": {"code": WORD, "message": WORD, "line": kind(int), "rejected": list_of(_LINE)},
    "required": ["code", "message"],
}
_LINES = "raw,site=dam,logger=toe,block=0 toe_frequency=2820.31,ring=7i,boot=1i,seq=4i,tq=2i 1451635200000\n"

ROWS = (
    Operation(
        path="/api/v2/write",
        method="post",
        tag="gateways",
        summary="Raw readings as line protocol, as InfluxDB takes it; 204 when they are on disk",
        parameters=(
            Parameter("precision", {"enum": ["ns", "us", "ms", "s"]}, "of the times; ns without it"),
            Parameter("bucket", WORD, "not looked at"),
            Parameter("org", WORD, "not looked at"),
            Parameter(
                "Seepline-Outbox", WORD, "the outbox and the sequences in this batch, by a gateway", where="header"
            ),
        ),
        body=Content("at most 16 MiB, plain or gzip", WORD, TEXT, _LINES),
        answers={204: Content("all of it is on disk, or was before")},
        refused=(401, 403, 408, 413, 415, 503),
        refusals={400: Content("the good lines are on disk, the refused ones are listed", _REJECTED)},
    ),
    Operation(
        path="/api/v1/gateways/{gateway}/watermark",
        tag="gateways",
        summary="Up to where a gateway's outbox is on disk",
        answers=found(an_object(outbox=or_null(WORD), committed=kind(int))),
        refused=(401, 403, 503),
    ),
    Operation(
        path="/api/v1/gateways/{gateway}/wishes",
        tag="gateways",
        summary="Scans that its loggers shall make at once",
        answers=found(an_object(wishes=list_of(shape(Wish)))),
        refused=(401, 403, 503),
    ),
    Operation(
        path="/api/v1/gateways/{gateway}/bus",
        method="post",
        tag="gateways",
        summary="How the devices on its buses answer",
        body=Content("counts since the gateway's program began", _REPORT),
        answers={204: Content("kept")},
        refused=(400, 401, 403, 408, 413, 415, 503),
    ),
    Operation(
        path="/api/v1/gateways/{gateway}/bundle",
        tag="gateways",
        summary="The newest signed bundle",
        answers={200: Content("the bundle", WORD, BYTES)},
        refused=(401, 403, 404, 503),
        known=True,
    ),
    Operation(
        path="/ping",
        tag="gateways",
        summary="Whether it answers",
        answers={204: Content("it does")},
    ),
    Operation(
        path="/health",
        tag="gateways",
        summary="Whether it takes readings, as InfluxDB says it",
        answers=found(an_object(name=WORD, message=WORD, status=WORD)),
    ),
    Operation(
        path="/ready",
        tag="gateways",
        summary="Whether it is ready",
        answers=found(an_object(status=WORD)),
    ),
)
