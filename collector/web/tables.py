"""The page's tables as data: newest readings, loggers, events. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from collector.events import KINDS
from collector.late_runs import alone, gathered
from collector.present import Present
from collector.store import LoggerSeen, StoredEvent, StoredReading
from collector.web.spoken import sides
from collector.web.state import is_valid, level_of
from collector.web.words import (
    QUALITY_WORDS,
    Moment,
    Translate,
    duration,
    moment,
    quantity_word,
    unit_of,
    value_text,
)
from collector.web.works import offered
from collector.works.table import Work
from seepline.quality.air import TEST as AIR_TEST
from seepline.quality.air import AirResponse, with_responses
from seepline.quality.given import taken_off_between
from seepline.reading import Quality
from seepline.site import Point, Site
from seepline.site_wiring import ForeignLogger, Logger, Source, Station
from seepline.thresholds import Level, is_critical


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """The newest reading of one quantity of a point, its level, and its quality with the reason in words.

    `others` is its value in the other units that people speak.
    """

    point: str
    name: str
    quantity: str
    value: str
    unit: str
    others: tuple[str, ...]
    level: Level | None
    valid: bool
    quality: str
    reasons: str
    when: Moment | None
    age: str
    calibration: str
    critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggerRow:
    """When a logger was last heard: absolute, how long ago, and since when it is silent."""

    logger: str
    serial: int | None  # a third-party station has a profile instead
    profile: str
    last: Moment | None
    age: str
    silent_since: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event in words; `delay` is how long after its own time it became known, for late ones.

    `changes` tells a change of level; otherwise `text` says what happened, in the English that is kept
    (templates say it by `|told`), and `kind_words` what kind of event that is. Rates are per hour. `offered` are
    works that may explain an alarm. Of several late `readings`, from `first` to `last`, the worst is told.
    """

    kind: str
    when: Moment
    arrived: Moment
    subject: str
    quantity: str
    level_from: Level
    level_to: Level
    changes: bool
    value: str
    limit: str
    threshold_set: str
    late: bool
    delay: str
    text: str
    offered: tuple[str, ...] = ()
    id: str = ""
    point: str = ""
    kind_words: str = ""
    readings: int = 1
    first: Moment | None = None
    last: Moment | None = None


def point_rows(site: Site, present: Present, zone: ZoneInfo, _: Translate) -> tuple[PointRow, ...]:
    """Return the newest reading of every quantity of every point; a point without any has one empty row."""
    rows = []
    for point in site.points:
        readings: list[StoredReading | None] = [one for one in present.latest.values() if one.point == point.id]
        rows += [_point_row(site, point, one, present, zone, _) for one in readings or [None]]
    return tuple(rows)


def _point_row(
    site: Site, point: Point, reading: StoredReading | None, present: Present, zone: ZoneInfo, _: Translate
) -> PointRow:
    quantity = reading.quantity if reading else ""
    return PointRow(
        point=point.id,
        name=point.name,
        quantity=quantity_word(quantity, _) if quantity else "",
        value=value_text(quantity, reading.value, reading.bound, unit=False) if reading else "",
        unit=unit_of(quantity, _),
        others=tuple(sides(quantity, reading.value, _, bound=reading.bound)[1:]) if reading else (),
        level=level_of(present, point.id, quantity) if quantity else None,
        valid=is_valid(site, present, reading),
        quality=_(QUALITY_WORDS[reading.quality if reading else Quality.MISSING]),
        reasons=_reasons(reading, present, _),
        when=moment(reading.time_ms, zone) if reading else None,
        age=duration((present.time_ms - reading.time_ms) / 1000, _) if reading else "",
        calibration=reading.calibration if reading else "",
        critical=is_critical(site, point.id, present.time_ms),
    )


def _reasons(reading: StoredReading | None, present: Present, _: Translate) -> str:
    if reading is None:
        return _("no reading yet")
    new = reading.point in present.state.commissioning
    return "; ".join((*([_("in commissioning: stored, not judged")] if new else []), *reading.reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class AirRow:
    """How a gauge answers the air, as somebody accepted it: the share, from when on, and whether it corrects."""

    point: str
    barometer: str
    share: str
    since: Moment
    accepted_by: str
    source: str
    taken_off: str


def air_rows(site: Site, responses: Sequence[AirResponse], now_ms: int, zone: ZoneInfo) -> tuple[AirRow, ...]:
    """Return the accepted answers to the air in force now, from SITE.toml and from acts."""
    judged = with_responses(site, responses)
    newest = {}
    for rule in sorted(judged.quality_rules, key=lambda one: one.valid_from_ms):
        if rule.test == AIR_TEST.name and rule.valid_from_ms <= now_ms:
            newest[rule.point, rule.quantity] = rule
    return tuple(
        AirRow(
            point=rule.point,
            barometer=rule.neighbour or "",
            share=f"{rule.response_kpa_per_kpa:.3f} ± {rule.tolerance_kpa_per_kpa:g}",
            since=moment(rule.valid_from_ms, zone),
            accepted_by=rule.accepted_by,
            source=rule.source,
            taken_off=_number(taken_off_between(judged, rule.point, now_ms, now_ms)),
        )
        for rule in newest.values()
    )


def _number(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}"


def logger_rows(site: Site, present: Present, zone: ZoneInfo, _: Translate = str) -> tuple[LoggerRow, ...]:
    """Return every logger and station of the site, heard or not."""
    seen = {one.logger: one for one in present.loggers}
    never = LoggerSeen(logger="", last_ms=None, silent_since_ms=None)
    return tuple(_logger_row(one, seen.get(one.id, never), present, zone, _) for one in site.sources)


def _logger_row(source: Source, seen: LoggerSeen, present: Present, zone: ZoneInfo, _: Translate) -> LoggerRow:
    return LoggerRow(
        logger=source.id,
        serial=source.serial if isinstance(source, Logger) else None,
        profile=_profile(source),
        last=None if seen.last_ms is None else moment(seen.last_ms, zone),
        age="" if seen.last_ms is None else duration((present.time_ms - seen.last_ms) / 1000, _),
        silent_since=None if seen.silent_since_ms is None else moment(seen.silent_since_ms, zone),
    )


def _profile(source: Source) -> str:
    """Return what a source is where it has no serial of ours: a station's profile, a foreign logger's maker."""
    if isinstance(source, ForeignLogger):
        return source.maker
    return source.profile if isinstance(source, Station) else ""


def event_rows(
    site: Site,
    events: Sequence[StoredEvent],
    works: Sequence[Work],
    zone: ZoneInfo,
    _: Translate,
    *,
    each: bool = False,
) -> tuple[EventRow, ...]:
    """Return the events, those that became known last first, with the works that may explain them.

    Late readings of one alarm are one row, unless `each` is asked for.
    """
    newest_first = sorted(events, key=lambda one: one.arrived_ms, reverse=True)
    return tuple(
        replace(
            _event_row(run.event, zone, _),
            offered=offered(site, works, run.event, _),
            point=run.event.point if run.event.point in site.point_by_id else "",
            readings=run.readings,
            first=moment(run.first_ms, zone),
            last=moment(run.last_ms, zone),
            arrived=moment(run.arrived_ms, zone),
        )
        for run in (alone if each else gathered)(newest_first)
    )


def _event_row(event: StoredEvent, zone: ZoneInfo, _: Translate) -> EventRow:
    level_from, level_to = Level(event.level_from or 0), Level(event.level_to or 0)
    per_hour = "/" + _("h") if event.direction.startswith("rate") else ""
    return EventRow(
        kind=event.kind,
        when=moment(event.time_ms, zone),
        arrived=moment(event.arrived_ms, zone),
        subject=event.point or event.logger,
        quantity=quantity_word(event.quantity, _) if event.quantity else "",
        level_from=level_from,
        level_to=level_to,
        changes=level_from != level_to,
        value=value_text(event.quantity, event.value, _=_) + (per_hour if event.value is not None else ""),
        limit=value_text(event.quantity, event.limit_value, _=_)
        + (per_hour if event.limit_value is not None else ""),
        threshold_set=event.threshold_set,
        late=event.late,
        delay=duration((event.arrived_ms - event.time_ms) / 1000, _),
        text=event.text,
        id=event.id,
        kind_words=_(KINDS[event.kind]) if event.kind in KINDS else "",
    )
