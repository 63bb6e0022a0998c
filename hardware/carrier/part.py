"""One part of the carrier: what it is, where it stands, and the net at each of its pins."""

from collections.abc import Mapping
from typing import NamedTuple


class Part(NamedTuple):
    """`kind` is a row of catalog.toml; x and y in mm from the board's upper left corner, rotation in degrees.

    `pins` names the net of each pin that is connected, by the pin's number; every other pin is open on purpose.
    """

    ref: str
    kind: str
    value: str
    x_mm: float
    y_mm: float
    rotation: int
    pins: Mapping[str, str]


def two(first: str, second: str) -> dict[str, str]:
    """Return the pins of a part with two: 1 and 2."""
    return {"1": first, "2": second}


def row(*nets: str) -> dict[str, str]:
    """Return pins 1, 2, 3 ... in order; an empty name leaves a pin open."""
    return {str(number): net for number, net in enumerate(nets, start=1) if net}
