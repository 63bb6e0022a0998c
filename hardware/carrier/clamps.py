"""What stands between a terminal's net and a chip, read from the circuit: resistors, and a clamp behind each."""

from collections.abc import Sequence
from typing import NamedTuple

from hardware.carrier.part import Part

CLAMPS = ("sm712", "tvs6", "tvs12")


class Stage(NamedTuple):
    """A resistor in a leg and, behind it, a clamp to ground by its value; "" is a clamp that is not there."""

    leg_ohm: float
    clamp: str


def stages(parts: Sequence[Part], net: str, chip: str) -> tuple[Stage, ...]:
    """Return what a surge meets on its way along the resistors from a net to a chip; () when there is no way."""
    return _way(parts, net, chip, frozenset({net})) or ()


def _way(parts: Sequence[Part], net: str, chip: str, passed: frozenset[str]) -> tuple[Stage, ...] | None:
    if any(part.ref == chip and net in part.pins.values() for part in parts):
        return ()
    for part in parts:
        here = list(part.pins.values())
        if part.ref.startswith("R") and net in here:
            (behind,) = set(here) - {net} or {net}
            rest = None if behind in passed else _way(parts, behind, chip, passed | {behind})
            if rest is not None:
                return (Stage(ohm(part.value), clamp_at(parts, behind)), *rest)
    return None


def clamp_at(parts: Sequence[Part], net: str) -> str:
    """Return the value of the clamp from a net to ground, "" without one."""
    nets = {"GND", net}
    return next((one.value for one in parts if one.kind in CLAMPS and nets <= set(one.pins.values())), "")


def ohm(value: str) -> float:
    """Return a resistor's value in ohm.

    >>> ohm("10"), ohm("4R7"), ohm("4k7 0.1 %"), ohm("1M"), ohm("0 (bond)")
    (10.0, 4.7, 4700.0, 1000000.0, 0.0)
    """
    first = value.split()[0]
    for letter, factor in (("R", 1.0), ("k", 1e3), ("M", 1e6)):
        if letter in first:
            return float(first.replace(letter, ".") + "0") * factor
    return float(first)
