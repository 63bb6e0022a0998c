"""The vibrating-wire estimator against a physical model, the Cramer-Rao bound and two simpler methods.

    python bench/vw_estimator.py --trials 400          the table of bench/vw_estimator.md
    python bench/vw_estimator.py --gross 10000         gross errors just above 0 dB

The code under test is the logger's own (firmware/vibrating_wire), run by CPython: its integers are those of
viper.

Signal model
------------
A plucked wire's first mode is a damped oscillator, y(t) = A exp(-t / tau) sin(2 pi f t + phase), f = sqrt(T /
m) / 2 L (Rayleigh, The Theory of Sound, vol. 1, ch. VI); the coil's EMF is proportional to the wire's velocity,
so it is the same damped sinusoid with another amplitude and phase (Faraday's law; the term A / tau, below 1/300
of the rest, is inside them). Added: hum lines of one mains frequency near 50 Hz, white noise, the converter's
clock error (the same for every frequency, taken out of the error here and given apart), rounding to 12 to 16
bits, clipping.

Bound
-----
For z_n = a g_n + w_n, g_n = exp((-alpha + j omega) t_n), with amplitude, phase, decay and frequency unknown,
the Fisher matrix splits into two equal halves (amplitude with decay, phase with frequency) because da/domega =
j da/d(-alpha). With S_k = sum t_n^k exp(-2 alpha t_n) the variance of omega is the inverse of (A^2 / sigma^2)
(S_2 - S_1^2 / S_0), for a real sinusoid in real white noise of variance sigma^2 with A^2 halved (terms at 2
f vanish in the sum); f = omega / 2 pi. Derivation as S. M. Kay, Fundamentals of Statistical Signal Processing:
Estimation Theory (1993), 3.11; damped case Y. Yao and S. M. Pandit, IEEE Trans. Signal Process. 43 (1995)
878-885. It is a bound without hum: a line nearer than 3 Hz to the wire costs a factor of up to tens whatever
the method, which the ratios with hum include.

Signal-to-noise ratio: mean power of the wire over the record / noise power from 0 to 8 kHz.
"""

import argparse
import contextlib
import ctypes
import math
import random
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from firmware.vibrating_wire import band, disturbance, estimate, kernels, lag_kernels, lags, ring_down, tones
from firmware.vibrating_wire.estimate import CAPTURE, Room
from firmware.vibrating_wire.kernels import SAMPLE_HZ

DECAYS_S = (0.05, 0.2, 0.5)
SNRS_DB = (6, 10, 20, 30, 40)
PEAK = 9000  # amplitude of the wire in counts of 16 bits, less where noise or hum needs the room
GROSS_HZ = 1.0
LIMIT = {"none": 1.5, "lab": 3.0, "comb": 4.0}  # rms over the bound without hum; the comb is beyond what is asked
LIMIT_6DB_HZ = 0.15  # 99 %

# amplitudes of mains harmonics over the wire's first amplitude
HUM = {
    "none": {},
    "lab": {1: 1.0, 3: 0.5, 5: 0.3, 7: 0.2, 49: 0.05, 51: 0.05},
    "comb": {1: 1.0, 3: 0.5, 5: 0.3, 7: 0.2, **dict.fromkeys(range(9, 160, 2), 0.05)},
}


@dataclass(frozen=True)
class Case:
    decay_s: float
    snr_db: float
    hum: str = "none"
    bits: int = 16
    clock_ppm: float = 0.0


def mean_square(decay_s: float) -> float:
    """Return the mean square over a capture of the damped sinusoid of amplitude 1."""
    return sum(math.exp(-2 * n / SAMPLE_HZ / decay_s) for n in range(CAPTURE)) / CAPTURE / 2


def noise_rms(case: Case) -> float:
    return math.sqrt(mean_square(case.decay_s) / 10 ** (case.snr_db / 10))


def bound_hz(case: Case) -> float:
    """Return the Cramer-Rao bound of the frequency: a standard deviation, without hum."""
    s0 = s1 = s2 = 0.0
    for n in range(CAPTURE):
        t = n / SAMPLE_HZ
        power = math.exp(-2 * t / case.decay_s) / 2
        s0, s1, s2 = s0 + power, s1 + t * power, s2 + t * t * power
    return noise_rms(case) / (2 * math.pi) / math.sqrt(s2 - s1 * s1 / s0)


def add_tone(samples: list[float], hz: float, amplitude: float, phase: float, decay_s: float = math.inf) -> None:
    size = math.exp(-1 / SAMPLE_HZ / decay_s)
    turn = 2 * math.pi * hz / SAMPLE_HZ
    value = amplitude * complex(math.cos(phase), math.sin(phase))
    ratio = size * complex(math.cos(turn), math.sin(turn))
    for n in range(CAPTURE):
        samples[n] += value.imag
        value *= ratio


def capture(case: Case, hz: float, random_: random.Random) -> array:
    """Return 16-bit counts of one record."""
    stretch = 1 + case.clock_ppm * 1e-6
    noise = noise_rms(case)
    samples = [random_.gauss(0, noise) for _ in range(CAPTURE)]
    add_tone(samples, hz / stretch, 1.0, random_.uniform(0, 2 * math.pi), case.decay_s)
    mains_hz = random_.uniform(49.9, 50.1)
    for order, amplitude in HUM[case.hum].items():
        add_tone(samples, order * mains_hz / stretch, amplitude, random_.uniform(0, 2 * math.pi))
    scale = min(PEAK, 30000 / max(abs(sample) for sample in samples))
    step = 1 << (16 - case.bits)
    return array("h", [max(-32768, min(32767, step * round(scale * sample / step))) for sample in samples])


class Pause:
    """What the estimator awaits between its slices."""

    def __call__(self, _ms: int) -> "Pause":
        return self

    def __await__(self):
        return iter(())


def finished(coroutine):
    """Return the result of a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the coroutine waits")


def fitted(samples: array, hz: float, room: Room) -> float:
    found = finished(estimate.wire_of(samples, int(0.85 * hz), int(1.15 * hz), 50, room, Pause()))
    return band.microhertz(found.wire[1], found.centre) / 1e6 if found else math.nan


def hann_parabola(samples: array, hz: float, room: Room) -> float:
    """Return the peer: 4,096-point Hann spectrum, told where to look to 20 Hz; parabola through three logarithms."""
    near = round(hz * CAPTURE / SAMPLE_HZ)
    powers = {k: _hann_power(samples, k) for k in range(near - 6, near + 7)}
    best = max(list(powers)[1:-1], key=powers.__getitem__)
    left, top, right = (math.log(powers[best + step]) for step in (-1, 0, 1))
    return (best + (left - right) / 2 / (left - 2 * top + right)) * SAMPLE_HZ / CAPTURE


def _hann_power(samples: array, k: int) -> float:
    total = 0j
    for n in range(CAPTURE):
        total += HANN[n] * samples[n] * TURN[n * k % CAPTURE]
    return abs(total) ** 2


def zero_count(samples: array, hz: float, room: Room) -> float:
    """Return the peer: upward zero crossings, interpolated, first to last."""
    at = [
        n - samples[n] / (samples[n + 1] - samples[n])
        for n in range(CAPTURE - 1)
        if samples[n] < 0 <= samples[n + 1]
    ]
    return (len(at) - 1) * SAMPLE_HZ / (at[-1] - at[0])


HANN = [0.5 - 0.5 * math.cos(2 * math.pi * n / CAPTURE) for n in range(CAPTURE)]
TURN = [complex(math.cos(x), -math.sin(x)) for x in (2 * math.pi * n / CAPTURE for n in range(CAPTURE))]
METHODS: dict[str, Callable[[array, float, Room], float]] = {
    "fit": fitted,
    "hann": hann_parabola,
    "count": zero_count,
}


def errors_hz(case: Case, trials: int, seed: int, methods: tuple[str, ...] = ("fit",)) -> dict[str, list[float]]:
    """Return every trial's error of every method, on the same records; nan where nothing was found."""
    random_, room = random.Random(f"{case}{seed}"), Room()
    errors: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(trials):
        hz = random_.uniform(1800, 3200)
        samples = capture(case, hz, random_)
        for name in methods:
            error = METHODS[name](samples, hz, room) - hz / (1 + case.clock_ppm * 1e-6)
            errors[name].append(error)
    return errors


def rms(errors: list[float]) -> float:
    return math.sqrt(sum(error * error for error in errors) / len(errors))


def quantile(errors: list[float], share: float) -> float:
    return sorted(abs(error) for error in errors)[math.ceil(share * len(errors)) - 1]


def gross(errors: list[float]) -> int:
    return sum(not abs(error) <= GROSS_HZ for error in errors)


# Microseconds of a 240 MHz ESP32 a pass, assumed. Bytecode: measured here under MicroPython and multiplied by 65.
# perf_bench/bm_fft.py takes 311 ms on an ESP32 (score 2467.62, micropython pull request 7850 of 2021, most likely
# at 160 MHz) and 3.3 to 6.5 ms here (heap of 4 MB to 64 KB): 48 to 94 times, a third less at 240 MHz.
# misc_mandel.py, which takes an absolute value in each pass, is 215 times slower there; no loop below does. Viper:
# 5 to 10 ns a pass here, times 100 to 140, since an ESP32 does not overlap its instructions. A pause: 322 us of a
# turn of the scheduler at 160 MHz (peterhinch/micropython-async issue 79). None of it was measured on an ESP32 by us.
PAUSE_US = 220.0
OUTPUTS, LAGS = band.OUTPUTS, lags.LAGS
COSTS: dict[str, tuple[float, Callable[..., float]]] = {
    "peak": (0.3, len),
    "lag_sums": (0.7, lambda samples, k, span, sums: span[1] - span[0] + span[3] - span[2]),
    "complex_lag_sum": (1.2, lambda words, k, span, sums: span[1] - span[0] + span[3] - span[2]),
    "take_slow": (0.8, lambda words, shapes, last: len(words) * (last + 1)),
    "filter_lags": (1.0, lambda a, b, out, k: k + 1 + 2 * (len(a) // 2 - k)),
    "fold": (1.0, lambda a, out, k: len(a) // 2),
    "_level": (0.5, lambda words: 2 * len(words)),
    "make_taps": (0.9, lambda *_: 256),
    "band_pass": (0.5, lambda *_: 256),
    "take_ringing": (1.0, lambda *_: 64),
    "take_hum": (0.7, len),
    "outputs": (12.0, lambda *_: OUTPUTS),
    "_load": (45.0, lambda *_: OUTPUTS),
    "turn_far_from": (12.0, lambda *_: OUTPUTS),
    "_fill_band": (30.0, lambda *_: LAGS),
    "_turn": (60.0, lambda *_: 6),
    "take_out": (50.0, lambda *_: 64),
    "step": (40.0, lambda y, *_: len(y)),
    "step_both": (75.0, lambda y, *_: len(y)),
    "moments": (100.0, lambda *_: 1),
    "taken_out": (13.0, lambda y, *_: len(y)),
    "exchanged": (22.0, lambda y, *_: len(y)),
    "power": (24.0, len),
}
MODULES = (kernels, lag_kernels, band, lags, tones, ring_down, disturbance, estimate)


class Meter:
    """What an estimate costs, counted: `us` in all, `longest_us` in one slice, which called what `longest` names."""

    def __init__(self) -> None:
        self.us = self.slice_us = self.longest_us = 0.0
        self.slice: list[str] = []
        self.longest: list[str] = []

    def add(self, name: str, us: float) -> None:
        self.us += us
        self.slice_us += us
        self.slice.append(name)

    def __call__(self, _ms: int) -> "Meter":
        """End a slice: this is the estimator's pause."""
        if self.slice_us > self.longest_us:
            self.longest_us, self.longest = self.slice_us, self.slice
        self.slice_us, self.slice = 0.0, []
        self.us += PAUSE_US
        return self

    def __await__(self):
        return iter(())


def metered(samples: array, low_hz: int, high_hz: int) -> Meter:
    """Run one estimate and return what its loops and pauses cost, by counting the passes of every call."""
    meter = Meter()
    places = [(module, name) for module in MODULES for name in COSTS if hasattr(module, name)]
    kept = [getattr(module, name) for module, name in places]

    def counted(name: str, function: Callable) -> Callable:
        us, passes = COSTS[name]

        def call(*arguments):
            meter.add(name, us * passes(*arguments))
            return function(*arguments)

        return call

    for (module, name), function in zip(places, kept, strict=True):
        setattr(module, name, counted(name, function))
    try:
        finished(estimate.estimate(samples[:], low_hz, high_hz, 50, Room(), meter))
    finally:
        for (module, name), function in zip(places, kept, strict=True):
            setattr(module, name, function)
    meter(0)
    return meter


def costs(hum: str, records: int = 20) -> list[Meter]:
    """Return what an estimate over the full band costs on several records, rising."""
    random_ = random.Random(5)
    found = [
        metered(capture(Case(0.2, 30, hum), random_.uniform(1800, 3200), random_), 400, 6000)
        for _ in range(records)
    ]
    return sorted(found, key=lambda meter: meter.us)


class Single(float):
    """A float that rounds every result to single precision, as an ESP32 does."""

    def __new__(cls, value: float) -> "Single":
        return super().__new__(cls, ctypes.c_float(value).value)

    def __neg__(self) -> "Single":
        return Single(-float(self))


class SingleComplex:
    """A complex number of two `Single`, with MicroPython's formulas (py/objcomplex.c)."""

    def __init__(self, real: float, imag: float = 0.0) -> None:
        self.real, self.imag = Single(real), Single(imag)

    def __add__(self, other):
        return SingleComplex(self.real + other.real, self.imag + other.imag)

    def __sub__(self, other):
        return SingleComplex(self.real - other.real, self.imag - other.imag)

    def __rsub__(self, other):
        return SingleComplex(other.real - self.real, other.imag - self.imag)

    def __mul__(self, other):
        a, b, c, d = self.real, self.imag, Single(other.real), Single(other.imag)
        return SingleComplex(a * c - b * d, a * d + b * c)

    def __truediv__(self, other):
        c, d = Single(other.real), Single(other.imag)
        size = c * c + d * d
        return self * SingleComplex(c / size, -d / size)

    def __abs__(self) -> Single:
        return Single(math.sqrt(self.real * self.real + self.imag * self.imag))

    __radd__, __rmul__ = __add__, __mul__


def _rounded(name: str) -> Callable:
    double = getattr(float, name)

    def single(self, other):
        return Single(double(self, Single(other))) if isinstance(other, (int, float)) else NotImplemented

    return single


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv"):
    setattr(Single, f"__{_name}__", _rounded(f"__{_name}__"))


class SingleMath:
    """The module `math`, in single precision."""

    pi = Single(math.pi)

    def __getattr__(self, name: str) -> Callable[..., Single]:
        return lambda *arguments: Single(getattr(math, name)(*map(Single, arguments)))


@contextlib.contextmanager
def single_precision():
    """Run the estimator's floating-point part in single precision: its names, constants and literals."""
    shims = {"math": SingleMath(), "complex": SingleComplex, "float": Single}
    kept = [(module, dict(vars(module))) for module in MODULES]
    try:
        for module in MODULES:
            for name, value in list(vars(module).items()):
                if type(value) is float:
                    setattr(module, name, Single(value))
            vars(module).update(shims)
        yield
    finally:
        for module, names in kept:
            vars(module).clear()
            vars(module).update(names)


def report(trials: int, peers: int) -> None:
    print(
        "| decay s | SNR dB | hum | bound Hz | fit rms Hz | fit / bound | 99 % Hz | largest Hz "
        "| Hann / bound | count / bound |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for hum in HUM:
        for decay_s in DECAYS_S:
            for snr_db in SNRS_DB:
                case = Case(decay_s, snr_db, hum)
                fit, bound = errors_hz(case, trials, 1)["fit"], bound_hz(case)
                others = errors_hz(case, peers, 2, ("hann", "count"))
                print(
                    f"| {decay_s} | {snr_db} | {hum} | {bound:.5f} | {rms(fit):.5f} | **{rms(fit) / bound:.2f}** "
                    f"| {quantile(fit, 0.99):.4f} | {quantile(fit, 1):.4f} | {rms(others['hann']) / bound:.1f} "
                    f"| {rms(others['count']) / bound:.0f} |",
                    flush=True,
                )


def report_converter(trials: int) -> None:
    print("\n| converter | clock | fit / bound at 0.2 s, 40 dB |\n|---|---|---|")
    for bits, clock_ppm in ((12, 0.0), (14, 0.0), (16, 0.0), (16, 20.0)):
        case = Case(0.2, 40, bits=bits, clock_ppm=clock_ppm)
        print(
            f"| {bits} bits | {clock_ppm:+.0f} ppm "
            f"| {rms(errors_hz(case, trials, 3)['fit']) / bound_hz(case):.2f} |"
        )


def report_cost() -> None:
    print(
        "\n| hum | ms of a 240 MHz ESP32 per capture: median | most of 20 | longest slice ms |\n|---|---|---|---|"
    )
    for hum in HUM:
        found = costs(hum)
        longest = max(meter.longest_us for meter in found)
        print(f"| {hum} | {found[10].us / 1000:.0f} | {found[-1].us / 1000:.0f} | {longest / 1000:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--peers", type=int, default=15)
    parser.add_argument("--gross", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.gross:
        for decay_s in DECAYS_S:
            errors = errors_hz(Case(decay_s, 0.1), arguments.gross // len(DECAYS_S) + 1, 4)["fit"]
            print(
                f"{decay_s} s, 0.1 dB: {gross(errors)} of {len(errors)}, largest {quantile(errors, 1):.3f} Hz",
                flush=True,
            )
        return
    report_cost()
    report_converter(arguments.trials // 2)
    report(arguments.trials, arguments.peers)


if __name__ == "__main__":
    main()
