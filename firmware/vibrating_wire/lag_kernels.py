"""The integer loops over sums at lags and over outputs, as kernels.py: the same integers everywhere.

Words are of 32 bits, complex ones alternate: real, imaginary. Words that are multiplied are below 2^13.
"""

try:
    import micropython
except ImportError:  # CPython
    from firmware.vibrating_wire import desk as micropython

    ptr16 = ptr32 = micropython.whole


@micropython.viper
def complex_lag_sum(words_, k: int, span_, sums_):
    """Fill word `k` of `sums_`: products of conjugate word m and word m + `k`, stretches as in `lag_sums`.

    A stretch ends where the words do: `span_[4]` of them.
    """
    words = ptr32(words_)
    span = ptr32(span_)
    sums = ptr32(sums_)
    last = span[4] - k
    re = 0
    im = 0
    part = 0
    while part < 4:
        m = span[part]
        end = span[part + 1]
        if end > last:
            end = last
        while m < end:
            ar = ((words[2 * m] + 32768) & 65535) - 32768
            ai = ((words[2 * m + 1] + 32768) & 65535) - 32768
            br = ((words[2 * m + 2 * k] + 32768) & 65535) - 32768
            bi = ((words[2 * m + 2 * k + 1] + 32768) & 65535) - 32768
            re += (ar * br + ai * bi) >> 4
            im += (ar * bi - ai * br) >> 4
            m += 1
        re = 0 - re
        im = 0 - im
        part += 2
    sums[2 * k] = re
    sums[2 * k + 1] = im


@micropython.viper
def take_slow(words_, shapes_, last: int):
    """Take the shapes up to number `last` out of complex words, in place.

    Shapes are orthogonal, as long as the words, and their squares sum to 2^28.
    """
    words = ptr32(words_)
    shapes = ptr16(shapes_)
    count = int(len(words_)) >> 1  # noqa: RUF046  (viper needs it)
    first = 0
    while first <= last * count:
        re = 0
        im = 0
        m = 0
        while m < count:
            x = ((shapes[first + m] + 32768) & 65535) - 32768
            re += ((((words[2 * m] + 32768) & 65535) - 32768) * x) >> 2
            im += ((((words[2 * m + 1] + 32768) & 65535) - 32768) * x) >> 2
            m += 1
        re = re >> 13
        im = im >> 13
        m = 0
        while m < count:
            x = ((shapes[first + m] + 32768) & 65535) - 32768
            words[2 * m] = words[2 * m] - ((re * x + 4096) >> 13)
            words[2 * m + 1] = words[2 * m + 1] - ((im * x + 4096) >> 13)
            m += 1
        first += count


@micropython.viper
def filter_lags(a_, b_, out_, k: int):
    """Fill word `k` of `out_` with the convolution of two sequences over lags, `b_` the filter's.

    A sequence's negative side is the conjugate; the words from lag 0 on are kept.
    """
    a = ptr32(a_)
    b = ptr32(b_)
    out = ptr32(out_)
    count = int(len(a_)) >> 1  # noqa: RUF046  (viper needs it)
    re = 0
    im = 0
    j = 0
    while j <= k:
        ar = ((a[2 * j] + 32768) & 65535) - 32768
        ai = ((a[2 * j + 1] + 32768) & 65535) - 32768
        br = ((b[2 * k - 2 * j] + 32768) & 65535) - 32768
        bi = ((b[2 * k - 2 * j + 1] + 32768) & 65535) - 32768
        re += (ar * br - ai * bi) >> 6
        im += (ar * bi + ai * br) >> 6
        j += 1
    j = 1
    while j + k < count:
        ar = ((a[2 * j + 2 * k] + 32768) & 65535) - 32768
        ai = ((a[2 * j + 2 * k + 1] + 32768) & 65535) - 32768
        br = ((b[2 * j] + 32768) & 65535) - 32768
        bi = ((b[2 * j + 1] + 32768) & 65535) - 32768
        re += (ar * br + ai * bi) >> 6
        im += (ai * br - ar * bi) >> 6
        ar = ((a[2 * j] + 32768) & 65535) - 32768
        ai = ((a[2 * j + 1] + 32768) & 65535) - 32768
        br = ((b[2 * j + 2 * k] + 32768) & 65535) - 32768
        bi = ((b[2 * j + 2 * k + 1] + 32768) & 65535) - 32768
        re += (ar * br + ai * bi) >> 6
        im += (ar * bi - ai * br) >> 6
        j += 1
    out[2 * k] = re
    out[2 * k + 1] = im


@micropython.viper
def fold(a_, out_, k: int):
    """Fill word `k` of `out_` with the convolution of a sequence over lags with itself, as `filter_lags` does."""
    a = ptr32(a_)
    out = ptr32(out_)
    count = int(len(a_)) >> 1  # noqa: RUF046  (viper needs it)
    re = 0
    im = 0
    j = 0
    while j <= k:
        ar = ((a[2 * j] + 32768) & 65535) - 32768
        ai = ((a[2 * j + 1] + 32768) & 65535) - 32768
        br = ((a[2 * k - 2 * j] + 32768) & 65535) - 32768
        bi = ((a[2 * k - 2 * j + 1] + 32768) & 65535) - 32768
        re += (ar * br - ai * bi) >> 6
        im += (ar * bi + ai * br) >> 6
        j += 1
    j = 1
    while j + k < count:
        ar = ((a[2 * j + 2 * k] + 32768) & 65535) - 32768
        ai = ((a[2 * j + 2 * k + 1] + 32768) & 65535) - 32768
        br = ((a[2 * j] + 32768) & 65535) - 32768
        bi = ((a[2 * j + 1] + 32768) & 65535) - 32768
        re += (ar * br + ai * bi) >> 5
        im += (ai * br - ar * bi) >> 5
        j += 1
    out[2 * k] = re
    out[2 * k + 1] = im


@micropython.viper
def magnitudes(words_) -> int:
    """Return the bitwise or of the magnitudes of 32-bit words."""
    words = ptr32(words_)
    count = int(len(words_))  # noqa: RUF046  (viper needs it)
    top = 1
    top = top << 30  # in two steps: no constant of more than 30 bits on 32
    top = top - 1 + top
    bits = 0
    n = 0
    while n < count:
        x = words[n]
        if x > top:  # 64 bits load a negative word as a large one
            x = x - top - top - 2
        if x < 0:
            x = 0 - x
        bits = bits | x
        n += 1
    return bits


@micropython.viper
def shift(words_, up: int, down: int):
    """Shift 32-bit words up, then down."""
    words = ptr32(words_)
    count = int(len(words_))  # noqa: RUF046  (viper needs it)
    top = 1
    top = top << 30
    top = top - 1 + top
    n = 0
    while n < count:
        x = words[n]
        if x > top:
            x = x - top - top - 2
        words[n] = (x << up) >> down
        n += 1
