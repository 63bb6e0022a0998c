"""Thermistor: temperature (degC) from resistance (ohm).

Source: Steinhart and Hart (1968), as printed with its constants in RST VW2100 p. 33 (3 kohm bead), Geokon 4700
p. 12 (8.2 kohm) and Geokon 8002-4-1 p. 52 (10 kohm, with a fifth-power term). Manuals print -273.2 or -273.15;
here it is always 273.15.

Input: `resistance` (ohm). Lead resistance is subtracted before (seepline.convert). Keys of a calibration:

    form = "steinhart_hart"    T = 1 / (A + B ln R + C (ln R)^3 + D (ln R)^5) - 273.15    { A, B, C, [D] }
    form = "polynomial_ln_r"   T = c0 + c1 ln R + c2 (ln R)^2 + ...                       { c0, c1, ... }
    form = "polynomial_r"      T = c0 + c1 R + c2 R^2 + ...                               { c0, c1, ... }
    and optionally: offset_degc, added; point_ohm with point_degc, a point that the sheet itself states: constants
    that miss it by more than 0.5 degC are refused
    input_unit = "ohm", output_unit = "degC"; no sign, no zero

In another instrument's sheet the same stands in one table: thermistor = { form = "steinhart_hart", A = ..., ... }.
"""

from collections.abc import Callable, Mapping
from math import cbrt, exp, log, sqrt

from seepline.instruments import sheet
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.site import Calibration, Instrument

ZERO_DEGC_K = 273.15
_POINT_TOLERANCE_DEGC = 0.5
_OPTIONAL = ("offset_degc", "point_ohm", "point_degc")

Coefficients = Mapping[str, float]


def steinhart_hart_degc(ohm: float, a: float, b: float, c: float, d: float = 0.0) -> float:
    """Return degC of a resistance above zero.

    >>> round(steinhart_hart_degc(3000.0, 1.4051e-3, 2.369e-4, 1.019e-7), 3)
    24.992
    """
    ln = log(ohm)
    return 1 / (a + b * ln + c * ln**3 + d * ln**5) - ZERO_DEGC_K


def steinhart_hart_ohm(degc: float, a: float, b: float, c: float) -> float:
    """Return the resistance that has a temperature: the other way round, in closed form (C above zero).

    A foreign logger that writes degC has used such constants; with them its reading is ohm again.

    >>> round(steinhart_hart_ohm(0.0, 1.4051e-3, 2.369e-4, 1.019e-7), 1)
    9787.1
    """
    x = (a - 1 / (degc + ZERO_DEGC_K)) / c
    y = sqrt((b / (3 * c)) ** 3 + x * x / 4)
    return exp(cbrt(y - x / 2) - cbrt(y + x / 2))


def polynomial(x: float, coefficients: Coefficients) -> float:
    """Return c0 + c1 x + c2 x^2 + ...

    >>> polynomial(2.0, {"c0": 1.0, "c1": 10.0, "c2": 100.0})
    421.0
    """
    powers = [int(key[1:]) for key in coefficients if key[0] == "c"]
    return sum(coefficients[f"c{power}"] * x**power for power in powers)


def _steinhart_hart(ohm: float, given: Coefficients) -> float:
    return steinhart_hart_degc(ohm, given["A"], given["B"], given["C"], given.get("D", 0.0))


_FORMS: Mapping[str, Callable[[float, Coefficients], float]] = {
    "steinhart_hart": _steinhart_hart,
    "polynomial_ln_r": lambda ohm, given: polynomial(log(ohm), given),
    "polynomial_r": polynomial,
}


def temperature(form: str, coefficients: Coefficients, ohm: float) -> Converted:
    """Return degC; a fault when the resistance is not above zero or has no temperature by this formula."""
    if ohm <= 0:
        return Converted(None, fault=f"the thermistor has {ohm:g} ohm without its leads: shorted")
    try:
        degc = _FORMS[form](ohm, coefficients) + coefficients.get("offset_degc", 0.0)
    except (ZeroDivisionError, OverflowError):
        degc = -ZERO_DEGC_K
    if not -ZERO_DEGC_K < degc < 1e4:
        return Converted(None, fault=f"a thermistor of {ohm:g} ohm has no temperature by {form}")
    return Converted(degc)


def split(table: Mapping[str, str | float]) -> tuple[str, dict[str, float]]:
    """Return (form, coefficients) of a thermistor table in another instrument's sheet."""
    return str(table.get("form", "")), {key: float(value) for key, value in table.items() if key != "form"}


def _required(form: str, given: Mapping[str, object]) -> tuple[str, ...]:
    if form == "steinhart_hart":
        return ("A", "B", "C")
    powers = [int(key[1:]) for key in given if key[0:1] == "c" and key[1:].isdecimal() and len(key) <= 3]
    return tuple(f"c{power}" for power in range(max([1, *powers]) + 1))


def check_coefficients(where: str, form: object, given: Mapping[str, str | float]) -> list[Fault]:
    """Return every fault of a thermistor's form and constants; `where` names the table they stand in."""
    if not isinstance(form, str) or form not in _FORMS:
        return sheet.choice("form" if where == "coefficients" else f"{where}.form", form, _FORMS)
    optional = (("D",) if form == "steinhart_hart" else ()) + _OPTIONAL
    faults = sheet.numbers(where, given, _required(form, given), optional)
    return faults or _check_point(where, form, {key: float(value) for key, value in given.items()})


def _check_point(where: str, form: str, given: Coefficients) -> list[Fault]:
    stated = [key for key in ("point_ohm", "point_degc") if key in given]
    if len(stated) == 1:
        return [Fault(where, f"{stated[0]} alone", "point_ohm and point_degc together")]
    if not stated:
        return []
    made = temperature(form, given, given["point_ohm"])
    if made.value is not None and abs(made.value - given["point_degc"]) <= _POINT_TOLERANCE_DEGC:
        return []
    found = made.fault or f"{made.value:.2f} degC at {given['point_ohm']:g} ohm"
    return [Fault(where, found, f"{given['point_degc']:g} degC as the sheet's point says")]


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of a thermistor's sheet."""
    return [
        *sheet.choice("input_unit", calibration.input_unit, ("ohm",)),
        *sheet.choice("output_unit", calibration.output_unit, ("degC",)),
        *check_coefficients("coefficients", calibration.form, calibration.coefficients),
        *sheet.unused(calibration, "sign", "zero", "thermal", "barometric", "thermistor", "full_scale"),
    ]


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity."""
    return {"temperature": ("resistance",)}


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return the temperature in degC."""
    return {"temperature": temperature(calibration.form, calibration.coefficients, values["resistance"])}


KIND = InstrumentKind(
    name="thermistor",
    primary="resistance",
    inputs={"resistance": "ohm"},
    quantities=("temperature",),
    needs=needs,
    check=check,
    convert=convert,
)
