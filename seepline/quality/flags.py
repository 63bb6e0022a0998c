"""What one test says of a reading, and what many say together. A flag explains a value and never mutes it.

Source: the codes are QARTOD's (IOOS, 2020). Its usual aggregation lets one good test hide those that were not run;
here the order is fail, suspect, not evaluated, good: good means that every test was run and passed. A missing
value has no flags but its own (9), and reasons say what each bad test found.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from seepline.reading import Quality, Reading

_WORST_FIRST = (Quality.FAIL, Quality.SUSPECT, Quality.NOT_EVALUATED, Quality.GOOD)
_PLACE = {quality: place for place, quality in enumerate(_WORST_FIRST)}


class Flag(NamedTuple):
    """What one test says of a reading, with a sentence when it is not good."""

    quality: Quality
    reason: str = ""


GOOD = Flag(Quality.GOOD)


def suspect(reason: str) -> Flag:
    """Return the flag of a value that somebody should look at."""
    return Flag(Quality.SUSPECT, reason)


def fail(reason: str) -> Flag:
    """Return the flag of a value that cannot be right."""
    return Flag(Quality.FAIL, reason)


def not_evaluated(reason: str) -> Flag:
    """Return the flag of a test that could not be run: it is not called bad, and not hidden either."""
    return Flag(Quality.NOT_EVALUATED, reason)


def graded(found: float, limits: tuple[float | None, float | None], reason: str) -> Flag:
    """Return FAIL beyond the second limit, SUSPECT beyond the first, else GOOD; at a limit is not beyond it.

    >>> graded(3.0, (2.0, 4.0), "too far").quality.name, graded(2.0, (2.0, None), "too far").quality.name
    ('SUSPECT', 'GOOD')
    """
    first, second = limits
    if second is not None and found > second:
        return fail(f"{reason}, more than {second:g}")
    if first is not None and found > first:
        return suspect(f"{reason}, more than {first:g}")
    return GOOD


def aggregate(flags: Iterable[Flag]) -> Quality:
    """Return the worst flag: fail, suspect, not evaluated, good.

    >>> aggregate([Flag(Quality.GOOD), Flag(Quality.NOT_EVALUATED)]).name
    'NOT_EVALUATED'
    """
    return min([flag.quality for flag in flags], key=_PLACE.__getitem__)


def joined(quality: Quality, reasons: Sequence[str], flags: Sequence[Flag]) -> tuple[Quality, tuple[str, ...]]:
    """Return the quality and the reasons of a value with further flags beside those it has."""
    more = [flag.reason for flag in flags if flag.reason]
    return min([quality, *[flag.quality for flag in flags]], key=_PLACE.__getitem__), (*reasons, *more)


def judge(reading: Reading, flags: Sequence[Flag]) -> Reading:
    """Return the reading with the flags of its tests; one without a value, and `judged`, stay as they are."""
    if reading.value is None:
        return reading
    quality, reasons = joined(reading.quality, reading.reasons, flags)
    if quality is reading.quality and len(reasons) == len(reading.reasons):
        return reading
    return reading._replace(quality=quality, reasons=reasons)
