"""The level changes of one rule over many readings: found in arrays, and judged by `alarm.step` alone.

A reading is at rest when it reaches no level above the one that stands, and does not leave that one either
(reached <= level <= held). The first of a row of such readings ends what those before it had begun to count; all
behind it change nothing that a later step asks for: counts of levels at or below the standing one. So they are
skipped, and everything else goes through `step`, which alone decides and makes the event.

    reached   the worst level whose limit a value reaches
    held      the same with the deadband as slack: leaving a level needs a value below it
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seepline import alarm
from seepline.alarm import AlarmState, Event
from seepline.reading import Quality, Reading
from seepline.site import Threshold
from seepline.thresholds import is_rate

Times = NDArray[np.int64]
Values = NDArray[np.float64]
Levels = NDArray[np.int8]
# (time_ms) -> the whole stored reading, asked for where a level changes: its record names the event
ReadingAt = Callable[[int], Reading]

_SIGN = {"above": 1.0, "below": -1.0, "rate_up": 1.0, "rate_down": 1.0}


class Series(NamedTuple):
    """Judged readings with a value, oldest first, one a time (UTC ms); values in the quantity's unit."""

    times: Times
    values: Values


def rates(series: Series, threshold: Threshold) -> Values:
    """Return `rate_per_hour` at each reading, NaN where the window is not filled well enough."""
    window_ms = (threshold.rate_window_s or 0) * 1000
    times, values = series
    first = np.searchsorted(times, times - window_ms, side="left")
    spans_ms = times - times[first]
    ends = np.arange(len(times))
    filled = (ends > first) & (2 * spans_ms >= window_ms)
    found = np.full(len(times), np.nan)
    found[filled] = (values - values[first])[filled] * 3_600_000 / spans_ms[filled]
    return -found if threshold.direction == "rate_down" else found


def levels(judged: Values, threshold: Threshold, slack: float) -> Levels:
    """Return `level_of` for each judged value; green where it is NaN."""
    sign = _SIGN[threshold.direction]
    near = sign * judged + slack
    found = np.zeros(len(judged), np.int8)
    for level, limit in enumerate((threshold.yellow, threshold.orange, threshold.red), 1):
        found[near >= sign * limit] = level
    return found


def level_events(site_id: str, threshold: Threshold, series: Series, reading_at: ReadingAt) -> list[Event]:
    """Return the events that `alarm.step` gives for these readings in event order, each as if it came at once."""
    if is_rate(threshold):
        judged = rates(series, threshold)
        judged_at = np.flatnonzero(~np.isnan(judged))
        judged = judged[judged_at]
    else:
        judged, judged_at = series.values, np.arange(len(series.times))
    reached, held = levels(judged, threshold, 0.0), levels(judged, threshold, threshold.deadband)
    walk = _Walk(site_id, threshold, series, reading_at)
    position = 0
    while position < len(judged):
        level = walk.level
        rests = reached[position] <= level <= held[position]
        walk.step(int(judged_at[position]))
        position += 1
        if rests:
            position = _first_restless(reached, held, level, position)
    return walk.events


def _first_restless(reached: Levels, held: Levels, level: int, begin: int) -> int:
    """Return the next place at which a level may change, looking ahead in growing pieces."""
    size = 64
    while begin < len(reached):
        end = min(len(reached), begin + size)
        restless = (reached[begin:end] > level) | (held[begin:end] < level)
        place = int(restless.argmax())
        if restless[place]:
            return begin + place
        begin, size = end, 2 * size
    return begin


class _Walk:
    """One rule's state, stepped only where it is asked to."""

    def __init__(self, site_id: str, threshold: Threshold, series: Series, reading_at: ReadingAt) -> None:
        self._site_id, self._threshold = site_id, threshold
        self._series, self._reading_at = series, reading_at
        self._state = AlarmState()
        self.events: list[Event] = []

    @property
    def level(self) -> int:
        return int(self._state.present.level)

    def step(self, place: int) -> None:
        """Step the reading at a place of the series; where it changes something, the whole stored reading."""
        time_ms = int(self._series.times[place])
        before = self._state if self._threshold.rate_window_s is None else self._with_samples(place)
        plain = _plain(self._threshold, time_ms, float(self._series.values[place]))
        self._state, events = alarm.step(self._site_id, before, plain, self._threshold, time_ms)
        if events:
            whole = self._reading_at(time_ms)
            self.events += alarm.step(self._site_id, before, whole, self._threshold, time_ms)[1]

    def _with_samples(self, place: int) -> AlarmState:
        """Return the state with the readings of the rate window that were skipped."""
        times, values = self._series
        begin_ms = int(times[place]) - (self._threshold.rate_window_s or 0) * 1000
        first = int(np.searchsorted(times, begin_ms, side="left"))
        pairs = zip(times[first:place].tolist(), values[first:place].tolist(), strict=True)
        return replace(self._state, present=replace(self._state.present, samples=tuple(pairs)))


def _plain(threshold: Threshold, time_ms: int, value: float) -> Reading:
    return Reading(
        point=threshold.point,
        instrument="",
        quantity=threshold.quantity,
        time_ms=time_ms,
        value=value,
        quality=Quality.GOOD,
        calibration="",
        judged=True,
    )
