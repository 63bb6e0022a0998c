"""The units that people speak, side by side: kPa, metres of water, kgf/cm2, psi; digits beside hertz. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from seepline.instruments.units import PRESSURE_KPA


class Spoken(NamedTuple):
    """A value in one unit, and how many decimals a person reads."""

    value: float
    unit: str
    decimals: int


_PRESSURES = (("kPa", 2), ("m H2O", 3), ("kgf/cm2", 4), ("psi", 3), ("bar", 4))
_LENGTHS = {"m": (("m", 1.0, 3), ("ft", 1 / 0.3048, 2)), "mm": (("mm", 1.0, 2), ("in", 1 / 25.4, 3))}
_TEMPERATURE = "degC"


def spoken(value: float, unit: str) -> tuple[Spoken, ...]:
    """Return a value in its own unit first, then in the others that people use for it.

    Pressures by seepline.instruments.units (SI Brochure, 9th edition; NIST SP 811 (2008), Appendix B).

    >>> [f"{one.value:.{one.decimals}f} {one.unit}" for one in spoken(98.0665, "kPa")]
    ['98.07 kPa', '10.000 m H2O', '1.0000 kgf/cm2', '14.223 psi', '0.9807 bar']
    >>> [one.unit for one in spoken(1.0, "deg")]
    ['deg']
    """
    return tuple(_others(value, unit)) or (Spoken(value, unit, 4 if unit == "deg" else 2),)


def digits(hertz: float) -> Spoken:
    """Return a vibrating wire's frequency in digits: f squared over 1000. Source: Geokon, Model 4500 manual.

    >>> digits(2900.0)
    Spoken(value=8410.0, unit='digits', decimals=1)
    """
    return Spoken(hertz * hertz / 1000, "digits", 1)


def _others(value: float, unit: str) -> Iterator[Spoken]:
    if unit == "kPa":
        for name, decimals in _PRESSURES:
            yield Spoken(value / PRESSURE_KPA[name], name, decimals)
    elif unit == _TEMPERATURE:
        yield Spoken(value, "°C", 2)
    else:
        for name, factor, decimals in _LENGTHS.get(unit, ()):
            yield Spoken(value * factor, name, decimals)
