"""The gateway's clock door: the only module of this room that asks what time it is.

Site time stamps and schedules; bus pacing, time-outs and back-off use the event loop's monotonic clock.
"""

import os
import time
from dataclasses import dataclass

from seepline.wire import site_clock

_NEVER_BEFORE_MS = 1_767_225_600_000  # 2026-01-01: this program is younger


@dataclass(frozen=True, slots=True)
class Clock:
    """Site time in UTC milliseconds; `setting` is a parsed SEEPLINE_CLOCK, None for the real time."""

    setting: tuple[int, float, int] | None = None

    @property
    def rate(self) -> float:
        """Site seconds per real second."""
        return 1.0 if self.setting is None else self.setting[1]

    @property
    def known(self) -> bool:
        """Tell whether the time can be believed: a machine without a clock begins in 1970, or with its image."""
        return self.setting is not None or _real_ms() >= _NEVER_BEFORE_MS

    def now_ms(self) -> int:
        """Return the site time."""
        return site_clock.site_ms(self.setting, _real_ms())


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
