"""The battery-backed clock beside the logger's own: read at boot and once a day, set after the time was moved.

Seconds are all that a DS3231 tells, so it is read until a second begins (1.1 s at most) and set when one begins.
What it says is believed when its oscillator never stood still (OSF) and the year can be; a clock that is absent,
stuck or stopped is an INSTRUMENT event with block 255, and the logger goes on without it.

How fast it runs is measured against the times that came over the line, and told once a day. Its aging register is
not written: whoever can send times over the line, key-free, could detune the logger's only independent clock.
"""

import asyncio
import errno

from firmware.drift import Drift
from firmware.drivers.driver import ABSENT, MALFORMED, NO_FAULT, STUCK, NoReadingError
from seepline.wire.event import CLOCK_DRIFT, EVENT_BLOCK, INSTRUMENT
from seepline.wire.record import MISSING_I32
from seepline.wire.status import TIME_SYNCED

DAY_MS = 86400000
TEND_S = 1
WORTH_SETTING_MS = 100
POLL_S = 0.01
_POLLS = 130
_ON_TIME_MS = 30  # a second that began at most so long ago is beginning
_TRIES = 10
_FRESH_MS = 3600000  # the chip's own crystal is wrong by 36 ms after so long
_SANE_S = (1704067200, 4102444800)  # 2024 to 2099


class RtcKeeper:
    """Keeps the DS3231 on `i2c` (None: there is none) and the keeper's clock together; `fault` is the driver's."""

    def __init__(self, i2c, keeper, clock, pause=asyncio.sleep) -> None:
        self._rtc = None
        if i2c is not None:
            from firmware.drivers.ds3231 import Ds3231

            self._rtc = Ds3231(i2c)
        self._keeper = keeper
        self._clock = clock
        self._pause = pause
        self._offset_ms = 0  # given time less ours, when it was given
        self._offset_at_ms = -_FRESH_MS - 1
        self._day_ms = 0
        self.fault = NO_FAULT
        self.drift = Drift()  # of the RTC, or without one of the chip's own counter
        keeper.synced = self._synced

    async def begin(self) -> None:
        """Take the time at boot, before anything is dated."""
        now_ms = await self._read()
        if now_ms is not None:
            self._keeper.from_rtc(now_ms)

    async def tend(self, beat=lambda: None) -> None:
        """Follow the keeper's wishes and the days, for ever."""
        while True:
            await self._pause(TEND_S)
            beat()
            await self.turn()

    async def turn(self) -> None:
        """Do what is due now."""
        keeper = self._keeper
        keeper.tick()
        daily = self._clock.uptime_ms() - self._day_ms >= DAY_MS
        if self._rtc is not None and (keeper.to_compare or daily) and not keeper.to_set:
            keeper.to_compare = False
            await self._compare()
        if self._rtc is not None and keeper.to_set:
            keeper.to_set = not await self._set(self._rtc)
        if daily:
            self._day_ms = self._clock.uptime_ms()
            self._tell_drift()

    def _synced(self, utc_ms: int) -> None:
        """Note a time that came over the line and was taken."""
        self._offset_ms, self._offset_at_ms = utc_ms - self._clock.utc_ms(), self._clock.uptime_ms()
        if self.fault not in (NO_FAULT, ABSENT):
            self._keeper.to_compare = True
        if self._rtc is None:
            self.drift.measure(self._clock.uptime_ms(), utc_ms)

    def _true_ms(self) -> int | None:
        """Return the line's time, None when it was not given lately."""
        fresh = self._clock.uptime_ms() - self._offset_at_ms <= _FRESH_MS
        return self._clock.utc_ms() + self._offset_ms if fresh else None

    async def _compare(self) -> None:
        """Read the RTC; set it when it differs from a synced time, else follow it."""
        now_ms = await self._read()
        if now_ms is None:
            self._keeper.to_set = self.fault != ABSENT and self._keeper.quality == TIME_SYNCED  # give it the time
            return
        true_ms = self._true_ms()
        if true_ms is not None:
            self.drift.measure(now_ms, true_ms)
        if self._keeper.quality != TIME_SYNCED:
            self._keeper.from_rtc(now_ms)
        elif abs(now_ms - self._clock.utc_ms()) >= WORTH_SETTING_MS:
            self._keeper.to_set = True

    async def _set(self, rtc) -> bool:
        """Set the RTC when a second begins; False when something else took that moment every time."""
        on_time_ms = max(_ON_TIME_MS, self._clock.tolerance_ms // 3)
        for _ in range(_TRIES):
            await self._pause((1000 - self._keeper.utc_ms() % 1000) / 1000)
            utc_s, late_ms = divmod(self._keeper.utc_ms(), 1000)
            if late_ms <= on_time_ms:
                return self._put(rtc, utc_s)
        return False

    def _put(self, rtc, utc_s: int) -> bool:
        try:
            rtc.set(utc_s)
            self._note(NO_FAULT if 0 <= rtc.utc_s() - utc_s <= 1 else MALFORMED, 0)
        except NoReadingError as error:
            self._note(error.code, error.detail)
        except OSError as error:
            self._note(_of_bus(error), error.args[0])
        except ValueError:  # a year that it cannot hold
            self._note(MALFORMED, 0)
        true_ms = self._true_ms()
        if true_ms is not None:
            self.drift.restart(1000 * utc_s, true_ms)
        return True  # a clock that cannot be set is tried again at the next move and every day

    async def _read(self) -> int | None:
        """Return the RTC's time at the beginning of a second, ms; None, and `fault` says why."""
        if self._rtc is None:
            return None
        try:
            now_s = await self._next_second(self._rtc)
        except NoReadingError as error:
            self._note(error.code, error.detail)
        except OSError as error:
            self._note(_of_bus(error), error.args[0])
        else:
            sane = _SANE_S[0] <= now_s < _SANE_S[1]
            self._note(NO_FAULT if sane else MALFORMED, 0)
            return 1000 * now_s if sane else None
        return None

    async def _next_second(self, rtc) -> int:
        first_s = rtc.utc_s()
        for _ in range(_POLLS):
            await self._pause(POLL_S)
            now_s = rtc.utc_s()
            if now_s != first_s:
                if now_s != first_s + 1:  # a bit was lost on the bus, and nobody knows in which of them
                    raise NoReadingError(MALFORMED)
                return now_s
        raise NoReadingError(STUCK)  # it answers and does not go

    def _note(self, fault: int, detail: int) -> None:
        """Say once that the RTC has failed or is well again."""
        if fault != self.fault:
            self.fault = fault
            self._keeper.say(INSTRUMENT, fault, (EVENT_BLOCK, 0, detail, 0))

    def _tell_drift(self) -> None:
        ppb = self.drift.ppb()
        if ppb is None:
            return
        mdegc = MISSING_I32
        if self._rtc is not None:
            try:
                mdegc = self._rtc.temperature_mdegc()
            except OSError:
                pass
        self._keeper.say(CLOCK_DRIFT, self.drift.days, (ppb, mdegc))


def _of_bus(error: OSError) -> int:
    """Return the fault of a bus: nobody acknowledges, or a line is held low."""
    return ABSENT if error.args[0] == errno.ENODEV else STUCK
