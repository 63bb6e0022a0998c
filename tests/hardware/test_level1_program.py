"""The logger's own program, with level 1's bench configuration, reads every terminal through its real drivers."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seepline.wire.record import PAYLOAD_SCALAR, PAYLOAD_VW, PAYLOADS, decode
from simulator.flash_image import records

ROOT = Path(__file__).resolve().parents[2]
LEVEL1 = ROOT / "hardware" / "level1"
LIMIT_S = 120


@pytest.fixture(scope="module")
def memory(tmp_path_factory) -> list:
    """Return the records that the simulated logger has made of the bench's inputs."""
    folder = tmp_path_factory.mktemp("level1") / "run"
    command = [sys.executable, "-m", "seepline.cli", "simulate", LEVEL1 / "bench.toml"]
    command += ["--inputs", LEVEL1 / "bench-inputs.toml", "--dir", folder]
    environment = {**os.environ, "SEEPLINE_CLOCK": "2026-11-01T00:03:00Z@1"}
    with (folder.parent / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            ends = time.monotonic() + LIMIT_S
            while not (folder / "ready.json").exists():
                assert running.poll() is None, (folder.parent / "log").read_text()
                assert time.monotonic() < ends, (folder.parent / "log").read_text()
                time.sleep(0.1)
        finally:
            running.terminate()
            running.wait()
    return [decode(data) for data in records(folder / "level1.flash")]


def channels(memory: list, payload: int) -> list:
    """Return the channels of the newest record of a payload within the recording."""
    newest = max((one for one in memory if one.payload_type == payload), key=lambda one: one.sequence)
    return PAYLOADS[payload].decode(newest.payload, newest.channels)


def test_four_wires_and_their_thermistors_are_read(memory):
    found = channels(memory, PAYLOAD_VW)
    assert [one.status for one in found] == [0] * 4
    for one in found:
        assert one.frequency_mhz == pytest.approx(2_800_000, abs=20)  # what the bench list's M4 asks for
        assert one.thermistor_mohm == pytest.approx(3_000_000, rel=0.002)  # and M2


def test_loops_string_rain_and_battery_are_read(memory):
    loop1, loop2, tilt, rain, battery = channels(memory, PAYLOAD_SCALAR)
    assert [one.status for one in (loop1, loop2, tilt, rain, battery)] == [0] * 5
    assert loop1.value == loop2.value == pytest.approx(1_200_000, rel=0.0005)  # 12 mA
    assert tilt.value == 125_000
    assert rain.value == 10
    assert battery.value == pytest.approx(
        12_800_000, rel=0.01
    )  # through 1 Mohm over 180 kohm, millivolts of the chip
