"""Tipping bucket: tips since the scan before, from a pulse counter.

Sources: MicroPython `esp32.PCNT` (1.26 and later): 16-bit counter that returns to 0 at its `max`, filter of at
most 1023 ticks of 80 MHz = 12.8 us. A reed switch bounces for milliseconds, so the hardware counter is right
only behind an RC and a Schmitt trigger; a bare switch takes the `Debounced` counter. WMO-No. 8 (2018), vol. I,
6.5.

From memory, therefore settings without default: bounce time (10 ms at least is usual), the closest tips that
rain can make (0.3 s is 2400 mm/h with 0.2 mm).
"""

from firmware.drivers.driver import STUCK, Driver, NoReadingError, channel
from seepline.wire.status import DISAGREE

PCNT_MAX = 32767


class HardwareCounter:
    """A PCNT unit with min 0 and max PCNT_MAX: it shows 0 again instead of PCNT_MAX.

    `value` is its method of that name. More than PCNT_MAX - 1 tips between two readings would be lost.
    """

    def __init__(self, value) -> None:
        self._value = value
        self._last = value()

    def since(self) -> int:
        """Return the tips since the last call; none is lost at the wrap."""
        now = self._value()
        tips, self._last = (now - self._last) % PCNT_MAX, now
        return tips


class Debounced:
    """Counts edges of a bare switch from a pin interrupt; edges within `dead_ms` of a counted one are bounce.

    `edge(at_ms)` allocates nothing on the ESP32 as long as `at_ms` is a small integer; ticks may come round.
    """

    def __init__(self, dead_ms: int, ticks_diff) -> None:
        self._dead_ms = dead_ms
        self._ticks_diff = ticks_diff
        self._at_ms = None
        self._tips = 0
        self.bounces = 0

    def edge(self, at_ms: int) -> None:
        if self._at_ms is not None and 0 <= self._ticks_diff(at_ms, self._at_ms) < self._dead_ms:
            self.bounces += 1
            return
        self._at_ms = at_ms
        self._tips += 1

    def since(self) -> int:
        tips, self._tips = self._tips, 0
        return tips


class TippingBucket(Driver):
    """One gauge. `closed()` tells whether the switch is closed now, `uptime_ms()` never jumps back.

    A switch that is closed at two scans running is stuck (a magnet that stays before the reed, water in the
    cable): no tips would then mean nothing. More tips than rain can make are kept and marked, since both the
    switch and a cloudburst may be the cause.
    """

    CHANNELS = ("pulses",)
    SUPPLY_UA = 0

    def __init__(self, counter, closed, uptime_ms, closest_tips_ms: int) -> None:
        self._counter = counter
        self._closed = closed
        self._uptime_ms = uptime_ms
        self._closest_tips_ms = closest_tips_ms
        self._last_ms = uptime_ms()
        self._was_closed = False

    async def read(self) -> list:
        now_ms = self._uptime_ms()
        elapsed_ms, self._last_ms = now_ms - self._last_ms, now_ms
        closed, was_closed = self._closed(), self._was_closed
        self._was_closed = bool(closed)
        tips = self._counter.since()
        if closed and was_closed and not tips:
            raise NoReadingError(STUCK)
        implausible = tips > elapsed_ms // self._closest_tips_ms + 1
        return [channel(tips, DISAGREE if implausible else 0)]
