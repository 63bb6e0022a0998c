"""What to drive the coil with: a sweep of square-wave half-periods over the band in which the wire is expected.

Own band: 15 % either side of the last good frequency. Full band: the channel's limits, after a failure or with
no history. Timing of one reading, of 1.5 s: a sweep of the full band (160 ms) and one of the own band (100 ms),
two times dead time (5 ms and FRONT_END_MS, which the front end takes itself) and 256 ms of capture, and the
calculations, counted in bench/vw_estimator.py. A linear sweep stores about the same energy in every wire of its
band; half-periods in whole microseconds suit an RMT channel, which sends them without jitter.
"""

from array import array
from collections import namedtuple

OWN_BAND_PERCENT = 15
OWN_SWEEP_MS = 100
FULL_SWEEP_MS = 160
DEAD_MS = 5  # with FRONT_END_MS: the amplifier recovers and the forced vibration dies
FRONT_END_MS = 39  # relay and settling, as in firmware/front_end.py (a test holds them together)
LONGEST_HALF_US = 32767  # of one RMT item

Sweep = namedtuple("Sweep", ("low_hz", "high_hz", "sweep_ms"))


def sweep(last_mhz: int | None, low_hz: int, high_hz: int) -> Sweep:
    """Return the sweep for a wire last heard at `last_mhz` (None: never, or lost) within its channel's limits.

    >>> sweep(2800000, 400, 6000)
    Sweep(low_hz=2380, high_hz=3220, sweep_ms=100)
    >>> sweep(None, 400, 6000)
    Sweep(low_hz=400, high_hz=6000, sweep_ms=160)
    """
    if last_mhz is None:
        return Sweep(low_hz, high_hz, FULL_SWEEP_MS)
    low = last_mhz * (100 - OWN_BAND_PERCENT) // 100000
    high = last_mhz * (100 + OWN_BAND_PERCENT) // 100000
    return Sweep(max(low_hz, low), min(high_hz, high), OWN_SWEEP_MS)


def half_periods(wanted: Sweep) -> array:
    """Return the sweep as half-periods in microseconds, rising linearly in frequency; whole periods only.

    >>> plan = half_periods(Sweep(2380, 3220, 100))
    >>> len(plan), plan[0], plan[-1], sum(plan)
    (562, 210, 155, 100128)
    """
    end_us = 1000 * wanted.sweep_ms
    span_hz = wanted.high_hz - wanted.low_hz
    halves, at_us = array("H"), 0
    while at_us < end_us:
        hz = wanted.low_hz + span_hz * (at_us // 10) // (end_us // 10)  # divided by ten: stays a small integer
        half_us = 500000 // hz
        halves.append(half_us)
        halves.append(half_us)
        at_us += 2 * half_us
    return halves
