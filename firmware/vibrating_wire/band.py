"""The band-pass about one of the 31.25 Hz grid points: a complex output every HOP samples, and what it means.

A fixed filter leaves a damped sinusoid a damped sinusoid (each output is the last one times the same complex
ratio), so nothing is lost but the noise and hum outside +-250 Hz, 92 dB down.
"""

import math
from array import array

from firmware.vibrating_wire import kernels
from firmware.vibrating_wire.kernels import BLACKMAN_HARRIS, CAPTURE, GAIN, HOP, POINTS, SAMPLE_HZ, TAPS

OUTPUTS = (CAPTURE - TAPS) // HOP + 1
FIRST = (TAPS / 2 - 0.5) / HOP  # outputs from the capture's start to the middle of the first window
TURN_PER_HZ = 2 * math.pi * HOP / SAMPLE_HZ
_GRID_UHZ = 1000000 * SAMPLE_HZ // POINTS
_OUTPUT_UHZ = 1e6 / TURN_PER_HZ
_A_SLICE = 8  # outputs


class Band:
    """Room for the taps and the outputs: 1.5 KB."""

    def __init__(self) -> None:
        self.taps = array("h", bytes(4 * TAPS))
        self.words = array("i", bytes(8 * OUTPUTS))


async def outputs(samples: array, centre: int, room: Band, pause) -> list[complex]:
    """Return the OUTPUTS of the band-pass at grid point `centre`, in counts of a complex tone."""
    kernels.make_taps(centre, room.taps)
    words = room.words
    for m in range(OUTPUTS):
        if m % _A_SLICE == 0:
            await pause(0)
        kernels.band_pass(samples, room.taps, m, words)
    return [complex(words[m] / GAIN, words[m + 1] / GAIN) for m in range(0, 2 * OUTPUTS, 2)]


def grid(hz: float) -> int:
    """Return the nearest grid point."""
    return int(hz * POINTS / SAMPLE_HZ + 0.5)


def beyond(s: complex, centre: int) -> float:
    """Return the turn per output by which a tone differs from the band-pass's centre."""
    turn = s.imag - 2 * math.pi * (centre % 8) / 8
    return turn - 2 * math.pi * round(turn / (2 * math.pi))


def hertz(s: complex, centre: int) -> float:
    """Return the frequency of a tone seen at `centre`, in single precision."""
    return centre * (SAMPLE_HZ / POINTS) + beyond(s, centre) / TURN_PER_HZ


def microhertz(s: complex, centre: int) -> int:
    """Return the frequency of a tone: the grid point exactly, the rest in single precision, good to a few."""
    return centre * _GRID_UHZ + round(beyond(s, centre) * _OUTPUT_UHZ)


def gain(s: complex, centre: int) -> float:
    """Return what is let through of a tone, of 1 in the middle.

    Transform of a sum of cosines over TAPS samples: F. J. Harris, Proc. IEEE 66 (1978) 51-83.
    """
    bins = beyond(s, centre) * TAPS / HOP / (2 * math.pi)
    total = 0.0
    for order in range(-3, 4):
        x = math.pi * (bins - order)
        share = math.sin(x) / math.sin(x / TAPS) / TAPS if abs(x) > 1e-4 else 1.0
        total += abs(BLACKMAN_HARRIS[abs(order)]) / (2 if order else 1) * share
    return total / BLACKMAN_HARRIS[0]
