"""How far a channel's value may be off, from sensor to database: each part in the channel's unit, with source.

Parts are limits (of two standard deviations where they scatter) and are added in squares: they do not know of each
other. What nobody has said of a gauge, a bead or a probe is a part without a figure: the sum then says so, and is
what the logger adds. From the record to the database nothing is added: whole numbers, then double precision.

    vibrating wire   frequency (bench M4), wire step, thermal term, barometric term, the gauge's own
    thermistor       converter (bench M2), leads, the bead's own
    4 to 20 mA       converter and shunt (bench M1), the probe's own
"""

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import NamedTuple

HZ_MEAN, HZ_SCATTER = 0.02, 0.10  # bench M4: mean, and twice its standard deviation
HZ_STEP = 0.0005
BOX_SHARE, BOX_DEGC = 0.002, 0.1  # bench M2: whichever is more
LOOP_SHARE, LOOP_SCATTER_MA = 0.0005, 0.004  # bench M1: mean, and twice 2 uA
COPPER_PER_K = 0.0039
SPAN_MA = 16.0


class Part(NamedTuple):
    """One part of an error in the channel's unit; None: nobody has said it."""

    name: str
    error: float | None
    source: str


def total(parts: Sequence[Part]) -> float:
    """Return the parts that have a figure, added in squares.

    >>> total([Part("a", 3.0, ""), Part("b", None, ""), Part("c", 4.0, "")])
    5.0
    """
    return sqrt(sum(part.error**2 for part in parts if part.error is not None))


def unsaid(parts: Sequence[Part]) -> list[str]:
    """Return the names of the parts that nobody has said."""
    return [part.name for part in parts if part.error is None]


def of_percent(name: str, percent: float | None, span: float, source: str) -> Part:
    """Return a maker's per cent of full scale as a part.

    >>> of_percent("gauge", 0.1, 350.0, "sheet").error
    0.35000000000000003
    """
    return Part(name, None if percent is None else percent / 100 * span, source)


def lead_ohm(cable_m: float, ohm_per_km: float, kelvin: float) -> float:
    """Return by how much the leads of a thermistor differ from what is subtracted, so far from 20 degC.

    A pair of 300 m at 85 ohm/km, the ground 12 K from 20 degC:

    >>> round(lead_ohm(300, 85, 12), 2)
    2.39
    """
    return 2 * cable_m * ohm_per_km / 1000 * COPPER_PER_K * kelvin


def thermistor(
    ohm: float, ohm_per_k: float, cable_m: float, ohm_per_km: float, kelvin: float, bead_degc: float | None
) -> Iterator[Part]:
    """Yield the parts of a temperature in degC; `ohm_per_k` is the bead's slope there, above zero.

    A bead of 3 kohm at 10 degC has 5968 ohm and 286 ohm/K; its leads are 300 m, their resistance not said:

    >>> [part.error and round(part.error, 2) for part in thermistor(5968, 286, 300, 0, 12, 0.5)]
    [0.1, None, 0.5]
    >>> [round(part.error, 3) for part in thermistor(5968, 286, 300, 85, 12, 0.5)]
    [0.1, 0.008, 0.5]
    """
    yield Part("converter", max(BOX_SHARE * ohm / ohm_per_k, BOX_DEGC), "bench M2, not measured yet")
    if not cable_m or not ohm_per_km:
        yield Part("leads", None, "cable_m and cable_ohm_per_km of the channel")
    else:
        source = f"copper, {kelvin:g} K from 20 degC, the rest is subtracted"
        yield Part("leads", lead_ohm(cable_m, ohm_per_km, kelvin) / ohm_per_k, source)
    yield Part("bead", bead_degc, "the bead's sheet, as said" if bead_degc is not None else "bead_degc")


def vibrating_wire(unit_per_hz: float) -> Iterator[Part]:
    """Yield the parts of a pressure that the frequency makes; `unit_per_hz` is the sheet's slope at the reading.

    At 2800 Hz a gauge of 350 kPa over 3000 digits has 0.65 kPa/Hz:

    >>> [round(part.error, 4) for part in vibrating_wire(0.6533)]
    [0.0131, 0.0653, 0.0003]
    """
    yield Part("frequency, mean", abs(unit_per_hz) * HZ_MEAN, "bench M4, not measured yet; simulated 0.005 Hz")
    yield Part("frequency, scatter", abs(unit_per_hz) * HZ_SCATTER, "bench M4, not measured yet")
    yield Part("step of the record", abs(unit_per_hz) * HZ_STEP, "1 mHz on the wire")


def current_loop(unit_per_ma: float, milliampere: float, shunt_percent: float) -> Iterator[Part]:
    """Yield the parts of a value that a loop's current makes.

    A level of 0 to 10 m at 12 mA, shunt of 0.1 %:

    >>> [round(part.error, 4) for part in current_loop(10 / SPAN_MA, 12.0, 0.1)]
    [0.0037, 0.0025, 0.0075]
    """
    yield Part("converter, mean", abs(unit_per_ma) * LOOP_SHARE * milliampere, "bench M1, not measured yet")
    yield Part("converter, scatter", abs(unit_per_ma) * LOOP_SCATTER_MA, "bench M1, not measured yet")
    yield Part("shunt", abs(unit_per_ma) * shunt_percent / 100 * milliampere, "its tolerance, assumed")
