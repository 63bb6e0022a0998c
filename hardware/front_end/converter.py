"""The audio converter as the decks see it: a low-pass below 8 kHz, 16,000 samples a second, 16 bits, its end.

Limits: the noise is white and added after the circuit, with the rms that ngspice's noise analysis gives for 10 Hz
to 8 kHz; the clock is exact (a crystal of 10 ppm is 0.03 Hz at 2800 Hz: bench row S4); no distortion.
"""

import numpy
from numpy.typing import NDArray

from hardware.front_end.spice import Numbers

SAMPLE_HZ = 16000
CAPTURE = 4096
COUNTS = 32768
_CUT_HZ = 7200.0  # 0.45 of the rate, as the decimators of audio converters do
_REACH = 16  # samples each way


def sampled(time_s: Numbers, volt: Numbers, from_s: float, full_scale_v: float) -> Numbers:
    """Return CAPTURE values in counts from a waveform on an even grid, neither rounded nor clipped."""
    step_s = time_s[1] - time_s[0]
    wide = round(_REACH / SAMPLE_HZ / step_s)
    around = numpy.arange(-wide, wide + 1)
    at = (from_s + numpy.arange(CAPTURE) / SAMPLE_HZ - time_s[0]) / step_s
    middle = numpy.floor(at + 1e-6).astype(int)
    late = numpy.round(at - middle, 6)
    out = numpy.empty(CAPTURE)
    for share in numpy.unique(late):  # the two grids meet again after a few samples
        these = numpy.flatnonzero(late == share)
        weights = numpy.sinc(2 * _CUT_HZ * step_s * (around - share)) * numpy.blackman(around.size + 2)[1:-1]
        out[these] = volt[middle[these][:, None] + around] @ weights / weights.sum()
    return out * COUNTS / full_scale_v


def counts(exact: Numbers, noise_counts: float, seed: int) -> NDArray[numpy.int16]:
    """Return what comes over I2S: noise added, rounded, held at the converter's ends."""
    noise = numpy.random.default_rng(seed).normal(0.0, noise_counts, exact.size)
    return numpy.clip(numpy.round(exact + noise), -COUNTS, COUNTS - 1).astype(numpy.int16)
