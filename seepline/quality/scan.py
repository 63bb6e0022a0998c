"""From the raw readings of a scan to engineering readings with the flags that the scan itself decides.

    convert_at -> Reading with the instrument's own status -> tests, each a Flag -> the worst of them

Pure functions: the stuck test asks for the raw readings before (`Previous`) in event order, so it is the same in
whatever order they arrived and however often it is asked. A raw reading that comes late may change the flags of
the next `stuck_after` - 1 readings of its channel: whoever keeps readings evaluates those again. What looks at the
series of engineering values comes after this, in seepline.quality.series.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite

from seepline.convert import (
    BOUND_WORDS,
    MAX_AGE_MS,
    Lookup,
    Referred,
    calibration_at,
    convert_at,
    kind_of,
)
from seepline.instruments.kind import Converted
from seepline.quality.flags import Flag, judge
from seepline.quality.flat_line import stuck
from seepline.quality.series import rules_at
from seepline.quality.span import gross_range
from seepline.quality.table import TESTS, Look
from seepline.quality.wire import Scan
from seepline.quantities import QUANTITIES
from seepline.reading import Quality, RawReading, Reading
from seepline.recipe import Recipe, Source, recipe_of
from seepline.sentinels import meaning
from seepline.site import Assignment, Site, valid_at
from seepline.site_wiring import Channel

# (channel name, time, n) -> the newest n raw readings of the channel before that time, in any order
Previous = Callable[[str, int, int], Sequence[RawReading]]


def evaluate(
    site: Site,
    assignment: Assignment,
    time_ms: int,
    lookup: Lookup,
    previous: Previous,
    max_age_ms: int = MAX_AGE_MS,
    referred: Referred | None = None,
) -> tuple[Reading, ...]:
    """Return the engineering readings of an instrument at the time of a scan, with all flags.

    This is the one way from raw to judged readings, live and in replay. A quantity's stuck test looks at every one
    of the instrument's own channels that it is made of, not at references (those have readings of their own).
    `referred` as in seepline.convert.
    """
    readings = convert_at(site, assignment, time_ms, lookup, max_age_ms, referred)
    known: dict[str, Flag | None] = {}

    def stuck_flag(name: str) -> Flag | None:
        if name not in known:
            channel, raw = site.channel_by_name[name], lookup(name, time_ms, max_age_ms)
            known[name] = None if raw is None else stuck(channel, _values(channel, raw, previous))
        return known[name]

    return tuple(
        judge(one, _flags(site, assignment, one, stuck_flag, lookup, previous)) if one.value is not None else one
        for one in readings
    )


# (channel name, time) -> its reading at that time when it has a value; None asks for the longer way
Exact = Callable[[str, int], RawReading | None]

# (a reference, time) -> its value at that time and the identities of what it is made of; None as above
Plain = Callable[[Source, int], tuple[float, tuple[str, ...]] | None]


def plain(
    site: Site, assignment: Assignment, time_ms: int, exact: Exact, previous: Previous, referred: Plain
) -> tuple[Reading, ...] | None:
    """Return what `evaluate` does for a scan of which nothing has to be explained, None for any other.

    Every input is there at the time of the scan, without a status bit; nothing is flagged. Most scans are such.
    """
    if not valid_at(assignment.valid_from_ms, assignment.valid_to_ms, time_ms):
        return None
    calibration = calibration_at(site, assignment.instrument, time_ms)
    if calibration is None:
        return None
    recipe = recipe_of(site, assignment, calibration)
    values, identities, moving = [], [], {}
    for source, correction in recipe.sources:
        channel = source.channel
        if channel is None:
            taken = referred(source, time_ms) if correction and source.point else None
            if taken is None:
                return None
            values.append(taken[0])
            identities.append(taken[1])
            continue
        raw = exact(source.channel_name, time_ms)
        if raw is None or raw.status or raw.value is None or channel.sentinels or not isfinite(raw.value):
            return None
        values.append(raw.value - source.lead_ohm)
        identities.append((raw.identity,) if raw.identity else ())
        if source.channel_name not in moving:
            moving[source.channel_name] = stuck(channel, _values(channel, raw, previous)).quality
    made = recipe.convert({name: values[place] for place, name in recipe.names})
    return _unflagged(site, recipe, time_ms, made, identities, moving)


def _unflagged(
    site: Site,
    recipe: Recipe,
    time_ms: int,
    made: Mapping[str, Converted],
    identities: Sequence[tuple[str, ...]],
    moving: Mapping[str, Quality],
) -> tuple[Reading, ...] | None:
    """Return the readings of what was made; None where one of them has no value or a flag with a reason."""
    point, instrument, found = recipe.assignment.point, recipe.assignment.instrument, []
    for quantity, places in recipe.made_of:
        one = made.get(quantity)
        if one is None or one.value is None or not isfinite(one.value):
            return None
        moves = [moving[channel] for channel in recipe.own_channels[quantity]]
        if Quality.SUSPECT in moves or not QUANTITIES[quantity].is_plausible(one.value):
            return None
        if rules_at(site, (point, quantity), time_ms, Look.SCAN):
            return None
        flag = Quality.NOT_EVALUATED if Quality.NOT_EVALUATED in moves else Quality.GOOD
        names = tuple([name for place in places for name in identities[place]])
        reasons = (BOUND_WORDS[one.bound],) if one.bound else ()
        found.append(
            Reading(
                point,
                instrument,
                quantity,
                time_ms,
                one.value,
                flag,
                recipe.label,
                True,
                reasons,
                names,
                one.bound,
            )
        )
    return tuple(found)


def _flags(
    site: Site,
    assignment: Assignment,
    reading: Reading,
    stuck_flag: Callable[[str], Flag | None],
    lookup: Lookup,
    previous: Previous,
) -> list[Flag]:
    """Return the flags of a reading that has a value."""
    flags = [] if reading.value is None else [gross_range(reading.quantity, reading.value)]
    for channel in _own_channels(site, assignment, reading):
        flag = stuck_flag(channel)
        if flag is not None:
            flags.append(flag)
    flags += _rule_flags(site, assignment, reading, lookup, previous)
    return flags


def _rule_flags(
    site: Site, assignment: Assignment, reading: Reading, lookup: Lookup, previous: Previous
) -> Iterator[Flag]:
    """Yield the flags of the point's own rules that look at the scan."""
    series, at_ms = (reading.point, reading.quantity), reading.time_ms
    for one in rules_at(site, series, at_ms, Look.SCAN):
        scan = _scan(site, assignment, reading, lookup, previous)
        if scan is not None:
            yield one.test.flag(scan, **one.parameters, **one.test.given(site, one.rule, at_ms))


def _scan(site: Site, assignment: Assignment, reading: Reading, lookup: Lookup, previous: Previous) -> Scan | None:
    """Return the scan that a reading was made in; None where it has no signal of its own."""
    own = next(iter(_own_channels(site, assignment, reading)), "")
    this = lookup(own, reading.time_ms, 0) if own else None
    if this is None:
        return None
    before = _newest(previous, own, reading.time_ms)
    inputs = (site.channel_by_name[name] for name in assignment.inputs.values())
    channels = (*inputs, *site.channels_of_slot[site.channel_by_name[own].place])
    found = ((one.kind, _newest(previous, one.name, reading.time_ms + 1)) for one in channels)
    beside = {
        kind: raw.value
        for kind, raw in found
        if raw is not None and raw.value is not None and raw.time_ms == reading.time_ms
    }
    return Scan(this, before, beside)


def _newest(previous: Previous, channel: str, before_ms: int) -> RawReading | None:
    """Return a channel's last reading before a time; not by `Lookup`, for no value waits for what explains it."""
    return next(iter(previous(channel, before_ms, 1)), None)


def _own_channels(site: Site, assignment: Assignment, reading: Reading) -> tuple[str, ...]:
    calibration = calibration_at(site, assignment.instrument, reading.time_ms)
    return recipe_of(site, assignment, calibration).own_channels[reading.quantity] if calibration else ()


def _values(channel: Channel, newest: RawReading, previous: Previous) -> list[float]:
    """Return the raw values of a channel up to a reading, as many as its stuck test looks at."""
    if channel.stuck_after is None or channel.resolution is None:
        return []  # not evaluated, whatever they are
    known = [raw.value for raw in (*previous(newest.channel, newest.time_ms, channel.stuck_after - 1), newest)]
    if channel.sentinels is None:
        return [value for value in known if value is not None]
    return [value for value in known if value is not None and not meaning(channel.sentinels, value)]


def looked_at_beside(site: Site) -> Mapping[str, tuple[str, ...]]:
    """Return, by channel, the primary channels whose scans' flags look at it beside their own signal.

    Such a channel may come by itself, after the signal, from a writer that is not one of our loggers.
    """
    found: dict[str, set[str]] = {}
    for assignment in _tested(site):
        primary = site.channel_by_name[assignment.inputs[kind_of(site, assignment).primary]]
        inputs = (site.channel_by_name[name] for name in assignment.inputs.values())
        for channel in (*inputs, *site.channels_of_slot[primary.place]):
            if channel is not primary:
                found.setdefault(channel.name, set()).add(primary.name)
    return {channel: tuple(sorted(primaries)) for channel, primaries in found.items()}


def channels_in_order(site: Site) -> frozenset[str]:
    """Return the channels whose readings are held against the one before: a late one may flag the next."""
    return frozenset(channel for assignment in _tested(site) for channel in assignment.inputs.values())


def _tested(site: Site) -> Iterator[Assignment]:
    """Yield the assignments of points that have a test of the scan."""
    for rule in site.quality_rules:
        if TESTS[rule.test].look is Look.SCAN:
            yield from site.assignments_by_point.get(rule.point, ())
