"""An RS-485 line on paper: its load, its level at rest, its level at the far end, and the rules that it breaks.

Sources: TIA-485-A (a unit load, 32 of them, 1.5 V at least into 54 ohm, 200 mV of threshold); Texas Instruments
SLLA070D (1200 m up to 100 kbit/s; beyond that the product of both, from memory). A unit load is 12 kohm. That ends
are terminated beyond 300 m or 19,200 baud, and stubs of at most 5 m, are rules of this project.
"""

from collections.abc import Iterator
from typing import NamedTuple

UNIT_OHM = 12000.0
MOST_UNIT_LOADS = 32.0
THRESHOLD_V = 0.2
DRIVER_V = 1.5
TERMINATOR_OHM = 120.0
LONGEST_M, LONGEST_STUB_M, FASTEST_BAUD = 1200.0, 5.0, 100_000
UNTERMINATED_M, UNTERMINATED_BAUD = 300.0, 19200


class Line(NamedTuple):
    """A line: `bias_ohm` each way from `bias_v`, at one place; `ohm_per_km` of one conductor."""

    baud: int
    nodes: int
    unit_load: float
    trunk_m: float
    stub_m: float
    terminators: int
    bias_v: float
    bias_ohm: float
    ohm_per_km: float
    true_fail_safe: bool


class Broken(NamedTuple):
    """A rule that a line breaks: which figure, what it is, what would be right."""

    figure: str
    found: str
    expected: str


def unit_loads(line: Line) -> float:
    """Return the load of all nodes."""
    return line.nodes * line.unit_load


def idle_v(line: Line) -> float:
    """Return the level between A and B while nobody drives: the bias over terminators and receivers.

    5 V, twice 560 ohm, two terminators, ten nodes of an eighth; from 3.3 V that is not enough, with 390 ohm it is:

    >>> line = Line(9600, 10, 0.125, 850, 1, 2, 5.0, 560.0, 36.0, True)
    >>> lower, stronger = line._replace(bias_v=3.3), line._replace(bias_v=3.3, bias_ohm=390)
    >>> [round(1000 * idle_v(one)) for one in (line, lower, stronger)]
    [253, 167, 234]
    """
    load = line.terminators / TERMINATOR_OHM + unit_loads(line) / UNIT_OHM
    return line.bias_v if load == 0 else line.bias_v / (1 + 2 * line.bias_ohm * load)


def far_v(line: Line) -> float:
    """Return the weakest driver's level at the other end of the trunk: copper against a terminator.

    >>> round(far_v(Line(9600, 10, 0.125, 1200, 1, 2, 5.0, 560.0, 36.0, True)), 2)
    0.87
    """
    end_ohm = TERMINATOR_OHM if line.terminators else UNIT_OHM / max(unit_loads(line), 0.125)
    return DRIVER_V * end_ohm / (end_ohm + 2 * line.trunk_m * line.ohm_per_km / 1000)


def broken(line: Line) -> Iterator[Broken]:
    """Yield the rules that a line breaks.

    >>> [one.expected for one in broken(Line(9600, 40, 1.0, 200, 1, 0, 5.0, 560.0, 36.0, True))]
    ['at most 32 unit loads (TIA-485-A)']
    """
    bare = line.terminators < 2 and (line.trunk_m > UNTERMINATED_M or line.baud > UNTERMINATED_BAUD)
    for wrong, figure, found, expected in (
        (unit_loads(line) > MOST_UNIT_LOADS, "nodes", f"{unit_loads(line):g} unit loads",
         f"at most {MOST_UNIT_LOADS:g} unit loads (TIA-485-A)"),
        (line.trunk_m > LONGEST_M, "trunk_m", f"{line.trunk_m:g} m", f"at most {LONGEST_M:g} m (SLLA070D)"),
        (line.stub_m > LONGEST_STUB_M, "stub_m", f"{line.stub_m:g} m", f"at most {LONGEST_STUB_M:g} m"),
        (line.trunk_m * line.baud > LONGEST_M * FASTEST_BAUD, "baud", f"{line.baud} over {line.trunk_m:g} m",
         f"metres times baud at most {LONGEST_M * FASTEST_BAUD:.2g}: as 1200 m at 100,000"),
        (bare, "terminators", f"{line.terminators}",
         f"2 of {TERMINATOR_OHM:g} ohm, beyond {UNTERMINATED_M:g} m or {UNTERMINATED_BAUD} baud"),
        (not line.true_fail_safe and idle_v(line) < THRESHOLD_V, "bias_ohm",
         f"{1000 * idle_v(line):.0f} mV at rest", "200 mV or more, or receivers with true fail-safe"),
        (far_v(line) < 2 * THRESHOLD_V, "ohm_per_km", f"{far_v(line):.2f} V at the far end", "0.4 V or more"),
    ):  # fmt: skip
        if wrong:
            yield Broken(figure, found, expected)
