"""The gateway's clock door: the only module of this room that asks what time it is.

Site time stamps and schedules; bus pacing, time-outs and back-off use the event loop's monotonic clock.
A field computer without a battery-backed clock starts with any time: until the kernel says that its clock is
synchronised, its time is not known.
"""

import ctypes
import os
import time
from dataclasses import dataclass
from pathlib import Path

from seepline.wire import site_clock

BUILT_MS = 1_793_491_200_000  # 2026-11-01: a clock that stands before this program was written is wrong
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
_TIME_ERROR = 5  # what adjtimex(2) returns while the clock is not synchronised
_TIMEX_BYTES = 512  # struct timex is 208 bytes; modes = 0 only asks


@dataclass(frozen=True, slots=True)
class Clock:
    """Site time in UTC milliseconds; `setting` is a parsed SEEPLINE_CLOCK, None for the real time."""

    setting: tuple[int, float, int] | None = None

    @property
    def rate(self) -> float:
        """Site seconds per real second."""
        return 1.0 if self.setting is None else self.setting[1]

    def now_ms(self) -> int:
        """Return the site time."""
        return site_clock.site_ms(self.setting, _real_ms())

    @property
    def is_known(self) -> bool:
        """Whether this is the time: a site clock always, the machine's own when something keeps it right."""
        return self.setting is not None or (_real_ms() >= BUILT_MS and synchronised())


def synchronised() -> bool:
    """Tell whether the kernel's clock is kept right by a time service (adjtimex(2), or systemd's mark)."""
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    return _SYNCHRONISED.exists() or ctypes.CDLL(None).adjtimex(asked) not in (-1, _TIME_ERROR)


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
    return Clock(site_clock.parse(text, _real_ms()) if text else None)
