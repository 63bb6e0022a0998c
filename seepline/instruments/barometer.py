"""Barometer: station pressure (kPa, not reduced to sea level) from a voltage.

Source: linear output as on the maker's sheet; the worked number is the barometer of the USGS station Waterton A
(Smith and others, 2017, doi 10.5066/F7NZ85WX): kPa = (mV * 0.240 + 500) * 0.1.

Input: `voltage` (mV). Keys of a calibration:

    form = "linear"    P = gain * mV + offset    coefficients = { gain, offset } in output_unit, gain above 0
    input_unit = "mV", output_unit = "kPa", "hPa", "mbar", ... ; no sign, no zero, no other part
"""

from collections.abc import Mapping

from seepline.instruments import sheet
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.instruments.units import PRESSURE_KPA
from seepline.site import Calibration, Instrument


def pressure_kpa(millivolt: float, gain: float, offset: float, unit: str) -> float:
    """Return the station pressure in kPa.

    >>> round(pressure_kpa(2056.0, 0.240, 500.0, "hPa"), 6)
    99.344
    """
    return PRESSURE_KPA[unit] * (gain * millivolt + offset)


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of a barometer's sheet."""
    return [
        *sheet.frame(calibration, ("linear",), ("mV",), PRESSURE_KPA),
        *sheet.numbers("coefficients", calibration.coefficients, ("gain", "offset")),
        *sheet.positive("coefficients", calibration.coefficients, ("gain",)),
        *sheet.unused(calibration, "sign", "zero", "thermal", "barometric", "thermistor", "full_scale"),
    ]


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity."""
    return {"barometric_pressure": ("voltage",)}


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return the station pressure in kPa."""
    given = calibration.coefficients
    kpa = pressure_kpa(values["voltage"], given["gain"], given["offset"], calibration.output_unit)
    return {"barometric_pressure": Converted(kpa)}


KIND = InstrumentKind(
    name="barometer",
    primary="voltage",
    inputs={"voltage": "mV"},
    quantities=("barometric_pressure",),
    needs=needs,
    check=check,
    convert=convert,
    when_clipped="at_least",
)
