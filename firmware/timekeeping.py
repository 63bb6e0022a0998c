"""Who may move the logger's clock, and how far: the time that anyone on the line can set is not to be trusted far.

* A clock that was never set takes any time.
* Later it moves towards a given time by at most 5 s a day in sum. A difference of more than 5 s is refused and
  counted; such a step needs a command sealed with the device key (`command`), or the battery-backed clock.
* A difference within the clock's own tolerance moves nothing: it confirms the time.
* A time counts as synced for 24 h after the last time that was taken; then it is the logger's own again (RTC).

Every move is told (seepline/wire/event.py): sets, steps and slews of a second or more at once with the time before
and after, smaller slews as one sum a day, each refusal with its difference.
"""

from seepline.wire.event import CLOCK_REFUSED, CLOCK_SLEWED, CLOCK_STEPPED, EPOCH_2020_S
from seepline.wire.record import MISSING_I32
from seepline.wire.status import TIME_NEVER_SET, TIME_RTC, TIME_SYNCED

SLEW_MS_PER_DAY = 5000
_DAY_MS = 86400000
_MAX_UTC_S = 0xFFFFFFFF
STEP_WORTH_SAYING_MS = 1000
SYNC_HOLDS_MS = 86400000
RTC_FOLLOWS_MS = 100  # a sum of slews after which the battery-backed clock is compared, and set if it needs to be

FIRST_SET, BY_COMMAND, FROM_RTC, BY_SLEW = 1, 2, 3, 4  # detail of CLOCK_STEPPED


def _s2020(utc_ms: int) -> int:
    return utc_ms // 1000 - EPOCH_2020_S


class Keeper:
    """The board's clock with those rules. `stepped` stays True until the next record has said so.

    Others may look at `refused` (times that differed too much, since boot), `to_set` and `to_compare` (what the
    battery-backed clock shall do next), and set `say` (as Events.say) and `synced(utc_ms)`, which is called with
    every time that was taken.
    """

    def __init__(self, clock, say=None) -> None:
        self._clock = clock
        self._quality = clock.quality
        self._synced_at_ms = 0
        self.say = say or _nothing
        self.synced = _nothing
        self.stepped = False
        self.to_set = False
        self.to_compare = False
        self.refused = 0
        self._spent_ms = 0  # of today's slew
        self._day_began_ms = 0  # uptime
        self._slewed_ms = 0  # net, today
        self._slews = 0
        self._unfollowed_ms = 0

    @property
    def quality(self) -> int:
        """Return how far the time can be believed, as in a record's status."""
        if self._quality == TIME_SYNCED and self._clock.uptime_ms() - self._synced_at_ms > SYNC_HOLDS_MS:
            self._quality = TIME_RTC
        return self._quality

    def utc_ms(self) -> int:
        """Return UTC milliseconds since 1970, 0 when never set."""
        return 0 if self._quality == TIME_NEVER_SET else self._clock.utc_ms()

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
        if self._quality == TIME_NEVER_SET:
            self._step(utc_ms, FIRST_SET)
            return self._sync(utc_ms)
        difference_ms = utc_ms - self._clock.utc_ms()
        if abs(difference_ms) <= self._clock.tolerance_ms:
            return self._sync(utc_ms)
        if abs(difference_ms) > SLEW_MS_PER_DAY or not self._slew(difference_ms):
            self.refused += 1
            self.say(CLOCK_REFUSED, self.refused, (_whole_s(difference_ms),))
            return False
        return self._sync(utc_ms)

    def command(self, utc_ms: int) -> bool:
        """Step to a time that came sealed with the device key; False when it is none."""
        if not 0 < utc_ms // 1000 <= _MAX_UTC_S:
            return False
        self._step(utc_ms, BY_COMMAND)
        return self._sync(utc_ms)

    def from_rtc(self, utc_ms: int) -> None:
        """Take the time of the battery-backed clock, which nobody on the line can move by more than the rules."""
        if self._quality == TIME_NEVER_SET or abs(utc_ms - self._clock.utc_ms()) > self._clock.tolerance_ms:
            self._step(utc_ms, FROM_RTC)
        self._quality = TIME_RTC

    def spent(self) -> tuple[int, int]:
        """Return (ms of today's slew, age of that day in s): what a restart must not give back."""
        return self._spent_ms, (self._clock.uptime_ms() - self._day_began_ms) // 1000

    def resume(self, spent_ms: int, age_s: int) -> None:
        """Go on with the day of the boot before."""
        if spent_ms <= SLEW_MS_PER_DAY and 1000 * age_s < _DAY_MS:
            self._spent_ms, self._day_began_ms = spent_ms, self._clock.uptime_ms() - 1000 * age_s

    def tick(self) -> None:
        """Begin a new day when it is time, and tell of the last one's slews. Call it at least once an hour."""
        if self._clock.uptime_ms() - self._day_began_ms < _DAY_MS:
            return
        if self._slews:
            self.say(CLOCK_SLEWED, 0, (self._slewed_ms, self._slews))
        self._day_began_ms = self._clock.uptime_ms()
        self._spent_ms = self._slewed_ms = self._slews = 0

    def _slew(self, difference_ms: int) -> bool:
        self.tick()
        size_ms = min(abs(difference_ms), SLEW_MS_PER_DAY - self._spent_ms)
        if not size_ms:
            return False
        move_ms = size_ms if difference_ms > 0 else -size_ms
        self._spent_ms += size_ms
        self._unfollowed_ms += move_ms
        if abs(self._unfollowed_ms) >= RTC_FOLLOWS_MS:
            self._unfollowed_ms, self.to_compare = 0, True
        if size_ms >= STEP_WORTH_SAYING_MS:
            self._told_move(self._clock.utc_ms() + move_ms, BY_SLEW)
            return True
        self._slewed_ms += move_ms
        self._slews += 1
        self._clock.set(self._clock.utc_ms() + move_ms)
        return True

    def _step(self, utc_ms: int, why: int) -> None:
        self.to_set = why != FROM_RTC
        self._unfollowed_ms = 0
        self._told_move(utc_ms, why)

    def _told_move(self, utc_ms: int, why: int) -> None:
        """Move and say it; the record of it stands in the new time, before every reading of that time."""
        before_ms = self.utc_ms()
        self._clock.set(utc_ms)
        self._quality, self._synced_at_ms = TIME_RTC if why == FROM_RTC else TIME_SYNCED, self._clock.uptime_ms()
        self.stepped = True
        gone = (utc_ms - before_ms, _s2020(before_ms)) if before_ms else (MISSING_I32, MISSING_I32)
        self.say(CLOCK_STEPPED, why, gone + (_s2020(utc_ms),))

    def _sync(self, utc_ms: int) -> bool:
        self._quality, self._synced_at_ms = TIME_SYNCED, self._clock.uptime_ms()
        self.synced(utc_ms)
        return True


def _whole_s(ms: int) -> int:
    """Return seconds rounded away from zero, so that a refusal never reads as 0."""
    return -(-ms // 1000) if ms > 0 else ms // 1000


def _nothing(*_arguments) -> None:
    """Stand for a listener that is not there."""
