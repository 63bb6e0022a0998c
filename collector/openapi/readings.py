"""What the site says: state, alarms, points, readings and their history."""

from collector.facilities.ask import Told
from collector.openapi.row import MS, TEXT, WORD, Content, Operation, Parameter, found
from collector.openapi.shape import an_object, kind, list_of, or_null, shape
from collector.recompute.runs import Count, Levels, Run
from collector.store import SeriesPoint, StoredEvent, StoredReading
from collector.works.table import Work
from seepline.alarm.actions import Task
from seepline.exercise import Exercise
from seepline.site import Point, Threshold

LEVEL = {"enum": ["green", "yellow", "orange", "red"]}
_QUALITY = {"enum": [1, 2, 3, 4, 9], "description": "QARTOD's flag: good, not evaluated, suspect, fail, missing"}
EVENT = shape(StoredEvent)
_NEWEST = {
    "quantity": WORD, "time_ms": kind(int), "value": kind(float | None), "quality": _QUALITY,
    "reasons": list_of(WORD), "calibration": WORD,
}  # fmt: skip
_LOGGER = an_object(logger=WORD, last_ms=kind(int | None), silent=kind(bool), silent_since_ms=kind(int | None))
_COVERAGE = an_object(
    valid=kind(int),
    total=kind(int),
    grey=kind(bool),
    invalid_critical=list_of(WORD),
    in_commissioning=list_of(WORD),
)
_STATE = an_object(
    site=WORD,
    time_ms=kind(int),
    level=LEVEL,
    coverage=_COVERAGE,
    limits=an_object(set=WORD, provisional=kind(bool), objections=list_of(WORD)),
    points=list_of(an_object(point=WORD, level=LEVEL, **_NEWEST)),
    loggers=list_of(_LOGGER),
    counts={"type": "object", "additionalProperties": kind(int)},
    events={**list_of(EVENT), "description": "the newest 200, newest first"},
    exercise=or_null(shape(Exercise)),
)
_ALARM = an_object(
    alarm=WORD, event=WORD, level=LEVEL, readings_say=LEVEL, state=WORD, since_ms=kind(int | None),
    lacking=list_of(WORD), shelved_until_ms=kind(int | None), out_of_service_until_ms=kind(int | None),
    threshold_set=WORD, actions=list_of(shape(Task)),
)  # fmt: skip
_POINT_READING = an_object(unit=WORD, bound=WORD, valid=kind(bool), level=or_null(LEVEL), **_NEWEST)
_ABOUT_POINT = {"valid": kind(bool), "level": or_null(LEVEL), "readings": list_of(_POINT_READING)}
_SPAN = {"since_ms": kind(int), "until_ms": kind(int | None)}
_GAUGE = an_object(instrument=WORD, kind=WORD, maker=WORD, serial=WORD, inputs=kind(dict[str, str]), **_SPAN)
_SHEET = an_object(calibration=WORD, instrument=WORD, form=WORD, source=WORD, **_SPAN)
_FACILITY = an_object(
    id=WORD, name=WORD, url=WORD, latitude_deg=kind(float | None), longitude_deg=kind(float | None),
    colour={"enum": ["grey", *LEVEL["enum"]]}, state=or_null(shape(Told, "level", level=LEVEL)),
    heard_ms=kind(int | None), old=kind(bool), error=WORD,
)  # fmt: skip
_FILE = an_object(
    source=WORD, file=WORD, state=WORD, lines=kind(int), rows=kind(int), refused=kind(int),
    last_ms=kind(int | None), last_record=kind(int | None), faults=list_of(WORD), told=list_of(WORD),
)  # fmt: skip
_RUN = shape(
    Run, "points", points=list_of(WORD), state=WORD, share_done=kind(float),
    series=list_of(shape(Count)), levels=list_of(shape(Levels)),
)  # fmt: skip
_QUANTITY = Parameter("quantity", WORD, "for example pore_pressure", required=True)
_FROM, _TO = Parameter("from", MS, "not before"), Parameter("to", MS, "before, and not at it")

ROWS = (
    Operation(
        path="/api/v1/state",
        summary="Worst level and coverage together, every point and logger, counts, newest events",
        answers=found(_STATE),
        refused=(503,),
        known=True,
    ),
    Operation(
        path="/api/v1/alarms",
        summary="What stands, is not seen or not announced, and what is to be done",
        answers=found(list_of(_ALARM)),
    ),
    Operation(
        path="/api/v1/points",
        summary="Every point with its newest readings",
        answers=found(list_of(shape(Point, "scada", **_ABOUT_POINT))),
        known=True,
    ),
    Operation(
        path="/api/v1/points/{point}",
        summary="One point with limits in force, gauges and sheets, those of the past too",
        answers=found(
            shape(
                Point,
                "scada",
                **_ABOUT_POINT,
                limits=list_of(shape(Threshold)),
                gauges=list_of(_GAUGE),
                calibrations=list_of(_SHEET),
            )
        ),
        refused=(404,),
        known=True,
    ),
    Operation(
        path="/api/v1/points/{point}/series",
        summary="A chart: current readings, thinned without losing a peak",
        parameters=(
            _QUANTITY._replace(required=False),
            _FROM,
            _TO,
            Parameter("points", {"type": "integer", "minimum": 0, "maximum": 2**53}, "5000 at most; 1000"),
        ),
        answers=found(list_of(shape(SeriesPoint))),
        refused=(400,),
        known=True,
    ),
    Operation(
        path="/api/v1/points/{point}/versions",
        summary="Every version of one reading, the newest first",
        parameters=(_QUANTITY._replace(required=False), Parameter("time", MS, "of the reading", required=True)),
        answers=found(list_of(shape(StoredReading))),
        refused=(400,),
    ),
    Operation(
        path="/api/v1/events",
        summary="The journal of events, oldest first",
        parameters=(
            Parameter("point", WORD, "a point, section or logger"),
            Parameter("kind", WORD, "see below"),
            _FROM,
            _TO,
        ),
        answers=found(list_of(shape(StoredEvent, number=kind(int)))),
        refused=(400,),
        pieces=True,
    ),
    Operation(
        path="/api/v1/diary",
        summary="Works on the dam, those that were taken back too, by beginning",
        answers=found(list_of(shape(Work, "points", points=list_of(WORD)))),
        refused=(400,),
        pieces=True,
    ),
    Operation(
        path="/api/v1/recomputes",
        summary="History made again: runs, the newest first",
        answers=found(list_of(_RUN)),
        refused=(400,),
        pieces=True,
    ),
    Operation(
        path="/api/v1/identities",
        summary="'ring sequence' of every record of a logger that is on disk, a line each",
        parameters=(Parameter("logger", WORD, "of which logger"),),
        answers={200: Content("all of them", WORD, TEXT)},
    ),
    Operation(
        path="/api/v1/facilities",
        summary="This facility and the others that it asks, with level and coverage",
        answers=found(list_of(_FACILITY)),
        known=True,
    ),
    Operation(
        path="/api/v1/imports",
        summary="Files that are read: how far, and what is wrong with them",
        answers=found(an_object(files=list_of(_FILE))),
    ),
)
