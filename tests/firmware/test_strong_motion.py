"""Strong motion against double precision over many accelerograms, what it costs, and what may be its source."""

import itertools
import json
import math
import random
import sys
import time
from pathlib import Path
from types import FrameType

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from firmware import config, shake  # noqa: E402
from firmware.drivers import adxl355  # noqa: E402
from firmware.drivers.spi import SpiDevice  # noqa: E402
from firmware.motion_sums import BIN, BIN_BYTES, sums  # noqa: E402
from firmware.strong_motion import CUT, Limits, Watch, values  # noqa: E402
from seepline.logger_words import names_of  # noqa: E402
from seepline.wire import record  # noqa: E402
from seepline.wire.event import FAST_SCAN, MOST_VALUES, STRONG_MOTION  # noqa: E402
from simulator.chips.adxl355 import Adxl355Chip  # noqa: E402
from simulator.chips.buses import SpiBus  # noqa: E402
from simulator.chips.desk_time import DeskTime  # noqa: E402

RATE = 250
PER_G = 256000
G = 9.80665
LIMITS = Limits(trigger=1280, end=640, ratio_tenth=0, pre=63, quiet=94, most=5625)
REST = (12, -700, 256011)  # counts, of a chip that lies nearly flat
QUIET = [(0.0, 0.0, 0.0)] * (4 * RATE)
BYTECODES_PER_S = 50_000  # of CPython's


def accelerogram(seed: int) -> list[tuple[float, float, float]]:
    """Return noise of an earthquake's band under a random envelope, in g, three axes."""
    chance = random.Random(seed)
    peak_g, rise_s, strong_s = 10 ** chance.uniform(-1.7, 0.1), chance.uniform(0.3, 3), chance.uniform(0.5, 25)
    decay = chance.uniform(0.2, 1.5)
    waves = [(chance.uniform(0.6, 15), chance.uniform(0, 6.28), chance.uniform(0.2, 1)) for _ in range(12)]
    felt = []
    for sample in range(int(RATE * (rise_s + strong_s + 12))):
        t = sample / RATE
        late = t - rise_s - strong_s
        envelope = (t / rise_s) ** 2 if t < rise_s else 1 if late < 0 else math.exp(-decay * late)
        level = peak_g * envelope / 4
        felt.append(
            tuple(
                level * share * sum(high * math.sin(6.283 * f * t + phase + turn) for f, phase, high in waves)
                for share, turn in ((1, 0), (0.8, 1.3), (0.5, 2.1))
            )
        )
    return QUIET + felt + QUIET


def packed(motion: list[tuple[float, float, float]]) -> bytes:
    data = bytearray()
    for sample in motion:
        for g, rest in zip(sample, REST, strict=True):
            data += ((round(g * PER_G) + rest & 0xFFFFF) << 4).to_bytes(3, "big")
    return bytes(data)


def events(data: bytes, limits: Limits = LIMITS) -> list[tuple[int, ...]]:
    watch = Watch(limits)
    ended = [watch.take(data, start, 1) for start in range(0, len(data) - BIN_BYTES + 1, BIN_BYTES)]
    return [(one.detail, *values(one, PER_G, 1000 * RATE)) for one in ended if one]


def doubles(motion: list[tuple[float, float, float]]) -> tuple[list[tuple[float, ...]], float]:
    """Return per axis (PGA ug, Arias um/s, CAV um/s) by the trapezoid rule, and D5-95 in ms."""
    per_axis, energy = [], [0.0] * len(motion)
    for axis in range(3):
        felt = [sample[axis] * G for sample in motion]
        steps = list(itertools.pairwise(felt))
        squares = [(a * a + b * b) / 2 / RATE for a, b in steps]
        energy = [total + one for total, one in zip(energy, [0.0, *squares], strict=True)]
        cav = sum(abs(a) + abs(b) for a, b in steps) / 2 / RATE
        per_axis.append((1e6 * max(map(abs, felt)) / G, 1e6 * math.pi / 2 / G * sum(squares), 1e6 * cav))
    total, reached, at = sum(energy), 0.0, []
    for n, one in enumerate(energy):
        reached += one
        at += [n] * (reached >= 0.05 * total and not at) + [n] * (reached >= 0.95 * total and len(at) == 1)
    return per_axis, 1000 * (at[1] - at[0]) / RATE


@pytest.mark.parametrize("seed", range(40))
def test_random_accelerograms_agree_with_double_precision(seed: int) -> None:
    motion = accelerogram(seed)
    ((detail, *found),) = events(packed(motion))
    per_axis, significant_ms = doubles(motion)
    for axis, (pga, arias, cav) in enumerate(per_axis):
        if pga < 2_040_000:
            assert found[4 + axis] == pytest.approx(pga, rel=0.005, abs=15)
            assert found[7 + axis] == pytest.approx(arias, rel=0.01, abs=2)
            assert found[10 + axis] == pytest.approx(cav, rel=0.01, abs=500)
    if detail == 0:
        cell_ms = max(32.0, 1000 * found[13] / RATE / 128)
        assert found[3] == pytest.approx(significant_ms, abs=2 * cell_ms)


def test_an_event_of_ten_minutes_is_cut_and_keeps_its_resolution() -> None:
    wave = [(0.1 * math.sin(6.283 * 3 * n / RATE), 0.0, 0.0) for n in range(620 * RATE)]
    limits = LIMITS._replace(most=600 * RATE // BIN)
    first, second = events(packed(QUIET + wave + QUIET), limits)
    assert first[0] == CUT
    assert first[3] == pytest.approx(600_000, abs=64)
    assert first[4] == pytest.approx(540_000, abs=2 * 602_000 / 128)
    assert second[3] == pytest.approx(20_000, abs=128)


def test_the_record_holds_the_values_that_it_names() -> None:
    ((_, *found),) = events(packed(accelerogram(1)))
    name, names = names_of(STRONG_MOTION)
    assert name == "strong_motion"
    assert len(found) == len(names) <= MOST_VALUES
    assert all(isinstance(value, int) and abs(value) < 1 << 31 for value in found)


class Timed:
    """Counts the bytecodes that the logger's own modules run, without the function that is machine code there."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Timed":
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, _: object):
        code = frame.f_code
        if code is sums.__code__ or f"{ROOT}/firmware/" not in code.co_filename:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        self.count += event == "opcode"
        return self._trace


class Clocks(DeskTime):
    def uptime_ms(self) -> int:
        return self.ms()

    def utc_ms(self) -> int:
        return self.ms()


async def test_a_second_of_samples_costs_few_bytecodes_quiet_or_shaking() -> None:
    clock, bus = Clocks(), SpiBus()
    motion = accelerogram(3)
    chip = Adxl355Chip(clock, lambda sample: motion[sample])
    device = SpiDevice(bus, bus.attach(chip), adxl355.SPI_BAUD, adxl355.SPI_PHASE)
    sensor, watch = adxl355.Adxl355(device, clock.pause), Watch(LIMITS)
    await sensor.start()
    sampling = shake.Sampling(sensor, watch, clock, clock, None)
    seen = {}
    for _ in range(9):
        with Timed() as timed:
            for _ in range(1000 // shake.DRAIN_MS):
                sampling.turn()
                await clock.pause(shake.DRAIN_MS)
        seen[watch.shaking] = timed.count
    assert 10_000 < seen[False] < seen[True] < BYTECODES_PER_S


CONFIG = {
    "logger_id": 1,
    "address": 1,
    "baud": 9600,
    "scan_s": 900,
    "blocks": [{"block": 0, "payload": "scalar", "slots": ["tilt", "tilt", "temperature"]}],
}
SHAKE = {"trigger_ug": 5000, "end_ug": 2500}


def refusal(**changes: object) -> str:
    with pytest.raises(config.ConfigError) as caught:
        config.settings({**CONFIG, **changes})
    return str(caught.value)


def test_a_tilt_mode_is_refused_as_shake_source() -> None:
    entry = {"driver": "inclinometer", "at": ["0:0", "0:1", "0:2"], **SHAKE}
    assert "only an accelerometer is a shake source" in refusal(instruments=[entry])
    assert "instruments[0].trigger_ug is 5000" in refusal(instruments=[entry])


def test_an_accelerometer_is_accepted_with_its_limits_and_refused_without() -> None:
    entry = {"driver": "accelerometer", "at": ["0:2"], **SHAKE}
    (found,) = config.settings({**CONFIG, "instruments": [entry]}).instruments
    limits = shake.limits(found.options, PER_G, RATE)
    assert limits == Limits(trigger=1280, end=640, ratio_tenth=0, pre=63, quiet=313, most=5625)
    assert "lacks trigger_ug" in refusal(instruments=[{"driver": "accelerometer", "at": ["0:2"]}])
    assert "at most trigger_ug" in refusal(instruments=[{**entry, "end_ug": 6000}])
    assert "less than the range" in refusal(instruments=[{**entry, "trigger_ug": 2000000}])


@pytest.mark.parametrize(
    "entry",
    [
        {"driver": "accelerometer", "at": ["0:2"], **SHAKE},
        {"driver": "tipping_bucket", "at": ["0:0"], "closest_tips_ms": 300},
    ],
)
def test_what_never_sleeps_is_refused_in_window_mode(entry: dict[str, object]) -> None:
    blocks = [{"block": 0, "payload": "scalar", "slots": ["pulses", "tilt", "temperature"]}]
    config.settings({**CONFIG, "blocks": blocks, "instruments": [entry]})
    text = refusal(blocks=blocks, instruments=[entry], mode="window")
    assert "mode is 'window'" in text
    assert str(entry["driver"]) in text


def test_the_program_tells_an_event_and_scans_fast_after_it(node) -> None:
    path = node.directory / "config.json"
    desk = json.loads(path.read_text())
    blocks = [{"block": 0, "payload": "scalar", "slots": ["temperature"]}]
    limits = {"trigger_ug": 20000, "end_ug": 5000, "quiet_s": 2, "minutes": 3}
    desk["logger"].update(blocks=blocks, instruments=[{"driver": "accelerometer", "at": ["0:0"], **limits}])
    path.write_text(json.dumps(desk | {"history_from_s": None}))
    (node.directory / "inputs.csv").write_text("utc_s,0:0\n1450478700,21000\n1450479600,22000\n")
    node.command = [part.replace("heapsize=100k", "heapsize=200k") for part in node.command]
    node.start(1450479600 - 13, module="shaken")  # a scan is due right after the shaking
    node.wait_ready()
    until = time.monotonic() + 60
    while not node.events(STRONG_MOTION):
        assert time.monotonic() < until
        time.sleep(0.2)
    ((_, told),) = node.events(STRONG_MOTION)
    assert told.values[4] == pytest.approx(200_000, rel=0.02)
    assert told.values[2] == pytest.approx(3000, abs=100)
    assert told.values[7] == pytest.approx(1e6 * math.pi / 2 * G * 0.04 / 2 * 3, rel=0.03 + told.values[15] / 750)
    ((_, fast),) = node.events(FAST_SCAN)
    assert (fast.detail, fast.values[3]) == (5, 3)
    while not node.history():
        assert time.monotonic() < until
        time.sleep(0.2)
    (channel,) = record.decode_scalar(node.history()[0].payload, 1)
    assert channel.status == 0
    assert channel.value == pytest.approx(22_000, abs=1_200)
