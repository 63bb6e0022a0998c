"""The frequency of the strongest tone, by counting its periods in the lags: how a series resembles itself later.

A series times itself k samples later, summed over a stretch, is again a tone of the same frequency in k, and the
noise has averaged out. From that sum over an early stretch the sum over a late one is taken, and everything that
stays falls out: hum with all its harmonics, drives, the mean of the noise. What rings down remains. Filtered to
the sweep's band and folded with itself (each fold squares the power of every tone, so the strongest outgrows the
others), it is one tone, and its phase at lags 1, 2, 4, ... counts its periods.

No spectrum is formed here, and none elsewhere (docs/decisions/0011). Autocorrelation as a pitch meter: L. R.
Rabiner, IEEE Trans. Acoust. Speech Signal Process. 25 (1977) 24-33 [from memory].
"""

import math
from array import array

from firmware.vibrating_wire import kernels, lag_kernels
from firmware.vibrating_wire.band import OUTPUTS
from firmware.vibrating_wire.kernels import SAMPLE_HZ, SCALE, SINE

LAGS = 48  # 3 ms of samples
OUTPUT_LAGS = 32  # of the band-pass's outputs
MOST_SLOW = 8
_LARGEST_PRODUCT = 1 << 19  # 1,600 of them and as many negative ones stay within 31 bits
_FULL = 5700  # of each part of a word, so that the two together stay below 2^13


class Lags:
    """Room for sums over lags and what becomes of them: 1.6 KB."""

    def __init__(self) -> None:
        self.sums = array("i", bytes(8 * LAGS))
        self.folded = array("i", bytes(8 * LAGS))
        self.band = array("i", bytes(8 * LAGS))
        self.words = array("i", bytes(8 * OUTPUTS))


async def hertz(samples: array, stretches: tuple, band_hz: tuple[int, int], room: Lags, pause) -> float:
    """Return the frequency of the strongest tone in one stretch of the samples less another."""
    sums = room.sums
    for place in range(len(sums)):
        sums[place] = 0
    shift, largest = 0, kernels.peak(samples)
    await pause(0)
    while largest * largest >> shift >= _LARGEST_PRODUCT:
        shift += 1
    span = array("i", stretches + (shift,))
    for k in range(0, LAGS, 4):
        kernels.lag_sums(samples, k, span, sums)
        if k % 8:  # every second time
            await pause(0)
    _fill_band(band_hz, room.band)
    _level(sums)
    twice = await _sharpen(room.band, room.folded, 1, pause)
    _level(twice)
    for k in range(LAGS):
        lag_kernels.filter_lags(sums, twice, room.band, k)
    await pause(0)
    sharp = await _sharpen(room.band, sums, 3, pause)
    return _turn(sharp) * SAMPLE_HZ / (2 * math.pi)


async def turn(y: list, stretches: tuple, room: Lags, pause) -> float:
    """Return the turn per output of the strongest tone in one stretch of outputs less another."""
    words = room.words
    _load(y, 0.0, words)
    await pause(0)
    return await _turn_of(words, stretches, room, pause)


async def turn_far_from(around: float, y: list, slow: int, room: Lags, pause) -> tuple[float, list[complex]]:
    """Return the turn of the strongest tone that is not near to `around`, and the outputs without what is near.

    Near is what is as slow as a polynomial of degree `slow` when turned back by `around` an output: of 61
    outputs (0.244 s) a degree of 8 takes out what lies within some 14 Hz, a degree of 4 within 7 Hz. The
    outputs stay turned back, and so does the tone's turn.
    """
    words = room.words
    scale = _load(y, around, words)
    await pause(0)
    lag_kernels.take_slow(words, _SHAPES, slow)
    far = [complex(words[m] / scale, words[m + 1] / scale) for m in range(0, 2 * len(y), 2)]
    _level(words)
    return await _turn_of(words, (0, len(y), 0, 0), room, pause), far


async def _turn_of(words, stretches: tuple, room: Lags, pause) -> float:
    span = array("i", stretches + (len(words) // 2,))
    sums, folded = memoryview(room.sums)[: 2 * OUTPUT_LAGS], memoryview(room.folded)[: 2 * OUTPUT_LAGS]
    for k in range(OUTPUT_LAGS):
        lag_kernels.complex_lag_sum(words, k, span, sums)
    await pause(0)
    return _turn(await _sharpen(sums, folded, 3, pause))


def _load(y: list, around: float, words) -> float:
    """Fill `words` with the outputs turned back, as integers; return what they were multiplied by."""
    largest = 0.0
    for value in y:
        largest = max(largest, abs(value.real), abs(value.imag))
    scale = _FULL / (largest or 1.0)
    back, onward = complex(scale, 0), complex(math.cos(around), -math.sin(around))
    place = 0
    for value in y:
        value *= back
        back *= onward
        words[place] = int(value.real)
        words[place + 1] = int(value.imag)
        place += 2
    return scale


def _polynomials(count: int, degree: int) -> array:
    """Return the orthogonal polynomials over `count` equal steps, each with squares that sum to 2^28.

    Gram's polynomials by their recurrence: F. B. Hildebrand, Introduction to Numerical Analysis (1956), 7.13
    [from memory].
    """
    words = array("h")
    before, now = [0.0] * count, [1.0] * count
    for order in range(degree + 1):
        scale = 16384 / math.sqrt(sum([value * value for value in now]))
        words.extend(array("h", [round(scale * value) for value in now]))
        back = order * order * (count * count - order * order) / (16 * order * order - 4) if order else 0.0
        before, now = now, [(m - (count - 1) / 2) * now[m] - back * before[m] for m in range(count)]
    return words


async def _sharpen(words, other, times: int, pause):
    for _ in range(times):
        _level(words)
        for k in range(len(words) // 2):
            lag_kernels.fold(words, other, k)
        await pause(0)
        words, other = other, words
    return words


def _level(words) -> None:
    """Shift words alike, so that the largest magnitude is from 2^12 to 2^13; silence stays."""
    bits, up, down = lag_kernels.magnitudes(words), 0, 0
    while bits >> down > 8191:
        down += 1
    while 0 < bits << up < 4096:
        up += 1
    lag_kernels.shift(words, up, down)


def _turn(words) -> float:
    """Return the phase that a tone gains from one lag to the next, from lags twice as far each time."""
    found, lag = 0.0, 1
    while 4 * lag <= len(words):
        ahead = math.atan2(words[2 * lag + 1], words[2 * lag]) - found * lag
        found += (ahead - 2 * math.pi * round(ahead / (2 * math.pi))) / lag
        lag *= 2
    return found


def _fill_band(band_hz: tuple[int, int], words: array) -> None:
    """Fill `words` with the lags of a one-sided band-pass: Hann taper, sin(half k) / k, turned to the middle."""
    middle, half = (band_hz[0] + band_hz[1]) // 2, (band_hz[1] - band_hz[0]) // 2
    for k in range(LAGS):
        taper = SCALE + SINE[(128 + 256 * k // LAGS) & 511] >> 3
        weight = taper * SINE[(half * k * 8 + 125) // 250 & 511] // k if k else taper * (13 * half)
        weight >>= 14
        place = (middle * k * 8 + 125) // 250
        words[2 * k] = weight * SINE[place + 128 & 511] >> 15
        words[2 * k + 1] = weight * SINE[place & 511] >> 15


_SHAPES = _polynomials(OUTPUTS, MOST_SLOW)
