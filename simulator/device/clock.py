"""The simulated logger's clock: the site clock, or virtual time while a past is being made.

With a past, the clock starts there and every pause returns at once with the time gone by, until now is reached.
"""

import asyncio
import os
import time

from seepline.wire import site_clock
from seepline.wire.status import TIME_RTC

LONGEST_PAUSE_S = 1  # real
_NOTICED_LATE_S = 0.5  # real: two busy processors may keep a program waiting for so long
_YIELD_EVERY = 8


def _real_ms() -> int:
    return time.time_ns() // 1000000


class SiteClock:
    """Site time in UTC milliseconds; `caught_up()` is called once the past is made."""

    quality = TIME_RTC

    def __init__(self, caught_up) -> None:
        text = os.getenv("SEEPLINE_CLOCK")
        self._clock = site_clock.parse(text, _real_ms()) if text else None
        self._rate = self._clock[1] if self._clock else 1
        self.tolerance_ms = int(1000 * _NOTICED_LATE_S * self._rate)
        self._start_ms = self._site_ms()
        self._offset_ms = 0
        self._virtual_ms = 0  # 0: no past to make
        self._pauses = 0
        self._caught_up = caught_up
        self.mishap = None  # awaited at every pause, where there is one

    def begin(self, past_ms: int) -> None:
        """Start in the past, or with 0 here and now."""
        if 0 < past_ms < self._site_ms():
            self._start_ms = self._virtual_ms = past_ms
        else:
            self._caught_up()

    def utc_ms(self) -> int:
        return self.true_ms() + self._offset_ms

    def set(self, utc_ms: int) -> None:
        self._offset_ms = utc_ms - self.true_ms()

    def uptime_ms(self) -> int:
        return self.true_ms() - self._start_ms

    def resume(self, uptime_ms: int) -> None:
        """Let uptime go on from there: the program slept, and did not start."""
        self._start_ms = self.true_ms() - uptime_ms

    def skip(self, ms: int) -> bool:
        """Let time go by at once where a past is made; else say that it must be waited for."""
        if not self._virtual_ms:
            return False
        self._virtual_ms += ms
        return True

    def real_s(self, ms: int) -> float:
        """Return the real seconds of so much site time."""
        return ms / self._rate / 1000

    async def pause(self, ms: int) -> None:
        """Let at most `ms` of site time pass."""
        if self.mishap:
            await self.mishap()
        if not self._virtual_ms:
            await asyncio.sleep(min(ms / self._rate / 1000, LONGEST_PAUSE_S))
            return
        self._virtual_ms += ms
        if self._virtual_ms >= self._site_ms():
            self._virtual_ms = 0
            self._caught_up()
        self._pauses += 1
        if self._pauses % _YIELD_EVERY == 0:
            await asyncio.sleep(0)

    def _site_ms(self) -> int:
        return site_clock.site_ms(self._clock, _real_ms())

    def true_ms(self) -> int:
        return self._virtual_ms or self._site_ms()
