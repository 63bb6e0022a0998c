"""Alarms a person gets, measured from what was announced: rates, floods, chattering, standing, priorities.

Source of the measures: ANSI/ISA-18.2-2016 clause 16 and IEC 62682:2014 clause 16 (monitoring and assessment).
Their recommended limits are not in here: a facility states its own in [load] of notify.toml.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from seepline.notices.contacts import LoadLimits
from seepline.thresholds import Level

HOUR_MS = 3_600_000
TEN_MINUTES_MS = 600_000
_MINUTE_MS = 60_000
DAY_MS = 24 * HOUR_MS


class Alarm(NamedTuple):
    """One announcement of an alarm to a person: when it was told, which alarm, at which level."""

    at_ms: int
    person: str
    name: str
    level: Level


class Load(NamedTuple):
    """What one person got. `floods` is the number of floods, None without a limit that says what one is."""

    person: str
    last_hour: int
    last_day: int
    most_in_an_hour: int
    most_in_10_min: int
    floods: int | None
    over: tuple[str, ...]


def loads(alarms: Iterable[Alarm], limits: LoadLimits | None, now_ms: int) -> list[Load]:
    """Return the load of every person in the 24 hours before `now_ms`, by name."""
    by_person: dict[str, list[int]] = defaultdict(list)
    for one in alarms:
        if now_ms - DAY_MS < one.at_ms <= now_ms:
            by_person[one.person].append(one.at_ms)
    return [_load(person, sorted(times), limits, now_ms) for person, times in sorted(by_person.items())]


def _load(person: str, times: Sequence[int], limits: LoadLimits | None, now_ms: int) -> Load:
    hour, ten = _most(times, HOUR_MS), _most(times, TEN_MINUTES_MS)
    floods = None if limits is None else _floods(times, limits.flood_per_10_min)
    over = []
    if limits is not None:
        over = [
            word
            for word, is_over in (
                ("per_hour", hour > limits.per_hour),
                ("per_10_min", ten > limits.per_10_min),
                ("flood", bool(floods)),
            )
            if is_over
        ]
    return Load(person, _since(times, now_ms - HOUR_MS), len(times), hour, ten, floods, tuple(over))


def _since(times: Sequence[int], from_ms: int) -> int:
    return len(times) - bisect_left(times, from_ms + 1)


def _most(times: Sequence[int], span_ms: int) -> int:
    """Return the most that fall into any span of this length.

    >>> _most([0, 100, 599_999, 600_000], 600_000)
    3
    """
    return max(
        (place + 1 - bisect_left(times, at_ms - span_ms + 1) for place, at_ms in enumerate(times)), default=0
    )


def _floods(times: Sequence[int], more_than: int) -> int:
    """Return how often more than so many came within ten minutes; a flood lasts while that holds."""
    floods, flooding = 0, False
    for place, at_ms in enumerate(times):
        now = place + 1 - bisect_left(times, at_ms - TEN_MINUTES_MS + 1) > more_than
        floods += now and not flooding
        flooding = now
    return floods


def chattering(raised: Iterable[tuple[str, int]], per_minute: int) -> list[str]:
    """Return the alarms that were raised so often within one minute; `raised` are (name, when)."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for name, at_ms in raised:
        by_name[name].append(at_ms)
    return [name for name, times in sorted(by_name.items()) if _most(sorted(times), _MINUTE_MS) >= per_minute]


def standing(since: Mapping[str, int], hours: int, now_ms: int) -> list[str]:
    """Return the alarms that have stood for so many hours; `since` are those that stand, by name."""
    return [name for name, since_ms in sorted(since.items()) if now_ms - since_ms >= hours * HOUR_MS]


def priorities(levels: Iterable[Level]) -> dict[str, float]:
    """Return the share of each level among those raised, in percent; empty when none was.

    >>> priorities([Level.YELLOW, Level.YELLOW, Level.YELLOW, Level.RED])
    {'yellow': 75.0, 'orange': 0.0, 'red': 25.0}
    """
    counts = Counter(level for level in levels if level)
    total = sum(counts.values())
    if not total:
        return {}
    return {level.name.lower(): round(100 * counts[level] / total, 1) for level in Level if level}
