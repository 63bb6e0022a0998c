"""Signal model of a plucked wire, hum, noise and converter; runs under CPython and under MicroPython.

A plucked wire's first mode is a damped oscillator, y(t) = A exp(-t / tau) sin(2 pi f t + phase), f = sqrt(T /
m) / 2 L (Rayleigh, The Theory of Sound, vol. 1, ch. VI); the coil's EMF is proportional to the wire's velocity,
so it is the same damped sinusoid with another amplitude and phase (Faraday's law; the term A / tau, below 1/300
of the rest, is inside them). Added: hum lines of one mains frequency near 50 Hz, white noise, the converter's
clock error (the same for every frequency, taken out of the error here and given apart), rounding to 12 to 16
bits, clipping.

Signal-to-noise ratio: mean power of the wire over the record / noise power from 0 to 8 kHz.
"""

import math
from array import array
from collections import namedtuple

SAMPLE_HZ = 16000
CAPTURE = 4096
DECAYS_S = (0.05, 0.2, 0.5)
SNRS_DB = (6, 10, 20, 30, 40)
PEAK = 9000  # amplitude of the wire in counts of 16 bits, less where noise or hum needs the room
LOWEST_HZ, HIGHEST_HZ = 1800, 3200


def _hum(high) -> dict:
    """Return amplitudes of mains harmonics over the wire's first amplitude."""
    amplitudes = {1: 1.0, 3: 0.5, 5: 0.3, 7: 0.2}
    amplitudes.update({order: 0.05 for order in high})
    return amplitudes


HUM = {"none": {}, "lab": _hum((49, 51)), "comb": _hum(range(9, 160, 2))}
Case = namedtuple("Case", ("decay_s", "snr_db", "hum", "bits", "clock_ppm"))


def case(decay_s: float, snr_db: float, hum: str = "none", bits: int = 16, clock_ppm: float = 0.0) -> Case:
    return Case(decay_s, snr_db, hum, bits, clock_ppm)


def mean_square(decay_s: float) -> float:
    """Return the mean square over a capture of the damped sinusoid of amplitude 1."""
    return sum([math.exp(-2 * n / SAMPLE_HZ / decay_s) for n in range(CAPTURE)]) / CAPTURE / 2


def noise_rms(of: Case) -> float:
    return math.sqrt(mean_square(of.decay_s) / 10 ** (of.snr_db / 10))


def add_tone(samples: list, hz: float, amplitude: float, phase: float, decay_s: float = math.inf) -> None:
    size = math.exp(-1 / SAMPLE_HZ / decay_s)
    turn = 2 * math.pi * hz / SAMPLE_HZ
    value = complex(amplitude * math.cos(phase), amplitude * math.sin(phase))
    ratio = complex(size * math.cos(turn), size * math.sin(turn))
    for n in range(CAPTURE):
        samples[n] += value.imag
        value *= ratio


def noise(rms: float, random_) -> list:
    """Return normal noise: G. E. P. Box and M. E. Muller, Ann. Math. Statist. 29 (1958) 610-611."""
    samples = []
    for _ in range(CAPTURE // 2):
        size, turn = rms * math.sqrt(-2 * math.log(1 - random_.random())), 2 * math.pi * random_.random()
        samples.append(size * math.cos(turn))
        samples.append(size * math.sin(turn))
    return samples


def capture(of: Case, hz: float, random_) -> array:
    """Return 16-bit counts of one record; `random_` has `random` and `uniform`."""
    stretch = 1 + of.clock_ppm * 1e-6
    samples = noise(noise_rms(of), random_)
    add_tone(samples, hz / stretch, 1.0, random_.uniform(0, 2 * math.pi), of.decay_s)
    mains_hz = random_.uniform(49.9, 50.1)
    for order in HUM[of.hum]:
        phase = random_.uniform(0, 2 * math.pi)
        add_tone(samples, order * mains_hz / stretch, HUM[of.hum][order], phase)
    scale = min(PEAK, 30000 / max([abs(sample) for sample in samples]))
    step = 1 << (16 - of.bits)
    return array("h", [max(-32768, min(32767, step * round(scale * sample / step))) for sample in samples])
