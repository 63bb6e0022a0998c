"""A month or a year of the site's own calendar, as a pair of times."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_FORM = re.compile(r"(?P<year>(?:19|20|21)\d\d)(?:-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """From `from_ms` up to, and not with, `to_ms` (UTC ms); `text` as it was asked for, '2026-05' or '2026'."""

    text: str
    from_ms: int
    to_ms: int


def period(text: str, zone: ZoneInfo) -> Period:
    """Return the month 'YYYY-MM' or the year 'YYYY' of a zone; raises ValueError with what was expected.

    >>> period("2026-02", ZoneInfo("UTC")).to_ms - period("2026-02", ZoneInfo("UTC")).from_ms == 28 * 86_400_000
    True
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f"period is {text[:20]!r}: expected a month as 2026-05 or a year as 2026")
    year, month = int(found["year"]), int(found["month"] or 0)
    begin = datetime(year, month or 1, 1, tzinfo=zone)
    end = datetime(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1, tzinfo=zone)
    return Period(text, _ms(begin), _ms(end))


def month_of(time_ms: int, zone: ZoneInfo) -> str:
    """Return the month of a time.

    >>> month_of(0, ZoneInfo("Asia/Tashkent"))
    '1970-01'
    """
    return f"{datetime.fromtimestamp(time_ms // 1000, UTC).astimezone(zone):%Y-%m}"


def _ms(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)
