"""The whole logger program, as a process under both MicroPythons, on a bus of one: the test is the master."""

import itertools
import random
import re
import struct
import sys
import time
from pathlib import Path

import pytest

from seepline.wire import record, registers, rtu, status
from simulator import flash_image

START_S = 1450425600  # as in conftest.py
SCANS = 60
END_S = START_S + 900 * SCANS


def _first_scan(records: list[record.Record]) -> tuple[list[record.VwChannel], list[record.ScalarChannel]]:
    return record.decode_vw(records[0].payload, 2), record.decode_scalar(records[1].payload, 3)


def test_a_past_made_in_virtual_time_is_read_back_from_the_flash(node) -> None:
    node.start()
    node.wait_ready()
    records = node.history()
    assert [entry.utc_s for entry in records] == [START_S + 900 * n for n in range(SCANS) for _ in (0, 1)]
    vw, scalar = _first_scan(records)
    assert [(c.status, c.frequency_mhz, c.thermistor_mohm) for c in vw] == [
        (0, 2900000, 5781000),
        (0, 2800000, record.MISSING_U32),
    ]
    assert [(c.status, c.value) for c in scalar] == [(0, 2056000), (0, 0), (status.MISSING, record.MISSING_I32)]
    assert {(entry.logger_id, entry.boot, entry.status) for entry in records} == {(116002, 1, status.TIME_RTC)}


def test_identification_live_block_and_identity_string(node) -> None:
    node.start()
    node.wait_ready()
    assert node.identification("magic") == registers.MAGIC
    assert node.identification("scan_s") == 900
    assert node.ask(bytes([rtu.REPORT_ID])).startswith(b"\x11\x26\x53\xffSeepline logger 116002")
    words = node.words(registers.live_address(1), registers.LIVE_REGISTERS)
    live = record.decode(struct.pack(">60H", *words[:60]))
    assert live == node.history()[-1]
    assert words[registers.LIVE_AGE_S] in range(890, 1800)
    assert node.ask(rtu.read_request(3, 60, 1)) == bytes([0x83, rtu.ILLEGAL_ADDRESS])


def test_scans_without_a_row_are_missing_and_not_the_last_value(node) -> None:
    node.start(END_S + 2 * 900)
    node.wait_ready()
    late = [entry for entry in node.history() if entry.utc_s >= END_S]
    assert [entry.utc_s for entry in late[:4]] == [END_S, END_S, END_S + 900, END_S + 900]
    vw, scalar = _first_scan(late)
    assert vw == [record.missing_vw(status.MISSING)] * 2
    assert scalar == [record.missing_scalar(status.MISSING)] * 3


def test_live_scans_follow_the_site_clock(node) -> None:
    node.start(END_S - 1, rate=9000)
    node.wait_ready()
    count = node.identification("newest_sequence")
    while node.identification("newest_sequence") < count + 4:
        time.sleep(0.02)
    times = [entry.utc_s for entry in node.history() if entry.block == 0]
    assert all(utc_s % 900 == 0 for utc_s in times)
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


def test_a_broadcast_and_a_foreign_request_get_no_answer(node) -> None:
    node.start()
    node.wait_ready()
    site_s = node.identification("utc_s")
    served = node.identification("frames_served")
    node.send(rtu.BROADCAST, rtu.write_request(registers.TIME_REGISTER, [site_s >> 16, site_s & 0xFFFF, 0, 0]))
    time.sleep(0.3)
    node.send(9, rtu.read_request(3, 0, 2))
    time.sleep(0.3)
    assert node.identification("frames_served") == served + 2 - 1
    assert node.identification("time_quality") in (status.TIME_RTC, status.TIME_SYNCED)
    assert node.identification("frames_bad") == 0


def test_noise_and_half_frames_are_counted_and_the_next_request_is_served(node) -> None:
    node.start()
    node.wait_ready()
    request = rtu.frame(2, rtu.read_request(3, 0, 2))
    for noise in (b"\x00", b"\xff\xff\xff", request[:5], request[:-1] + b"\x00"):
        node.line.sendall(noise)
        time.sleep(0.05)
        assert node.words(0, 2) == (0x5345, 0x4550)
    assert node.identification("frames_bad") == 4


def test_a_killed_logger_finds_its_memory_and_makes_no_second_past(node) -> None:
    node.start()
    node.wait_ready()
    before, ring = node.history(), node.identification("ring")
    node.kill()
    node.start()
    node.wait_ready()
    assert node.identification("ring") == ring
    assert node.identification("boot") == 2
    after = node.history()
    assert after[: len(before)] == before
    assert all(entry.boot == 2 for entry in after[len(before) :])


def test_kills_at_any_moment_of_fast_scanning_break_nothing(node) -> None:
    chance = random.Random(116002)
    for boot in range(1, 5):
        node.start(END_S + 10**6 * boot, rate=150000)
        node.wait_ready()
        time.sleep(chance.uniform(0.05, 0.3))
        node.kill()
        stored = [record.decode(data) for data in flash_image.records(node.flash)]
        in_flash = {entry.sequence: entry for entry in stored}
        assert len(in_flash) == len(stored), "two records share one identity"
        node.start(END_S + 10**6 * boot + 9 * 10**5)
        node.wait_ready()
        held = {entry.sequence: entry for entry in node.records()}
        assert len(held) >= 6 * 34
        assert all(held[n] == in_flash[n] for n in held if n in in_flash)
        assert max(held) >= max(in_flash)
        node.kill()


def test_the_end_of_the_bus_is_power_off(node) -> None:
    node.start()
    node.wait_ready()
    assert node.stop() == 0


@pytest.mark.parametrize("node", ["64-bit"], indirect=True)
def test_the_same_program_runs_under_cpython(node) -> None:
    node.command, node.environment = [sys.executable, "-m"], {"PYTHONPATH": str(Path(__file__).parents[2])}
    node.start()
    node.wait_ready()
    assert len(node.history()) == 2 * SCANS
    assert node.stop() == 0


@pytest.mark.parametrize(("key", "value"), [("address", 300), ("scan_s", 1)])
def test_a_bad_configuration_is_said_in_one_sentence(
    node, capfd: pytest.CaptureFixture[str], key: str, value: int
) -> None:
    path = node.directory / "config.json"
    path.write_text(re.sub(rf'"{key}": \d+', f'"{key}": {value}', path.read_text()))
    node.launch(END_S, 1)
    assert node.process.wait(10) == 1
    assert f"{key} is {value}, expected a whole number" in capfd.readouterr().out
