"""A series made short enough for a chart, without losing a peak: real readings only, never a mean."""

from dataclasses import dataclass
from operator import attrgetter


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One reading of a chart: a real one, never a mean. `value` None is a gap."""

    time_ms: int
    value: float | None
    quality: int
    level: int
    limit_yellow: float | None
    limit_orange: float | None
    limit_red: float | None


def thinned(series: list[SeriesPoint], points: int) -> list[SeriesPoint]:
    """Return at most `points` of a series in order, with the smallest and largest value of every time bucket."""
    if len(series) <= points:
        return series
    buckets: dict[int, list[SeriesPoint]] = {}
    begin_ms, span_ms = series[0].time_ms, series[-1].time_ms - series[0].time_ms + 1
    for one in series:
        buckets.setdefault((one.time_ms - begin_ms) * max(1, points // 2) // span_ms, []).append(one)
    return [one for bucket in buckets.values() for one in _extremes(bucket)]


def _extremes(bucket: list[SeriesPoint]) -> list[SeriesPoint]:
    valued = [one for one in bucket if one.value is not None]
    if not valued:
        return bucket[:1]
    value = attrgetter("value")
    both = {one.time_ms: one for one in (min(valued, key=value), max(valued, key=value))}
    return [both[time_ms] for time_ms in sorted(both)]
