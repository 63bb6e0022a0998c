"""Fast scans for some minutes, and scans at once: who may ask for them, and how much of them a day.

Anyone on the line may ask, without a key; the logger itself asks when a reading passes a limit of the
configuration or the ground shakes. Each side has its own allowance, so that nobody on the line can use up what an
event needs. Both are limited, for a ring that is filled every 10 s forgets in hours what was to be kept for a
year. Days are of uptime: the clock that others can set does not refill them; a restart does.
"""

import struct

from firmware.timekeeping import Keeper
from seepline.wire.event import EVENT_BLOCK, FAST_SCAN
from seepline.wire.record import MISSING_I32

FAST_SCAN_S = 10
FAST_MINUTES_PER_DAY = 60  # for the line
EVENT_MINUTES_PER_DAY = 120  # for triggers and shakes together
TRIGGER_MINUTES_PER_DAY = 60  # for one of them: a channel that crosses its limit all day leaves the others half
MOST_REPEATS = 3
ENDED, BY_GATEWAY, ABOVE, BELOW, RATE, SHAKE = range(6)  # detail of the event
_LOGGER = (EVENT_BLOCK, 0)  # in the place of (block, slot): the logger as a whole
_DAY_S = 86400
_CARRIED = ">HH"
_CARRIED_BYTES = 4


class Allowance:
    """Seconds that may be spent in a day of uptime."""

    def __init__(self, minutes: int) -> None:
        self._whole_s = 60 * minutes
        self._day = 0
        self._left_s = self._whole_s

    def left_s(self, now_s: int) -> int:
        if now_s // _DAY_S != self._day:
            self._day, self._left_s = now_s // _DAY_S, self._whole_s
        return self._left_s

    def spend(self, seconds: int) -> None:
        self._left_s -= seconds

    def carry(self) -> bytes:
        """Return what a sleep must not refill."""
        return struct.pack(_CARRIED, self._day & 0xFFFF, self._left_s)

    def resume(self, data: bytes) -> None:
        self._day, self._left_s = struct.unpack(_CARRIED, data)


class FastScan:
    """What is granted at this moment. `say(code, detail, values)` tells beginnings and the end as events."""

    def __init__(self, keeper: Keeper, say) -> None:
        self._keeper = keeper
        self._say = say
        self._line = Allowance(FAST_MINUTES_PER_DAY)
        self._events = Allowance(EVENT_MINUTES_PER_DAY)
        self._shakes = Allowance(TRIGGER_MINUTES_PER_DAY)
        self._asked_until_s = 0
        self._event_until_s = 0
        self._was_on = False
        self.repeats = 0  # scans to be made at once

    def ask(self, words: tuple) -> bool:
        """Register 210: so many minutes from now, 0 ends what was asked; False when the day does not hold them."""
        minutes, now_s = words[0], self._keeper.uptime_s()
        if 60 * minutes > self._line.left_s(now_s):
            return False
        self._line.spend(60 * minutes)
        self._asked_until_s = now_s + 60 * minutes
        if minutes:
            self._begin(BY_GATEWAY, _LOGGER, MISSING_I32, minutes)
        return True

    def repeat(self, words: tuple) -> bool:
        """Register 211: so many scans at once, each for a minute of the line's hour; False when it is refused."""
        scans = words[0]
        if not 1 <= scans <= MOST_REPEATS - self.repeats:
            return False
        if 60 * scans > self._line.left_s(self._keeper.uptime_s()):
            return False
        self._line.spend(60 * scans)
        self.repeats += scans
        return True

    def shake(self, minutes: int) -> None:
        """Take that the ground shakes: scan fast for so many minutes, or what the day holds of them."""
        self.trigger(SHAKE, _LOGGER, MISSING_I32, minutes, self._shakes)

    def trigger(self, reason: int, place: tuple, value: int, minutes: int, own: Allowance) -> None:
        """Scan fast from now on; minutes that run already are not spent twice. 0 in the event: none were left."""
        now_s = self._keeper.uptime_s()
        start_s = max(now_s, self._event_until_s)
        left_s = min(own.left_s(now_s), self._events.left_s(now_s))
        more_s = max(0, min(now_s + 60 * minutes - start_s, left_s))
        own.spend(more_s)
        self._events.spend(more_s)
        self._event_until_s = start_s + more_s
        self._begin(reason, place, value, (self._event_until_s - now_s) // 60)

    def on(self) -> bool:
        """Tell whether scans are fast now; their end is said here, since the scan task always asks."""
        now_s = self._keeper.uptime_s()
        is_on = now_s < self._asked_until_s or now_s < self._event_until_s
        if self._was_on and not is_on:
            self._say(FAST_SCAN, ENDED, _LOGGER)
        self._was_on = is_on
        return is_on

    def carry(self) -> bytes:
        """Return what is left of the day, for a logger that goes to sleep (never while scans are fast)."""
        return b"".join([one.carry() for one in self._allowances()])

    def resume(self, data: bytes) -> None:
        for number, one in enumerate(self._allowances()):
            one.resume(data[_CARRIED_BYTES * number : _CARRIED_BYTES * (number + 1)])

    def _allowances(self) -> tuple:
        return self._line, self._events, self._shakes

    def _begin(self, reason: int, place: tuple, value: int, minutes: int) -> None:
        self._say(FAST_SCAN, reason, place + (value, minutes))
