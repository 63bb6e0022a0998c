"""The simulator's one clock door: the site clock from SEEPLINE_CLOCK and the real time behind it."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from seepline.wire import site_clock

VARIABLE = "SEEPLINE_CLOCK"


def real_ms() -> int:
    """Return the real time in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def anchored(environment: Mapping[str, str], now_ms: int) -> str | None:
    """Return SEEPLINE_CLOCK with the real time it counts from, or None when the site runs in real time.

    A clock without its third part starts when the simulator starts; with the part added, every logger agrees.

    Raises
    ------
    seepline.wire.site_clock.ClockError
        When the text is no site clock.

    >>> anchored({"SEEPLINE_CLOCK": "2016-01-01T00:00:00Z@900"}, 1_500)
    '2016-01-01T00:00:00Z@900@1970-01-01T00:00:01.500Z'
    """
    text = environment.get(VARIABLE)
    if not text:
        return None
    site_clock.parse(text, now_ms)
    if text.count("@") == 2:
        return text
    moment = datetime.fromtimestamp(now_ms / 1000, UTC)
    return f"{text}@{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{now_ms % 1000:03d}Z"


def start_ms(clock: str | None, now_ms: int) -> int:
    """Return the site time at which the simulation starts, UTC milliseconds: where the site clock begins."""
    return now_ms if clock is None else site_clock.parse(clock, now_ms)[0]


def site_now_ms(clock: str | None) -> int:
    """Return the site time now, UTC milliseconds."""
    now_ms = real_ms()
    return now_ms if clock is None else site_clock.site_ms(site_clock.parse(clock, now_ms), now_ms)
