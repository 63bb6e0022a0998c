"""Who may move the logger's clock, and how far: the time that anyone on the line can set is not to be trusted far.

* A clock that was never set takes any time.
* Later it moves towards a given time by at most 5 s a day in sum. A difference of more than 5 s is refused and
  counted; such a step will need a command sealed with the device key.
* A difference within the clock's own tolerance moves nothing: it confirms the time.
"""

from seepline.wire.status import TIME_NEVER_SET, TIME_SYNCED

SLEW_MS_PER_DAY = 5000
_DAY_MS = 86400000
_MAX_UTC_S = 0xFFFFFFFF
STEP_WORTH_SAYING_MS = 1000


class Keeper:
    """The board's clock with those rules. `stepped` stays True until the next record has said so."""

    def __init__(self, clock) -> None:
        self._clock = clock
        self.quality = clock.quality
        self.stepped = False
        self.refused = 0  # times that differed too much, since boot
        self._spent_ms = 0  # of today's slew
        self._day = 0

    def utc_ms(self) -> int:
        """Return UTC milliseconds since 1970, 0 when never set."""
        return 0 if self.quality == TIME_NEVER_SET else self._clock.utc_ms()

    def uptime_s(self) -> int:
        return self._clock.uptime_ms() // 1000

    def take_words(self, words: tuple) -> bool:
        """Take the four words of the time register; False when they are no time or move the clock too far."""
        high, low, ms, spare = words
        utc_s = high << 16 | low
        if ms > 999 or spare or not utc_s:
            return False
        return self.offer(utc_s * 1000 + ms)

    def offer(self, utc_ms: int) -> bool:
        """Follow a time that came over the line as far as the rules allow; False when it is refused."""
        if self.quality == TIME_NEVER_SET:
            return self._move(utc_ms, True)
        difference_ms = utc_ms - self._clock.utc_ms()
        if abs(difference_ms) <= self._clock.tolerance_ms:
            self.quality = TIME_SYNCED
            return True
        if abs(difference_ms) > SLEW_MS_PER_DAY:
            self.refused += 1
            return False
        return self._slew(difference_ms)

    def _slew(self, difference_ms: int) -> bool:
        day = self._clock.uptime_ms() // _DAY_MS
        if day != self._day:
            self._day, self._spent_ms = day, 0
        size_ms = min(abs(difference_ms), SLEW_MS_PER_DAY - self._spent_ms)
        if not size_ms:
            self.refused += 1
            return False
        self._spent_ms += size_ms
        move_ms = size_ms if difference_ms > 0 else -size_ms
        return self._move(self._clock.utc_ms() + move_ms, size_ms >= STEP_WORTH_SAYING_MS)

    def _move(self, utc_ms: int, stepped: bool) -> bool:
        self._clock.set(utc_ms)
        self.quality = TIME_SYNCED
        self.stepped = self.stepped or stepped
        return True
