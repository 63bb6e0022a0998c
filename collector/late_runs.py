"""Late readings of one alarm as one thing that happened: a line that comes back brings many of them. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from collector.store import StoredEvent


class Run(NamedTuple):
    """One event; or late readings that reached the same level of one alarm: the worst, how many, first and last.

    `arrived_ms` is when the collector knew the last of them.
    """

    event: StoredEvent
    readings: int
    first_ms: int
    last_ms: int
    arrived_ms: int


def is_worse(direction: str, value: float | None, than: float | None) -> bool:
    """Tell whether a value is beyond another in the direction of a rule; what is not known is.

    >>> is_worse("above", 61.0, 60.0), is_worse("rate_down", -3.0, -2.0), is_worse("below", 5.0, 4.0)
    (True, True, False)
    """
    if value is None or than is None:
        return True
    return value < than if direction in ("below", "rate_down") else value > than


def alone(events: Iterable[StoredEvent]) -> list[Run]:
    """Return each event by itself."""
    return [Run(one, 1, one.time_ms, one.time_ms, one.arrived_ms) for one in events]


def gathered(events: Iterable[StoredEvent]) -> list[Run]:
    """Return the events in their order; late ones of an alarm stand as one, where the first of them stood.

    They are one as long as nothing else happened to that alarm between them, and level and set are the same.
    """
    runs: list[Run] = []
    going_on: dict[tuple[str, str, str], int] = {}
    for one in alone(events):
        alarm = (one.event.point, one.event.quantity, one.event.direction)
        at = going_on.get(alarm)
        if at is not None and _is_same(runs[at].event, one.event):
            runs[at] = _joined(runs[at], one)
            continue
        going_on[alarm] = len(runs)
        runs.append(one)
    return runs


def _is_same(before: StoredEvent, one: StoredEvent) -> bool:
    about = ("kind", "level_from", "level_to", "threshold_set")
    return one.kind == "late" and all(getattr(before, name) == getattr(one, name) for name in about)


def _joined(before: Run, one: Run) -> Run:
    worse = is_worse(one.event.direction, one.event.value, before.event.value)
    first_ms, last_ms = min(before.first_ms, one.first_ms), max(before.last_ms, one.last_ms)
    arrived_ms = max(before.arrived_ms, one.arrived_ms)
    return Run(one.event if worse else before.event, before.readings + 1, first_ms, last_ms, arrived_ms)
