"""Units as dimension vectors: a factor to SI base units and the powers of what it measures.

Source: SI Brochure, 9th edition (2019). Degrees Celsius count as differences: a product with a temperature in degC
is the engineer's empirical factor, not physics. An angle is a dimension of its own: nobody adds it to a ratio.
"""

import re
from typing import NamedTuple

_BASE = ("m", "kg", "s", "degC", "A", "rad")


class Unit(NamedTuple):
    """A factor to base units, and the powers of m, kg, s, degC, A and rad."""

    factor: float
    powers: tuple[int, ...]

    def times(self, other: "Unit", power: int = 1) -> "Unit":
        """Return the product with a power of another unit."""
        powers = tuple(mine + power * theirs for mine, theirs in zip(self.powers, other.powers, strict=True))
        return Unit(self.factor * other.factor**power, powers)

    @property
    def words(self) -> str:
        """Return the dimension in base units: 'm-1 kg s-2', '1' for a pure number."""
        known = [(name, power) for name, power in zip(_BASE, self.powers, strict=True) if power]
        return " ".join(name if power == 1 else f"{name}{power}" for name, power in known) or "1"


def _base(name: str) -> Unit:
    return Unit(1.0, tuple(int(name == base) for base in _BASE))


ONE = _base("")
ANGLE = _base("rad")
_N = _base("kg").times(_base("m")).times(_base("s"), -2)
_PA = _N.times(_base("m"), -2)


def _scaled(factor: float, unit: Unit) -> Unit:
    return Unit(factor * unit.factor, unit.powers)


_ATOMS = {
    "1": ONE,
    "%": Unit(0.01, ONE.powers),
    "m": _base("m"),
    "cm": _scaled(0.01, _base("m")),
    "mm": _scaled(0.001, _base("m")),
    "km": _scaled(1000.0, _base("m")),
    "L": _scaled(0.001, Unit(1.0, tuple(3 * power for power in _base("m").powers))),
    "s": _base("s"),
    "min": _scaled(60.0, _base("s")),
    "h": _scaled(3600.0, _base("s")),
    "d": _scaled(86400.0, _base("s")),
    "kg": _base("kg"),
    "N": _N,
    "kN": _scaled(1000.0, _N),
    "Pa": _PA,
    "hPa": _scaled(100.0, _PA),
    "kPa": _scaled(1000.0, _PA),
    "bar": _scaled(100_000.0, _PA),
    "degC": _base("degC"),
    "mA": _scaled(0.001, _base("A")),
    "rad": ANGLE,
    "deg": _scaled(3.141592653589793 / 180, ANGLE),
}
_PART = re.compile(r"(1|%|[A-Za-z]+)(-?[1-9])?")


def unit(text: str) -> Unit:
    """Return a unit such as 'kPa', 'mm/h', 'kN/m3', 'kg m-1 s-2'; raises ValueError with what is not known.

    >>> unit("kN/m3").factor, unit("kN/m3").words, unit("L/s").words
    (1000.0, 'm-2 kg s-2', 'm3 s-1')
    """
    over, *under = text.split("/")
    made = ONE
    for sign, parts in ((1, over), *((-1, part) for part in under)):
        for part in parts.split(" "):
            found = _PART.fullmatch(part)
            if found is None or found[1] not in _ATOMS:
                raise ValueError(f"{part!r} of [{text}] is no unit known here")
            made = made.times(_ATOMS[found[1]], sign * int(found[2] or 1))
    return made
