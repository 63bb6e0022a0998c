"""The laptop's clock door: the only module of this room that asks what time it is or waits.

Site time, in UTC milliseconds; SEEPLINE_CLOCK sets it on a desk, as for every other room.
"""

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from seepline.wire import site_clock


@dataclass(frozen=True, slots=True)
class Clock:
    """Site time; `setting` is a parsed SEEPLINE_CLOCK, None for the real time."""

    setting: tuple[int, float, int] | None = None

    @property
    def rate(self) -> float:
        """Site seconds per real second."""
        return 1.0 if self.setting is None else self.setting[1]

    def now_ms(self) -> int:
        """Return the site time."""
        return site_clock.site_ms(self.setting, _real_ms())

    async def pause(self, site_s: float) -> None:
        """Let so much site time pass, but at least a tenth of a real second: the line has other users too."""
        await asyncio.sleep(max(0.1, site_s / self.rate))


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


def iso(utc_ms: int) -> str:
    """Return a time as people and machines read it, to the second.

    >>> iso(1451634300000)
    '2016-01-01T07:45:00Z'
    """
    return datetime.fromtimestamp(utc_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
