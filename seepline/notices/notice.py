"""What one person is to be told of one event, in no language yet."""

from dataclasses import dataclass

from seepline.thresholds import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One event as it is told.

    `id` names the event for one person: it is the same whenever the same event is told again. `event_id` and
    `kind` are the event's (collector.events.KINDS). `level` is what the message begins with: the level that
    stands, or the one that was left when it goes down (`from_level` says which). `point_name` is the point's own
    name, else its id; point, quantity and direction are '' where they do not apply, `logger` likewise. `value`
    and `limit` are in `unit` (rates: per hour). `time_ms` is when it was in the field, `arrived_ms` when the
    collector knew; `late`: a reading came so late that the time between has to be said. `actions` is what the
    level asks for, in the words of the set in force. `text` is the event's English sentence. `page_url` opens
    the page and does nothing, '' without one. `escalation` is 0 at first, then the step of those who are told
    because nobody acknowledged. `timezone` (IANA) is that of local times. `unreached`: names of those who should
    be told of this and cannot be, `told` of all who are. `to_level` is the level that stands after a change.
    `readings` is how many late readings it stands for: of more than one, from `first_ms` to `last_ms`, it is the
    worst.
    """

    id: str
    event_id: str
    kind: str
    level: Level
    site_id: str
    site_name: str
    point: str
    point_name: str
    quantity: str
    value: float | None
    unit: str
    limit: float | None
    time_ms: int
    arrived_ms: int
    late: bool
    exercise: bool
    actions: tuple[str, ...]
    text: str
    page_url: str
    escalation: int
    timezone: str
    direction: str = ""
    logger: str = ""
    threshold_set: str = ""
    from_level: Level | None = None
    unreached: tuple[str, ...] = ()
    to_level: Level | None = None
    told: tuple[str, ...] = ()
    readings: int = 1
    first_ms: int = 0
    last_ms: int = 0
