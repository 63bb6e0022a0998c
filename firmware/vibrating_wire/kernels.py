"""The integer loops over samples: sums over lags, band-pass, tables. Compiled to machine code on the logger.

Every product and sum stays within 31 bits and a sign, every word loaded is extended by hand, so viper on 32 bits
(ESP32), viper on 64 bits, bytecode and CPython give the same integers. Tables come from one sine table whose
entries round alike in single and double precision (a test holds that). Complex words alternate: real, imaginary.
Loops over lags are in lag_kernels.py.
"""

import math
from array import array

try:
    import micropython
except ImportError:  # CPython
    from firmware.vibrating_wire import desk as micropython

    ptr16 = ptr32 = micropython.whole

SAMPLE_HZ = 16000
CAPTURE = 4096
POINTS = 512  # of the sine table: one turn
HOP = 64  # samples between two outputs of the band-pass
TAPS = 256
HUM_TAPS = 32
SCALE = 32748  # near full, and no entry within 0.016 of a rounding edge: single precision rounds alike
_WINDOW_SUM = 1 << 19  # with products shifted by 4: full scale on every sample stays within 2^30
GAIN = _WINDOW_SUM / 16 * SCALE / 32768  # of the band-pass for a complex tone at its centre

# 4-term Blackman-Harris window, side lobes -92 dB: F. J. Harris, Proc. IEEE 66 (1978) 51-83, table 1.
BLACKMAN_HARRIS = (0.35875, -0.48829, 0.14128, -0.01168)


def _sine() -> array:
    return array("h", [round(SCALE * math.sin(2 * math.pi * j / POINTS)) for j in range(POINTS)])


def _window() -> array:
    """Return the band-pass's window as integers that sum to about `_WINDOW_SUM`, of integers alone."""
    terms = [round(term * 100000) for term in BLACKMAN_HARRIS]
    words = array("h", bytes(2 * TAPS))
    for j in range(TAPS):
        total = terms[0] * SCALE
        for order in (1, 2, 3):  # cosine at the middle of each sample: (2 j + 1) / (2 TAPS) of a turn
            total += terms[order] * SINE[((2 * j + 1) * order + POINTS // 4) % POINTS]
        words[j] = (total * (_WINDOW_SUM // TAPS) // terms[0] + SCALE // 2) // SCALE
    return words


SINE = _sine()
WINDOW = _window()


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
def lag_sums(samples_, k: int, span_, sums_):
    """Fill the real words of `sums_` for lags `k` to `k` + 3: products over one stretch less those over another.

    `span_` is (begin, end, begin, end, shift): samples n of a stretch are multiplied by sample n + lag, each
    product shifted right before it is added.
    """
    samples = ptr16(samples_)
    span = ptr32(span_)
    sums = ptr32(sums_)
    shift = span[4]
    s0 = 0
    s1 = 0
    s2 = 0
    s3 = 0
    part = 0
    while part < 4:
        n = span[part]
        end = span[part + 1]
        c0 = ((samples[n + k] + 32768) & 65535) - 32768
        c1 = ((samples[n + k + 1] + 32768) & 65535) - 32768
        c2 = ((samples[n + k + 2] + 32768) & 65535) - 32768
        while n < end:
            x = ((samples[n] + 32768) & 65535) - 32768
            c3 = ((samples[n + k + 3] + 32768) & 65535) - 32768
            s0 += (x * c0) >> shift
            s1 += (x * c1) >> shift
            s2 += (x * c2) >> shift
            s3 += (x * c3) >> shift
            c0 = c1
            c1 = c2
            c2 = c3
            n += 1
        s0 = 0 - s0
        s1 = 0 - s1
        s2 = 0 - s2
        s3 = 0 - s3
        part += 2
    sums[2 * k] = s0
    sums[2 * k + 2] = s1
    sums[2 * k + 4] = s2
    sums[2 * k + 6] = s3


@micropython.viper
def make_taps(centre: int, taps_):
    """Fill the band-pass's complex taps: the window turned by `centre` / POINTS of the sample rate, backwards."""
    taps = ptr16(taps_)
    sine = ptr16(SINE)
    window = ptr16(WINDOW)
    j = 0
    while j < 256:
        w = ((window[j] + 32768) & 65535) - 32768
        s = ((sine[(centre * j) & 511] + 32768) & 65535) - 32768
        c = ((sine[(centre * j + 128) & 511] + 32768) & 65535) - 32768
        taps[2 * j] = (w * c + 16384) >> 15
        taps[2 * j + 1] = (16384 - w * s) >> 15
        j += 1


@micropython.viper
def band_pass(samples_, taps_, m: int, out_):
    """Fill word `m` of `out_` with the taps' sums over the samples from `m` * HOP on."""
    samples = ptr16(samples_)
    taps = ptr16(taps_)
    out = ptr32(out_)
    first = m << 6
    re = 0
    im = 0
    j = 0
    while j < 256:
        x = ((samples[first + j] + 32768) & 65535) - 32768
        re += (x * (((taps[2 * j] + 32768) & 65535) - 32768) + 8) >> 4
        im += (x * (((taps[2 * j + 1] + 32768) & 65535) - 32768) + 8) >> 4
        j += 1
    out[2 * m] = re
    out[2 * m + 1] = im


@micropython.viper
def take_ringing(samples_, first: int, tone_):
    """Take HOP values of a ringing tone out of the samples from `first` on, in place.

    `tone_` is (real, imaginary, down, ratio real, ratio imaginary): the tone's first value in counts times
    2^down, below 2^15, and the factor from one sample to the next in 1/32768.
    """
    samples = ptr16(samples_)
    tone = ptr32(tone_)
    re = ((tone[0] + 32768) & 65535) - 32768
    im = ((tone[1] + 32768) & 65535) - 32768
    down = tone[2]
    ratio_re = ((tone[3] + 32768) & 65535) - 32768
    ratio_im = ((tone[4] + 32768) & 65535) - 32768
    n = first
    while n < first + 64:
        x = (((samples[n] + 32768) & 65535) - 32768) - (re >> down)
        if x > 32767:
            x = 32767
        if x < -32767:
            x = -32767
        samples[n] = x
        onward = (re * ratio_re - im * ratio_im + 16384) >> 15
        im = (re * ratio_im + im * ratio_re + 16384) >> 15
        re = onward
        n += 1


@micropython.viper
def take_hum(samples_):
    """Take the mean of 32 samples out of the one in their middle, in place; what comes out is 16 samples early."""
    samples = ptr16(samples_)
    last = int(len(samples_)) - 32  # noqa: RUF046  (viper needs it)
    total = 0
    n = 0
    while n < 32:
        total += ((samples[n] + 32768) & 65535) - 32768
        n += 1
    n = 0
    while n < last:
        x = ((samples[n + 16] + 32768) & 65535) - 32768
        total += (((samples[n + 32] + 32768) & 65535) - 32768) - (((samples[n] + 32768) & 65535) - 32768)
        x = x - ((total + 16) >> 5)
        if x > 32767:
            x = 32767
        if x < -32767:
            x = -32767
        samples[n] = x
        n += 1
