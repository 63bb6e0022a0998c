"""A preview of history made again: what would change, series by series, and which levels would differ. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.deeds.alarm_page import local_input
from collector.deeds.forms import Filled, filled
from collector.recompute.asked import EVER_MS
from collector.recompute.job import Job
from collector.recompute.runs import Count, Levels
from collector.recompute.seen import Seen
from collector.web.words import Moment, Translate, moment, quantity_word, unit_of
from seepline.thresholds import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """What would change in one series; mean and largest difference with the unit, '' where no value differs."""

    point: str
    quantity: str
    compared: int
    changed: int
    mean: str
    most: str
    when: Moment | None
    flagged: int
    made: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class LevelRow:
    """Readings of one series that would reach another level."""

    point: str
    quantity: str
    readings: int
    before: Level
    after: Level
    first: Moment
    last: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """One preview: how far it is, why it broke off, or what it found; `compared` counts readings made again."""

    id: str
    kind: str
    name: str
    as_if: bool
    points: tuple[str, ...]
    since: Moment | None
    runs: bool
    fault: str
    percent: int
    compared: int
    changed: int
    rows: tuple[CountRow, ...]
    levels: tuple[LevelRow, ...]
    forms: tuple[Filled, ...]


def preview_page(job: Job, zone: ZoneInfo, _: Translate) -> PreviewPage:
    """Return the page of a preview."""
    seen, run = job.seen, job.run
    counts = seen.counts if seen else ()
    return PreviewPage(
        id=job.id,
        kind=job.about.kind,
        name=job.about.name,
        as_if=job.about.as_if,
        points=tuple(job.asked.points.split()),
        since=None if job.asked.from_ms == EVER_MS else moment(job.asked.from_ms, zone),
        runs=job.runs,
        fault=job.fault,
        percent=round(100 * run.step / run.steps) if run and run.steps else 0,
        compared=sum(one.compared for one in counts),
        changed=sum(one.changed for one in counts),
        rows=tuple(_row(one, zone, _) for one in counts if _is_other(one)),
        levels=tuple(_levels(seen.levels if seen else (), zone, _)),
        forms=(_form(seen, job, zone),) if seen and job.about.kind == "running" else (),
    )


def _is_other(one: Count) -> bool:
    return bool(one.changed or one.flagged or one.made or one.withdrawn)


def _row(one: Count, zone: ZoneInfo, _: Translate) -> CountRow:
    unit = unit_of(one.quantity, _)
    mean = _difference(one.difference_sum / one.differences, unit) if one.differences else ""
    return CountRow(
        point=one.point,
        quantity=quantity_word(one.quantity, _),
        compared=one.compared,
        changed=one.changed,
        mean=mean,
        most=_difference(one.most, unit) if one.differences else "",
        when=None if one.most_ms is None else moment(one.most_ms, zone),
        flagged=one.flagged,
        made=one.made,
        withdrawn=one.withdrawn,
    )


def _difference(value: float, unit: str) -> str:
    return f"{value:+.4g} {unit}".rstrip().replace("-", "−", 1)


def _levels(levels: Iterable[Levels], zone: ZoneInfo, _: Translate) -> Iterator[LevelRow]:
    for one in levels:
        yield LevelRow(
            one.point,
            quantity_word(one.quantity, _),
            one.readings,
            Level(one.level_from),
            Level(one.level_to),
            moment(one.first_ms, zone),
            moment(one.last_ms, zone),
        )


def _form(seen: Seen, job: Job, zone: ZoneInfo) -> Filled:
    """Return the form that asks for just what was previewed, by the site that it was previewed by."""
    since = "" if job.asked.from_ms == EVER_MS else local_input(job.asked.from_ms, zone)
    about = {"site": seen.run.site, "points": "\n".join(job.asked.points.split()), "from_ms": since}
    return filled("recompute", about, opened=True)
