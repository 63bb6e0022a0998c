"""What the ports are asked: one row a strike, and the figures that come out. No judgement: front_end/gate.py.

    clamp_share   peak power of the hardest pressed clamp over what its sheet allows so long: over 1 it dies
    pin_v         at a receiver's pin, or at the amplifier's input
    pin_mj        energy that goes into the receiver's own structure
    resistor_j    energy in one resistor of the first stage
    arrester_a    through the arrester, one leg: below 1 it has not fired

A clamp's rating goes with the square root of the duration (the sheets' curves of power over time): 400 W at 20 us
of an SM712, 400 W at 1000 us of an SMAJ, 600 W of an SMBJ.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy

from hardware.front_end.spice import Numbers, run
from hardware.surge.decks import (
    COMBINATION,
    TELECOM,
    WAVES,
    Port,
    Wave,
    alone,
    bus,
    coil,
    struck,
)

Figures = dict[str, float]
RATED = {"sm712": (400.0, 20e-6), "smaj6": (400.0, 1e-3), "smbj12": (600.0, 1e-3)}  # watt, for how long


class Strike(NamedTuple):
    """A wave into a port; `sign` as `struck` has it."""

    port: Port
    wave: Wave
    volt: int
    sign: int = 1

    @property
    def name(self) -> str:
        """Return the figure's first word."""
        way = {1: "", -1: "_negative", 0: "_one_leg"}[self.sign]
        return f"{self.port.name}_{self.wave.name}_{self.volt}v{way}"


def strikes() -> list[Strike]:
    """Return what is asked: what each port bears, where it ends, and just below the arrester's firing."""
    line, wire = bus(), coil()
    return [
        Strike(line, COMBINATION, 2000),
        Strike(line, COMBINATION, 4000),
        Strike(line, COMBINATION, 4000, -1),
        Strike(line, TELECOM, 1900, 0),
        Strike(line, TELECOM, 2900),
        Strike(line, TELECOM, 2900, -1),
        Strike(line, TELECOM, 4000),
        Strike(wire, COMBINATION, 4000),
        Strike(wire, TELECOM, 1900, 0),
        Strike(wire, TELECOM, 3000),
        Strike(wire, TELECOM, 4000),
    ]


def felt(strike: Strike) -> Figures:
    """Return the figures of one strike."""
    port, wave = strike.port, strike.wave
    kilovolt = strike.volt / 1000
    nodes = [f"na{n}" for n in range(1, len(port.stages))] + ["ka"]
    asked = ["i(Vga)", f"v({port.pin})", "i(Vra1)"]
    for n, node in enumerate(nodes, 1):
        asked += [f"v({node})", f"i(Vca{n})"]
    has_pin = port.pin == "ka"
    deck = struck(port, wave, kilovolt, strike.sign)
    rows = run(deck, _tran(wave), [*asked, *(["i(Vpina)"] if has_pin else [])])
    time_s, arrester_a, pin_v, leg_a = rows.T[:4]
    shares = [
        clamp_share(stage.clamp, time_s, rows[:, 4 + 2 * n] * rows[:, 5 + 2 * n])
        for n, stage in enumerate(port.stages)
        if stage.clamp
    ]
    figures = {
        "clamp_share": max(shares, default=0.0),
        "pin_v": float(numpy.abs(pin_v).max()),
        "resistor_j": float(numpy.trapezoid(leg_a**2 * port.stages[0].leg_ohm, time_s)),
        "arrester_a": float(numpy.abs(arrester_a).max()),
    }
    if has_pin:
        figures["pin_mj"] = 1000 * float(numpy.trapezoid(numpy.abs(pin_v * rows[:, -1]), time_s))
    return {f"{strike.name}.{key}": value for key, value in figures.items()}


def clamp_share(clamp: str, time_s: Numbers, power_w: Numbers) -> float:
    """Return the peak power over what is allowed for as long as it stands above half of it.

    >>> time_s = numpy.arange(0, 100e-6, 1e-7)
    >>> round(clamp_share("sm712", time_s, numpy.where(time_s < 80e-6, 200.0, 0.0)), 2)
    1.0
    """
    power = numpy.abs(power_w)
    long_s = float((power > power.max() / 2).sum() * (time_s[1] - time_s[0]))
    watt, rated_s = RATED[clamp]
    return float(power.max()) / (watt * math.sqrt(rated_s / long_s))


def all_felt(chosen: Sequence[Strike] | None = None) -> Figures:
    """Return the figures of all strikes."""
    found: Figures = {}
    with ThreadPoolExecutor(2) as pool:
        for figures in pool.map(felt, strikes() if chosen is None else chosen):
            found |= figures
    return found


def waveform(wave: Wave) -> Figures:
    """Return peak, front and time to half value of a generator of 1 kV, as IEC 61000-4-5 defines them."""
    open_ = run(alone(wave, 1.0, "open"), _tran(wave), ["v(w)"])
    shorted = run(alone(wave, 1.0, "short"), _tran(wave), ["i(Vo)"])
    figures = {}
    for what, rows, low, factor in (("open", open_, 0.3, 1.67), ("short", shorted, 0.1, 1.25)):
        time_s, value = rows[:, 0], rows[:, 1]
        top = int(value.argmax())
        early, late = numpy.interp([low * value[top], 0.9 * value[top]], value[: top + 1], time_s[: top + 1])
        front_s = factor * float(late - early)
        below = top + int((value[top:] < value[top] / 2).argmax())
        figures[f"{wave.name}_{what}.peak"] = float(value[top])
        figures[f"{wave.name}_{what}.front_us"] = 1e6 * front_s
        figures[f"{wave.name}_{what}.half_us"] = 1e6 * float(time_s[below] - (early - low * front_s))
    return figures


def _tran(wave: Wave) -> str:
    return f"tran {wave.step_s} {wave.end_s} 0 {wave.step_s} uic"


def all_figures() -> Figures:
    """Return every figure that expected.json has a limit for."""
    found: Figures = {}
    for wave in WAVES:
        found |= waveform(wave)
    return {**found, **all_felt()}
