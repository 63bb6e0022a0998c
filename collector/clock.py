"""The collector's one clock door: site time for what is measured, monotonic time for what is waited for."""

import os
import time
from collections.abc import Callable

from seepline.wire import site_clock


def real_ms() -> int:
    """Return the real time in UTC milliseconds: for sign-in, which no exercise and no demonstration may shift."""
    return time.time_ns() // 1_000_000


def site_time() -> Callable[[], int]:
    """Return a function that tells the site time in UTC milliseconds.

    With SEEPLINE_CLOCK in the environment it is the site clock of a demo, exercise or test, else the real time.

    Raises
    ------
    site_clock.ClockError
        When SEEPLINE_CLOCK cannot be read.
    """
    text = os.environ.get("SEEPLINE_CLOCK")
    if not text:
        return real_ms
    clock = site_clock.parse(text, real_ms())
    return lambda: site_clock.site_ms(clock, real_ms())


def monotonic_s() -> float:
    """Return seconds on a clock that never steps: for back-off and waiting only."""
    return time.monotonic()


def wall_s() -> int:
    """Return the true UTC seconds, for what others check by their own clocks: a mail's date, a signature."""
    return real_ms() // 1000
