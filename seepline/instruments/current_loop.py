"""Current loop (4-20 mA): water level (m) or water pressure (kPa) from a loop current (mA).

Source: IEC 60381-1 (4 to 20 mA); NAMUR NE 43 for currents that mean a fault (typically at or below 3.6 and at or
above 21 mA, measuring from 3.8 to 20.5 mA: check the probe's own sheet, none of these is a default here).

Input: `current` (mA). Keys of a calibration:

    form = "water_level"    level = zero_elevation_m + lo + (I - 4)/16 (hi - lo)        output_unit = "m"
    form = "water_pressure" pressure = lo + (I - 4)/16 (hi - lo)                        output_unit = any pressure
        coefficients = { lo, hi }                    at 4 and 20 mA, in output_unit
                     + { zero_elevation_m }          elevation of the probe's zero in the site's datum; level only
                     + { fault_low_ma, range_low_ma, range_high_ma, fault_high_ma }, in this order
    input_unit = "mA"; no sign, no zero, no other part

At or below fault_low_ma, at or above fault_high_ma: no reading, before any scaling. At or above range_high_ma the
probe is at its end, "at least"; at or below range_low_ma, or with no water above the probe, "at most".
"""

from collections.abc import Mapping
from itertools import pairwise

from seepline.instruments import sheet
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.instruments.units import PRESSURE_KPA
from seepline.site import Calibration, Instrument

_LIMITS = ("fault_low_ma", "range_low_ma", "range_high_ma", "fault_high_ma")
_OUTPUT_UNITS: Mapping[str, Mapping[str, float]] = {"water_level": {"m": 1.0}, "water_pressure": PRESSURE_KPA}


def scaled(milliampere: float, lo: float, hi: float) -> float:
    """Return the value at a loop current: lo at 4 mA, hi at 20 mA.

    >>> [scaled(current, 0.0, 10.0) for current in (4.0, 8.0, 12.0, 20.0)]
    [0.0, 2.5, 5.0, 10.0]
    """
    return lo + (milliampere - 4) / 16 * (hi - lo)


def loop_fault(milliampere: float, fault_low_ma: float, fault_high_ma: float) -> str:
    """Return the sentence that says why a current is no reading, or ''.

    >>> loop_fault(3.6, 3.6, 21.0), loop_fault(3.8, 3.6, 21.0)
    ('loop current 3.6 mA is a fault: at or below 3.6 mA', '')
    """
    if milliampere <= fault_low_ma:
        return f"loop current {milliampere:g} mA is a fault: at or below {fault_low_ma:g} mA"
    if milliampere >= fault_high_ma:
        return f"loop current {milliampere:g} mA is a fault: at or above {fault_high_ma:g} mA"
    return ""


def _bound(milliampere: float, head: float, given: Mapping[str, float]) -> str:
    if milliampere >= given["range_high_ma"]:
        return "at_least"
    return "at_most" if milliampere <= given["range_low_ma"] or head <= 0 else ""


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of a loop's sheet."""
    given, form = calibration.coefficients, calibration.form
    level = ("zero_elevation_m",) if form == "water_level" else ()
    return [
        *sheet.frame(calibration, _OUTPUT_UNITS, ("mA",), _OUTPUT_UNITS.get(form, {"m": 1.0, **PRESSURE_KPA})),
        *sheet.numbers("coefficients", given, ("lo", "hi", *level, *_LIMITS)),
        *sheet.ascending("coefficients", given, [("lo", "hi"), *pairwise(_LIMITS)]),
        *sheet.unused(calibration, "sign", "zero", "thermal", "barometric", "thermistor", "full_scale"),
    ]


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity: the form names the one that this loop carries."""
    return {calibration.form: ("current",)}


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return the water level in m, or the water pressure in kPa; a fault current is flagged before scaling."""
    given, milliampere = calibration.coefficients, values["current"]
    fault = loop_fault(milliampere, given["fault_low_ma"], given["fault_high_ma"])
    if fault:
        return {calibration.form: Converted(None, fault=fault)}
    head = scaled(milliampere, given["lo"], given["hi"])
    value = head * _OUTPUT_UNITS[calibration.form][calibration.output_unit] + given.get("zero_elevation_m", 0.0)
    return {calibration.form: Converted(value, _bound(milliampere, head, given))}


KIND = InstrumentKind(
    name="current_loop",
    primary="current",
    inputs={"current": "mA"},
    quantities=("water_level", "water_pressure"),
    needs=needs,
    check=check,
    convert=convert,
    when_clipped="at_least",
)
