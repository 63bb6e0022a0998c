"""The page as data: everything the templates print, built from the site and the store's answers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.present import LimitsNow, Present
from collector.store import SeriesPoint, StoredEvent, StoredReading
from collector.web.alarms import AlarmRow, alarm_rows
from collector.web.chart import Chart, chart
from collector.web.drawing import Drawing, Head, Pond, draw
from collector.web.profile import Profile, profiles
from collector.web.scales import number
from collector.web.state import brittle_points, is_valid, level_of, loggers_of
from collector.web.tables import (
    AirRow,
    EventRow,
    LoggerRow,
    PointRow,
    air_rows,
    event_rows,
    logger_rows,
    point_rows,
)
from collector.web.terrain import along, head_m
from collector.web.words import (
    BOUND_SIGNS,
    Moment,
    Translate,
    moment,
    quantity_word,
    raised_word,
    unit_of,
    value_text,
)
from collector.web.works import WorkMark, WorkRow, work_marks, work_rows
from collector.works.table import Work
from seepline.coverage import SiteState
from seepline.derive.evaluation import derived_at, inputs_of
from seepline.quality.air import AirResponse
from seepline.quantities import QUANTITIES
from seepline.reading import Quality
from seepline.site import Point, Section, Site
from seepline.thresholds import Level

Key = tuple[str, str]
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Site, state and time; `brittle` names points that may fail without warning; `limits` what judges now."""

    site_id: str
    name: str
    state: SiteState
    now: Moment
    demo: bool
    sources: tuple[str, ...]
    brittle: tuple[str, ...]
    limits: LimitsNow


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartCard:
    """A chart with its title, unit and newest value in words.

    `made_of` lists a derived quantity's inputs with their newest values and levels: it is no measurement.
    """

    point: str
    name: str
    quantity: str
    unit: str
    level: Level | None
    valid: bool
    newest: str
    limits: tuple[tuple[Level, str], ...]
    threshold_set: str
    chart: Chart
    works: tuple[WorkMark, ...]
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page. `offset` is the local time's offset from UTC now; `days` the time that the charts show."""

    header: Header
    drawings: tuple[Drawing, ...]
    profiles: tuple[Profile, ...]
    charts: tuple[ChartCard, ...]
    alarms: tuple[AlarmRow, ...]
    events: tuple[EventRow, ...]
    logger_events: tuple[EventRow, ...]
    points: tuple[PointRow, ...]
    loggers: tuple[LoggerRow, ...]
    air: tuple[AirRow, ...]
    days: int
    works: tuple[WorkRow, ...]


def _sources(site: Site) -> tuple[str, ...]:
    known = (
        *(one.source for one in site.threshold_sets),
        *(one.source for one in site.profiles),
        *(one.source for one in site.calibrations),
    )
    return tuple(dict.fromkeys(one for one in known if one))


def header(site: Site, present: Present, zone: ZoneInfo) -> Header:
    """Return the head of the page: a level at yellow or above is never hidden by grey."""
    return Header(
        site_id=site.info.id,
        name=site.info.name,
        state=present.state,
        now=moment(present.time_ms, zone),
        demo=site.info.demo,
        sources=_sources(site),
        brittle=brittle_points(site),
        limits=present.limits,
    )


def _head(point: Point, section: Section, present: Present, valid: bool, _: Translate) -> Head:
    reading = present.latest.get((point.id, "pore_pressure"))
    value = reading.value if reading and reading.quality != Quality.FAIL else None
    bound = reading.bound if reading else ""
    # dry is an upper bound: no water stands above the tip, and suction is no head
    elevation_m = None if value is None else head_m(point.elevation_m, 0.0 if bound == "at_most" else value)
    level = level_of(present, point.id)
    return Head(
        point=point.id,
        x_m=along(section, point.easting_m, point.northing_m),
        tip_m=point.elevation_m,
        head_m=elevation_m,
        level=level,
        valid=valid,
        bound=bound,
        phreatic=point.phreatic,
        text=_head_words(elevation_m, bound, valid, level, _),
    )


def _head_words(elevation_m: float | None, bound: str, valid: bool, level: Level | None, _: Translate) -> str:
    kept = raised_word(level, _)
    if elevation_m is None:
        return _("no valid reading") + kept
    value = f"{BOUND_SIGNS[bound]}{number(elevation_m, 2)} {_('m')}"
    dry = f" ({_('dry')})" if bound == "at_most" else ""
    return value + dry + ("" if valid else f" ({_('not valid')})") + kept


def _pond(point: Point, section: Section, present: Present, valid: bool, _: Translate) -> Pond | None:
    reading = present.latest.get((point.id, "water_level"))
    if reading is None or reading.value is None or not valid:
        return None
    level = level_of(present, point.id)
    return Pond(
        point=point.id,
        x_m=along(section, point.easting_m, point.northing_m),
        surface_m=reading.value,
        level=level,
        text=value_text("water_level", reading.value, _=_) + raised_word(level, _),
    )


def drawings(site: Site, present: Present, _: Translate) -> tuple[Drawing, ...]:
    """Return the drawing of every section that has a piezometer or a pond level."""
    found = []
    for section in site.sections:
        points = [point for point in site.points if point.section == section.id]
        heads = [
            _head(point, section, present, present.valid.get(point.id, False), _)
            for point in points
            if is_piezometer(site, point)
        ]
        ponds = [_pond(point, section, present, present.valid.get(point.id, False), _) for point in points]
        seen = [one for one in ponds if one]
        if heads or seen:
            found.append(draw(site, section, heads, seen, present.time_ms))
    return tuple(found)


def is_piezometer(site: Site, point: Point) -> bool:
    """Tell whether a point measures pore pressure: so it says itself, or a limit on pore pressure stands there."""
    limited = any(one.point == point.id and one.quantity == "pore_pressure" for one in site.thresholds)
    return limited or "piezometer" in point.kind


def gap_ms(site: Site, point: str, time_ms: int) -> int:
    """Return the longest time (ms) between two readings that a chart joins: two scans of the point's logger."""
    scans = [site.source_by_id[logger].scan_s for logger in loggers_of(site, point, time_ms)]
    return 2000 * max(scans, default=0)


def chart_order(site: Site, present: Present) -> list[Key]:
    """Return what has a chart: the worst level first, without limits last; then by quantity and by point."""
    points = [point.id for point in site.points]
    quantities = list(QUANTITIES)

    def rank(key: Key) -> tuple[int, int, int]:
        level = level_of(present, *key)
        return 1 if level is None else -level, quantities.index(key[1]), points.index(key[0])

    return sorted((key for key in present.latest if key[0] in points and key[1] in quantities), key=rank)


def chart_card(
    site: Site,
    present: Present,
    reading: StoredReading,
    rows: Sequence[SeriesPoint],
    days: int,
    works: Sequence[Work],
    _: Translate,
) -> ChartCard:
    """Return the chart of one point and quantity over the last `days`, with the works at its place."""
    span_ms = (present.time_ms - days * DAY_MS, present.time_ms)
    zone = ZoneInfo(site.info.timezone)
    joined_ms = gap_ms(site, reading.point, present.time_ms)
    drawn = chart(rows, span_ms, zone, joined_ms, bars=reading.quantity == "rain")
    limits = zip((Level.YELLOW, Level.ORANGE, Level.RED), drawn.limits, strict=True)
    return ChartCard(
        point=reading.point,
        name=site.point_by_id[reading.point].name,
        quantity=quantity_word(reading.quantity, _),
        unit=unit_of(reading.quantity, _),
        level=level_of(present, reading.point, reading.quantity),
        valid=is_valid(site, present, reading),
        newest=value_text(reading.quantity, reading.value, reading.bound, _=_),
        limits=tuple((level, number(limit, 2)) for level, limit in limits if limit is not None),
        threshold_set=reading.threshold_set,
        chart=drawn,
        works=work_marks(site, works, reading.point, span_ms, _),
        made_of=tuple(_made_of(site, present, reading, _)),
    )


def _made_of(site: Site, present: Present, reading: StoredReading, _: Translate) -> Iterator[str]:
    declared = derived_at(site, reading.point, reading.quantity, reading.time_ms)
    for key in dict.fromkeys(inputs_of(declared).values()) if declared else ():
        newest = present.latest.get(key)
        value = value_text(key[1], newest.value, newest.bound, _=_) if newest else ""
        kept = raised_word(level_of(present, *key), _)
        yield f"{key[0]} {quantity_word(key[1], _)} {value or _('without a value')}{kept}"


def page(
    site: Site,
    present: Present,
    series: Mapping[Key, Sequence[SeriesPoint]],
    events: tuple[Sequence[StoredEvent], Sequence[StoredEvent]],
    days: int,
    works: Sequence[Work],
    _: Translate,
    air: Sequence[AirResponse] = (),
) -> Page:
    """Return the whole page; `series` holds the readings of the last `days` by (point, quantity).

    `events` are those of the judgement, and what the loggers say of themselves; `works` is the diary, `air` what
    engineers accepted.
    """
    zone = ZoneInfo(site.info.timezone)
    return Page(
        header=header(site, present, zone),
        drawings=drawings(site, present, _),
        profiles=profiles(site, present),
        charts=tuple(
            chart_card(site, present, present.latest[key], rows, days, works, _) for key, rows in series.items()
        ),
        alarms=alarm_rows(present, zone, _),
        events=event_rows(site, events[0], works, zone, _),
        logger_events=event_rows(site, events[1], (), zone, _),
        points=point_rows(site, present, zone, _),
        loggers=logger_rows(site, present, zone, _),
        air=air_rows(site, air, present.time_ms, zone),
        days=days,
        works=work_rows(works, (present.time_ms - days * DAY_MS, present.time_ms), zone, _),
    )
