"""The condition of one rule: which level its readings say now, whatever people have said about it.

A level is entered when so many judged readings in a row (and so much of their time) are at or beyond its limit,
and left when so many in a row are back by more than the deadband. What comes late runs on a side track.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from seepline.alarm.event import Event, EventKind, event_id
from seepline.reading import Reading
from seepline.site import Threshold
from seepline.thresholds import Level, is_rate, level_of, limit_of, rate_per_hour

Sample = tuple[int, float]
_LEVELS = (Level.YELLOW, Level.ORANGE, Level.RED)


@dataclass(frozen=True, slots=True)
class Track:
    """Level and memory along one line of readings in event order.

    `counts` holds how many judged readings in a row reached yellow, orange and red, `begun_ms` when each row began
    (kept only for a rule with a delay in time); `back` and `back_ms` the same of readings that are back by more
    than the deadband (kept only for a rule that does not clear at once). `samples` holds the (time_ms, value)
    pairs of the rate window.
    """

    level: Level = Level.GREEN
    since_ms: int | None = None
    newest_ms: int | None = None
    counts: tuple[int, int, int] = (0, 0, 0)
    samples: tuple[Sample, ...] = ()
    begun_ms: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    back_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmState:
    """The condition of one rule: the present track, and the side track of readings that came late."""

    present: Track = Track()
    late: Track = Track()


def _samples(threshold: Threshold, track: Track, reading: Reading, value: float) -> tuple[Sample, ...]:
    if not is_rate(threshold):
        return ()
    begin_ms = reading.time_ms - (threshold.rate_window_s or 0) * 1000
    return (*(sample for sample in track.samples if sample[0] >= begin_ms), (reading.time_ms, value))


def _counted(counts: tuple[int, ...], goes_on: Callable[[Level], bool]) -> tuple[int, int, int]:
    """Return each level's row, longer by one where it goes on and ended where it does not."""
    yellow, orange, red = (
        count + 1 if goes_on(level) else 0 for count, level in zip(counts or (0, 0, 0), _LEVELS, strict=True)
    )
    return yellow, orange, red


def _begun(begun_ms: tuple[int, ...], counts: tuple[int, ...], time_ms: int) -> tuple[int, ...]:
    """Return when each level's row began: now, where it has just begun or its beginning was not kept."""
    return tuple(
        before_ms if count > 1 and before_ms else time_ms
        for before_ms, count in zip(begun_ms or (0, 0, 0), counts, strict=True)
    )


def _lasts(counts: tuple[int, ...], begun_ms: tuple[int, ...], count: int, least_ms: int, time_ms: int) -> Level:
    """Return the worst level whose row is long enough, in readings and in time."""
    long = (row >= count and time_ms - begin >= least_ms for row, begin in zip(counts, begun_ms, strict=True))
    return Level(sum(long))


def _entered(threshold: Threshold, track: Track, reached: Level, time_ms: int) -> tuple[Track, Level]:
    counts = _counted(track.counts, lambda level: reached >= level)
    begun_ms = _begun(track.begun_ms, counts, time_ms) if threshold.delay_s else ()
    after = replace(track, counts=counts, begun_ms=begun_ms)
    begins = begun_ms or (time_ms,) * 3
    return after, _lasts(counts, begins, threshold.delay_count, threshold.delay_s * 1000, time_ms)


def _kept(threshold: Threshold, track: Track, held: Level, time_ms: int) -> tuple[Track, Level]:
    """Return the level that stays: of the track's, what readings have not left for long enough."""
    if threshold.off_count == 1 and not threshold.off_s:
        return replace(track, back=(), back_ms=()), min(track.level, held)
    back = _counted(track.back, lambda level: held < level)
    back_ms = _begun(track.back_ms, back, time_ms)
    after = replace(track, back=back, back_ms=back_ms)
    long = (
        count >= threshold.off_count and time_ms - begin >= threshold.off_s * 1000
        for count, begin in zip(back, back_ms, strict=True)
    )
    stay = [level for level, left in zip(_LEVELS, long, strict=True) if not left and level <= track.level]
    return after, max(stay, default=Level.GREEN)


def advance(track: Track, reading: Reading, threshold: Threshold) -> tuple[Track, float | None]:
    """Return the track after one judged reading, and the value compared with the limits (the rate, for rates)."""
    if reading.value is None:
        return track, None
    time_ms, samples = reading.time_ms, _samples(threshold, track, reading, reading.value)
    judged = rate_per_hour(threshold, samples) if is_rate(threshold) else reading.value
    if judged is None:
        return replace(track, newest_ms=time_ms, samples=samples), None
    reached = level_of(threshold, judged)
    if not reached and not track.level:  # nothing counts, nothing is held: most readings of most days
        return Track(since_ms=track.since_ms, newest_ms=time_ms, samples=samples), judged
    after, entered = _entered(threshold, track, reached, time_ms)
    after, kept = _kept(threshold, after, level_of(threshold, judged, slack=threshold.deadband), time_ms)
    level = max(entered, kept)
    since_ms = track.since_ms if level == track.level else time_ms
    return replace(after, level=level, since_ms=since_ms, newest_ms=time_ms, samples=samples), judged


def identity_of(reading: Reading) -> str:
    """Return what an event of a reading is named by: the record of its first input, else its time."""
    return reading.inputs[0] if reading.inputs else f"@{reading.time_ms}"


def level_event(
    site_id: str,
    kind: EventKind,
    levels: tuple[Level, Level],
    judged: float | None,
    by: tuple[Reading, Threshold, int],
) -> Event:
    """Return the event that a reading changes a level; `by` are the reading, the rule and the arrival in ms."""
    (before, after), (reading, threshold, arrived_ms) = levels, by
    rule = f"{threshold.set}/{threshold.direction}"
    return Event(
        id=event_id(site_id, reading.point, reading.quantity, rule, identity_of(reading), int(after)),
        kind=kind,
        time_ms=reading.time_ms,
        arrived_ms=arrived_ms,
        point=reading.point,
        quantity=reading.quantity,
        from_level=before,
        to_level=after,
        value=judged,
        limit=limit_of(threshold, max(before, after)),
        threshold_set=threshold.set,
        direction=threshold.direction,
    )


def _changed(
    site_id: str,
    kind: EventKind,
    tracks: tuple[Track, Track],
    judged: float | None,
    by: tuple[Reading, Threshold, int],
) -> tuple[Event, ...]:
    before, after = tracks[0].level, tracks[1].level
    if before == after or (kind == "late" and after < before):
        return ()
    return (level_event(site_id, kind, (before, after), judged, by),)


def is_present(state: AlarmState, reading: Reading) -> bool:
    """Tell whether a reading is newer than every judged one; any other runs on the side track."""
    return state.present.newest_ms is None or reading.time_ms > state.present.newest_ms


def step(
    site_id: str, state: AlarmState, reading: Reading, threshold: Threshold, arrived_ms: int
) -> tuple[AlarmState, tuple[Event, ...]]:
    """Judge one reading by one rule: what the readings say, as if every alarm was assessed at once.

    An unjudged reading (missing, excluded, withheld) changes nothing here: the level is kept, `fault_step` speaks.
    A reading at or before the newest judged one runs on the side track: `late` events only, upward only.
    """
    if not reading.judged or reading.value is None:
        return state, ()
    by = (reading, threshold, arrived_ms)
    if is_present(state, reading):
        after, judged = advance(state.present, reading, threshold)
        return replace(state, present=after), _changed(site_id, "level", (state.present, after), judged, by)
    begun = state.late.newest_ms is None or reading.time_ms > state.late.newest_ms
    before = state.late if begun else Track()  # another back-fill has begun: its own line of readings
    after, judged = advance(before, reading, threshold)
    return replace(state, late=after), _changed(site_id, "late", (before, after), judged, by)
