"""What judgement tells: one event, with an id that is the same wherever the same input is judged."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from seepline.thresholds import Level

EventKind = Literal[
    "level",
    "late",
    "unannounced",
    "returned",
    "realarm",
    "escalated",
    "missing",
    "acknowledged",
    "assessed",
    "released",
    "shelved",
    "unshelved",
    "suppressed",
    "unsuppressed",
    "out_of_service",
    "in_service",
    "action_done",
    "action_overdue",
    "no_effect",
    "fault",
    "fault_end",
    "silence",
    "silence_end",
    "clock",
    "clock_end",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a person must be able to see later, with the absolute times of its cause and of its arrival.

    It is about a quantity at a point, with the levels before and after, or about a logger, which has no level.
    `value` and `limit` are in the quantity's unit (rates: per hour). `text` is the instrument's, logger's or
    person's reason in English. `id` is the same wherever the same input is judged, so that no restart can double
    an event.
    """

    id: str
    kind: EventKind
    time_ms: int
    arrived_ms: int
    point: str = ""
    quantity: str = ""
    logger: str = ""
    from_level: Level | None = None
    to_level: Level | None = None
    value: float | None = None
    limit: float | None = None
    threshold_set: str = ""
    direction: str = ""
    text: str = ""


def event_id(*parts: object) -> str:
    """Return sha256 over the parts, joined by a byte that no id may hold: (site, point, quantity, set, ...)."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
