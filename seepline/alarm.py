"""Alarm steps: pure functions (state, input) -> (state, events), replayable from the journal.

Four small machines, each with its own class of event:

    level    per threshold: green .. red, on judged readings only
    fault    per (point, quantity): the instrument's own alarm, when a reading is missing or excluded
    silence  per logger: nothing has come for longer than allowed
    clock    per logger: its readings are dated ahead of the clock of who judges them

Rules they hold: a statistical flag never keeps a reading out; an instrument that fails or falls silent keeps its
level; a reading older than the newest judged one runs on a side track, which can warn and never lowers.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from seepline.reading import Quality, Reading
from seepline.site import Threshold
from seepline.site_wiring import Source
from seepline.thresholds import Level, is_rate, level_of, limit_of, rate_per_hour

EventKind = Literal["level", "late", "fault", "fault_end", "silence", "silence_end", "clock", "clock_end"]
Sample = tuple[int, float]

# A reading dated further ahead than this is kept and not judged: as the newest of its channel it would make every
# true reading behind it a late one, until that date. A gateway keeps its loggers within 2 s, and a crystal that
# nobody sets (20 ppm) needs a year for ten minutes: more is a wrong clock. Site time, scaled by no rate.
MAX_AHEAD_MS = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a person must be able to see later, with the absolute times of its cause and of its arrival.

    It is about a quantity at a point, with the levels before and after, or about a logger, which has no level.
    `value` and `limit` are in the quantity's unit (rates: per hour). `text` is the instrument's or logger's reason
    in English. `id` is the same wherever the same input is judged, so that no restart can double an event.
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


@dataclass(frozen=True, slots=True)
class Track:
    """Level and memory along one line of readings in event order.

    `counts` holds how many judged readings in a row reached yellow, orange and red; `samples` the (time_ms, value)
    pairs of the rate window.
    """

    level: Level = Level.GREEN
    since_ms: int | None = None
    newest_ms: int | None = None
    counts: tuple[int, int, int] = (0, 0, 0)
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmState:
    """The state of one threshold: the present track, and the side track of readings that came late."""

    present: Track = Track()
    late: Track = Track()


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


def event_id(*parts: object) -> str:
    """Return sha256 over the parts, joined by a byte that no id may hold: (site, point, quantity, set, ...)."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def _samples(threshold: Threshold, track: Track, reading: Reading, value: float) -> tuple[Sample, ...]:
    if not is_rate(threshold):
        return ()
    begin_ms = reading.time_ms - (threshold.rate_window_s or 0) * 1000
    return (*(sample for sample in track.samples if sample[0] >= begin_ms), (reading.time_ms, value))


def _counts(track: Track, reached: Level) -> tuple[int, int, int]:
    yellow, orange, red = track.counts
    return (
        yellow + 1 if reached >= Level.YELLOW else 0,
        orange + 1 if reached >= Level.ORANGE else 0,
        red + 1 if reached >= Level.RED else 0,
    )


def _new_level(threshold: Threshold, track: Track, counts: tuple[int, int, int], judged: float) -> Level:
    entered = Level(sum(count >= threshold.delay_count for count in counts))
    held = level_of(threshold, judged, slack=threshold.deadband)
    return max(entered, min(track.level, held))


def advance(track: Track, reading: Reading, threshold: Threshold) -> tuple[Track, float | None]:
    """Return the track after one judged reading, and the value compared with the limits (the rate, for rates)."""
    if reading.value is None:
        return track, None
    samples = _samples(threshold, track, reading, reading.value)
    judged = rate_per_hour(threshold, samples) if is_rate(threshold) else reading.value
    if judged is None:
        return replace(track, newest_ms=reading.time_ms, samples=samples), None
    counts = _counts(track, level_of(threshold, judged))
    level = _new_level(threshold, track, counts, judged)
    since_ms = track.since_ms if level == track.level else reading.time_ms
    return Track(level, since_ms, reading.time_ms, counts, samples), judged


def _changed(
    site_id: str,
    kind: EventKind,
    tracks: tuple[Track, Track],
    judged: float | None,
    by: tuple[Reading, Threshold, int],
) -> tuple[Event, ...]:
    (before, after), (reading, threshold, arrived_ms) = tracks, by
    if before.level == after.level or (kind == "late" and after.level < before.level):
        return ()
    identity = reading.inputs[0] if reading.inputs else f"@{reading.time_ms}"
    rule = f"{threshold.set}/{threshold.direction}"
    event = Event(
        id=event_id(site_id, reading.point, reading.quantity, rule, identity, int(after.level)),
        kind=kind,
        time_ms=reading.time_ms,
        arrived_ms=arrived_ms,
        point=reading.point,
        quantity=reading.quantity,
        from_level=before.level,
        to_level=after.level,
        value=judged,
        limit=limit_of(threshold, max(before.level, after.level)),
        threshold_set=threshold.set,
        direction=threshold.direction,
    )
    return (event,)


def step(
    site_id: str, state: AlarmState, reading: Reading, threshold: Threshold, arrived_ms: int
) -> tuple[AlarmState, tuple[Event, ...]]:
    """Judge one reading by one threshold.

    An unjudged reading (missing, excluded, withheld) changes nothing here: the level is kept, `fault_step` speaks.
    A reading at or before the newest judged one runs on the side track: `late` events only, upward only.
    """
    if not reading.judged or reading.value is None:
        return state, ()
    by = (reading, threshold, arrived_ms)
    if state.present.newest_ms is None or reading.time_ms > state.present.newest_ms:
        after, judged = advance(state.present, reading, threshold)
        return replace(state, present=after), _changed(site_id, "level", (state.present, after), judged, by)
    begun = state.late.newest_ms is None or reading.time_ms > state.late.newest_ms
    before = state.late if begun else Track()  # another back-fill has begun: its own line of readings
    after, judged = advance(before, reading, threshold)
    return replace(state, late=after), _changed(site_id, "late", (before, after), judged, by)


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
