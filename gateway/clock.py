"""The gateway's clock door: the only module of this room that asks what time it is.

Site time stamps and schedules; bus pacing, time-outs and back-off use the event loop's monotonic clock.

A Pi without a battery-backed clock wakes with the time of its last shutdown. Until its time is known nothing is
stamped with it and no logger is told it; the loggers' own times are used. It is known when it is not before this
program was written, and the kernel says that it is synchronised (NTP, GPS) or a logger whose clock runs agrees.
"""

import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path

from seepline.wire import site_clock
from seepline.wire.status import TIME_RTC, TIME_SYNCED

WRITTEN_MS = 1_793_491_200_000  # 2026-11-01: moved with each release
AGREE_MS = 5000  # a Pi that was off for the time of a restart already differs by more
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
_TIME_ERROR = 5  # what adjtimex(2) returns while the clock is not synchronised
_TIMEX_BYTES = 512  # struct timex has at most 208; all zero asks without changing anything


def _always() -> bool:
    return True


class Clock:
    """Site time in UTC milliseconds; `setting` is a parsed SEEPLINE_CLOCK, None for the real time.

    `synchronised` asks the machine whether something keeps its clock right.
    """

    def __init__(
        self, setting: tuple[int, float, int] | None = None, synchronised: Callable[[], bool] = _always
    ) -> None:
        self.setting = setting
        self._synchronised = synchronised
        self._why = ""

    @property
    def rate(self) -> float:
        """Site seconds per real second."""
        return 1.0 if self.setting is None else self.setting[1]

    def now_ms(self) -> int:
        """Return the site time."""
        return site_clock.site_ms(self.setting, _real_ms())

    @property
    def known(self) -> bool:
        """Whether `now_ms` is the time; once known it stays so, except where the clock falls back to the past."""
        return bool(self.known_by)

    @property
    def known_by(self) -> str:
        """By what the time is known: 'setting', 'synchronised' or 'a logger'; '' while it is not."""
        if self.setting is not None:
            return "setting"
        if _real_ms() < WRITTEN_MS:
            self._why = ""
        elif not self._why and self._synchronised():
            self._why = "synchronised"
        return self._why

    def compare(self, offset_ms: int, time_quality: int) -> None:
        """Take note that a logger's clock is ahead of this one by `offset_ms`, and how that clock got its time."""
        trusted = time_quality in (TIME_RTC, TIME_SYNCED)
        if trusted and abs(offset_ms) <= AGREE_MS and _real_ms() >= WRITTEN_MS and not self.known:
            self._why = "a logger"


def kernel_synchronised() -> bool:
    """Tell whether a time service keeps the kernel's clock right: adjtimex(2), or systemd-timesyncd's mark."""
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    return ctypes.CDLL(None).adjtimex(asked) not in (-1, _TIME_ERROR) or _SYNCHRONISED.exists()


def _real_ms() -> int:
    return time.time_ns() // 1_000_000


def clock_of_environment() -> Clock:
    """Return the clock that SEEPLINE_CLOCK asks for, the real one without it.

    Raises
    ------
    seepline.wire.site_clock.ClockError
        When the variable is not a site clock.
    """
    text = os.environ.get("SEEPLINE_CLOCK")
    return Clock(site_clock.parse(text, _real_ms()) if text else None, kernel_synchronised)
