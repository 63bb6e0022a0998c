"""From raw readings to engineering readings: which gauge, which sheet, which inputs, and what came of them.

    raw reading of a primary channel -> assignment and calibration valid then -> inputs at that time, else the
        nearest -> the instrument's formula -> one Reading per quantity, or the reason why its value is withheld

Pure functions of their arguments: what is known of the raw readings comes through a `Lookup`, so the result is the
same in whatever order they arrived. No value is ever made without an input that its sheet asks for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from seepline.instruments.kind import Converted
from seepline.quantities import QUANTITIES
from seepline.reading import Quality, RawReading, Reading
from seepline.recipe import Recipe, Source, recipe_of
from seepline.recipe import kind_of as kind_of
from seepline.recipe import lead_ohm as lead_ohm
from seepline.sentinels import meaning
from seepline.site import Assignment, Calibration, Site, valid_at
from seepline.site_wiring import Channel
from seepline.wire import status as bits

MAX_AGE_MS = 1_800_000

# (channel name, time, max_age_ms) -> the reading at that time; where it has no value (and max_age_ms is not 0),
# the nearest with one no further away, ties to the earlier: a barometer's gap does not silence a piezometer
Lookup = Callable[[str, int, int], RawReading | None]

# (assignment of a reference point, time of its own raw reading, max_age_ms) -> its readings then
Referred = Callable[[Assignment, int, int], tuple[Reading, ...]]

# Of the excluding bits, those by which the instrument itself shows a fault; the others say that nothing was there.
_FAULTS = bits.NO_SIGNAL | bits.LOOP_FAULT | bits.THERMISTOR_BITS

BOUND_WORDS = {
    "at_least": "beyond the instrument's range: at least this value",
    "at_most": "no head above the instrument: at most this value",
}


class Input(NamedTuple):
    """One input of a conversion: its value in the input's unit, or None and why; `remark` beside a value."""

    value: float | None
    identities: tuple[str, ...] = ()
    absence: Quality = Quality.MISSING
    remark: str = ""
    clipped: bool = False


def assignment_at(site: Site, point: str, time_ms: int) -> Assignment | None:
    """Return the assignment of a point that is valid at a time."""
    for one in site.assignments_by_point.get(point, ()):
        if valid_at(one.valid_from_ms, one.valid_to_ms, time_ms):
            return one
    return None


def calibration_at(site: Site, instrument: str, time_ms: int) -> Calibration | None:
    """Return the calibration of an instrument that is valid at a time."""
    for one in site.calibrations_by_instrument.get(instrument, ()):
        if valid_at(one.valid_from_ms, one.valid_to_ms, time_ms):
            return one
    return None


def primary_channels(site: Site) -> Mapping[str, tuple[Assignment, ...]]:
    """Return, by channel name, the assignments of any date whose primary input it is."""
    found: dict[str, tuple[Assignment, ...]] = {}
    for assignment in site.assignments:
        channel = assignment.inputs[kind_of(site, assignment).primary]
        found[channel] = (*found.get(channel, ()), assignment)
    return found


def dependents(site: Site) -> Mapping[str, tuple[str, ...]]:
    """Return, by name of a secondary channel, the primary channels whose readings it may change.

    A raw reading at time t changes primary readings from t - max_age_ms to t + max_age_ms. Channels that reach a
    gauge through a reference point (a barometer's) are among them.
    """
    found: dict[str, set[str]] = {}
    for assignment in site.assignments:
        primary = assignment.inputs[kind_of(site, assignment).primary]
        for channel in _feeding(site, assignment):
            if channel != primary:
                found.setdefault(channel, set()).add(primary)
    return {channel: tuple(sorted(primaries)) for channel, primaries in found.items()}


def _feeding(site: Site, assignment: Assignment) -> Iterable[str]:
    yield from assignment.inputs.values()
    for point in assignment.references.values():
        for reference in site.assignments_by_point.get(point, ()):
            yield from reference.inputs.values()


def due(
    site: Site, primaries: Mapping[str, tuple[Assignment, ...]], channel: str, time_ms: int
) -> tuple[Assignment, ...]:
    """Return the assignments to convert for a raw reading of a channel; `primaries` is `primary_channels(site)`.

    They are those valid at its time. Where none is, but the channel belongs to a point that has no valid
    assignment at all, the last one of that point: its reading will say that nothing is assigned.
    """
    known = primaries.get(channel, ())
    if len(known) == 1 and valid_at(known[0].valid_from_ms, known[0].valid_to_ms, time_ms):
        return known
    valid = tuple(one for one in known if valid_at(one.valid_from_ms, one.valid_to_ms, time_ms))
    orphans = {one.point: one for one in known if assignment_at(site, one.point, time_ms) is None}
    return valid or tuple(orphans.values())


def convert_at(
    site: Site,
    assignment: Assignment,
    time_ms: int,
    lookup: Lookup,
    max_age_ms: int = MAX_AGE_MS,
    referred: Referred | None = None,
) -> tuple[Reading, ...]:
    """Return one reading for each quantity that an instrument makes of its inputs at the time of a scan.

    The signal that a quantity is measured by (the first that it needs) is taken at this time, or the quantity
    would repeat its last value; corrections at the same time, else the nearest within `max_age_ms`. Lead
    resistance is subtracted from inputs in ohm. The quality speaks only of what the instrument and the logger say
    themselves: good, suspect (a status bit that explains), fail (fault), missing; seepline.quality adds its tests.
    `referred` converts a reference, as this function itself would.
    """
    calibration = calibration_at(site, assignment.instrument, time_ms)
    if not valid_at(assignment.valid_from_ms, assignment.valid_to_ms, time_ms):
        return _nothing(site, assignment, time_ms, "the instrument is not assigned to this point at this time")
    if calibration is None:
        return _nothing(site, assignment, time_ms, "the instrument has no calibration valid at this time")
    recipe = recipe_of(site, assignment, calibration)
    about = _Asked(site, time_ms, lookup, referred)
    used = [about.input(source, max_age_ms if correction else 0) for source, correction in recipe.sources]
    made = _made(recipe, used)
    return tuple(
        [
            _reading(recipe, quantity, time_ms, [used[place] for place in places], made.get(quantity))
            for quantity, places in recipe.made_of
        ]
    )


def _reading(
    recipe: Recipe, quantity: str, time_ms: int, inputs: Sequence[Input], made: Converted | None
) -> Reading:
    value, quality, judged, reasons, bound = _outcome(inputs, made, recipe.kind.when_clipped)
    identities = tuple([identity for one in inputs for identity in one.identities])
    point, instrument = recipe.assignment.point, recipe.assignment.instrument
    return Reading(
        point, instrument, quantity, time_ms, value, quality, recipe.label, judged, reasons, identities, bound
    )


def _made(recipe: Recipe, used: Sequence[Input]) -> Mapping[str, Converted]:
    """Return what the instrument's formula gives, nothing when no quantity has all that it needs."""
    at_hand = {name: value for place, name in recipe.names if (value := used[place].value) is not None}
    if any(one.value is None for one in used) and not any(
        all(used[place].value is not None for place in places) for _, places in recipe.made_of
    ):
        return {}
    return recipe.convert(at_hand)


def _nothing(site: Site, assignment: Assignment, time_ms: int, reason: str) -> tuple[Reading, ...]:
    """Return a missing reading for each quantity that this instrument's newest sheet would make."""
    return tuple(
        Reading(
            point=assignment.point,
            instrument=assignment.instrument,
            quantity=quantity,
            time_ms=time_ms,
            calibration="",
            value=None,
            quality=Quality.MISSING,
            judged=False,
            reasons=(reason,),
        )
        for quantity in quantities_at(site, assignment, time_ms)
    )


def quantities_at(site: Site, assignment: Assignment, time_ms: int) -> tuple[str, ...]:
    """Return the quantities of which `convert_at` makes a reading, with a value or without, at a time."""
    sheets = site.calibrations_by_instrument.get(assignment.instrument, ())
    assigned = valid_at(assignment.valid_from_ms, assignment.valid_to_ms, time_ms)
    sheet = calibration_at(site, assignment.instrument, time_ms) if assigned else None
    kind = kind_of(site, assignment)
    if sheet is None and not sheets:
        return kind.quantities
    return tuple(kind.needs(sheet or sheets[-1]))


# The part of a reading that its inputs and the formula decide: value, quality, judged, reasons, bound.
Outcome = tuple[float | None, Quality, bool, tuple[str, ...], str]


def _outcome(inputs: Sequence[Input], made: Converted | None, when_clipped: str) -> Outcome:
    """Return what came of one quantity; `inputs` are those it is made of, the instrument's own signal first."""
    remarks = tuple([one.remark for one in inputs if one.remark])
    absent = [one for one in inputs if one.value is None]
    if absent or made is None:
        failed = any(one.absence is Quality.FAIL for one in absent)
        return _withheld(Quality.FAIL if failed else Quality.MISSING, remarks)
    if made.value is None or not isfinite(made.value):
        return _withheld(Quality.FAIL, (*remarks, made.fault or "the formula gives no finite number"))
    bound = made.bound or (when_clipped if inputs[0].clipped else "")
    reasons = (*remarks, BOUND_WORDS[bound]) if bound else remarks
    return made.value, Quality.SUSPECT if remarks else Quality.GOOD, True, reasons, bound


def _withheld(quality: Quality, reasons: tuple[str, ...]) -> Outcome:
    return None, quality, False, reasons, ""


class _Asked(NamedTuple):
    """What a conversion at one time asks with."""

    site: Site
    time_ms: int
    lookup: Lookup
    referred: Referred | None

    def input(self, source: Source, max_age_ms: int) -> Input:
        """Return one input or reference of an assignment; a missing one says why."""
        if source.channel is not None:
            return self._channel_input(source, source.channel, max_age_ms)
        if source.point:
            return self._reference_input(source, max_age_ms)
        return Input(None, remark=f"{source.name}: the assignment names no source for it")

    def _channel_input(self, source: Source, channel: Channel, max_age_ms: int) -> Input:
        raw = self.lookup(source.channel_name, self.time_ms, max_age_ms)
        if raw is None:
            return Input(None, remark=_no_reading(source.said, max_age_ms))
        if not raw.status and raw.value is not None and channel.sentinels is None and isfinite(raw.value):
            return Input(raw.value - source.lead_ohm, (raw.identity,) if raw.identity else ())
        words = bits.describe(raw.status)
        remark = f"{source.said}: {words}" if words else ""
        identities = (raw.identity,) if raw.identity else ()
        if raw.value is None or not isfinite(raw.value) or raw.status & bits.EXCLUDES:
            absence = Quality.FAIL if raw.status & _FAULTS else Quality.MISSING
            return Input(None, identities, absence, remark or f"{source.said}: no value")
        sentinel = meaning(channel.sentinels, raw.value)
        if sentinel:
            return Input(None, identities, Quality.FAIL, f"{source.said}: {sentinel}")
        value = raw.value - source.lead_ohm if channel.unit == "ohm" else raw.value
        return Input(value, identities, remark=remark, clipped=bool(raw.status & bits.CLIPPED))

    def _reference_input(self, source: Source, max_age_ms: int) -> Input:
        """Return a quantity of another point as an input, converted at the time of its own raw reading."""
        site, name, point = self.site, source.name, source.point
        reference = assignment_at(site, point, self.time_ms)
        if reference is None or source.quantity not in kind_of(site, reference).quantities:
            return Input(None, remark=f"{name} {point}: no instrument there measures it at this time")
        raw = self.lookup(reference.inputs[kind_of(site, reference).primary], self.time_ms, max_age_ms)
        if raw is None:
            return Input(None, remark=_no_reading(source.said, max_age_ms))
        readings = (self.referred or self._convert)(reference, raw.time_ms, max_age_ms)
        made = next((one for one in readings if one.quantity == source.quantity), None)
        if made is None:
            return Input(None, remark=f"{name} {point}: its calibration does not give it")
        return Input(made.value, made.inputs, remark=reference_remark(name, made))

    def _convert(self, reference: Assignment, time_ms: int, max_age_ms: int) -> tuple[Reading, ...]:
        return convert_at(self.site, reference, time_ms, self.lookup, max_age_ms)


def reference_remark(name: str, made: Reading) -> str:
    """Return what is to be said of a reference: its own reasons, or a value that nature does not allow."""
    kind = QUANTITIES[made.quantity]
    if made.value is not None and not kind.is_plausible(made.value):
        return f"{name} {made.point}: {made.value:g} {kind.unit} is not plausible"
    return f"{name} {made.point}: {'; '.join(made.reasons)}" if made.reasons else ""


def _no_reading(source: str, max_age_ms: int) -> str:
    return f"{source} has no reading " + (f"within {max_age_ms // 1000} s" if max_age_ms else "at this time")
