"""What the front end is asked: one row a case, and the figures that come out. No judgement: that is gate.py.

`short()` is what CI asks (about a second a case); `grid()` asks every cable with every wire, for the long form.
"""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy

from hardware.front_end import runs
from hardware.front_end.decks import BRIDGE_V, PARTS, Cable, Sensor, Trouble, number
from hardware.front_end.listening import Heard, half_periods, heard
from hardware.front_end.runs import Parts

CABLES_M = (10, 300, 1000)
WIRES_HZ = (450.37, 900.37, 1600.37, 2800.37, 4000.37, 5400.37)
SEEDS = (1, 2)  # two captures are a reading
FULL_SCALE_SHARE = 1e-3
Figures = dict[str, float]


class Case(NamedTuple):
    """A ring-down: where, what rings, what is wrong."""

    name: str
    cable: Cable
    sensor: Sensor
    trouble: Trouble = Trouble()


def wire(hz: float = 2800.37, emf_v: float = 2e-3) -> Sensor:
    """Return a coil with a wire of that frequency and start EMF."""
    return Sensor(hz=hz, emf_v=emf_v)


def short() -> list[Case]:
    """Return the cases of CI."""
    return [
        Case("cable_10m", Cable(m=10), wire()),
        Case("cable_1000m", Cable(m=1000), wire()),
        Case("low_wire", Cable(), wire(450.37)),
        Case("faint", Cable(), wire(emf_v=50e-6)),
        Case("twice_too_strong", Cable(), wire(emf_v=40e-3)),
        Case("hum_between", Cable(), wire(), Trouble(between_v=5e-3)),
        Case("hum_common", Cable(m=1000), wire(), Trouble(common_v=2.0)),
        Case("leak", Cable(), wire(), Trouble(leak_ohm=7.5e3)),
    ]


def grid() -> Iterator[Case]:
    """Yield every cable with every wire and three strengths."""
    for m in CABLES_M:
        for hz in WIRES_HZ:
            for emf_v in (50e-6, 2e-3, 15e-3):
                yield Case(f"{m}m_{hz:.0f}hz_{emf_v * 1e6:.0f}uv", Cable(m=m), wire(hz, emf_v))


def listened(case: Case, parts: Parts = PARTS) -> tuple[list[Heard], float]:
    """Return what the logger hears, one reading each two seeds, and the true rms in uV over the capture."""
    rows = runs.waveform(case.cable, case.sensor, case.trouble, parts)
    noise = runs.noise_v(case.cable, case.sensor, parts)
    scale = runs.nanovolt_per_count(gain_at(case, parts), parts)
    made = runs.captures(rows, noise, SEEDS, parts)
    pairs = zip(made[::2], made[1::2], strict=True)
    return [heard(pair, scale, case.sensor.hz) for pair in pairs], true_microvolt(case.sensor)


def gain_at(case: Case, parts: Parts = PARTS) -> float:
    """Return the gain at the wire's frequency, which `nanovolt_per_count` of the site file is made of."""
    return runs.gain(runs.response(case.cable, case.sensor, parts=parts), case.sensor.hz)


def true_microvolt(sensor: Sensor) -> float:
    """Return the rms of the EMF over the capture."""
    lost = 2 * runs.CAPTURE_S / sensor.decay_s
    start_v = sensor.emf_v * math.exp(-runs.BEFORE_CAPTURE_S / sensor.decay_s)
    return 1e6 * start_v * math.sqrt((1 - math.exp(-lost)) / lost / 2)


def ring_downs(parts: Parts = PARTS, cases: list[Case] | None = None) -> Figures:
    """Return each case's worst error in mHz, and the amplitude's in per cent; no reading is 1 MHz off."""
    figures: Figures = {}
    chosen = short() if cases is None else cases
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: listened(case, parts), chosen))
    for case, (found, microvolt) in zip(chosen, answers, strict=True):
        errors = [abs(one.hz - case.sensor.hz) if one.hz is not None else 1e6 for one in found]
        figures[f"{case.name}.error_mhz"] = 1000 * max(errors)
        figures[f"{case.name}.amplitude_percent"] = 100 * max(abs(one.microvolt / microvolt - 1) for one in found)
    return figures


def responses(parts: Parts = PARTS) -> Figures:
    """Return gain, noise, resonance and the mains' share of each cable."""
    figures: Figures = {}
    flat = runs.response(Cable(m=1), parts=parts)
    for m in CABLES_M:
        rows = runs.response(Cable(m=m), parts=parts)
        middle = runs.gain(rows, 2800)
        figures[f"response_{m}m.gain"] = middle
        figures[f"response_{m}m.resonance_db"] = runs.resonance_db(rows, flat)
        figures[f"response_{m}m.at_400hz_db"] = 20 * math.log10(runs.gain(rows, 400) / middle)
        figures[f"response_{m}m.at_6000hz_db"] = 20 * math.log10(runs.gain(rows, 6000) / middle)
        figures[f"response_{m}m.at_50hz_db"] = 20 * math.log10(runs.gain(rows, 50) / middle)
        figures[f"response_{m}m.noise_uv"] = 1e6 * runs.noise_v(Cable(m=m), parts=parts) / middle
    return figures


def drives(parts: Parts = PARTS) -> Figures:
    """Return the coil's current in the logger's own sweep, and the share that a wire stores on a long cable."""
    figures: Figures = {}
    half_us = half_periods(wire().hz)
    ends = (min(CABLES_M), max(CABLES_M))
    swept = {m: runs.drive(Cable(m=m), half_us, wire(), parts) for m in ends}
    for m in ends:
        rows = swept[m]
        figures[f"drive_{m}m.peak_ma"] = 1000 * float(numpy.abs(rows[:, 1]).max())
        figures[f"drive_{m}m.mean_ma"] = 1000 * abs(float(rows[:, 1].mean()))
        figures[f"drive_{m}m.rest_ma"] = 1000 * abs(float(rows[rows[:, 0] < 6.9e-3, 1][-1]))
        figures[f"drive_{m}m.answer"] = runs.answer(rows, wire()) / runs.answer(swept[ends[0]], wire())
    return figures


def recovery(parts: Parts = PARTS) -> Figures:
    """Return when a wire is heard as if nothing had been on the cable, and how far an overload reaches."""
    troubles = (Trouble(kick_v=BRIDGE_V), Trouble())
    kicked, quiet = (runs.waveform(Cable(), wire(), trouble, parts, 0.06) for trouble in troubles)
    kicked[:, 1] -= quiet[:, 1]  # an amplifier at its rail gives nothing, not even what the wire says
    full_scale_v = number("U4", parts)
    strong = runs.waveform(Cable(), wire(emf_v=60e-3), parts=parts, end_s=0.05)
    late = strong[strong[:, 0] > 0.03]
    return {
        "recovery.ms": 1000 * runs.settled_s(kicked, 1e-3, FULL_SCALE_SHARE * full_scale_v),
        "overload.reach": float(numpy.abs(late[:, 1]).max()) / full_scale_v,
    }


def all_figures(parts: Parts = PARTS) -> Figures:
    """Return every figure that expected.json has a limit for."""
    return {**responses(parts), **drives(parts), **recovery(parts), **ring_downs(parts)}
