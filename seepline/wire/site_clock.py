"""The site clock for demo, exercises and tests: SEEPLINE_CLOCK=<ISO time>@<rate>[@<real ISO time>].

At the real time given last the site clock shows the first time, and runs `rate` times as fast. A program that
starts others adds its own start as the third part, so that all of them agree. Integer milliseconds everywhere.
"""


class ClockError(ValueError):
    """The text is not a site clock: says what was expected."""


_EXPECTED = "SEEPLINE_CLOCK is '%s', expected <ISO time with Z or offset>@<rate>[@<real ISO time>]"


def days_from_civil(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01 of a date in the Gregorian calendar.

    >>> days_from_civil(2016, 1, 1)
    16801
    """
    year -= month <= 2
    era_year = year % 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return year // 400 * 146097 + era_year * 365 + era_year // 4 - era_year // 100 + day_of_year - 719468


def _zone_s(text: str) -> int:
    if text in ("Z", "z"):
        return 0
    sign = {"+": 1, "-": -1}[text[0]]
    return sign * (int(text[1:3]) * 3600 + int(text[-2:]) * 60)


def iso_ms(text: str) -> int:
    """Return UTC milliseconds since 1970 of '2016-01-01T00:00:00.250-08:00'; the zone is required.

    >>> iso_ms("2016-01-01T00:00:00.250-08:00")
    1451635200250
    """
    day, rest = text.split("T")
    at = max(rest.find("Z"), rest.find("+"), rest.find("-"))
    if at < 0:
        raise ValueError("no zone")
    clock, zone_s = rest[:at], _zone_s(rest[at:])
    year, month, date = [int(part) for part in day.split("-")]
    seconds, _, fraction = clock.partition(".")
    hours, minutes, second = [int(part) for part in (seconds + ":0").split(":")[:3]]
    total_s = days_from_civil(year, month, date) * 86400 + hours * 3600 + minutes * 60 + second - zone_s
    return total_s * 1000 + (int((fraction + "00")[:3]) if fraction else 0)


def parse(text: str, real_ms: int) -> tuple[int, float, int]:
    """Return (site_start_ms, rate, real_start_ms); `real_ms` stands in when the text has no third part.

    Raises
    ------
    ClockError
        When the text is not of the form above.
    """
    parts = text.split("@")
    try:
        start_ms, rate = iso_ms(parts[0]), float(parts[1])
        anchor_ms = iso_ms(parts[2]) if len(parts) == 3 else real_ms
    except (ValueError, KeyError, IndexError):
        raise ClockError(_EXPECTED % text) from None
    if len(parts) > 3 or not 0 < rate < 1000000:
        raise ClockError(_EXPECTED % text)
    return start_ms, rate, anchor_ms


def site_ms(clock: tuple[int, float, int] | None, real_ms: int) -> int:
    """Return the site time in UTC milliseconds; `clock` is what `parse` returned, or None for the real time.

    >>> site_ms(parse("2016-01-01T00:00:00Z@900", 5000), 6000)
    1451607300000
    """
    if clock is None:
        return real_ms
    start_ms, rate, anchor_ms = clock
    return int(start_ms + (real_ms - anchor_ms) * rate)
