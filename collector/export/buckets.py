"""Down-sampling for long views: what an hour or a UTC day of a series came to. No mean: it hides a peak.

A bucket keeps the smallest, largest and last value, how many there were, the worst flag of those with a value (9
where none has one: a single withheld reading must not hide an hour), the worst level, how many came late, and the
limits of the last reading. One new reading makes its hour and its day again, from the store.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collector.store import StoredReading

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
WIDTHS_MS = {"reading_1h": HOUR_MS, "reading_1d": DAY_MS}
_SEVERITY = (1, 2, 3, 4, 9)  # QARTOD's codes from best to worst, among readings that all have a value or none
_ROWS = (
    "SELECT value, quality, level, limit_yellow, limit_orange, limit_red, late FROM readings"
    " WHERE point = ? AND quantity = ? AND current = 1 AND time_ms >= ? AND time_ms < ? ORDER BY time_ms"
)

Bucket = tuple[str, str, int]  # point, quantity, start
_Row = tuple[float | None, int, int, float | None, float | None, float | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One bucket of a series; values are None while it holds withheld readings only."""

    point: str
    quantity: str
    start_ms: int
    smallest: float | None
    largest: float | None
    last: float | None
    count: int
    late_count: int
    worst_quality: int
    worst_level: int
    limit_yellow: float | None
    limit_orange: float | None
    limit_red: float | None


def touched(readings: Iterable[StoredReading], width_ms: int) -> list[Bucket]:
    """Return the buckets that some readings lie in, once each, in order."""
    return sorted({(one.point, one.quantity, one.time_ms - one.time_ms % width_ms) for one in readings})


def summaries(connection: sqlite3.Connection, buckets: Iterable[Bucket], width_ms: int) -> Iterator[Summary]:
    """Yield what each bucket came to, from the current readings of the store."""
    for point, quantity, start_ms in buckets:
        rows = connection.execute(_ROWS, (point, quantity, start_ms, start_ms + width_ms)).fetchall()
        if rows:
            yield _summary((point, quantity, start_ms), rows)


def _summary(bucket: Bucket, rows: list[_Row]) -> Summary:
    values = [row[0] for row in rows if row[0] is not None]
    return Summary(
        point=bucket[0],
        quantity=bucket[1],
        start_ms=bucket[2],
        smallest=min(values, default=None),
        largest=max(values, default=None),
        last=values[-1] if values else None,
        count=len(values),
        late_count=sum(row[6] for row in rows),
        worst_quality=max((row[1] for row in rows if row[0] is not None), key=_SEVERITY.index, default=9),
        worst_level=max(row[2] for row in rows),
        limit_yellow=rows[-1][3],
        limit_orange=rows[-1][4],
        limit_red=rows[-1][5],
    )
