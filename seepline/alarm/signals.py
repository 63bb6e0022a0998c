"""The instrument's own alarms: pure steps, each with its own class of event.

fault      per (point, quantity): a reading is missing or excluded
silence    per logger: nothing has come for longer than allowed
clock      per logger: its readings are dated ahead of the clock of who judges them
"""

from dataclasses import dataclass

from seepline.alarm.event import Event, EventKind, event_id
from seepline.reading import Quality, Reading
from seepline.site_wiring import Source
from seepline.thresholds import Level

# A reading dated further ahead than this is kept and not judged: as the newest of its channel it would make every
# true reading behind it a late one, until that date. A gateway keeps its loggers within 2 s, and a crystal that
# nobody sets (20 ppm) needs a year for ten minutes: more is a wrong clock. Site time, scaled by no rate.
MAX_AHEAD_MS = 600_000


@dataclass(frozen=True, slots=True)
class FaultState:
    """Whether the newest reading of a (point, quantity) is one: reason is '' while it is."""

    reason: str = ""
    newest_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SilenceState:
    """Whether a logger is silent, and since when: the time of its last reading, or None if it never spoke."""

    silent: bool = False
    last_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ClockState:
    """Whether a logger's newest readings are dated too far ahead to be judged."""

    ahead: bool = False


def fault_step(
    site_id: str, state: FaultState, reading: Reading, level: Level, arrived_ms: int
) -> tuple[FaultState, tuple[Event, ...]]:
    """Follow whether a (point, quantity) has readings at all; `level` is what it keeps while it has none.

    A second version of the newest reading counts: what was withheld for a missing input may have come. A derived
    quantity that has nothing to tell now (not evaluated: no acceleration, frost) is no fault.
    """
    if state.newest_ms is not None and reading.time_ms < state.newest_ms:
        return state, ()
    nothing_to_tell = reading.judged or reading.quality is Quality.NOT_EVALUATED
    reason = "" if nothing_to_tell else "; ".join(reading.reasons) or "no reading"
    after = FaultState(reason, reading.time_ms)
    if bool(reason) == bool(state.reason):
        return after, ()
    kind: EventKind = "fault" if reason else "fault_end"
    event = Event(
        id=event_id(site_id, reading.point, reading.quantity, kind, reading.time_ms),
        kind=kind,
        time_ms=reading.time_ms,
        arrived_ms=arrived_ms,
        point=reading.point,
        quantity=reading.quantity,
        from_level=level,
        to_level=level,
        text=reason,
    )
    return after, (event,)


def silence_step(
    site_id: str, state: SilenceState, logger: Source, last_ms: int | None, now_ms: int
) -> tuple[SilenceState, tuple[Event, ...]]:
    """Follow whether a logger is silent at `now_ms`; `last_ms` is the time of its newest reading, if any.

    A logger that never spoke counts from the first call on (kept as its `last_ms`). The event's time is when the
    silence began, its arrival when it was noticed.
    """
    last_ms = state.last_ms if last_ms is None else last_ms
    if last_ms is None:
        return SilenceState(False, now_ms), ()
    silent = now_ms - last_ms > logger.silence_s * 1000
    after = SilenceState(silent, last_ms)
    if silent == state.silent:
        return after, ()
    text = f"no reading for more than {logger.silence_s} s" if silent else "readings are coming again"
    kind: EventKind = "silence" if silent else "silence_end"
    number = event_id(site_id, logger.id, kind, last_ms)
    return after, (_of_logger(number, kind, logger, (last_ms, now_ms), text),)


def _of_logger(number: str, kind: EventKind, logger: Source, times: tuple[int, int], text: str) -> Event:
    """Return an event about a logger; `times` are its time and its arrival."""
    return Event(
        id=number,
        kind=kind,
        time_ms=times[0],
        arrived_ms=times[1],
        logger=logger.id,
        text=text,
    )


def is_ahead(time_ms: int, arrived_ms: int) -> bool:
    """Tell whether a reading is dated too far ahead of the clock at its arrival to be judged.

    >>> is_ahead(600_000, 0), is_ahead(600_001, 0)
    (False, True)
    """
    return time_ms - arrived_ms > MAX_AHEAD_MS


def clock_step(
    site_id: str, state: ClockState, logger: Source, time_ms: int, arrived_ms: int
) -> tuple[ClockState, tuple[Event, ...]]:
    """Follow whether a logger's readings are dated ahead; one of a silent logger's age tells nothing of its clock.

    The event's time is that of arrival: when it was in the field is what nobody knows.
    """
    fresh = arrived_ms - time_ms <= logger.silence_s * 1000
    ahead = is_ahead(time_ms, arrived_ms)
    if ahead == state.ahead or not fresh:
        return state, ()
    kind: EventKind = "clock" if ahead else "clock_end"
    text = f"readings are dated {(time_ms - arrived_ms) // 1000} s ahead" if ahead else "readings are dated right"
    number = event_id(site_id, logger.id, kind, time_ms)
    return ClockState(ahead), (_of_logger(number, kind, logger, (arrived_ms, arrived_ms), text),)
