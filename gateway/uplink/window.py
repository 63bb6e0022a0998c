"""When a satellite link may be used: times of day such as "02:00-02:20". Pure.

Times are wall-clock times of one zone. A window that ends before it begins passes midnight. On the day that skips
an hour a window inside that hour does not open; on the day that repeats one it opens twice.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

_DAY_S = 86_400
_TEXT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WindowError(ValueError):
    """The text is no window: one sentence."""


class Window(NamedTuple):
    """A time of day during which the link is open: from `start_s` on, for `length_s`."""

    start_s: int
    length_s: int


def parse_window(text: str) -> Window:
    """Return the window that a text names.

    Raises
    ------
    WindowError
        When it is not two different times of day.

    >>> parse_window("02:00-02:20"), parse_window("23:50-00:10")
    (Window(start_s=7200, length_s=1200), Window(start_s=85800, length_s=1200))
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        raise WindowError(f"{text!r} is no window: expected HH:MM-HH:MM, such as 02:00-02:20")
    from_h, from_min, to_h, to_min = (int(part) for part in found.groups())
    start_s, end_s = from_h * 3600 + from_min * 60, to_h * 3600 + to_min * 60
    if start_s == end_s:
        raise WindowError(f"{text!r} is empty: expected two different times; leave windows out for always")
    return Window(start_s, (end_s - start_s) % _DAY_S)


def opens_in_s(windows: Sequence[Window], second_of_day: int) -> int:
    """Return how many seconds until the next window opens, 0 while one is open or when there are none.

    >>> opens_in_s([parse_window("02:00-02:20")], 7000), opens_in_s([parse_window("23:50-00:10")], 599)
    (200, 0)
    """
    if not windows or any((second_of_day - one.start_s) % _DAY_S < one.length_s for one in windows):
        return 0
    return min((one.start_s - second_of_day) % _DAY_S for one in windows)


def second_of_day(at_ms: int, timezone: str) -> int:
    """Return the wall-clock second of the day in a zone.

    >>> second_of_day(1_451_635_200_000, "UTC"), second_of_day(1_451_635_200_000, "Asia/Dushanbe")
    (28800, 46800)
    """
    local = (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(timezone))
    return local.hour * 3600 + local.minute * 60 + local.second
