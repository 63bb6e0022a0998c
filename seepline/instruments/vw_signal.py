"""What a vibrating-wire sheet makes of a frequency: its variable, formula and slope, in the sheet's own unit.

Source: as seepline.instruments.vw_piezometer, which says what stands in a sheet.
"""

from collections.abc import Callable, Mapping
from math import sqrt

from seepline.instruments import terms
from seepline.site import Calibration

INPUT_UNITS: Mapping[str, Callable[[float], float]] = {
    "Hz": lambda hz: hz,
    "digits": lambda hz: hz * hz / 1e3,
    "digits/1000": lambda hz: hz * hz / 1e6,
    "period_1e-7s": lambda hz: 1e7 / hz,
}
_FALLS_WITH_HZ = ("period_1e-7s",)


def sheet_input(hz: float, input_unit: str) -> float:
    """Return the sheet's variable for a frequency above zero.

    >>> sheet_input(3000.0, "digits"), round(sheet_input(3000.0, "period_1e-7s"))
    (9000.0, 3333)
    """
    return INPUT_UNITS[input_unit](hz)


def hz_of_digits(digits: float) -> float:
    """Return the frequency of a reading in digits.

    >>> round(hz_of_digits(8000.0), 3)
    2828.427
    """
    return sqrt(1000 * digits)


_HZ_OF: Mapping[str, Callable[[float], float]] = {
    "Hz": lambda hz: hz,
    "digits": hz_of_digits,
    "digits/1000": lambda x: sqrt(1e6 * x),
    "period_1e-7s": lambda x: 1e7 / x,
}


def hz_of(x: float, input_unit: str) -> float:
    """Return the frequency of a reading in one of the sheets' units.

    >>> round(hz_of(9000.0, "digits")), round(hz_of(9.0, "digits/1000")), round(hz_of(3333.333, "period_1e-7s"))
    (3000, 3000, 3000)
    """
    return _HZ_OF[input_unit](x)


def linear(x: float, g: float, zero: float, sign: str) -> float:
    """Return G (R1 - R0) or G (R0 - R1), in the sheet's output unit.

    >>> round(linear(7600.0, -0.1231, 8900.0, "R1-R0"), 3)
    160.03
    """
    return terms.order(sign) * g * (x - zero)


def site_constant(a: float, b: float, zero: float) -> float:
    """Return C of A x^2 + B x + C that makes the site's own zero reading zero.

    >>> round(site_constant(-1.2e-6, -0.1035, 8900.0), 3)
    1016.202
    """
    return -(a * zero * zero + b * zero)


def _quadratic(calibration: Calibration) -> tuple[float, float, float]:
    """Return (A, B, C) of the part without temperature; a linear sheet is one of these too."""
    given, zero = calibration.coefficients, calibration.zero
    if calibration.form == "linear":
        g = terms.order(calibration.sign) * given["G"]
        return 0.0, g, -g * zero["R0"]
    if calibration.form == "six_term":
        return given["x2"], given["x"], given["constant"]
    a, b = given["A"], given["B"]
    return a, b, given["C"] if "C" in given else site_constant(a, b, zero["R0"])


def signal(calibration: Calibration, hz: float, temperature_degc: float = 0.0) -> float:
    """Return the sheet's own formula in the sheet's output unit, without offset, thermal and barometric term."""
    return signal_of(calibration)(hz, temperature_degc)


def signal_of(calibration: Calibration) -> Callable[[float, float], float]:
    """Return `signal` of one sheet, worked out once."""
    x_of, (a, b, c) = INPUT_UNITS[calibration.input_unit], _quadratic(calibration)

    def cold(hz: float, degc: float) -> float:
        x = x_of(hz)
        return (a * x + b) * x + c

    if calibration.form != "six_term":
        return cold
    t2, t1, xt = (calibration.coefficients[name] for name in ("t2", "t", "xt"))
    return lambda hz, degc: cold(hz, degc) + t2 * degc * degc + t1 * degc + xt * x_of(hz) * degc


def slope(calibration: Calibration, hz: float, temperature_degc: float = 0.0) -> float:
    """Return the derivative of pressure by the sheet's variable, turned so that its sign is that by frequency.

    It is linear in x and in T, so over a range its extremes stand at the corners of the range.
    """
    a, b, _ = _quadratic(calibration)
    by_x = 2 * a * sheet_input(hz, calibration.input_unit) + b
    by_x += calibration.coefficients.get("xt", 0.0) * temperature_degc
    return -by_x if calibration.input_unit in _FALLS_WITH_HZ else by_x


def full_scale_hz(full_scale: Mapping[str, float]) -> tuple[float, float]:
    """Return the sheet's range as (lowest, highest) frequency."""
    if "min_hz" in full_scale:
        return full_scale["min_hz"], full_scale["max_hz"]
    return hz_of_digits(full_scale["min_digits"]), hz_of_digits(full_scale["max_digits"])
