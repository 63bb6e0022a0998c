"""Local times of other systems' files as UTC milliseconds. What stands twice or never in a zone is refused."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collector.imports.form import AnyForm, CsvForm, Lc2Form, Toa5Form

_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)")
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - local, as the file is
_YEARS = range(1950, 2200)


class MomentError(ValueError):
    """A text is no time of this form; says what was expected."""


@lru_cache
def zone_of(name: str) -> tzinfo:
    """Return the zone of an offset or an IANA name; raises MomentError.

    >>> zone_of("+05:30").utcoffset(None)
    datetime.timedelta(seconds=19800)
    """
    found = _OFFSET.fullmatch(name)
    if found:
        minutes = 60 * int(found[2]) + int(found[3])
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MomentError('an offset such as "+05:00", or a time zone of the IANA list') from None


def time_ms(form: AnyForm, texts: Sequence[str]) -> int:
    """Return the UTC milliseconds of the cells that hold a row's time; raises MomentError."""
    local = _LOCAL[type(form)](form, texts)  # type: ignore[operator]
    if local.year not in _YEARS:
        raise MomentError(f"a year from {_YEARS[0]} to {_YEARS[-1]}")
    moment = local if local.tzinfo is not None else _in_zone(local, form.time_zone)
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def _in_zone(local: datetime, zone: str) -> datetime:
    first, second = (local.replace(tzinfo=zone_of(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise MomentError(f"a time that stands once in {zone} (clocks change then): export with a fixed offset")
    return first


def _toa5(form: Toa5Form, texts: Sequence[str]) -> datetime:
    try:
        return datetime.fromisoformat(texts[0])
    except ValueError:
        raise MomentError('a time such as "2026-11-26 15:45:00"') from None


def _lc2(form: Lc2Form, texts: Sequence[str]) -> datetime:
    expected = "year, " + ("day of the year" if form.date == "day_of_year" else "month, day")
    expected += ", " + ("hhmm" if form.clock == "hhmm" else "hour, minute") + ", seconds"
    try:
        numbers = [int(text) for text in texts]
        whole = numbers[: 2 if form.date == "day_of_year" else 3]
        date = _day_of_year(*whole) if form.date == "day_of_year" else datetime(*whole)  # type: ignore[arg-type]  # noqa: DTZ001
        clock = numbers[len(whole) :]
        hour, minute = divmod(clock[0], 100) if form.clock == "hhmm" else clock[:2]
        return date.replace(hour=hour, minute=minute, second=clock[-1])
    except (ValueError, OverflowError):
        raise MomentError(expected) from None


def _day_of_year(year: int, day: int) -> datetime:
    date = datetime(year, 1, 1) + timedelta(days=day - 1)  # noqa: DTZ001
    if date.year != year:
        raise ValueError(day)
    return date


def _csv(form: CsvForm, texts: Sequence[str]) -> datetime:
    text = " ".join(texts)
    try:
        if form.time_format == "iso":
            return datetime.fromisoformat(text)
        if form.time_format == "excel_days":
            days = float(text.replace(form.decimal, "."))
            return _EXCEL_ZERO + timedelta(milliseconds=round(days * 86_400_000))
        return datetime.strptime(text, form.time_format)  # noqa: DTZ007 - a pattern may hold no offset
    except (ValueError, OverflowError):
        raise MomentError(f"a time of the form {form.time_format!r}") from None


_LOCAL = {Toa5Form: _toa5, Lc2Form: _lc2, CsvForm: _csv}
