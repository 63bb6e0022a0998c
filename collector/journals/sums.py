"""What the store holds of a period, summed up: by series for a report, by day of the site for a journal."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from collector.journals.period import Period
from seepline.reading import Quality

_SUMS = (
    "SELECT point, quantity, count(*), count(value), min(value), max(value),"
    " sum(quality IN (?, ?)), max(level) FROM readings"
    " WHERE current = 1 AND time_ms >= ? AND time_ms < ? GROUP BY point, quantity ORDER BY point, quantity"
)
_ROWS = (
    "SELECT time_ms, value, quality, level FROM readings"
    " WHERE point = ? AND quantity = ? AND current = 1 AND time_ms >= ? AND time_ms < ? ORDER BY time_ms"
)
_NOT_USABLE = (int(Quality.FAIL), int(Quality.MISSING))


@dataclass(frozen=True, slots=True)
class SeriesSum:
    """One series over a period: readings, those with a value, extremes, failed or missing, worst level reached."""

    point: str
    quantity: str
    readings: int
    valued: int
    low: float | None
    high: float | None
    unusable: int
    level: int


@dataclass(frozen=True, slots=True)
class DaySum:
    """One series over one day of the site's calendar; `last` is its last value."""

    day: str
    readings: int
    low: float | None
    high: float | None
    last: float | None
    suspect: int
    unusable: int
    level: int


def series_sums(connection: sqlite3.Connection, over: Period) -> list[SeriesSum]:
    """Return every series of the store that has readings in a period."""
    rows = connection.execute(_SUMS, (*_NOT_USABLE, over.from_ms, over.to_ms))
    return [SeriesSum(*row) for row in rows]


def day_sums(
    connection: sqlite3.Connection, key: tuple[str, str], over: Period, zone: ZoneInfo
) -> Iterator[DaySum]:
    """Yield the days of one series that have readings."""
    rows = connection.execute(_ROWS, (*key, over.from_ms, over.to_ms))
    dated = ((_day(row[0], zone), tuple(row)) for row in rows)
    for day, of_day in groupby(dated, key=itemgetter(0)):
        yield _summed(day, [row for _, row in of_day])


def _summed(day: str, rows: list[tuple[int, float | None, int, int]]) -> DaySum:
    usable = [value for _, value, quality, _ in rows if value is not None and quality not in _NOT_USABLE]
    return DaySum(
        day=day,
        readings=len(rows),
        low=min(usable, default=None),
        high=max(usable, default=None),
        last=usable[-1] if usable else None,
        suspect=_count(rows, (int(Quality.SUSPECT),)),
        unusable=_count(rows, _NOT_USABLE),
        level=max(level for *_, level in rows),
    )


def _count(rows: Iterable[tuple[int, float | None, int, int]], qualities: tuple[int, ...]) -> int:
    return sum(quality in qualities for _, _, quality, _ in rows)


def _day(time_ms: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(time_ms // 1000, UTC).astimezone(zone):%Y-%m-%d}"
