"""An earthquake from the accelerometer's samples to a red level, by the logger's own sums and record."""

import random
import sys
from dataclasses import replace
from math import exp, pi, sin
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from collector.line_protocol import parse  # noqa: E402
from collector.raw_lines import rows as raw_rows  # noqa: E402
from firmware.motion_sums import BIN, BIN_BYTES  # noqa: E402
from firmware.strong_motion import Limits, Watch, values  # noqa: E402
from gateway.uplink.lines import names_of, record_line  # noqa: E402
from seepline.site import Threshold  # noqa: E402
from seepline.site_file import read_site  # noqa: E402
from seepline.site_motion import StrongMotion  # noqa: E402
from seepline.wire import record as wire  # noqa: E402
from seepline.wire.event import EVENT_BLOCK, STRONG_MOTION, Event, encode_event  # noqa: E402
from tests.collector.chain import T0_MS, Chain  # noqa: E402

RATE, PER_G, G = 250, 256_000, 9.80665
LIMITS = Limits(trigger=1280, end=640, ratio_tenth=0, pre=63, quiet=94, most=5625)


def shaken_g(seed: int) -> list[tuple[float, float, float]]:
    """Twelve seconds: quiet, a shake of a quarter of g along y, quiet."""
    dice = random.Random(seed)
    found = []
    for n in range(12 * RATE):
        t = n / RATE
        envelope = 0.0 if t < 3 else exp(-((t - 5.0) ** 2))
        y = 0.25 * envelope * sin(2 * pi * 4 * t)
        found.append((0.3 * y + dice.gauss(0, 1e-4), y, 1.0 + 0.2 * y))
    return found


def ended(samples: list[tuple[float, float, float]]):
    """Return what the logger's watch says of samples in g."""
    watch, told = Watch(LIMITS), []
    counts = (round(PER_G * axis) & 0xFFFFF for sample in samples for axis in sample)
    data = b"".join((one << 4).to_bytes(3, "big") for one in counts)  # as the ADXL355's FIFO gives them
    for place in range(len(data) // BIN_BYTES):
        at_ms = T0_MS + 1000 * BIN * place // RATE
        told.append(watch.take(data, place * BIN_BYTES, at_ms))
    (event,) = [one for one in told if one is not None]
    return event


@pytest.fixture
def chain(tmp_path):
    dam = read_site(ROOT / "tests" / "collector" / "dam.toml")
    limit = Threshold(
        set="s1", point="P1", quantity="peak_acceleration", direction="above",
        yellow=0.5, orange=1.0, red=2.0, deadband=0.0, delay_count=1,
    )  # fmt: skip
    motion = StrongMotion(point="P1", logger="a", valid_from_ms=T0_MS - 86_400_000)
    made = Chain(replace(dam, strong_motion=(motion,), thresholds=(*dam.thresholds, limit)), tmp_path)
    yield made
    made.close()


def test_a_shake_of_a_quarter_of_g_is_red_with_the_numbers_of_its_samples(chain):
    samples = shaken_g(1)
    event = ended(samples)
    numbers = values(event, PER_G, 1000 * RATE)
    said = Event(STRONG_MOTION, event.detail, numbers)
    (serial,) = [one.serial for one in chain.site.loggers if one.id == "a"]
    record = wire.Record(
        logger_id=serial, block=EVENT_BLOCK, map_version=wire.MAP_VERSION, status=2, ring=7, boot=1, sequence=9,
        utc_s=T0_MS // 1000 + 12, utc_ms=0, uptime_s=500, payload_type=wire.PAYLOAD_EVENT, channels=len(numbers),
        payload=encode_event(said),
    )  # fmt: skip
    line = record_line(wire.encode(record), None, names_of(chain.site))
    parsed, refused = parse(line.encode())
    (row,), wrong = raw_rows(parsed, "ms", chain.site.info.id)
    assert (refused, wrong) == ([], [])
    chain.take(row)
    found = {key[1]: one for key, one in chain.reader.latest().items() if key[0] == "P1"}
    still = [sum(sample[axis] for sample in samples[: 2 * RATE]) / (2 * RATE) for axis in range(3)]
    peaks = [max(abs(sample[axis] - still[axis]) for sample in samples) for axis in range(3)]
    assert found["peak_acceleration"].value == pytest.approx(G * max(peaks), rel=0.01)
    arias = [pi * G / 2 * sum((sample[axis] - still[axis]) ** 2 for sample in samples) / RATE for axis in range(3)]
    assert found["arias_intensity"].value == pytest.approx(sum(arias), rel=0.02)
    cavs = [G * sum(abs(sample[axis] - still[axis]) for sample in samples) / RATE for axis in range(3)]
    assert found["cumulative_absolute_velocity"].value == pytest.approx(max(cavs), rel=0.02)
    assert 1.0 < found["significant_duration"].value < found["shaking_duration"].value < 6.0
    assert found["peak_acceleration"].inputs == ("a:7:9",)
    assert chain.kinds() == ["strong_motion", "level"]
    assert (found["peak_acceleration"].level, found["peak_acceleration"].bound) == (3, "")
