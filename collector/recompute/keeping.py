"""What a recompute keeps of a reading that was made again: a new version where it differs, and the counts.

Nothing here steps an alarm: what happened then was told then, and the levels that would have differed are counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from collector.judged import stored_reading
from collector.recompute.runs import Count
from collector.series_flags import SeriesFlags
from collector.store import StoredReading
from collector.store_writing import Current, StoreWriter
from seepline.quality import Series
from seepline.reading import Reading
from seepline.site import Threshold

LimitsOf = Callable[[str, str, int], Sequence[Threshold]]
_EVER_MS = 2**62


class Keeping:
    """One turn's writing, inside the store's open transaction.

    Parameters
    ----------
    flags, limits_of
        The quality tests of series, and the limits in force at a time, which are kept beside a value.
    run, now_ms
        The number of the run, and the site's clock: when the new versions came.
    """

    def __init__(self, store: StoreWriter, flags: SeriesFlags, limits_of: LimitsOf, run: int, now_ms: int) -> None:
        self._store = store
        self._flags = flags
        self._limits_of = limits_of
        self._run = run
        self._now_ms = now_ms
        self._counts: dict[Series, Count] = {}
        self._newest: dict[Series, int] = {}
        self._from_ms, self._to_ms = _EVER_MS, -_EVER_MS
        self._before: dict[Series, dict[int, Current]] = {}
        self._written: set[tuple[str, str, int]] = set()

    def look_at(self, from_ms: int, to_ms: int) -> None:
        """Expect readings from one time to another, both inclusive."""
        self._from_ms, self._to_ms = from_ms, to_ms

    def put(self, reading: Reading) -> None:
        """Keep a reading that was made again."""
        reading = self._flags.judged(reading)
        thresholds = self._limits_of(reading.point, reading.quantity, reading.time_ms)
        late = reading.time_ms < self._newest_ms((reading.point, reading.quantity))
        self._count_of((reading.point, reading.quantity)).compared += 1
        self._keep(stored_reading(reading, thresholds, self._now_ms, late))

    def flags(self, series: Series, from_ms: int, to_ms: int) -> None:
        """Keep the flags of a series that are others now, from one time to another, both inclusive."""
        for one in list(self._flags.remade(series, from_ms, to_ms)):
            self._keep(replace(one.reading, arrived_ms=self._now_ms))

    def withdraw(self, point: str, quantity: str, time_ms: int) -> None:
        """Let nothing be current where the site makes no reading any more."""
        self._store.withdraw(point, quantity, time_ms)
        self._count_of((point, quantity)).withdrawn += 1

    def count(self) -> None:
        """Add what this turn has counted to the run."""
        for count in self._counts.values():
            self._store.recomputes.add(self._run, count)

    def _keep(self, new: StoredReading) -> None:
        place = (new.point, new.quantity, new.time_ms)
        before = self._current(*place)
        if not self._store.put(new, before):
            return
        self._written.add(place)
        count = self._count_of(place[:2])
        if before is None:
            count.made += 1
        elif before.value == new.value:
            count.flagged += 1
        else:
            _count_change(count, before, new)
        self._count_level(before, new)

    def _current(self, point: str, quantity: str, time_ms: int) -> Current | None:
        """Return what stands at a time; a stretch is asked for at once: writing need not stop for reading."""
        if (point, quantity, time_ms) in self._written or not self._from_ms <= time_ms <= self._to_ms:
            return self._store.current(point, quantity, time_ms)
        series = (point, quantity)
        if series not in self._before:
            self._before[series] = self._store.currents(series, self._from_ms, self._to_ms)
        return self._before[series].get(time_ms)

    def _count_level(self, before: Current | None, new: StoredReading) -> None:
        place = (new.point, new.quantity, new.time_ms)
        level = before.level if before else 0
        if level != new.level:
            self._store.recomputes.add_level(self._run, place, (level, new.level))

    def _count_of(self, series: Series) -> Count:
        return self._counts.setdefault(series, Count(point=series[0], quantity=series[1]))

    def _newest_ms(self, series: Series) -> int:
        if series not in self._newest:
            newest = self._store.readings.times_back(series, -_EVER_MS, _EVER_MS, 1)
            self._newest[series] = newest[0] if newest else -_EVER_MS
        return self._newest[series]


def _count_change(count: Count, before: Current, new: StoredReading) -> None:
    """Count another value, and by how much it differs where both are numbers."""
    count.changed += 1
    if before.value is None or new.value is None:
        return
    difference = new.value - before.value
    count.differences += 1
    count.difference_sum += difference
    if abs(difference) > abs(count.most):
        count.most, count.most_ms = difference, new.time_ms
