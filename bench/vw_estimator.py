"""The vibrating-wire estimator against a physical model, the Cramer-Rao bound and two simpler methods.

    python bench/vw_estimator.py --trials 400          the table of bench/vw_estimator.md
    python bench/vw_estimator.py --gross 10000         gross errors just above 0 dB, so many for each decay time
    python bench/vw_estimator.py --single 50           the same records in single precision, as an ESP32 calculates

The code under test is the logger's own (firmware/vibrating_wire). Trials run under MicroPython, where its loops
are machine code (vw_trials.py); costs, single precision and peers under CPython, to the same integers. Signal
model: vw_model.py.

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
"""

import argparse
import contextlib
import ctypes
import math
import os
import random
import subprocess
import sys
import zlib
from array import array
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import vw_model as model  # noqa: E402
from vw_model import CAPTURE, DECAYS_S, HUM, SAMPLE_HZ, SNRS_DB, Case, case  # noqa: E402

from firmware.vibrating_wire import (  # noqa: E402
    band,
    disturbance,
    estimate,
    kernels,
    lag_kernels,
    lags,
    ring_down,
    tones,
)
from firmware.vibrating_wire.estimate import Room  # noqa: E402
from simulator.interpreter import find  # noqa: E402

GROSS_HZ = 1.0
LIMIT = {"none": 1.5, "lab": 3.0, "comb": 4.0}  # rms over the bound without hum; the comb is beyond what is asked
LIMIT_6DB_HZ = 0.15  # 99 %


def bound_hz(of: Case) -> float:
    """Return the Cramer-Rao bound of the frequency: a standard deviation, without hum."""
    s0 = s1 = s2 = 0.0
    for n in range(CAPTURE):
        t = n / SAMPLE_HZ
        power = math.exp(-2 * t / of.decay_s) / 2
        s0, s1, s2 = s0 + power, s1 + t * power, s2 + t * t * power
    return model.noise_rms(of) / (2 * math.pi) / math.sqrt(s2 - s1 * s1 / s0)


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
    """Return the peer: 4,096-point Hann spectrum, told where to look to 20 Hz; parabola through its logarithms."""
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


def errors_hz(of: Case, trials: int, seed: int) -> list[float]:
    """Return every trial's error, by the logger's machine code; nan where nothing was found."""
    command = [find(require_micropython=True).command[0], "-X", "heapsize=4m", str(ROOT / "bench/vw_trials.py")]
    environment = {**os.environ, "MICROPYPATH": f"{ROOT}:{ROOT / 'bench'}:.frozen"}
    done = subprocess.run(
        [*command, *map(str, of), str(trials), str(zlib.crc32(f"{of}{seed}".encode()))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    errors = [float(line) for line in done.stdout.split()]
    assert len(errors) == trials
    return errors


def compared_hz(of: Case, trials: int, seed: int, methods: tuple[str, ...]) -> dict[str, list[float]]:
    """Return every trial's error of every method under CPython, on the same records."""
    random_, room = random.Random(f"{of}{seed}"), Room()
    errors: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(trials):
        hz = random_.uniform(model.LOWEST_HZ, model.HIGHEST_HZ)
        samples = model.capture(of, hz, random_)
        for name in methods:
            errors[name].append(METHODS[name](samples, hz, room) - hz / (1 + of.clock_ppm * 1e-6))
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
# turn of the scheduler at 160 MHz (peterhinch/micropython-async issue 79). We measured none of it on an ESP32.
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
    "exchange": (25.0, lambda y, *_: len(y)),
    "power": (24.0, len),
}
MODULES = (kernels, lag_kernels, band, lags, tones, ring_down, disturbance, estimate)


class Meter:
    """What an estimate costs, counted: `us` in all; `longest_us` of a slice, which called what `longest` names."""

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
        metered(
            model.capture(case(0.2, 30, hum), random_.uniform(model.LOWEST_HZ, model.HIGHEST_HZ), random_),
            400,
            6000,
        )
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
                of = case(decay_s, snr_db, hum)
                fit, bound = errors_hz(of, trials, 1), bound_hz(of)
                others = compared_hz(of, peers, 2, ("hann", "count"))
                print(
                    f"| {decay_s} | {snr_db} | {hum} | {bound:.5f} | {rms(fit):.5f} | **{rms(fit) / bound:.2f}** "
                    f"| {quantile(fit, 0.99):.4f} | {quantile(fit, 1):.4f} | {rms(others['hann']) / bound:.1f} "
                    f"| {rms(others['count']) / bound:.0f} |",
                    flush=True,
                )


def report_converter(trials: int) -> None:
    print("\n| converter | clock | fit / bound at 0.2 s, 40 dB |\n|---|---|---|")
    for bits, clock_ppm in ((12, 0.0), (14, 0.0), (16, 0.0), (16, 20.0)):
        of = case(0.2, 40, bits=bits, clock_ppm=clock_ppm)
        print(f"| {bits} bits | {clock_ppm:+.0f} ppm | {rms(errors_hz(of, trials, 3)) / bound_hz(of):.2f} |")


def report_single(trials: int) -> None:
    print("| decay s | SNR dB | hum | double / bound | single / bound | largest difference mHz |")
    print("|---|---|---|---|---|---|")
    for hum in HUM:
        for decay_s in DECAYS_S:
            for snr_db in (10, 40):
                of = case(decay_s, snr_db, hum)
                double = compared_hz(of, trials, 4, ("fit",))["fit"]
                with single_precision():
                    single = compared_hz(of, trials, 4, ("fit",))["fit"]
                apart = max(abs(one - other) for one, other in zip(double, single, strict=True))
                bound = bound_hz(of)
                print(
                    f"| {decay_s} | {snr_db} | {hum} | {rms(double) / bound:.2f} | {rms(single) / bound:.2f} "
                    f"| {1000 * apart:.3f} |",
                    flush=True,
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
    parser.add_argument("--single", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.gross:
        for decay_s in DECAYS_S:
            errors = errors_hz(case(decay_s, 0.1), arguments.gross, 4)
            print(
                f"{decay_s} s, 0.1 dB: {gross(errors)} of {len(errors)}, largest {quantile(errors, 1):.3f} Hz",
                flush=True,
            )
        return
    if arguments.single:
        report_single(arguments.single)
        return
    report_cost()
    report_converter(arguments.trials)
    report(arguments.trials, arguments.peers)


if __name__ == "__main__":
    main()
