"""One quantity of one point over time, with its limits as they were in force at each reading. Pure.

A line joins neighbouring readings only: never across a missing value, never across more than two scans. Thinning
keeps the smallest and the largest value of every bucket, so that no peak is lost.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from collector.store import SeriesPoint
from collector.web.drawing import path
from collector.web.labels import Box
from collector.web.scales import Scale, Tick, time_ticks, value_ticks
from seepline.reading import Quality
from seepline.thresholds import Level

WIDTH, HEIGHT = 560.0, 250.0
LEFT, RIGHT, _TOP, _BOTTOM = 56.0, 26.0, 12.0, 34.0
_BUCKETS = 190  # two readings each: about 400 points a chart
_FAR = 4.0  # a limit farther away than this many times the readings' own span is named, not drawn

Limits = tuple[float | None, float | None, float | None]
_LEVELS = (Level.YELLOW, Level.ORANGE, Level.RED)


@dataclass(frozen=True, slots=True)
class Step:
    """One limit while it did not change: its level and its place in the picture."""

    level: Level
    left: float
    right: float
    y: float


@dataclass(frozen=True, slots=True)
class LimitName:
    """Where the letter of a level stands, beside the end of its limit."""

    level: Level
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Band:
    """The lightly coloured area of a level: beyond its limit, up to the next one."""

    level: Level
    box: Box


@dataclass(frozen=True, slots=True)
class Flag:
    """A reading that its quality explains: suspect and failed ones at their value, missing ones on the axis."""

    quality: Quality
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart ready to be written as SVG; places are in picture units, limits in the quantity's unit.

    `count` is the number of readings in the time shown, `thinned` tells that not all are drawn. `limits` are
    those at the newest reading, `unseen` the levels whose limit lies outside the picture.
    """

    plot: Box
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    bars: str
    bands: tuple[Band, ...]
    steps: tuple[Step, ...]
    names: tuple[LimitName, ...]
    flags: tuple[Flag, ...]
    limits: Limits
    unseen: tuple[Level, ...]
    count: int
    thinned: bool


def limits_of(row: SeriesPoint) -> Limits:
    """Return (yellow, orange, red) as stored beside a reading."""
    return row.limit_yellow, row.limit_orange, row.limit_red


def runs(rows: Iterable[SeriesPoint], gap_ms: int) -> list[list[SeriesPoint]]:
    """Return the readings with a value, cut wherever one is missing or more than `gap_ms` lies between two."""
    found: list[list[SeriesPoint]] = [[]]
    for row in rows:
        if row.value is None:
            found.append([])
            continue
        if found[-1] and row.time_ms - found[-1][-1].time_ms > gap_ms:
            found.append([])
        found[-1].append(row)
    return [run for run in found if run]


def thin(run: Sequence[SeriesPoint], bucket_of: Callable[[int], int]) -> list[SeriesPoint]:
    """Return the smallest and the largest reading of every bucket, in time order, and both ends of the run."""
    kept: dict[int, SeriesPoint] = {run[0].time_ms: run[0], run[-1].time_ms: run[-1]}
    for _bucket, group in groupby(run, key=lambda row: bucket_of(row.time_ms)):
        bucket = list(group)
        for row in (min(bucket, key=_value), max(bucket, key=_value)):
            kept[row.time_ms] = row
    return [kept[time_ms] for time_ms in sorted(kept)]


def _value(row: SeriesPoint) -> float:
    return 0.0 if row.value is None else row.value


def limit_runs(rows: Sequence[SeriesPoint]) -> Iterator[tuple[int, int, Limits]]:
    """Yield (from, to, limits) while the stored limits did not change: a new set begins at its first reading."""
    groups = [(limits, list(group)) for limits, group in groupby(rows, key=limits_of)]
    ends = [*(group[0].time_ms for _limits, group in groups[1:]), *(row.time_ms for row in rows[-1:])]
    for (limits, group), end in zip(groups, ends, strict=True):
        yield group[0].time_ms, end, limits


def _y_scale(rows: Sequence[SeriesPoint]) -> Scale:
    """Return the value axis: all readings, the nearest limit, and others unless they would flatten the line."""
    values = [row.value for row in rows if row.value is not None] or [0.0]
    low, high = min(values), max(values)
    reach = _FAR * max(high - low, 0.1 * max(abs(low), abs(high)), 0.01)
    away = {one: max(low - one, one - high, 0.0) for row in rows for one in limits_of(row) if one is not None}
    near = [one for one, distance in away.items() if distance <= max(reach, min(away.values()))]
    low, high = min(low, *near) if near else low, max(high, *near) if near else high
    room = max(0.08 * (high - low), 0.001 * max(abs(low), abs(high)), 0.01)
    return Scale(low - room, high + room, HEIGHT - _BOTTOM, _TOP)


def _clamped(y: Scale, value: float) -> float:
    return y(min(max(value, y.low), y.high))


def _edges(limits: Limits, y: Scale) -> Iterator[tuple[Level, float, float]]:
    """Yield (level, its limit, where the next worse level begins): upwards for upper limits, else downwards."""
    known = [(level, one) for level, one in zip(_LEVELS, limits, strict=True) if one is not None]
    if not known:
        return
    end = y.high if known[-1][1] >= known[0][1] else y.low
    for (level, limit), (_next, beyond) in pairwise([*known, (Level.RED, end)]):
        yield level, limit, beyond


def _bands(left: float, right: float, limits: Limits, y: Scale) -> Iterator[Band]:
    for level, limit, beyond in _edges(limits, y):
        top, bottom = sorted((_clamped(y, limit), _clamped(y, beyond)))
        if bottom > top and right > left:
            yield Band(level, Box(left, top, round(right - left, 1), round(bottom - top, 1)))


def _steps(left: float, right: float, limits: Limits, y: Scale) -> Iterator[Step]:
    for level, limit in zip(_LEVELS, limits, strict=True):
        if limit is not None and y.holds(limit):
            yield Step(level, left, right, y(limit))


def _names(steps: Iterable[Step]) -> tuple[LimitName, ...]:
    """Return one letter for each level's newest step, moved apart where limits lie close."""
    newest = {step.level: step for step in steps}
    names: list[LimitName] = []
    for step in sorted(newest.values(), key=lambda one: one.y):
        above = names[-1].y + 12 if names else 0.0
        names.append(LimitName(step.level, round(step.right + 4, 1), round(max(step.y + 4, above), 1)))
    return tuple(names)


def _flags(rows: Sequence[SeriesPoint], x: Scale, y: Scale, bucket_of: Callable[[int], int]) -> tuple[Flag, ...]:
    """Return one mark for the worst flag of every bucket."""
    worst: dict[int, SeriesPoint] = {}
    for row in rows:
        if row.quality >= Quality.SUSPECT or row.value is None:
            bucket = bucket_of(row.time_ms)
            worst[bucket] = max(worst.get(bucket, row), row, key=lambda one: one.quality)
    return tuple(
        Flag(Quality(row.quality), x(row.time_ms), y.at_low if row.value is None else y(row.value))
        for row in worst.values()
    )


def _bars(rows: Iterable[SeriesPoint], x: Scale, y: Scale) -> str:
    foot = _clamped(y, 0.0)
    return "".join(f"M{x(row.time_ms):g} {foot:g}V{y(_value(row)):g}" for row in rows if row.value)


def chart(
    rows: Sequence[SeriesPoint], span_ms: tuple[int, int], zone: ZoneInfo, gap_ms: int, bars: bool = False
) -> Chart:
    """Return the chart of one series, oldest first, over a span of time.

    `gap_ms` is the longest time between two readings that are still joined; `bars` draws amounts per scan (rain).
    """
    x = Scale(span_ms[0], span_ms[1], LEFT, WIDTH - RIGHT)
    y = _y_scale(rows)

    def bucket_of(time_ms: int) -> int:
        return int((time_ms - span_ms[0]) * _BUCKETS / (span_ms[1] - span_ms[0]))

    pieces = [thin(run, bucket_of) for run in runs(rows, gap_ms)]
    places = [[(x(row.time_ms), y(_value(row))) for row in piece] for piece in pieces]
    drawn = [(x(begin), x(end), limits) for begin, end, limits in limit_runs(rows)]
    limits = limits_of(rows[-1]) if rows else (None, None, None)
    steps = tuple(step for piece in drawn for step in _steps(*piece, y))
    return Chart(
        plot=Box(LEFT, _TOP, WIDTH - LEFT - RIGHT, HEIGHT - _TOP - _BOTTOM),
        x_ticks=time_ticks(x, zone, 7),
        y_ticks=value_ticks(y, 5),
        lines=() if bars else tuple(path(place) for place in places if len(place) > 1),
        dots=() if bars else tuple(place[0] for place in places if len(place) == 1),
        bars=_bars((row for piece in pieces for row in piece), x, y) if bars else "",
        bands=tuple(band for piece in drawn for band in _bands(*piece, y)),
        steps=steps,
        names=_names(steps),
        flags=_flags(rows, x, y, bucket_of),
        limits=limits,
        unseen=tuple(
            level for level, one in zip(_LEVELS, limits, strict=True) if one is not None and not y.holds(one)
        ),
        count=sum(row.value is not None for row in rows),
        thinned=sum(map(len, pieces)) < sum(row.value is not None for row in rows),
    )
