"""Strong motion in numbers: from acceleration samples to one event, in integers and in memory that stays the same.

    PGA                   largest |a| per axis
    Arias intensity       pi / (2 g) x integral of a^2 dt, per axis (A. Arias, 1970)
    CAV                   integral of |a| dt, per axis (EPRI NP-5930, 1988; not the standardised CAV of 1991)
    significant duration  5 to 95 % of the three Arias' sum (M. Trifunac, A. Brady, BSSA 65, 1975, 581-626)
    duration              first to last bin above a level, bracketed (B. Bolt, 5th WCEE, 1973)

`a` is the sample minus the axis' mean over the older half of the pre-event memory (the first waves may have come
in the newer one). Samples come in bins of 8 (32 ms at 250 a second). Sums of |a| and a^2 are exact and reach
from the pre-event memory to the end of the quiet that ends the event; they are rectangle sums, which differ from
the trapezoid rule by half of the first and the last sample. The sensor's noise is in them: with 200 ug rms CAV
grows by 1.6 mm/s every second, Arias by 0.6 um/s.

Where an event begins and ends is judged against a mean over some seconds that follows: a sensor that was tilted
for good ends its event. Start and duration are told to a bin. The significant duration comes from at most 256
cells of energy, straight lines inside: a cell is a bin while an event has up to 8 s, and its width doubles
whenever the cells are full, so it is at most 1/128 of the event. Of the waveform nothing is kept but the
pre-event memory. The sources are cited from memory; the formulas are the usual ones.
"""

from array import array
from collections import namedtuple

from firmware.motion_sums import (
    ABOVE,
    ABSOLUTE,
    AT_END,
    BIN,
    BIN_BYTES,
    FIELDS,
    LEVEL,
    PEAK,
    SUM,
    Energy,
    square,
    sums,
)
from seepline.wire.event import EPOCH_2020_S
from seepline.wire.record import MISSING_I32

CLIPPED, CUT, LOST = 1, 2, 4  # bits of an event's detail
_AXES = (0, 1, 2)
_AT_LEAST = 2  # samples of a bin above a level: one alone is a spike on the wire
_MEAN_SHIFT = 7  # running mean over 128 bins: 4 s
_SHORT_SHIFT = 4  # short mean over 16 bins: 0.5 s
_LONG_SHIFT = 10  # long mean over 1024 bins: 33 s
_MOST = 1 << 19
_CAV_UM = 9806650  # um/s^2 in one g
_ARIAS_UM = 15404250  # pi / 2 x g in um/s^2: Ia of 1 g for one second

# Levels in counts, times in bins. An event begins where samples leave their running mean by `trigger`, or where
# the short mean of |d| is `ratio_tenth` / 10 of the long one and at least `end` (0: not); it ends when none left
# it by `end` for `quiet`, and is cut after `most`.
Limits = namedtuple("Limits", ("trigger", "end", "ratio_tenth", "pre", "quiet", "most"))

# Samples, counts, and the detail bits. `samples` holds what was lost, as rest.
Ended = namedtuple(
    "Ended", ("detail", "start_ms", "duration", "significant", "peaks", "squares", "absolute", "samples", "lost")
)


def values(ended: Ended, per_g: int, rate_mhz: int) -> tuple:
    """Return the values of an event record (seepline/logger_words.py) at `rate_mhz` thousandths of a sample/s.

    >>> squares = (250 * 256000**2, 0, 0)  # 1 g for a second
    >>> values(Ended(0, 1577836801500, 250, 125, (256000, 0, 0), squares, (250, 0, 0), 250, 0), 256000, 250000)
    (1, 500, 1000, 500, 1000000, 0, 0, 15404250, 0, 0, 38, 0, 0, 250, 250, 0)
    """
    start_s, start_ms = divmod(ended.start_ms, 1000)
    start = (start_s - EPOCH_2020_S, start_ms) if ended.start_ms else (MISSING_I32, MISSING_I32)
    found = [_rounded(1000000 * one, rate_mhz) for one in (ended.duration, ended.significant)]
    found += [_rounded(1000000 * one, per_g) for one in ended.peaks]
    found += [_rounded(1000 * _ARIAS_UM * one, per_g * per_g * rate_mhz) for one in ended.squares]
    found += [_rounded(1000 * _CAV_UM * one, per_g * rate_mhz) for one in ended.absolute]
    return start + tuple(found) + (ended.samples, _rounded(rate_mhz, 1000), ended.lost)


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


class Watch:
    """Takes bins one by one and returns the values of an event when one has ended.

    Times of bins are UTC milliseconds, 0 when the clock is not set; `shaking` tells whether an event is under way.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._words = array("i", bytes(4 * (LEVEL + 1)))
        self._means = array("i", bytes(12))
        self._running = [0, 0, 0]  # mean of each axis over some seconds, x 1024
        self._near = array("i", bytes(12))  # the same in counts
        self._memory = bytearray(BIN_BYTES * limits.pre)
        self._energy = Energy()
        self._absolute, self._squares, self._peaks = [0, 0, 0], [0, 0, 0], [0, 0, 0]
        self.restart()

    def restart(self) -> None:
        """Forget what was before: the sampling began anew."""
        self.shaking = self._after_cut = False
        self._seen = self._held = self._next = 0
        self._short = self._long = 0

    def take(self, data, start: int, at_ms: int):
        """Take the bin at byte `start` of `data`, whose first sample is of `at_ms`; return an `Ended` or None."""
        if self.shaking:
            ended = self._follow(data, start)
        else:
            ended = self._look(data, start, at_ms)
        place = BIN_BYTES * self._next
        self._memory[place : place + BIN_BYTES] = data[start : start + BIN_BYTES]
        self._next = (self._next + 1) % self._limits.pre
        self._held = min(self._held + 1, self._limits.pre)
        return ended

    def gap(self, samples: int) -> None:
        """Say that so many samples were lost before the next bin."""
        self._held = self._next = 0
        if self.shaking:
            self._lost += samples
            for _ in range(min(samples // BIN, self._limits.most - self._bins)):
                self._energy.add(0)
                self._bins += 1

    def cut(self):
        """End the event under way because the sampling has ended; return an `Ended` or None."""
        ended = self._end(CUT | LOST, self._means) if self.shaking else None
        self.restart()
        return ended

    def _look(self, data, start: int, at_ms: int) -> None:
        """Compare a bin with the running mean; begin an event where it leaves it."""
        self._compare(data, start, self._limits.trigger)
        if self._held == self._limits.pre and (self._is_above() or self._is_rising()):
            self._begin(data, start, at_ms)
        else:
            self._follow_level()

    def _compare(self, data, start: int, level: int) -> None:
        """Sum up a bin about the running mean, and let the mean follow it."""
        words, running, near = self._words, self._running, self._near
        words[LEVEL] = level
        sums(data, start, near, words)
        for axis in _AXES:
            at = FIELDS * axis
            if not self._seen:
                running[axis] = words[at + SUM] << _MEAN_SHIFT
            elif words[at + ABOVE] != 1:  # one sample alone is a spike, not to be followed
                running[axis] += words[at + SUM] - BIN * near[axis]
            near[axis] = (running[axis] + 512) >> 10
        self._seen += 1

    def _is_above(self) -> bool:
        """Tell whether some axis left its mean by the level, in more than one sample."""
        words = self._words
        return max(words[ABOVE], words[FIELDS + ABOVE], words[2 * FIELDS + ABOVE]) >= _AT_LEAST

    def _is_rising(self) -> bool:
        short, limits = self._short >> _SHORT_SHIFT, self._limits
        if not limits.ratio_tenth or self._seen < 1 << _LONG_SHIFT or short < limits.end:
            return False
        return 10 * short >= limits.ratio_tenth * (self._long >> _LONG_SHIFT)

    def _follow_level(self) -> None:
        """Follow the means of |d|, of each bin without its largest sample: a spike is not shaking."""
        words, level = self._words, 0
        for axis in _AXES:
            level += words[FIELDS * axis + ABSOLUTE] - words[FIELDS * axis + PEAK]
        level = min(level // (BIN - 1), _MOST)
        if self._seen > 1 << _MEAN_SHIFT:  # the mean has settled
            self._short += level - (self._short >> _SHORT_SHIFT)
            self._long += level - (self._long >> _LONG_SHIFT)
        else:
            self._short, self._long = level << _SHORT_SHIFT, level << _LONG_SHIFT

    def _begin(self, data, start: int, at_ms: int) -> None:
        """Sum up the pre-event memory about its own mean, then the bin that began the event."""
        self.shaking, self._start_ms = True, at_ms
        self._bins = self._clipped = self._lost = 0
        self._energy.clear()
        for axis in _AXES:
            self._absolute[axis] = self._squares[axis] = self._peaks[axis] = 0
        self._means[:] = self._near if self._after_cut else self._mean_of(0, self._limits.pre // 2)
        for step in range(self._limits.pre):
            self._add(self._memory, BIN_BYTES * ((self._next + step) % self._limits.pre))
        self._last = self._bins
        self._add(data, start)

    def _mean_of(self, first: int, bins: int) -> array:
        """Return the mean of each axis over so many bins of the memory, counted from the oldest."""
        totals, words = [0, 0, 0], self._words
        for step in range(first, first + bins):
            sums(self._memory, BIN_BYTES * ((self._next + step) % self._limits.pre), self._near, words)
            for axis in _AXES:
                totals[axis] += words[FIELDS * axis + SUM]
        return array("i", [(2 * total + BIN * bins) // (2 * BIN * bins) for total in totals])

    def _add(self, data, start: int) -> None:
        """Add a bin to the sums of the event."""
        words, energy = self._words, 0
        sums(data, start, self._means, words)
        for axis in _AXES:
            at, squared = FIELDS * axis, square(words, axis)
            energy += squared
            self._squares[axis] += squared
            self._absolute[axis] += words[at + ABSOLUTE]
            self._peaks[axis] = max(self._peaks[axis], words[at + PEAK])
            self._clipped += words[at + AT_END]
        self._energy.add(energy)
        self._bins += 1

    def _follow(self, data, start: int):
        """Add a bin; it shakes when it leaves the event's own mean and the running one, which a tilt moves."""
        self._words[LEVEL] = self._limits.end
        self._add(data, start)
        moved = self._is_above()
        self._compare(data, start, self._limits.end)
        if moved and self._is_above():
            self._last = self._bins - 1
        if self._bins - 1 - self._last >= self._limits.quiet:
            return self._end(0, self._near if moved else self._means)
        if self._bins >= self._limits.pre + self._limits.most:
            return self._end(CUT, self._mean_of(0, self._held) if self._held else self._near)
        return None

    def _end(self, cut: int, means: array):
        """Return what the event was, and go on from these means."""
        self.shaking, self._after_cut = False, cut == CUT
        self._short = 0  # what is over now must not begin the next event
        self._running = [mean << 10 for mean in means]
        self._near[:] = means
        detail = cut | (CLIPPED if self._clipped else 0) | (LOST if self._lost else 0)
        return Ended(
            detail,
            self._start_ms,
            BIN * (self._last + 1 - self._limits.pre),
            self._energy.samples_between(5, 95),
            tuple(self._peaks),
            tuple(self._squares),
            tuple(self._absolute),
            BIN * self._bins,
            self._lost,
        )
