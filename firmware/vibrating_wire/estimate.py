"""Frequency of a plucked or swept wire from one capture: coarse search, then a fit of the damped sinusoid itself.

1. Coarse: eight Hann-windowed transforms of 512 samples, powers added. Gives the strongest response in the band
   to within 31 Hz, and the largest other line between 400 and 6000 Hz.
2. Band-pass at that grid frequency, one complex output every 64 samples. A fixed filter leaves a damped
   sinusoid a damped sinusoid (each output is the last one times the same complex ratio), so nothing is lost but
   the noise and hum outside +-250 Hz, 92 dB down.
3. Least squares of a exp(s m) on those 61 outputs, amplitude a and s = decay + j frequency all unknown: in
   white noise the maximum-likelihood estimate. Linear in a, so only s is iterated (variable projection: G. H.
   Golub and V. Pereyra, SIAM J. Numer. Anal. 10 (1973) 413-432). The start is the peak of the outputs' own
   transform.
4. Lines that stick out of what is left (hum harmonics, drives) are fitted as undamped exponentials and taken
   out, each from the outputs less all the others, in turn (relaxation: J. Li and P. Stoica, IEEE Trans. Signal
   Process. 44 (1996) 281-295).

What does not ring down is no wire: a candidate whose amplitude stays is passed over for the next strongest.
Integers up to the outputs, single precision suffices after. bench/vw_estimator.py holds the limits and the op
count.
"""

import math
from array import array
from collections import namedtuple

from firmware.vibrating_wire import kernels
from firmware.vibrating_wire.kernels import GAIN, HOP, POINTS, TAPS
from firmware.vibrating_wire.ring_down import SAMPLE_HZ, beyond_grid, take_apart, within

CAPTURE = 4096
OUTPUTS = (CAPTURE - TAPS) // HOP + 1
LOWEST_HZ, HIGHEST_HZ = 400, 6000  # what the front end lets through
GRID_MHZ = 1000 * SAMPLE_HZ // POINTS
CANDIDATES = 3
RINGS_DOWN = 0.95  # end over start amplitude: a wire at 5 s decay time; real ones are far below

_SPREAD = 4  # grid points either side that belong to a response
_DETECTED = 5.0  # peak over mean power in the band
_OUTPUT_UHZ = 1e6 * SAMPLE_HZ / (2 * math.pi * HOP)  # one radian per output
_FIRST = (TAPS / 2 - 0.5) / HOP  # outputs from the capture's start to the middle of the first window
_LENGTH = CAPTURE / HOP

# uHz; rms over the capture in counts; end over start amplitude; rms and mHz of the largest other line
Ringing = namedtuple("Ringing", ("frequency_uhz", "rms_count", "decay", "other_count", "other_mhz"))


class Room:
    """The estimator's memory, taken once: about 5 KB."""

    def __init__(self) -> None:
        self.real = array("h", bytes(2 * POINTS))
        self.imaginary = array("h", bytes(2 * POINTS))
        self.tap_real = array("h", bytes(2 * TAPS))
        self.tap_imaginary = array("h", bytes(2 * TAPS))
        self.power = array("i", bytes(4 * (POINTS // 2 + 1)))
        self.outputs = array("i", bytes(8 * OUTPUTS))
        self.span = array("i", bytes(12))
        self.found = array("i", bytes(12))


def estimate(samples: array, low_hz: int, high_hz: int, mains_hz: int, room: Room) -> Ringing | None:
    """Return what rings in the band, or None; `samples` are CAPTURE 16-bit counts at SAMPLE_HZ."""
    up = spectrum(samples, room)
    power = room.power
    low, high = _grid(max(low_hz, LOWEST_HZ)), _grid(min(high_hz, HIGHEST_HZ))
    mean = sum([power[k] for k in range(low, high + 1)]) / (high + 1 - low)
    for centre in candidates(power, low, high):
        if power[centre] <= _DETECTED * mean and power[centre] <= _DETECTED * _floor(power):
            return None
        y = outputs(samples, centre, room)
        wire, lines = take_apart(y, centre, mains_hz, room)
        if math.exp(wire[1].real * _LENGTH) < RINGS_DOWN:
            return _ringing(wire, lines, centre, _other(power, centre, up))
    return None


def spectrum(samples: array, room: Room) -> int:
    """Fill `room.power` with a line's mean square, in counts squared times 4^up, spread by Hann; return up."""
    largest, up = kernels.peak(samples), 0
    while largest and largest << (up + 1) <= 16383:
        up += 1
    if largest > 16383:
        up = -1 if largest < 32768 else -2
    power = room.power
    for k in range(len(power)):
        power[k] = 0
    for start in range(0, CAPTURE, 2 * POINTS):
        kernels.load(samples, start, up, room.real)
        kernels.load(samples, start + POINTS, up, room.imaginary)
        kernels.transform(room.real, room.imaginary)
        kernels.add_power(room.real, room.imaginary, power)
    return up


def candidates(power: array, low: int, high: int) -> list[int]:
    """Return up to CANDIDATES grid points of the band, strongest first, none within another's skirt."""
    found = []
    for _ in range(CANDIDATES):
        best = -1
        for k in range(low, high + 1):
            if (best < 0 or power[k] > power[best]) and _apart(k, found):
                best = k
        if best >= 0:
            found.append(best)
    return found


def outputs(samples: array, centre: int, room: Room) -> list[complex]:
    """Return the band-pass's OUTPUTS, in counts of a complex tone."""
    kernels.make_taps(centre, room.tap_real, room.tap_imaginary)
    kernels.band_pass(samples, room.tap_real, room.tap_imaginary, room.outputs)
    words = room.outputs
    return [complex(words[m] / GAIN, words[m + 1] / GAIN) for m in range(0, 2 * OUTPUTS, 2)]


def _ringing(wire: tuple, lines: list, centre: int, other: tuple[float, int]) -> Ringing:
    a, s = wire
    start = 2 * abs(a) * math.exp(-s.real * _FIRST)  # amplitude of the real sinusoid at the capture's start
    lost = 2 * s.real * _LENGTH
    rms = start * math.sqrt((math.exp(lost) - 1) / lost / 2 if abs(lost) > 0.001 else 0.5)
    for line_a, line_s in lines:
        count = abs(line_a) * math.sqrt(2)
        if count > other[0]:
            other = count, _uhz(line_s, centre) // 1000
    return Ringing(_uhz(s, centre), rms, math.exp(s.real * _LENGTH), other[0], other[1])


def _uhz(s: complex, centre: int) -> int:
    """Return microhertz: the grid point exactly, the rest in single precision, good to a few."""
    return centre * GRID_MHZ * 1000 + round(beyond_grid(s, centre) * _OUTPUT_UHZ)


def _other(power: array, centre: int, up: int) -> tuple[float, int]:
    """Return rms in counts and mHz of the largest line of the pass band outside the wire's skirt."""
    best = 0
    for k in range(_grid(LOWEST_HZ), _grid(HIGHEST_HZ) + 1):
        if abs(k - centre) > _SPREAD and (not best or power[k] > power[best]):
            best = k
    left, middle, right = [power[best + step] + 1.0 for step in (-1, 0, 1)]
    count = math.sqrt((left + middle + right) / 1.5) / math.pow(2, up)
    low, top, high = math.log(left), math.log(middle), math.log(right)
    curve = low + high - 2 * top
    shift = within((low - high) / (2 * curve), 0.5) if curve else 0.0
    return count, best * GRID_MHZ + round(shift * GRID_MHZ)


def _floor(power: array) -> float:
    """Return the mean power of the pass band."""
    low, high = _grid(LOWEST_HZ), _grid(HIGHEST_HZ)
    return sum([power[k] for k in range(low, high + 1)]) / (high + 1 - low)


def _grid(hz: int) -> int:
    return (hz * POINTS + SAMPLE_HZ // 2) // SAMPLE_HZ


def _apart(k: int, found: list[int]) -> bool:
    return all([abs(k - other) > _SPREAD for other in found])
