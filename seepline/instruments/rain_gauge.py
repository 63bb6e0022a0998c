"""Rain gauge: rain (mm) since the scan before, from the tips of a bucket.

Source: WMO-No. 8 (2018), vol. I, chapter 6.5 (tipping-bucket gauge): depth = tips * resolution.

Input: `tips` (count since the last scan). Keys of a calibration:

    form = "tips"    rain = tips * resolution    coefficients = { resolution }, in output_unit per tip
    input_unit = "count", output_unit = "mm" | "in"; no sign, no zero, no other part
"""

from collections.abc import Mapping

from seepline.instruments import sheet
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.instruments.units import LENGTH_MM
from seepline.site import Calibration, Instrument


def rain_mm(tips: float, resolution_mm: float) -> float:
    """Return the depth of rain in mm.

    >>> round(rain_mm(3, 0.254), 3)
    0.762
    """
    return tips * resolution_mm


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of a rain gauge's sheet."""
    return [
        *sheet.frame(calibration, ("tips",), ("count",), LENGTH_MM),
        *sheet.numbers("coefficients", calibration.coefficients, ("resolution",)),
        *sheet.positive("coefficients", calibration.coefficients, ("resolution",)),
        *sheet.unused(calibration, "sign", "zero", "thermal", "barometric", "thermistor", "full_scale"),
    ]


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity."""
    return {"rain": ("tips",)}


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return rain in mm."""
    if values["tips"] < 0:
        return {"rain": Converted(None, fault=f"{values['tips']:g} tips is no count")}
    resolution_mm = calibration.coefficients["resolution"] * LENGTH_MM[calibration.output_unit]
    return {"rain": Converted(rain_mm(values["tips"], resolution_mm))}


KIND = InstrumentKind(
    name="rain_gauge",
    primary="tips",
    inputs={"tips": "count"},
    quantities=("rain",),
    needs=needs,
    check=check,
    convert=convert,
    when_clipped="at_least",
)
