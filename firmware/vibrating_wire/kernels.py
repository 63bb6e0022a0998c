"""The integer loops of the estimator: short transform, band-pass, tables. Compiled to machine code on the logger.

Every product and sum stays within 31 bits and a sign, every word loaded is extended by hand, so viper on 32 bits
(ESP32), viper on 64 bits, bytecode and CPython give the same integers. Tables come from one sine table whose
entries round alike in single and double precision (a test holds that).
"""

import math
from array import array

try:
    import micropython
except ImportError:  # CPython
    from firmware.vibrating_wire import desk as micropython

    ptr16 = ptr32 = micropython.whole

POINTS = 512  # of a transform and of the sine table
HOP = 64  # samples between two outputs of the band-pass
TAPS = 256
_SCALE = 32748  # near full, and no entry within 0.016 of a rounding edge: single precision rounds alike
_WINDOW_SUM = 1 << 19  # with products shifted by 4: full scale on every sample stays within 2^30
GAIN = _WINDOW_SUM / 16 * _SCALE / 32768  # of the band-pass for a complex tone at its centre

# 4-term Blackman-Harris window, side lobes -92 dB: F. J. Harris, Proc. IEEE 66 (1978) 51-83, table 1.
_BLACKMAN_HARRIS = (0.35875, -0.48829, 0.14128, -0.01168)


def _sine() -> array:
    return array("h", [round(_SCALE * math.sin(2 * math.pi * j / POINTS)) for j in range(POINTS)])


def _reversed() -> array:
    places = array("h", [0])
    while len(places) < POINTS:
        places = array("h", [2 * place for place in places] + [2 * place + 1 for place in places])
    return places


def _window() -> array:
    """Return the band-pass's window as integers that sum to about `_WINDOW_SUM`, of integers alone."""
    terms = [round(term * 100000) for term in _BLACKMAN_HARRIS]
    words = array("h", bytes(2 * TAPS))
    for j in range(TAPS):
        total = terms[0] * _SCALE
        for order in (1, 2, 3):  # cosine at the middle of each sample: (2 j + 1) / (2 TAPS) of a turn
            total += terms[order] * SINE[((2 * j + 1) * order + POINTS // 4) % POINTS]
        words[j] = (total * (_WINDOW_SUM // TAPS) // terms[0] + _SCALE // 2) // _SCALE
    return words


SINE = _sine()
PLACES = _reversed()
WINDOW = _window()


@micropython.viper
def load(samples_, start: int, up: int, words_):
    """Put POINTS samples from `start`, times 2^up, under a Hann window into the transform's places."""
    samples = ptr16(samples_)
    words = ptr16(words_)
    sine = ptr16(SINE)
    places = ptr16(PLACES)
    j = 0
    while j < 512:
        x = ((samples[start + j] + 32768) & 65535) - 32768
        c = ((sine[(j + 128) & 511] + 32768) & 65535) - 32768
        hann = (32768 - c) >> 1
        x = x << up if up >= 0 else x >> (0 - up)
        words[places[j]] = (x * hann + 16384) >> 15
        j += 1


@micropython.viper
def transform(real_, imaginary_):
    """Transform POINTS complex words in place, divided by POINTS; magnitudes up to 2^14.5 go in, bit-reversed."""
    real = ptr16(real_)
    imaginary = ptr16(imaginary_)
    sine = ptr16(SINE)
    half = 1
    step = 256
    while half < 512:
        j = 0
        while j < half:
            s = ((sine[j * step] + 32768) & 65535) - 32768
            c = ((sine[(j * step + 128) & 511] + 32768) & 65535) - 32768
            i = j
            while i < 512:
                k = i + half
                br = ((real[k] + 32768) & 65535) - 32768
                bi = ((imaginary[k] + 32768) & 65535) - 32768
                tr = br * c + bi * s
                ti = bi * c - br * s
                ar = ((((real[i] + 32768) & 65535) - 32768) << 15) + 32768
                ai = ((((imaginary[i] + 32768) & 65535) - 32768) << 15) + 32768
                real[i] = (ar + tr) >> 16
                imaginary[i] = (ai + ti) >> 16
                real[k] = (ar - tr) >> 16
                imaginary[k] = (ai - ti) >> 16
                i = k + half
            j += 1
        half = half << 1
        step = step >> 1


@micropython.viper
def add_power(real_, imaginary_, power_):
    """Add the power of the two real series in one complex transform to `power_`, frequencies 0 to POINTS / 2."""
    real = ptr16(real_)
    imaginary = ptr16(imaginary_)
    power = ptr32(power_)
    k = 0
    while k <= 256:
        n = (512 - k) & 511
        a = ((real[k] + 32768) & 65535) - 32768
        b = ((imaginary[k] + 32768) & 65535) - 32768
        c = ((real[n] + 32768) & 65535) - 32768
        d = ((imaginary[n] + 32768) & 65535) - 32768
        power[k] = power[k] + ((a * a + b * b + c * c + d * d) >> 1)
        k += 1


@micropython.viper
def make_taps(centre: int, real_, imaginary_):
    """Fill the band-pass's complex taps: the window turned by `centre` / POINTS of the sample rate, backwards."""
    real = ptr16(real_)
    imaginary = ptr16(imaginary_)
    sine = ptr16(SINE)
    window = ptr16(WINDOW)
    j = 0
    while j < 256:
        w = ((window[j] + 32768) & 65535) - 32768
        s = ((sine[(centre * j) & 511] + 32768) & 65535) - 32768
        c = ((sine[(centre * j + 128) & 511] + 32768) & 65535) - 32768
        real[j] = (w * c + 16384) >> 15
        imaginary[j] = (16384 - w * s) >> 15
        j += 1


@micropython.viper
def band_pass(samples_, real_, imaginary_, out_):
    """Fill `out_` (real, imaginary, real, ...) with the taps' sums, one every HOP samples."""
    samples = ptr16(samples_)
    real = ptr16(real_)
    imaginary = ptr16(imaginary_)
    out = ptr32(out_)
    count = int(len(out_)) >> 1  # noqa: RUF046  (viper needs it)
    m = 0
    while m < count:
        first = m << 6
        re = 0
        im = 0
        j = 0
        while j < 256:
            x = ((samples[first + j] + 32768) & 65535) - 32768
            re += (x * (((real[j] + 32768) & 65535) - 32768) + 8) >> 4
            im += (x * (((imaginary[j] + 32768) & 65535) - 32768) + 8) >> 4
            j += 1
        out[2 * m] = re
        out[2 * m + 1] = im
        m += 1


@micropython.viper
def peak(samples_) -> int:
    """Return the largest magnitude of 16-bit samples."""
    samples = ptr16(samples_)
    count = int(len(samples_))  # noqa: RUF046  (viper needs it)
    largest = 0
    n = 0
    while n < count:
        x = ((samples[n] + 32768) & 65535) - 32768
        if x < 0:
            x = 0 - x
        if x > largest:
            largest = x
        n += 1
    return largest


@micropython.viper
def clear(words_):
    """Fill a transform's words with 0."""
    words = ptr16(words_)
    j = 0
    while j < 512:
        words[j] = 0
        j += 1


@micropython.viper
def strongest(real_, imaginary_, span_, found_):
    """Fill `found_` with the strongest point, its power and the sum of powers.

    `span_` is (middle, reach, out): the points within `reach` of the middle count, less those within `out`.
    """
    real = ptr16(real_)
    imaginary = ptr16(imaginary_)
    span = ptr32(span_)
    found = ptr32(found_)
    middle = span[0]
    reach = span[1]
    out = span[2]
    best = middle
    best_power = 0
    total = 0
    k = 512 + middle - reach
    while k < 512 + middle + reach:
        off = k - 512 - middle
        if off < 0:
            off = 0 - off
        if off >= out:
            a = ((real[k & 511] + 32768) & 65535) - 32768
            b = ((imaginary[k & 511] + 32768) & 65535) - 32768
            power = a * a + b * b
            total += power
            if power > best_power:
                best = k & 511
                best_power = power
        k += 1
    found[0] = best
    found[1] = best_power
    found[2] = total
