"""The terms that sheets of different makers share: order of a difference, temperature term, barometer term.

Source: Geokon 4500, Eq. 3 and 4580, Eq. 4; Campbell CR1000 manual 7.8.1.5.3. What is written is added: the stated
order of the difference and the stated factor alone decide the sign.
"""

from collections.abc import Callable, Collection, Mapping

from seepline.instruments import sheet
from seepline.instruments.kind import Fault
from seepline.instruments.units import BAROMETRIC_KPA, THERMAL_KPA_PER_DEGC

_ORDER = {"R1-R0": 1, "R0-R1": -1, "T1-T0": 1, "T0-T1": -1, "S1-S0": 1, "S0-S1": -1}
READING_SIGNS = ("R1-R0", "R0-R1")
_THERMAL_SIGNS = ("T1-T0", "T0-T1")
_BAROMETRIC_SIGNS = ("S1-S0", "S0-S1")

_WHOLE = 1.002  # sheets round their factors

Term = Mapping[str, str | float]


def order(sign: str) -> int:
    """Return +1 for 'R1-R0' (now minus zero) and -1 for 'R0-R1'; likewise for T and S."""
    return _ORDER[sign]


def thermal_kpa(term: Term, temperature_degc: float) -> float:
    """Return the temperature term in kPa, to be added.

    >>> sheet = {"sign": "T1-T0", "unit": "kPa/degC", "factor": 0.1319, "zero_degc": 22.0}
    >>> round(thermal_kpa(sheet, 15.0), 4)  # Geokon 4500: -0.92 kPa
    -0.9233
    """
    return _prepared(term, THERMAL_KPA_PER_DEGC[str(term["unit"])], 1.0, "zero_degc")(temperature_degc)


def barometric_kpa(term: Term, barometer_kpa: float) -> float:
    """Return the barometer term in kPa, to be added.

    >>> sheet = {"sign": "S0-S1", "unit": "kPa/kPa", "factor": 1.0, "zero": 100.2}
    >>> round(barometric_kpa(sheet, 101.3), 4)  # Roctest: - (101.3 - 100.2)
    -1.1
    """
    return _prepared(term, *BAROMETRIC_KPA[str(term["unit"])], "zero")(barometer_kpa)


def prepared_thermal(term: Term) -> Callable[[float], float] | None:
    """Return `thermal_kpa` of one sheet, None for a sheet without the term."""
    return _prepared(term, THERMAL_KPA_PER_DEGC[str(term["unit"])], 1.0, "zero_degc") if term else None


def prepared_barometric(term: Term) -> Callable[[float], float] | None:
    """Return `barometric_kpa` of one sheet, None for a sheet without the term."""
    return _prepared(term, *BAROMETRIC_KPA[str(term["unit"])], "zero") if term else None


def _prepared(term: Term, made_kpa: float, read_per: float, zero_key: str) -> Callable[[float], float]:
    factor, sign, zero = made_kpa * float(term["factor"]), order(str(term["sign"])), float(term[zero_key])
    return lambda now: factor * (sign * (now / read_per - zero))


def _check(where: str, term: Term, signs: Collection[str], units: Collection[str], zero_key: str) -> list[Fault]:
    if not term:
        return []
    rest = {key: value for key, value in term.items() if key not in ("sign", "unit")}
    unit = term.get("unit")
    expected = f"a unit such as {next(iter(units))!r}"
    known = isinstance(unit, str) and unit in units
    return [
        *sheet.choice(f"{where}.sign", term.get("sign"), signs),
        *([] if known else [Fault(f"{where}.unit", repr(unit) if unit else "missing", expected)]),
        *sheet.numbers(where, rest, ("factor", zero_key)),
    ]


def check_thermal(term: Term) -> list[Fault]:
    """Return the faults of a temperature term: sign, unit, factor and zero_degc must all be stated."""
    return _check("thermal", term, _THERMAL_SIGNS, THERMAL_KPA_PER_DEGC, "zero_degc")


def check_barometric(term: Term) -> list[Fault]:
    """Return the faults of a barometer term: sign, unit, factor and zero must all be stated.

    What the air presses on an unvented gauge is taken off, all of it or a part (barometric efficiency): a term
    that adds it, or takes off more than there is, has a wrong sign or unit.
    """
    faults = _check("barometric", term, _BAROMETRIC_SIGNS, BAROMETRIC_KPA, "zero")
    if faults or not term:
        return faults
    taken_off = barometric_kpa(term, 0.0) - barometric_kpa(term, 1.0)
    if 0 < taken_off <= _WHOLE:
        return []
    return [Fault("barometric", f"{taken_off:.4g} kPa taken off per kPa of air", "above 0, at most 1")]
