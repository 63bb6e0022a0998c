"""From a cell's text to a number in the unit that is wanted: decimal sign, words for "no value", units.

A value is converted only where the two units name one physical thing and the way back is exact: digits are the
square of a frequency, degC come from ohm by the constants that the mapping states.
"""

import re
from collections.abc import Callable, Mapping

from collector.imports.form import AnyForm, CsvForm, Heading, Toa5Form
from seepline.instruments import thermistor
from seepline.instruments.units import LENGTH_MM, PRESSURE_KPA
from seepline.instruments.vw_piezometer import hz_of
from seepline.sentinels import meaning

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_LARGEST = 1e15
_DEGC_OF_A_DAM = (-40.0, 0.0, 25.0, 60.0)
_NO_CONSTANTS = "constants A, B, C by which ohm fall while degC rise"
_CAMPBELL_NAN = ("NAN",)  # CRBasic's word; AVW200 manual: a signal too weak is NAN

Scale = Callable[[float], float]

_FACTORS: Mapping[tuple[str, str], float] = {
    ("kHz", "Hz"): 1e3,
    ("kohm", "ohm"): 1e3,
    ("V", "mV"): 1e3,
    ("uA", "mA"): 1e-3,
    ("A", "mA"): 1e3,
    ("cm", "m"): 1e-2,
    ("m3/h", "L/s"): 1 / 3.6,
    **{(unit, "kPa"): factor for unit, factor in PRESSURE_KPA.items()},
    **{(unit, "mm"): factor for unit, factor in LENGTH_MM.items()},
    **{(unit, "m"): factor / 1000 for unit, factor in LENGTH_MM.items()},
}
_OF_A_WIRE = ("digits", "digits/1000", "period_1e-7s")


class CellError(ValueError):
    """A text is no value of its column; says what was expected."""


def missing_words(form: AnyForm) -> frozenset[str]:
    """Return the words that mean "no value" in files of a form."""
    return frozenset((*form.missing, *(_CAMPBELL_NAN if isinstance(form, Toa5Form) else ())))


def number(text: str, decimal: str, missing: frozenset[str]) -> float | None:
    """Return the number in a cell, None for a word that means "no value"; raises CellError.

    >>> number("12,5", ",", frozenset()), number("NAN", ".", frozenset({"NAN"}))
    (12.5, None)
    """
    if text in missing:
        return None
    plain = text.replace(",", ".") if decimal == "," else text
    if not _NUMBER.fullmatch(plain) or (decimal == "," and "." in text):
        raise CellError(_expected(text, decimal, missing))
    value = float(plain)
    if abs(value) > _LARGEST:
        raise CellError(f"a number of at most {_LARGEST:g}")
    return value


def _expected(text: str, decimal: str, missing: frozenset[str]) -> str:
    other = "," if decimal == "." else "."
    if other in text and _NUMBER.fullmatch(text.replace(other, ".")):
        return f"a number with {decimal!r} before its decimals (the source says decimal = {decimal!r})"
    words = ", ".join(repr(word) for word in sorted(missing))
    return "a number, or a word of the source's list `missing`" + (f": {words}" if words else ", which is empty")


def decimal_of(form: AnyForm) -> str:
    """Return the sign before the decimals: makers' own forms have a point."""
    return form.decimal if isinstance(form, CsvForm) else "."


def scale(heading: Heading, unit: str) -> Scale | None:
    """Return the function from a column's unit to `unit`, None when there is none.

    >>> scale(Heading(column="R", unit="digits"), "Hz")(9000.0)
    3000.0
    """
    if heading.unit == unit:
        return lambda value: value
    if unit == "Hz" and heading.unit in _OF_A_WIRE:
        return lambda value: _wire(value, heading.unit)
    if unit == "ohm" and heading.unit == "degC" and not thermistor_faults(heading):
        given = {key: float(value) for key, value in heading.thermistor.items()}
        return lambda value: _ohm(value, given)
    factor = _FACTORS.get((heading.unit, unit))
    return None if factor is None else lambda value: factor * value


def but_sentinels(made: Scale, maker: str | None) -> Scale:
    """Return the same function, but a maker's number for "no reading" stays that number in every unit.

    >>> but_sentinels(lambda khz: 1000 * khz, "campbell")(-9999999.0)
    -9999999.0
    """
    return lambda value: value if meaning(maker, value) else made(value)


def thermistor_faults(heading: Heading) -> list[str]:
    """Return what is wrong with the constants by which ohm are to be made of degC."""
    given = heading.thermistor
    numbers = {key: value for key, value in given.items() if isinstance(value, float)}
    if numbers.keys() != {"A", "B", "C"} or numbers != given:
        return ["thermistor = { A = ..., B = ..., C = ... }: Steinhart and Hart's constants"]
    try:
        falls = [_ohm(degc, numbers) for degc in _DEGC_OF_A_DAM]
    except CellError as error:
        return [str(error)]
    return [] if falls == sorted(falls, reverse=True) else [_NO_CONSTANTS]


def _wire(value: float, unit: str) -> float:
    if value < 0 or (value == 0 and unit == "period_1e-7s"):
        raise CellError(f"0 or more {unit}; a word for no reading belongs in the source's list `missing`")
    hz = hz_of(value, unit)
    if hz > _LARGEST:
        raise CellError(f"a reading of at most {_LARGEST:g} Hz")
    return hz


def _ohm(degc: float, given: Mapping[str, float]) -> float:
    if not -100 < degc < 300:
        raise CellError("-100 to 300 degC; a word for no reading belongs in the source's list `missing`")
    try:
        ohm = thermistor.steinhart_hart_ohm(degc, given["A"], given["B"], given["C"])
    except (ValueError, ZeroDivisionError, OverflowError):
        raise CellError(_NO_CONSTANTS) from None
    if not 0 < ohm < _LARGEST:
        raise CellError(_NO_CONSTANTS)
    return ohm
