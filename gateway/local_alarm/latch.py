"""What a local alarm remembers: alarms that nobody has released, messages not sent, the last proof test. Pure.

An alarm is latched: only a named person's release ends it, whatever the readings do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from seepline.alarm import AlarmState, Event
from seepline.quantities import QUANTITIES

DAY_MS = 86_400_000
_MOST_LETTERS = 160  # of one text message in the GSM alphabet (3GPP TS 23.038)
_FIRST_AGAIN_MS, _LONGEST_AGAIN_MS = 15_000, 600_000
_GIVEN_UP_AFTER_MS = DAY_MS
_LEAST_TRIES = 100  # within that day; a clock that was set ahead by days gives nothing up
_MOST_ACTS = 1000


@dataclass(frozen=True, slots=True)
class Latched:
    """An alarm that nobody has released; `event` is the collector's id of the same event."""

    event: str
    time_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A text message to one number that has not been sent yet.

    It is due at `due_ms`. With a `row` it waits until then for the collector to have that row of the outbox, which
    has the event by the same id and tells people by itself.
    """

    event: str
    to: str
    text: str
    made_ms: int
    due_ms: int
    row: int | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """All that outlives a restart: how far the outbox was judged with which states, and what follows from it.

    `acts` are the ids of what persons signed and was done, the newest last; `since_ms` is the first start.
    """

    row: int = 0
    states: Mapping[str, AlarmState] = field(default_factory=dict)
    alarms: Mapping[str, Latched] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    proven_ms: int | None = None
    proven_by: str = ""
    failed: str = ""
    since_ms: int | None = None
    acts: tuple[str, ...] = ()


def raised(kept: Kept, rule: str, event: Event) -> Kept:
    """Return what is kept after a rule reached red; one that is latched already stays as it is."""
    if rule in kept.alarms:
        return kept
    return replace(kept, alarms={**kept.alarms, rule: Latched(event.id, event.time_ms, text_of(event))})


def with_messages(kept: Kept, messages: Iterable[Message]) -> Kept:
    """Return what is kept with more messages to be sent; none goes to one number for one event twice."""
    known = {(one.event, one.to) for one in kept.messages}
    return replace(kept, messages=(*kept.messages, *(one for one in messages if (one.event, one.to) not in known)))


def without_message(kept: Kept, message: Message) -> Kept:
    """Return what is kept once a message need not be sent any more."""
    return replace(kept, messages=tuple(one for one in kept.messages if one != message))


def with_act(kept: Kept, act_id: str) -> Kept:
    """Return what is kept once an act is done: it is not done a second time."""
    return replace(kept, acts=(*kept.acts, act_id)[-_MOST_ACTS:])


def is_due(message: Message, hand_over_s: int | None, now_ms: int) -> bool:
    """Tell whether a message is to be sent; one that waits longer than any can was made by a wrong clock.

    >>> late = Message("e", "+1", "text", made_ms=0, due_ms=15_000)
    >>> is_due(late, None, 14_000), is_due(late, None, 15_000), is_due(late, None, -10 * DAY_MS)
    (False, True, True)
    """
    longest_ms = max(_LONGEST_AGAIN_MS, 1000 * (hand_over_s or 0))
    return not 0 < message.due_ms - now_ms <= longest_ms


def tried(kept: Kept, message: Message, now_ms: int) -> tuple[Kept, bool]:
    """Return what is kept after a message could not be sent, and whether it is given up after a day."""
    if now_ms - message.made_ms >= _GIVEN_UP_AFTER_MS and message.tries >= _LEAST_TRIES:
        return without_message(kept, message), True
    pause_ms = min(_LONGEST_AGAIN_MS, _FIRST_AGAIN_MS * 2 ** min(message.tries, 10))
    again = replace(message, tries=message.tries + 1, due_ms=now_ms + pause_ms)
    return replace(kept, messages=tuple(again if one == message else one for one in kept.messages)), False


def released(kept: Kept) -> Kept:
    """Return what is kept once a person has released every alarm."""
    return replace(kept, alarms={})


def proof_is_due(kept: Kept, since_ms: int, every_days: int, now_ms: int) -> bool:
    """Tell whether the last passed proof test, or the first start without any, is too long ago."""
    return now_ms - (since_ms if kept.proven_ms is None else kept.proven_ms) > every_days * DAY_MS


def text_of(event: Event) -> str:
    """Return an event as one text message, in ASCII: level, place, value against limit, time, id.

    >>> from seepline.thresholds import Level
    >>> text_of(Event(id="ab12cd34ef", kind="level", time_ms=0, arrived_ms=0, point="PZ-3",
    ...               quantity="pore_pressure", from_level=Level.YELLOW, to_level=Level.RED, value=181.25,
    ...               limit=180.0, direction="above"))
    'RED PZ-3 pore_pressure 181.25 kPa, limit 180 kPa (above), 1970-01-01 00:00 UTC, event ab12cd34'
    """
    unit = QUANTITIES[event.quantity].unit + ("/h" if event.direction.startswith("rate") else "")
    level = event.to_level.name if event.to_level is not None else ""
    value = "no value" if event.value is None else f"{event.value:.6g} {unit}"
    limit = "" if event.limit is None else f", limit {event.limit:.6g} {unit}"
    at = f"{datetime.fromtimestamp(event.time_ms // 1000, UTC):%Y-%m-%d %H:%M} UTC"
    late = "late: " if event.kind == "late" else ""
    where = f"{event.point} {event.quantity} {value}{limit} ({event.direction})"
    return ascii_text(f"{late}{level} {where}, {at}, event {event.id[:8]}")


def ascii_text(text: str) -> str:
    """Return a text that any modem sends in one message.

    >>> ascii_text("slope 3° per hour")
    'slope 3? per hour'
    """
    return text.encode("ascii", "replace").decode()[:_MOST_LETTERS]
