"""One point as a page: its values in every unit people speak, gauge and sheet, cable, history. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.places.raw_now import RawNow
from collector.places.route import Hop, cable_route
from collector.present import Present
from collector.store import SeriesPoint, StoredEvent, StoredReading
from collector.web.alarms import AlarmRow, alarm_rows
from collector.web.spoken import shown, sides
from collector.web.state import is_valid, level_of
from collector.web.tables import EventRow, event_rows
from collector.web.view import ChartCard, chart_card
from collector.web.words import (
    QUALITY_WORDS,
    Moment,
    Translate,
    moment,
    quantity_word,
    rule_unit,
    unit_word,
)
from collector.works.table import Work
from seepline.convert import assignment_at
from seepline.site import Assignment, Calibration, Point, Site, Threshold
from seepline.spoken_units import digits
from seepline.thresholds import Level, in_force
from seepline.wire.status import describe


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """The newest value of one quantity: in its own unit and in the others, with level and quality."""

    quantity: str
    values: tuple[str, ...]
    level: Level | None
    valid: bool
    quality: str
    reasons: str
    when: Moment
    calibration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """What the logger said last of one input, with digits beside hertz."""

    use: str
    channel: str
    values: tuple[str, ...]
    status: str
    when: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeRow:
    """One gauge that measured here, from when to when; `until` None: it does."""

    instrument: str
    kind: str
    maker: str
    serial: str
    since: Moment
    until: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One version of a calibration sheet of the gauge that measures now."""

    label: str
    form: str
    since: Moment
    until: Moment | None
    numbers: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One rule of the set in force."""

    quantity: str
    direction: str
    limits: tuple[list[str], list[str], list[str]]
    threshold_set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointPage:
    """The whole page of one point."""

    point: Point
    level: Level | None
    valid: bool
    values: tuple[ValueRow, ...]
    raw: tuple[RawRow, ...]
    alarms: tuple[AlarmRow, ...]
    charts: tuple[ChartCard, ...]
    limits: tuple[LimitRow, ...]
    gauges: tuple[GaugeRow, ...]
    sheets: tuple[SheetRow, ...]
    route: tuple[Hop, ...]
    events: tuple[EventRow, ...]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointData:
    """What the store and the journal hold of one point."""

    series: Mapping[tuple[str, str], Sequence[SeriesPoint]]
    raw: Mapping[str, RawNow]
    events: Sequence[StoredEvent]
    works: Sequence[Work]


def point_page(
    site: Site, point: Point, now: Present, held: PointData, days: int, zone: ZoneInfo, _: Translate
) -> PointPage:
    """Return the page of a point."""
    latest = [one for one in now.latest.values() if one.point == point.id]
    assignment = assignment_at(site, point.id, now.time_ms)
    return PointPage(
        point=point,
        level=level_of(now, point.id),
        valid=now.valid.get(point.id, False),
        values=tuple(_value(site, now, one, zone, _) for one in latest),
        raw=tuple(_raw(site, held.raw, assignment, zone, _)),
        alarms=tuple(one for one in alarm_rows(now, zone, _) if one.point == point.id),
        charts=tuple(
            chart_card(site, now, now.latest[key], rows, days, held.works, _) for key, rows in held.series.items()
        ),
        limits=tuple(_limits(site, point.id, now.time_ms, _)),
        gauges=tuple(gauge_row(site, one, zone) for one in site.assignments if one.point == point.id),
        sheets=tuple(sheet_rows(site, assignment.instrument, zone)) if assignment else (),
        route=cable_route(site, point.id, now.time_ms),
        events=event_rows(site, held.events, held.works, zone, _),
        days=days,
    )


def _value(site: Site, now: Present, one: StoredReading, zone: ZoneInfo, _: Translate) -> ValueRow:
    return ValueRow(
        quantity=quantity_word(one.quantity, _),
        values=tuple(sides(one.quantity, one.value, _, bound=one.bound)),
        level=level_of(now, one.point, one.quantity),
        valid=is_valid(site, now, one),
        quality=_(QUALITY_WORDS[one.quality]),
        reasons="; ".join(one.reasons),
        when=moment(one.time_ms, zone),
        calibration=one.calibration,
    )


def _raw(
    site: Site, raw: Mapping[str, RawNow], assignment: Assignment | None, zone: ZoneInfo, _: Translate
) -> Iterator[RawRow]:
    for use, channel in assignment.inputs.items() if assignment else ():
        one = raw.get(channel)
        if one is None:
            yield RawRow(use=use, channel=channel, values=(), status="", when=None)
            continue
        unit = unit_word(site.channel_by_name[channel].unit, _)
        values = [] if one.value is None else [f"{one.value:g} {unit}".rstrip()]
        if use == "frequency" and one.value is not None:
            values = [f"{one.value:.3f} {_('Hz')}", shown(digits(one.value), _)]
        when = moment(one.time_ms, zone)
        yield RawRow(use=use, channel=channel, values=tuple(values), status=describe(one.status), when=when)


def _limits(site: Site, point: str, now_ms: int, _: Translate) -> Iterator[LimitRow]:
    rules = (one for some in in_force(site, now_ms).values() for one in some)
    for one in (rule for rule in rules if rule.point == point):
        yield LimitRow(
            quantity=quantity_word(one.quantity, _),
            direction=one.direction,
            limits=(_limit(one, one.yellow, _), _limit(one, one.orange, _), _limit(one, one.red, _)),
            threshold_set=one.set,
        )


def _limit(rule: Threshold, value: float, _: Translate) -> list[str]:
    """Return a limit with all the digits that were decided, and in the other units."""
    rate = rule.direction.startswith("rate")
    _own, *others = sides(rule.quantity, value, _, rate=rate)
    return [f"{value:g} {rule_unit(rule.quantity, rule.direction, _)}".rstrip(), *others]


def gauge_row(site: Site, one: Assignment, zone: ZoneInfo) -> GaugeRow:
    """Return what measured at a point by an assignment, and since when."""
    gauge = next(each for each in site.instruments if each.id == one.instrument)
    return GaugeRow(
        instrument=gauge.id,
        kind=gauge.kind,
        maker=gauge.maker,
        serial=gauge.serial,
        since=moment(one.valid_from_ms, zone),
        until=None if one.valid_to_ms is None else moment(one.valid_to_ms, zone),
    )


def sheet_rows(site: Site, instrument: str, zone: ZoneInfo) -> Iterator[SheetRow]:
    """Yield the sheets of an instrument with what they hold."""
    for one in site.calibrations:
        if one.instrument == instrument:
            yield SheetRow(
                label=one.label,
                form=one.form.replace("_", " "),
                since=moment(one.valid_from_ms, zone),
                until=None if one.valid_to_ms is None else moment(one.valid_to_ms, zone),
                numbers=tuple(_numbers(one)),
                source=one.source,
            )


def _numbers(sheet: Calibration) -> Iterator[str]:
    """Yield what a sheet holds, as its own keys name it."""
    yield f"{sheet.input_unit} → {sheet.output_unit}" + (f", {sheet.sign}" if sheet.sign else "")
    for table in ("coefficients", "zero", "thermal", "barometric", "thermistor", "full_scale"):
        entries = getattr(sheet, table)
        if entries:
            terms = ", ".join(f"{key} = {_plain(value)}" for key, value in entries.items())
            yield f"{table.replace('_', ' ')}: {terms}"


def _plain(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
