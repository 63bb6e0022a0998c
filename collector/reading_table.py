"""Current engineering readings, to be looked up by point, quantity and time: what derived quantities are made of.

The table is that of collector.store; a replay fills one of the same columns. Nothing here writes.
"""

import sqlite3
from collections.abc import Callable

from collector.recent import Window, Windows
from seepline.derive.evaluation import Key, Sample
from seepline.reading import Quality

_SELECT = (
    "SELECT time_ms, value, quality, bound FROM readings WHERE point = ? AND quantity = ? AND current = 1 AND"
)
_EXACT = f"{_SELECT} time_ms = ?"
_AT_OR_BEFORE = f"{_SELECT} time_ms BETWEEN ? AND ? AND value IS NOT NULL ORDER BY time_ms DESC LIMIT 1"
_AFTER = f"{_SELECT} time_ms BETWEEN ? AND ? AND value IS NOT NULL ORDER BY time_ms LIMIT 1"
_NEWEST = f"{_SELECT.removesuffix(' AND')} ORDER BY time_ms DESC LIMIT ?"
_WINDOW = f"{_SELECT} time_ms > ? AND time_ms <= ? ORDER BY time_ms"
_TIMES = (
    "SELECT time_ms FROM readings WHERE point = ? AND quantity = ? AND current = 1 AND time_ms BETWEEN ? AND ?"
    " ORDER BY time_ms"
)
_TIMES_BACK = (
    "SELECT time_ms FROM readings WHERE point = ? AND quantity = ? AND current = 1 AND time_ms >= ?"
    " AND time_ms < ? ORDER BY time_ms DESC LIMIT ?"
)


Settled = Callable[[Key], sqlite3.Connection]


class ReadingTable:
    """Look-ups on an open connection of the store; used from the thread that writes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._settled: Settled = lambda _series: connection

    def _ask(self, sql: str, key: Key, *values: int) -> list[Sample]:
        rows = self._settled(key).execute(sql, (*key, *values))
        return [Sample(time_ms, value, Quality(quality), bound) for time_ms, value, quality, bound in rows]

    def nearest(self, key: Key, time_ms: int, max_age_ms: int) -> Sample | None:
        """Return the reading at `time_ms`, else the nearest with a value within `max_age_ms`, ties to the earlier.

        Without any, the one at the time itself, which has no value.
        """
        exact = self._ask(_EXACT, key, time_ms)
        if exact and (exact[0].value is not None or not max_age_ms):
            return exact[0]
        near = self._ask(_AT_OR_BEFORE, key, time_ms - max_age_ms, time_ms)
        near += self._ask(_AFTER, key, time_ms + 1, time_ms + max_age_ms)
        return min(near or exact, key=lambda one: abs(one.time_ms - time_ms), default=None)

    def window(self, key: Key, after_ms: int, to_ms: int) -> list[Sample]:
        """Return the readings with after_ms < time <= to_ms, oldest first."""
        return self._ask(_WINDOW, key, after_ms, to_ms)

    def times(self, key: Key, from_ms: int, to_ms: int) -> list[int]:
        """Return the times of all readings from `from_ms` to `to_ms`, both inclusive, oldest first."""
        return [row[0] for row in self._settled(key).execute(_TIMES, (*key, from_ms, to_ms))]

    def times_back(self, key: Key, from_ms: int, below_ms: int, limit: int) -> list[int]:
        """Return the newest times of readings with from_ms <= time < below_ms, newest first."""
        return [row[0] for row in self._settled(key).execute(_TIMES_BACK, (*key, from_ms, below_ms, limit))]


class RecentReadings(ReadingTable):
    """The same of the store that is being written, whose newest readings are held in memory.

    Parameters
    ----------
    settled
        Returns the connection, with everything written that was held back of a series.
    """

    def __init__(self, settled: Settled) -> None:
        self._settled = settled
        self._recent: Windows[Key, Sample] = Windows(self._newest)

    def _newest(self, key: Key, count: int) -> list[Sample]:
        return self._ask(_NEWEST, key, count)[::-1]

    def forget(self) -> None:
        """Forget what is held in memory: the table is another."""
        self._recent.forget()

    def note(self, key: Key, sample: Sample) -> None:
        """Take in a reading that is written as the current one of its time."""
        window = self._recent.by_name.get(key)
        if window is not None:
            window.put(sample)

    def is_newest(self, key: Key, time_ms: int) -> bool:
        """Tell whether the newest reading, as far as it is held in memory, is that of a time."""
        window = self._recent.by_name.get(key)
        return window is not None and bool(window.times) and window.times[-1] == time_ms

    def is_known(self, key: Key, time_ms: int) -> bool:
        """Tell whether there is a reading at a time."""
        window = self._recent.by_name.get(key) or self._recent.of(key)
        if not window.times or time_ms > window.times[-1]:
            return False
        reaching = self._recent.reaching(key, time_ms)
        return bool(self._ask(_EXACT, key, time_ms)) if reaching is None else reaching.at(time_ms) is not None

    def nearest(self, key: Key, time_ms: int, max_age_ms: int) -> Sample | None:
        """As in ReadingTable."""
        window: Window[Sample] | None = self._recent.reaching(key, time_ms)
        if window is None or not window.has_value(time_ms):
            window = self._recent.reaching(key, time_ms - max_age_ms)
        if window is None:
            return super().nearest(key, time_ms, max_age_ms)
        return window.nearest(time_ms, max_age_ms)

    def window(self, key: Key, after_ms: int, to_ms: int) -> list[Sample]:
        """As in ReadingTable."""
        return self.between(key, after_ms + 1, to_ms)

    def between(self, key: Key, from_ms: int, to_ms: int) -> list[Sample]:
        """Return the readings from one time to another, both inclusive, oldest first."""
        window = self._recent.reaching(key, from_ms)
        return self._ask(_WINDOW, key, from_ms - 1, to_ms) if window is None else window.between(from_ms, to_ms)

    def times(self, key: Key, from_ms: int, to_ms: int) -> list[int]:
        """As in ReadingTable."""
        window = self._recent.reaching(key, from_ms)
        return super().times(key, from_ms, to_ms) if window is None else window.times_between(from_ms, to_ms)
