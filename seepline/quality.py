"""Quality flags beside a value: gross range and stuck sensor. They explain a value, and never mute it.

Source: the codes are QARTOD's (IOOS, 2020). Its usual aggregation lets one good test hide those that were not run;
here the order is fail, suspect, not evaluated, good: good means that every test was run and passed. A missing
value has no flags but its own (9), and reasons say what each bad test found.

    convert_at -> Reading with the instrument's own status -> tests, each a Flag -> the worst of them

Pure functions: the stuck test asks for the raw readings before (`Previous`) in event order, so it is the same in
whatever order they arrived and however often it is asked. A raw reading that comes late may change the flags of
the next `stuck_after` - 1 readings of its channel: whoever keeps readings evaluates those again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from seepline.convert import MAX_AGE_MS, Lookup, calibration_at, convert_at, kind_of
from seepline.quantities import QUANTITIES
from seepline.reading import Quality, RawReading, Reading
from seepline.site import Assignment, Site
from seepline.site_wiring import Channel

# (channel name, time, n) -> the newest n raw readings of the channel before that time, in any order
Previous = Callable[[str, int, int], Sequence[RawReading]]

_WORST_FIRST = (Quality.FAIL, Quality.SUSPECT, Quality.NOT_EVALUATED, Quality.GOOD)

_ROUNDING = 1e-6  # of a resolution step: two neighbouring steps must not look equal in binary


@dataclass(frozen=True, slots=True)
class Flag:
    """What one test says of a reading, with a sentence when it is not good."""

    quality: Quality
    reason: str = ""


def gross_range(quantity: str, value: float) -> Flag:
    """Return FAIL for a value that nature does not allow; the value stays and is judged.

    >>> gross_range("temperature", 120.0)
    Flag(quality=<Quality.FAIL: 4>, reason='120 degC is outside the plausible range, -60 to 80 degC')
    """
    row = QUANTITIES[quantity]
    if row.is_plausible(value):
        return Flag(Quality.GOOD)
    limits = f"{row.plausible_min:g} to {row.plausible_max:g} {row.unit}"
    return Flag(Quality.FAIL, f"{value:g} {row.unit} is outside the plausible range, {limits}")


def stuck(channel: Channel, values: Sequence[float]) -> Flag:
    """Return SUSPECT when the last `stuck_after` raw values are equal within the channel's resolution.

    Not evaluated when the channel declares neither, or when too few values are known and all of them are equal.
    """
    if channel.stuck_after is None or channel.resolution is None:
        return Flag(Quality.NOT_EVALUATED)
    if max(values) - min(values) >= channel.resolution * (1 - _ROUNDING):
        return Flag(Quality.GOOD)
    if len(values) < channel.stuck_after:
        return Flag(Quality.NOT_EVALUATED)
    return Flag(Quality.SUSPECT, f"{channel.name} is stuck: {channel.stuck_after} equal raw readings in a row")


def aggregate(flags: Iterable[Flag]) -> Quality:
    """Return the worst flag: fail, suspect, not evaluated, good.

    >>> aggregate([Flag(Quality.GOOD), Flag(Quality.NOT_EVALUATED)]).name
    'NOT_EVALUATED'
    """
    return min((flag.quality for flag in flags), key=_WORST_FIRST.index)


def judge(reading: Reading, flags: Sequence[Flag]) -> Reading:
    """Return the reading with the flags of its tests; one without a value, and `judged`, stay as they are."""
    if reading.value is None:
        return reading
    reasons = tuple(flag.reason for flag in flags if flag.reason)
    quality = aggregate([Flag(reading.quality), *flags])
    return replace(reading, quality=quality, reasons=(*reading.reasons, *reasons))


def evaluate(
    site: Site,
    assignment: Assignment,
    time_ms: int,
    lookup: Lookup,
    previous: Previous,
    max_age_ms: int = MAX_AGE_MS,
) -> tuple[Reading, ...]:
    """Return the engineering readings of an instrument at the time of a scan, with all flags.

    This is the one way from raw to judged readings, live and in replay. A quantity's stuck test looks at every one
    of the instrument's own channels that it is made of, not at references (those have readings of their own).
    """
    readings = convert_at(site, assignment, time_ms, lookup, max_age_ms)
    return tuple(
        judge(one, [*_flags(site, assignment, one, lookup, previous, max_age_ms)])
        if one.value is not None
        else one
        for one in readings
    )


def _flags(
    site: Site, assignment: Assignment, reading: Reading, lookup: Lookup, previous: Previous, max_age_ms: int
) -> Iterator[Flag]:
    """Yield the flags of a reading that has a value."""
    if reading.value is not None:
        yield gross_range(reading.quantity, reading.value)
    for channel in _own_channels(site, assignment, reading):
        raw = lookup(channel.name, reading.time_ms, max_age_ms)
        if raw is not None:
            yield stuck(channel, _values(channel, raw, previous))


def _own_channels(site: Site, assignment: Assignment, reading: Reading) -> Iterator[Channel]:
    calibration = calibration_at(site, assignment.instrument, reading.time_ms)
    needs = kind_of(site, assignment).needs(calibration)[reading.quantity] if calibration else ()
    for name in needs:
        if name in assignment.inputs:
            yield site.channel_by_name[assignment.inputs[name]]


def _values(channel: Channel, newest: RawReading, previous: Previous) -> list[float]:
    """Return the raw values of a channel up to a reading, as many as its stuck test looks at."""
    before = previous(channel.name, newest.time_ms, channel.stuck_after - 1) if channel.stuck_after else ()
    return [raw.value for raw in (*before, newest) if raw.value is not None]
