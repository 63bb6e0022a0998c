"""In-place inclinometer: horizontal displacement (mm) of its free end against its fixed end since the base.

Source: Geokon 6180 manual, Eq. 1 and 2, and 6150F, Eq. 3 and 4: D = sum of L sin(theta) from the fixed end. The
small-angle form of 6150F, Eq. 5, is not used: sum of L (sin theta1 - sin theta0) is exact.

Inputs: `tilt1` ... `tiltN` (deg), counted from the fixed end. Keys of a calibration:

    form = "segments"    sign = "R1-R0": a tilt that grows moves the chain towards A+; "R0-R1": the other way
                         coefficients = { length1_m, ..., lengthN_m }, zero = { tilt1, ..., tiltN } base, deg
    input_unit = "deg", output_unit = "mm"; no other part

A segment without a reading is never 0 deg: with one missing, the displacement is withheld (nothing above the gap
is known). Where a dead segment is to be held with a flag, each segment is a tiltmeter of its own and the nodes are
[[derived]] by `inclinometer_node`.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import radians, sin

from seepline.instruments import sheet, terms
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.site import Calibration, Instrument

MAX_SEGMENTS = 64


def profile_mm(lengths_m: Sequence[float], base_deg: Sequence[float], now_deg: Sequence[float]) -> list[float]:
    """Return the displacement at the far end of each segment, added up from the fixed end.

    >>> base, now = [0.10, 0.12, 0.15, 0.11, 0.09], [0.10, 0.13, 0.35, 0.31, 0.10]
    >>> [round(mm, 4) for mm in profile_mm([0.5] * 5, base, now)]
    [0.0, 0.0873, 1.8326, 3.5779, 3.6652]
    """
    segments = zip(lengths_m, base_deg, now_deg, strict=True)
    return list(accumulate(1000 * m * (sin(radians(now)) - sin(radians(base))) for m, base, now in segments))


def _tilts(calibration: Calibration) -> tuple[str, ...]:
    return tuple(f"tilt{number + 1}" for number in range(len(calibration.coefficients)))


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of an in-place inclinometer's sheet: every segment has a length and a base reading."""
    given, zero = calibration.coefficients, calibration.zero
    lengths = sheet.numbered("coefficients", given, "length{}_m")
    tilts = sheet.numbered("zero", zero, "tilt{}")
    count = max(len(lengths), len(tilts))
    faults = [
        *sheet.frame(calibration, ("segments",), ("deg",), ("mm",)),
        *sheet.choice("sign", calibration.sign, terms.READING_SIGNS),
        *sheet.numbers("coefficients", given, [f"length{number + 1}_m" for number in range(count)]),
        *sheet.positive("coefficients", given, lengths),
        *sheet.numbers("zero", zero, [f"tilt{number + 1}" for number in range(count)]),
        *sheet.unused(calibration, "thermal", "barometric", "thermistor", "full_scale"),
    ]
    too_many = Fault("coefficients", f"{count} segments", f"at most {MAX_SEGMENTS}")
    return [*faults, too_many] if count > MAX_SEGMENTS else faults


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity: every segment's tilt."""
    return {"displacement": _tilts(calibration)}


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return the displacement of the free end in mm, or nothing when a segment has no reading."""
    tilts = _tilts(calibration)
    if any(name not in values for name in tilts):
        return {}
    lengths_m = [calibration.coefficients[f"length{number + 1}_m"] for number in range(len(tilts))]
    nodes_mm = profile_mm(lengths_m, [calibration.zero[name] for name in tilts], [values[name] for name in tilts])
    return {"displacement": Converted(terms.order(calibration.sign) * nodes_mm[-1])}


KIND = InstrumentKind(
    name="in_place_inclinometer",
    primary="tilt1",
    inputs={f"tilt{number + 1}": "deg" for number in range(MAX_SEGMENTS)},
    quantities=("displacement",),
    needs=needs,
    check=check,
    convert=convert,
)
