"""Raw limits of the configuration that make the logger scan fast: above, below, or changing faster than a rate.

They are in wire integers, since a logger knows no calibration: they ask for more readings and are no alarm limits.
A trigger fires once and again only after the value was back within its limit.
"""

import struct

from firmware.fast_scan import ABOVE, BELOW, RATE, TRIGGER_MINUTES_PER_DAY, Allowance, FastScan
from seepline.wire.status import EXCLUDES, NOT_DUE

REASONS = {"above": ABOVE, "below": BELOW, "rate_per_min": RATE}  # key of the configuration -> detail of the event
NEAREST_MS = 5000  # half a fast scan
_MINUTE_MS = 60000
_CARRIED = ">BiI"  # 1 armed, 2 has a last value; that; uptime in s


def watches(triggers: tuple) -> list:
    """Return a `Watch` per trigger of the settings (place, direction, limit, minutes)."""
    return [Watch(place, REASONS[direction], limit, minutes) for place, direction, limit, minutes in triggers]


class Watch:
    """One limit on the value (of a wire: the frequency in mHz) at `place`, a (block, slot)."""

    def __init__(self, place: tuple, reason: int, limit: int, minutes: int) -> None:
        self.place = place
        self._reason = reason
        self._limit = limit
        self._minutes = minutes
        self._allowance = Allowance(TRIGGER_MINUTES_PER_DAY)
        self._armed = True
        self._last: tuple | None = None  # (value, uptime in ms)

    def look(self, channel: tuple, at_ms: int, fast: FastScan) -> None:
        """Judge the channel of a scan at uptime `at_ms`; one without a reading changes nothing."""
        status, value = channel[0], channel[1]
        if status & (EXCLUDES | NOT_DUE) or self._is_too_soon(at_ms):
            return
        passed = self._passed(value, at_ms)
        self._last = (value, at_ms)
        if passed and self._armed:
            fast.trigger(self._reason, self.place, value, self._minutes, self._allowance)
        self._armed = not passed

    def carry(self) -> bytes:
        """Return what the next value is compared with, for a logger that goes to sleep."""
        value, at_ms = self._last or (0, 0)
        known = (1 if self._armed else 0) | (2 if self._last else 0)
        return self._allowance.carry() + struct.pack(_CARRIED, known, value, at_ms // 1000)

    def resume(self, data: bytes) -> None:
        self._allowance.resume(data[:4])
        known, value, at_s = struct.unpack(_CARRIED, data[4:])
        self._armed = bool(known & 1)
        self._last = (value, 1000 * at_s) if known & 2 else None

    def _is_too_soon(self, at_ms: int) -> bool:
        """Tell whether two readings are so near each other that a rate between them is noise: repeats."""
        return self._reason == RATE and self._last is not None and at_ms - self._last[1] < NEAREST_MS

    def _passed(self, value: int, at_ms: int) -> bool:
        if self._reason == ABOVE:
            return value > self._limit
        if self._reason == BELOW:
            return value < self._limit
        if self._last is None:
            return False
        before, before_ms = self._last
        return abs(value - before) * _MINUTE_MS > self._limit * max(1, at_ms - before_ms)
