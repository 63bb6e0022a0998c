"""The steps of commissioning one gauge: what was typed and read in, verdict and likely cause out. Pure.

    serial      the number on the gauge against the site file
    cable       its length against the site file
    coil        resistance between the coil's leads, by multimeter
    insulation  resistance between a lead and the shield
    zero        at rest in free air, against the maker's zero at this temperature and station pressure
    immersion   at rest at two known depths: factor, sign and unit, from the sensor to the engineering value
    placed      the reading where it stays

Sources stand with the limits (limits.py); the density of water in water.py.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fieldtool import limits
from fieldtool.gauge import Gauge, LiveReading, digits, sheet_zero_digits
from fieldtool.stability import LIMITS as STABLE
from fieldtool.stability import stability
from fieldtool.verdicts import NOTED, Cause, Outcome, judged
from fieldtool.words import N_
from seepline.instruments.vw_signal import full_scale_hz
from seepline.wire import status

STEP_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "serial": N_("Serial number"),
        "cable": N_("Cable length"),
        "coil": N_("Coil resistance"),
        "insulation": N_("Insulation"),
        "zero": N_("Field zero in air"),
        "immersion": N_("Immersion to two depths"),
        "placed": N_("Reading after placing"),
    }
)
_WIRE_STEPS = tuple(STEP_NAMES)
_PROBE_STEPS = ("serial", "cable", "insulation", "immersion", "placed")
_OTHER_STEPS = ("serial", "cable", "insulation", "placed")
_PROBES = ("water_level", "water_pressure", "water_depth")
_SEA_LEVEL_KPA = 3.0  # a pressure that is further off is not the weather between two places of one dam
_SEA_LEVEL_LOWEST_KPA = 95.0  # weather reports hardly go below
_STATION_KPA = (50.0, 110.0)


def steps_of(gauge: Gauge) -> tuple[str, ...]:
    """Return the steps that make sense for a gauge."""
    if gauge.is_wire:
        return _WIRE_STEPS
    return _PROBE_STEPS if gauge.quantity in _PROBES else _OTHER_STEPS


def serial(gauge: Gauge, typed: str) -> Outcome:
    """Compare the number that stands on the gauge with the site file's."""
    values = {"serial_typed": typed, "serial_site": gauge.instrument.serial}
    if _plain(typed) == _plain(gauge.instrument.serial):
        return judged(values, ())
    others = [one.id for one in gauge.site.instruments if _plain(one.serial) == _plain(typed)]
    return judged(values, [Cause("serial_elsewhere", others[0])] if others else [Cause("serial")])


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def cable(gauge: Gauge, typed_m: float) -> Outcome:
    """Compare the cable's length with the site file's."""
    declared_m = gauge.primary.cable_m or _thermistor_cable_m(gauge)
    values = {"cable_m": typed_m, "cable_site_m": declared_m}
    if not declared_m:
        return Outcome(NOTED, values, (), (Cause("cable_undeclared"),))
    wrong = abs(typed_m - declared_m) > limits.value("cable_length_share") * declared_m
    return judged(values, [Cause("cable_length")] if wrong else [], limits.used("cable_length_share"))


def _thermistor_cable_m(gauge: Gauge) -> float:
    return gauge.channel("thermistor").cable_m if "thermistor" in gauge.assignment.inputs else 0.0


def coil(ohm: float, cable_m: float, coil_ohm: float | None = None, ohm_per_km: float | None = None) -> Outcome:
    """Compare the resistance at the cable's end with the coil's and the cable's, there and back."""
    given = {"coil_ohm": coil_ohm, "cable_ohm_per_km": ohm_per_km}
    stated = {name: number for name, number in given.items() if number is not None}
    nominal, per_km = (stated.get(name, limits.value(name)) for name in given)
    lead = 2 * cable_m * per_km / 1000
    expected = nominal + lead
    off = limits.value("coil_share") * nominal + limits.value("cable_share") * lead
    values = {"coil_measured_ohm": ohm, "coil_expected_ohm": expected, "tolerance_ohm": off}
    used = limits.used("coil_ohm", "coil_share", "cable_ohm_per_km", "cable_share", "coil_short_ohm", **stated)
    return judged(values, _coil_causes(ohm, expected, off), used)


def _coil_causes(ohm: float, expected: float, off: float) -> Sequence[Cause]:
    if abs(ohm - expected) <= off:
        return ()
    if ohm < limits.value("coil_short_ohm"):
        return (Cause("short"),)
    return (Cause("open"),) if ohm > 10 * expected else (Cause("coil"),)


def insulation(megohm: float, least_megohm: float | None = None) -> Outcome:
    """Compare the insulation with the least that is allowed."""
    stated = {} if least_megohm is None else {"insulation_megohm": least_megohm}
    least = stated.get("insulation_megohm", limits.value("insulation_megohm"))
    causes = [Cause("insulation")] if megohm < least else []
    return judged({"insulation_megohm": megohm}, causes, limits.used("insulation_megohm", **stated))


def zero(gauge: Gauge, readings: Sequence[LiveReading], pressure_kpa: float | None) -> Outcome:
    """Compare the reading in free air with the maker's zero, at this temperature and station pressure."""
    rest = stability(gauge, readings)
    used = limits.used("zero_digits", *STABLE)
    if not rest.window:
        return judged({}, _no_reading(readings), used)
    last = rest.window[-1]
    read = sum(digits(one.values["frequency"] or 0.0) for one in rest.window) / len(rest.window)
    expected_hz = gauge.expected_zero_hz(last.values, pressure_kpa)
    expected = None if expected_hz is None else digits(expected_hz)
    values = {
        "zero_read_digits": read,
        "zero_expected_digits": expected,
        "difference_digits": None if expected is None else read - expected,
        "zero_sheet_digits": sheet_zero_digits(gauge.calibration),
        "temperature_degc": gauge.temperature_degc(last.values),
        "station_pressure_kpa": pressure_kpa,
        "readings": len(rest.window),
        "spread_digits": rest.spread,
        "span_s": min(rest.span_s, int(limits.value("stable_s"))),
    }
    causes = [rest.why] if rest.why else _zero_causes(gauge, last, pressure_kpa, read, expected)
    return judged(values, causes, used)


def _zero_causes(
    gauge: Gauge, last: LiveReading, pressure_kpa: float | None, read: float, expected: float | None
) -> Sequence[Cause]:
    if gauge.needs_barometer and pressure_kpa is None:
        return (Cause("no_pressure"),)
    most = limits.value("zero_digits")
    if expected is not None and abs(read - expected) <= most:
        return ()
    fitting = []
    for sheet in gauge.other_sheets():
        hz = gauge.expected_zero_hz(last.values, pressure_kpa, sheet)
        if hz is not None and abs(read - digits(hz)) <= most:
            fitting.append(Cause("other_sheet", sheet.instrument))
    sea_level = _sea_level(gauge, last, pressure_kpa)
    return (*([sea_level] if sea_level else []), *(fitting or [Cause("loaded")]))


def _sea_level(gauge: Gauge, last: LiveReading, pressure_kpa: float | None) -> Cause | None:
    """Return the cause 'reduced to sea level' when a lower, possible station pressure explains the reading."""
    if not gauge.needs_barometer or pressure_kpa is None or pressure_kpa < _SEA_LEVEL_LOWEST_KPA:
        return None
    low, high = _STATION_KPA
    at_low, at_high = (gauge.value(last.values, one) for one in (low, high))
    if at_low is None or at_high is None or at_low == at_high:
        return None
    fits_kpa = low + (high - low) * at_low / (at_low - at_high)  # the term is linear in the pressure
    if low <= fits_kpa < pressure_kpa - _SEA_LEVEL_KPA:
        return Cause("sea_level", f"{fits_kpa:.1f}")
    return None


def placed(gauge: Gauge, readings: Sequence[LiveReading], pressure_kpa: float | None) -> Outcome:
    """Judge the reading where the gauge stays: the instrument answers, and within the range of its sheet."""
    whole = [one for one in readings if one.is_whole]
    if not whole:
        return judged({}, _no_reading(readings))
    last = whole[-1]
    values = {
        "raw": last.values[gauge.kind.primary],
        "raw_unit": gauge.primary.unit,
        "quantity": gauge.quantity,
        "value": gauge.value(last.values, pressure_kpa),
        "temperature_degc": gauge.temperature_degc(last.values),
        "station_pressure_kpa": pressure_kpa,
    }
    remarks = status.describe(_bits(last))
    causes = [Cause("status", remarks)] if remarks else []
    causes += [Cause("out_of_range")] if _is_beyond(gauge, last) else []
    return judged(values, causes)


def _is_beyond(gauge: Gauge, last: LiveReading) -> bool:
    hz = last.values.get("frequency")
    if not gauge.is_wire or hz is None:
        return False
    low, high = full_scale_hz(gauge.calibration.full_scale)
    return not low <= hz <= high


def _bits(reading: LiveReading) -> int:
    found = 0
    for bits in reading.status.values():
        found |= bits
    return found


def _no_reading(readings: Sequence[LiveReading]) -> Sequence[Cause]:
    words = status.describe(_bits(readings[-1])) if readings else ""
    return (Cause("no_signal"), *([Cause("status", words)] if words else []))
