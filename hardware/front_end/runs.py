"""One run of a deck each: response, noise, drive, a capture; numbers with their units, no judgement."""

import math
from collections.abc import Mapping, Sequence

import numpy

from hardware.front_end.converter import COUNTS, SAMPLE_HZ, counts, sampled
from hardware.front_end.decks import NO_TROUBLE, PARTS, VCC, Cable, Sensor, Trouble, driving, number, receiving
from hardware.front_end.spice import Numbers, run

Parts = Mapping[str, Mapping[str, str]]
BEFORE_CAPTURE_S = 0.037  # dead time and settling: firmware/vibrating_wire/plan.py, less the relay's 7 ms
CAPTURE_S = 0.256
STEP_S = 1e-5
BAND_HZ = (400.0, 6000.0)
SENSOR = Sensor()


def response(
    cable: Cable, sensor: Sensor = SENSOR, trouble: Trouble = NO_TROUBLE, parts: Parts = PARTS
) -> Numbers:
    """Return rows of frequency and gain from EMF to the converter's pin."""
    return run(receiving(sensor, cable, trouble, parts), "ac dec 60 10 100k", ["vm(adc)"])


def gain(rows: Numbers, hz: float) -> float:
    """Return the gain at a frequency."""
    return float(numpy.interp(hz, rows[:, 0], rows[:, 1]))


def resonance_db(rows: Numbers, flat: Numbers) -> float:
    """Return by how much the highest gain in the band stands above that of a short cable at the same frequency."""
    inside = (rows[:, 0] >= BAND_HZ[0]) & (rows[:, 0] <= BAND_HZ[1])
    return float(20 * numpy.log10((rows[inside, 1] / flat[inside, 1]).max()))


def noise_v(cable: Cable, sensor: Sensor = SENSOR, parts: Parts = PARTS) -> float:
    """Return rms volt at the converter's pin from 10 Hz to 8 kHz: coil, resistors, both amplifiers."""
    deck = receiving(sensor, cable, parts=parts)
    rows = run(deck, "noise v(adc) Vac dec 60 10 8k", ["onoise_spectrum"], "noise1")
    return math.sqrt(float(numpy.trapezoid(rows[:, 1] ** 2, rows[:, 0])))


def waveform(
    cable: Cable, sensor: Sensor, trouble: Trouble = NO_TROUBLE, parts: Parts = PARTS, end_s: float | None = None
) -> Numbers:
    """Return rows of time, volt at the converter's pin less mid-rail, volt at the second stage's output."""
    end_s = BEFORE_CAPTURE_S + CAPTURE_S + 0.003 if end_s is None else end_s
    deck = receiving(sensor, cable, trouble, parts) + ".options reltol=1e-5 abstol=1e-13\n"
    rows = run(deck, f"tran {STEP_S} {end_s} 0 {STEP_S}", ["v(adc)", "v(o2)"])
    rows[:, 1] -= VCC / 2
    return rows


def captures(rows: Numbers, noise: float, seeds: Sequence[int], parts: Parts = PARTS) -> list[bytes]:
    """Return one capture a seed, in 16-bit counts of this machine's byte order."""
    full_scale_v = number("U4", parts)
    exact = sampled(rows[:, 0], rows[:, 1], BEFORE_CAPTURE_S, full_scale_v)
    return [counts(exact, noise / full_scale_v * COUNTS, seed).tobytes() for seed in seeds]


def nanovolt_per_count(gain_: float, parts: Parts = PARTS) -> float:
    """Return what one count is at the coil."""
    return number("U4", parts) / COUNTS / gain_ * 1e9


def settled_s(rows: Numbers, after_s: float, volt: float) -> float:
    """Return how long after a moment the converter's pin is back within some volt for good."""
    beyond = numpy.flatnonzero((rows[:, 0] > after_s) & (numpy.abs(rows[:, 1]) > volt))
    return float(rows[beyond[-1], 0] - after_s) if beyond.size else 0.0


def drive(cable: Cable, half_periods_us: Sequence[int], sensor: Sensor = SENSOR, parts: Parts = PARTS) -> Numbers:
    """Return rows of time and coil current: K1 closes at 0 on an empty C1, the sweep begins at 7 ms."""
    end_s = sum(half_periods_us) * 1e-6 + 0.012
    return run(driving(sensor, cable, half_periods_us, parts), f"tran {STEP_S} {end_s} 0 {STEP_S} uic", ["i(Vi)"])


def answer(rows: Numbers, sensor: Sensor) -> float:
    """Return what a wire stores of a drive, in ampere seconds: times the gauge's own factor it is its EMF.

    A wire is a resonator: z' = (-1 / tau + j 2 pi f) z + i(t), stepped exactly; |z| at the end.
    """
    step_s = rows[1, 0] - rows[0, 0]
    back = complex(-1 / sensor.decay_s, 2 * math.pi * sensor.hz) * (rows[-1, 0] - rows[:, 0])
    return abs(complex((rows[:, 1] * numpy.exp(back)).sum() * step_s))


def sample_at(seconds: float) -> int:
    """Return the number of a sample."""
    return round(seconds * SAMPLE_HZ)
