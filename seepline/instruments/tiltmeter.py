"""Tiltmeter: inclination (deg) from the vertical, or from the day of the base reading.

Source: Geokon 6150F manual, section 4: theta = G R, change of tilt = G (R1 - R0); positive towards A+.

Input: `tilt` (deg, as the sensor gives it). Keys of a calibration:

    form = "linear"    sign = "R1-R0"  tilt = G (R1 - R0)
                       sign = "R0-R1"  tilt = G (R0 - R1), for a sensor mounted the other way round
                       coefficients = { G }, zero = { R0 }; R0 = 0 for the inclination from the vertical
    input_unit = "deg", output_unit = "deg"; no other part
"""

from collections.abc import Mapping

from seepline.instruments import sheet, terms
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.site import Calibration, Instrument


def tilt_deg(reading_deg: float, g: float, base_deg: float, sign: str) -> float:
    """Return the change of tilt against the base reading.

    >>> round(tilt_deg(0.35, 1.0, 0.15, "R1-R0"), 6), round(tilt_deg(0.35, 1.0, 0.15, "R0-R1"), 6)
    (0.2, -0.2)
    """
    return terms.order(sign) * g * (reading_deg - base_deg)


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of a tiltmeter's sheet."""
    return [
        *sheet.frame(calibration, ("linear",), ("deg",), ("deg",)),
        *sheet.choice("sign", calibration.sign, terms.READING_SIGNS),
        *sheet.numbers("coefficients", calibration.coefficients, ("G",)),
        *sheet.nonzero("coefficients", calibration.coefficients, "G"),
        *sheet.numbers("zero", calibration.zero, ("R0",)),
        *sheet.unused(calibration, "thermal", "barometric", "thermistor", "full_scale"),
    ]


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity."""
    return {"tilt": ("tilt",)}


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return tilt in deg."""
    g, base_deg = calibration.coefficients["G"], calibration.zero["R0"]
    return {"tilt": Converted(tilt_deg(values["tilt"], g, base_deg, calibration.sign))}


KIND = InstrumentKind(
    name="tiltmeter",
    primary="tilt",
    inputs={"tilt": "deg"},
    quantities=("tilt",),
    needs=needs,
    check=check,
    convert=convert,
)
