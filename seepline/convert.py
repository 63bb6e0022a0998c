"""From raw readings to engineering readings: which gauge, which sheet, which inputs, and what came of them.

    raw reading of a primary channel -> assignment and calibration valid then -> inputs at that time, else the
        nearest -> the instrument's formula -> one Reading per quantity, or the reason why its value is withheld

Pure functions of their arguments: what is known of the raw readings comes through a `Lookup`, so the result is the
same in whatever order they arrived. No value is ever made without an input that its sheet asks for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypedDict

from seepline.instruments import INSTRUMENT_KINDS
from seepline.instruments.kind import Converted, InstrumentKind
from seepline.quantities import QUANTITIES
from seepline.reading import Quality, RawReading, Reading
from seepline.sentinels import meaning
from seepline.site import Assignment, Calibration, Site, valid_at
from seepline.site_wiring import Channel
from seepline.wire import status as bits

MAX_AGE_MS = 1_800_000

# (channel name, time, max_age_ms) -> the reading at that time; where it has no value (and max_age_ms is not 0),
# the nearest with one no further away, ties to the earlier: a barometer's gap does not silence a piezometer
Lookup = Callable[[str, int, int], RawReading | None]

# Of the excluding bits, those by which the instrument itself shows a fault; the others say that nothing was there.
_FAULTS = bits.NO_SIGNAL | bits.LOOP_FAULT | bits.THERMISTOR_BITS

_BOUND_WORDS = {
    "at_least": "beyond the instrument's range: at least this value",
    "at_most": "no head above the instrument: at most this value",
}


@dataclass(frozen=True, slots=True)
class Input:
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


def kind_of(site: Site, assignment: Assignment) -> InstrumentKind:
    """Return the kind of the instrument of an assignment."""
    return INSTRUMENT_KINDS[site.instrument_by_id[assignment.instrument].kind]


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
    valid = tuple(one for one in known if valid_at(one.valid_from_ms, one.valid_to_ms, time_ms))
    orphans = {one.point: one for one in known if assignment_at(site, one.point, time_ms) is None}
    return valid or tuple(orphans.values())


def lead_ohm(channel: Channel) -> float:
    """Return the resistance of a cable's loop, there and back; `cable_ohm_per_km` is that of one conductor.

    >>> pair = Channel(id="t", logger="l", block=0, slot=0, kind="vw_thermistor", unit="ohm", cable_m=500.0,
    ...                cable_ohm_per_km=48.5)
    >>> lead_ohm(pair)
    48.5
    """
    return 2 * channel.cable_m * channel.cable_ohm_per_km / 1000


def convert_at(
    site: Site, assignment: Assignment, time_ms: int, lookup: Lookup, max_age_ms: int = MAX_AGE_MS
) -> tuple[Reading, ...]:
    """Return one reading for each quantity that an instrument makes of its inputs at the time of a scan.

    The signal that a quantity is measured by (the first that it needs) is taken at this time, or the quantity
    would repeat its last value; corrections at the same time, else the nearest within `max_age_ms`. Lead
    resistance is subtracted from inputs in ohm. The quality speaks only of what the instrument and the logger say
    themselves: good, suspect (a status bit that explains), fail (fault), missing; seepline.quality adds its tests.
    """
    kind = kind_of(site, assignment)
    calibration = calibration_at(site, assignment.instrument, time_ms)
    if not valid_at(assignment.valid_from_ms, assignment.valid_to_ms, time_ms):
        return _nothing(site, assignment, time_ms, "the instrument is not assigned to this point at this time")
    if calibration is None:
        return _nothing(site, assignment, time_ms, "the instrument has no calibration valid at this time")
    needs = kind.needs(calibration)
    used = {
        quantity: [
            _input(site, assignment, name, time_ms, lookup, max_age_ms if correction else 0)
            for correction, name in enumerate(names)
        ]
        for quantity, names in needs.items()
    }
    made = _made(kind, calibration, needs, used)
    return tuple(
        Reading(
            point=assignment.point,
            instrument=assignment.instrument,
            quantity=quantity,
            time_ms=time_ms,
            calibration=calibration.label,
            inputs=tuple(identity for one in inputs for identity in one.identities),
            **_outcome(inputs, made.get(quantity), kind.when_clipped),
        )
        for quantity, inputs in used.items()
    )


def _made(
    kind: InstrumentKind,
    calibration: Calibration,
    needs: Mapping[str, Sequence[str]],
    used: Mapping[str, Sequence[Input]],
) -> Mapping[str, Converted]:
    """Return what the instrument's formula gives, nothing when no quantity has all that it needs."""
    pairs = [pair for quantity, names in needs.items() for pair in zip(names, used[quantity], strict=True)]
    at_hand = {name: one.value for name, one in pairs if one.value is not None}
    possible = any(at_hand.keys() >= set(names) for names in needs.values())
    return kind.convert(calibration, at_hand) if possible else {}


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


class Outcome(TypedDict):
    """The part of a reading that its inputs and the formula decide."""

    value: float | None
    quality: Quality
    judged: bool
    reasons: tuple[str, ...]
    bound: str


def _outcome(inputs: Sequence[Input], made: Converted | None, when_clipped: str) -> Outcome:
    """Return what came of one quantity; `inputs` are those it is made of, the instrument's own signal first."""
    remarks = tuple(one.remark for one in inputs if one.remark)
    absent = [one for one in inputs if one.value is None]
    if absent or made is None:
        failed = any(one.absence is Quality.FAIL for one in absent)
        return _withheld(Quality.FAIL if failed else Quality.MISSING, remarks)
    if made.value is None or not isfinite(made.value):
        return _withheld(Quality.FAIL, (*remarks, made.fault or "the formula gives no finite number"))
    bound = made.bound or (when_clipped if inputs[0].clipped else "")
    reasons = (*remarks, _BOUND_WORDS[bound]) if bound else remarks
    quality = Quality.SUSPECT if remarks else Quality.GOOD
    return Outcome(value=made.value, quality=quality, judged=True, reasons=reasons, bound=bound)


def _withheld(quality: Quality, reasons: tuple[str, ...]) -> Outcome:
    return Outcome(value=None, quality=quality, judged=False, reasons=reasons, bound="")


def _input(site: Site, assignment: Assignment, name: str, time_ms: int, lookup: Lookup, max_age_ms: int) -> Input:
    """Return one input or reference of an assignment; a missing one says why."""
    if name in assignment.inputs:
        channel = site.channel_by_name[assignment.inputs[name]]
        return _channel_input(channel, name, time_ms, lookup, max_age_ms)
    if name in assignment.references:
        return _reference_input(site, assignment, name, time_ms, lookup, max_age_ms)
    return Input(None, remark=f"{name}: the assignment names no source for it")


def _channel_input(channel: Channel, name: str, time_ms: int, lookup: Lookup, max_age_ms: int) -> Input:
    raw = lookup(channel.name, time_ms, max_age_ms)
    if raw is None:
        return Input(None, remark=_no_reading(f"{name} {channel.name}", max_age_ms))
    words = bits.describe(raw.status)
    remark = f"{name} {channel.name}: {words}" if words else ""
    identities = (raw.identity,) if raw.identity else ()
    if raw.value is None or not isfinite(raw.value) or raw.status & bits.EXCLUDES:
        absence = Quality.FAIL if raw.status & _FAULTS else Quality.MISSING
        return Input(None, identities, absence, remark or f"{name} {channel.name}: no value")
    sentinel = meaning(channel.sentinels, raw.value)
    if sentinel:
        return Input(None, identities, Quality.FAIL, f"{name} {channel.name}: {sentinel}")
    value = raw.value - lead_ohm(channel) if channel.unit == "ohm" else raw.value
    return Input(value, identities, remark=remark, clipped=bool(raw.status & bits.CLIPPED))


def _reference_input(
    site: Site, assignment: Assignment, name: str, time_ms: int, lookup: Lookup, max_age_ms: int
) -> Input:
    """Return a quantity of another point as an input, converted at the time of its own raw reading."""
    point = assignment.references[name]
    quantity = (kind_of(site, assignment).references or {})[name]
    reference = assignment_at(site, point, time_ms)
    if reference is None or quantity not in kind_of(site, reference).quantities:
        return Input(None, remark=f"{name} {point}: no instrument there measures it at this time")
    raw = lookup(reference.inputs[kind_of(site, reference).primary], time_ms, max_age_ms)
    if raw is None:
        return Input(None, remark=_no_reading(f"{name} {point}", max_age_ms))
    readings = convert_at(site, reference, raw.time_ms, lookup, max_age_ms)
    made = next((one for one in readings if one.quantity == quantity), None)
    if made is None:
        return Input(None, remark=f"{name} {point}: its calibration does not give it")
    return Input(made.value, made.inputs, remark=_reference_remark(name, made))


def _reference_remark(name: str, made: Reading) -> str:
    """Return what is to be said of a reference: its own reasons, or a value that nature does not allow."""
    kind = QUANTITIES[made.quantity]
    if made.value is not None and not kind.is_plausible(made.value):
        return f"{name} {made.point}: {made.value:g} {kind.unit} is not plausible"
    return f"{name} {made.point}: {'; '.join(made.reasons)}" if made.reasons else ""


def _no_reading(source: str, max_age_ms: int) -> str:
    return f"{source} has no reading " + (f"within {max_age_ms // 1000} s" if max_age_ms else "at this time")
