"""The whole logger program, as a process under MicroPython, on a bus of one: the test is the master."""

import itertools
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seepline.wire import record, registers, rtu, status
from simulator import flash_image
from simulator.interpreter import find

ROOT = Path(__file__).resolve().parents[2]
START_S = 1450425600
SCANS = 60
END_S = START_S + 900 * SCANS
ADDRESS = 2


class Node:
    """One logger program, started again on the same flash by `start`, killed by `kill`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.flash = directory / "logger.flash"
        self.command: tuple[str, ...] = find(require_micropython=True).command
        self.line: socket.socket | None = None
        self._server = socket.create_server(("127.0.0.1", 0))
        self._write_files()

    def _write_files(self) -> None:
        rows = ["utc_s,0:0,0:1,1:0,1:1,1:2"]
        rows += [
            f"{START_S + 900 * n},{2900000 + n}/5781000/////,{2800000 + n}//////,2056000,{n},"
            for n in range(SCANS)
        ]
        (self.directory / "inputs.csv").write_text("\n".join(rows) + "\n")
        blocks = [
            {"block": 0, "payload": "vw", "slots": ["vw", "vw"]},
            {"block": 1, "payload": "scalar", "slots": ["voltage", "pulses", "voltage"]},
        ]
        logger = {"logger_id": 116002, "address": ADDRESS, "baud": 115200, "scan_s": 900, "blocks": blocks}
        desk = {
            "logger": logger,
            "bus": self._server.getsockname(),
            "flash": str(self.flash),
            "flash_blocks": 8,
            "inputs": str(self.directory / "inputs.csv"),
            "history_from_s": START_S,
            "ready": str(self.directory / "ready"),
        }
        (self.directory / "config.json").write_text(json.dumps(desk))

    def start(self, site_s: int = END_S - 1, rate: int = 1) -> None:
        """Start the program with the site clock at `site_s`; it is connected when this returns."""
        self.launch(site_s, rate)
        self._server.settimeout(30)
        self.line, _ = self._server.accept()
        self.line.settimeout(10)
        assert self._receive(lambda data: 12 if len(data) >= 12 else 0) == b"NODE 116002\n"

    def launch(self, site_s: int, rate: int) -> None:
        (self.directory / "ready").unlink(missing_ok=True)
        clock = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(site_s))
        self.process = subprocess.Popen(
            [*self.command, "-m", "firmware.main", "simulator.device.board", str(self.directory / "config.json")],
            cwd=ROOT,
            env={**os.environ, "SEEPLINE_CLOCK": f"{clock}@{rate}"},
        )

    def wait_ready(self) -> None:
        while not (self.directory / "ready").exists():
            assert self.process.poll() is None, "the logger program has ended"
            time.sleep(0.01)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
        if self.line:
            self.line.close()

    def stop(self) -> int:
        """Power off: end the bus and return the program's exit code."""
        self.line.close()
        return self.process.wait(10)

    def send(self, address: int, pdu: bytes) -> None:
        self.line.sendall(rtu.frame(address, pdu))

    def ask(self, pdu: bytes) -> bytes:
        """Return the answer PDU to a request."""
        self.send(ADDRESS, pdu)
        frame = self._receive(rtu.answer_length)
        assert frame[0] == ADDRESS
        assert rtu.crc_fits(frame)
        return frame[1:-2]

    def _receive(self, length: Callable[[bytes], int]) -> bytes:
        data = b""
        while not (size := length(data)) or len(data) < size:
            piece = self.line.recv(300)
            assert piece, "the logger program has ended"
            data += piece
        assert len(data) == size
        return data

    def words(self, register: int, count: int) -> tuple[int, ...]:
        answer = self.ask(rtu.read_request(rtu.READ_HOLDING, register, count))
        return struct.unpack(f">{count}H", answer[2:])

    def identification(self, name: str) -> int:
        return registers.field(list(self.words(0, registers.IDENTIFICATION_REGISTERS)), name)

    def history(self) -> list[record.Record]:
        """Return every record the logger holds, read by function 20."""
        oldest, newest = self.identification("oldest_sequence"), self.identification("newest_sequence")
        found = []
        for sequence in range(oldest, newest + 1):
            answer = self.ask(rtu.file_request([(*registers.history_address(sequence), 60)]))
            groups = rtu.file_groups(answer)
            if groups is None:  # the oldest block was erased ahead of need, after the first answer
                assert not found
                assert sequence < self.identification("oldest_sequence")
                continue
            found.append(record.decode(groups[0]))
        assert [entry.sequence for entry in found] == list(range(found[0].sequence, newest + 1))
        return found


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A logger program with its files, not started yet."""
    made = Node(tmp_path)
    yield made
    made.kill()
    made._server.close()


def _first_scan(records: list[record.Record]) -> tuple[list[record.VwChannel], list[record.ScalarChannel]]:
    return record.decode_vw(records[0].payload, 2), record.decode_scalar(records[1].payload, 3)


def test_a_past_made_in_virtual_time_is_read_back_from_the_flash(node: Node) -> None:
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


def test_identification_live_block_and_identity_string(node: Node) -> None:
    node.start()
    node.wait_ready()
    assert node.identification("magic") == registers.MAGIC
    assert node.identification("scan_s") == 900
    assert node.ask(bytes([rtu.REPORT_ID])).startswith(b"\x11\x26\x53\xffSeepline logger 116002")
    words = node.words(registers.live_address(1), registers.LIVE_REGISTERS)
    live = record.decode(struct.pack(">60H", *words[:60]))
    assert live == node.history()[-1]
    assert words[registers.LIVE_AGE_S] in range(890, 1800)
    assert node.ask(rtu.read_request(3, 42, 1)) == bytes([0x83, rtu.ILLEGAL_ADDRESS])


def test_scans_without_a_row_are_missing_and_not_the_last_value(node: Node) -> None:
    node.start(END_S + 2 * 900)
    node.wait_ready()
    late = [entry for entry in node.history() if entry.utc_s >= END_S]
    assert [entry.utc_s for entry in late[:4]] == [END_S, END_S, END_S + 900, END_S + 900]
    vw, scalar = _first_scan(late)
    assert vw == [record.missing_vw(status.MISSING)] * 2
    assert scalar == [record.missing_scalar(status.MISSING)] * 3


def test_live_scans_follow_the_site_clock(node: Node) -> None:
    node.start(END_S - 1, rate=9000)
    node.wait_ready()
    count = node.identification("newest_sequence")
    while node.identification("newest_sequence") < count + 4:
        time.sleep(0.02)
    times = [entry.utc_s for entry in node.history() if entry.block == 0]
    assert all(utc_s % 900 == 0 for utc_s in times)
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


def test_a_broadcast_and_a_foreign_request_get_no_answer(node: Node) -> None:
    node.start()
    node.wait_ready()
    site_s = node.identification("utc_s")
    served = node.identification("frames_served")
    node.send(rtu.BROADCAST, rtu.write_request(registers.TIME_REGISTER, [site_s >> 16, site_s & 0xFFFF, 0, 0]))
    time.sleep(0.05)
    node.send(9, rtu.read_request(3, 0, 2))
    time.sleep(0.05)
    assert node.identification("frames_served") == served + 2 - 1
    assert node.identification("time_quality") in (status.TIME_RTC, status.TIME_SYNCED)
    assert node.identification("frames_bad") == 0


def test_noise_and_half_frames_are_counted_and_the_next_request_is_served(node: Node) -> None:
    node.start()
    node.wait_ready()
    request = rtu.frame(2, rtu.read_request(3, 0, 2))
    for noise in (b"\x00", b"\xff\xff\xff", request[:5], request[:-1] + b"\x00"):
        node.line.sendall(noise)
        time.sleep(0.05)
        assert node.words(0, 2) == (0x5345, 0x4550)
    assert node.identification("frames_bad") == 4


def test_a_killed_logger_finds_its_memory_and_makes_no_second_past(node: Node) -> None:
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


def test_kills_at_any_moment_of_fast_scanning_break_nothing(node: Node) -> None:
    chance = random.Random(116002)
    for boot in range(1, 5):
        node.start(END_S + 10**7 * boot, rate=450000)
        node.wait_ready()
        time.sleep(chance.uniform(0.05, 0.3))
        node.kill()
        stored = [record.decode(data) for data in flash_image.records(node.flash)]
        in_flash = {entry.sequence: entry for entry in stored}
        assert len(in_flash) == len(stored), "two records share one identity"
        node.start(END_S + 10**7 * boot + 9 * 10**6)
        node.wait_ready()
        held = {entry.sequence: entry for entry in node.history()}
        assert len(held) >= 6 * 34
        assert all(held[n] == in_flash[n] for n in held if n in in_flash)
        assert max(held) >= max(in_flash)
        node.kill()


def test_the_end_of_the_bus_is_power_off(node: Node) -> None:
    node.start()
    node.wait_ready()
    assert node.stop() == 0


def test_it_runs_in_the_heap_of_an_esp32(node: Node) -> None:
    node.command = (node.command[0], "-X", "heapsize=240k")  # words of 64 bits: as 120 k of an ESP32
    node.start()
    node.wait_ready()
    assert len(node.history()) == 2 * SCANS
    assert node.ask(bytes([rtu.REPORT_ID]))[0] == rtu.REPORT_ID


def test_the_same_program_runs_under_cpython(node: Node) -> None:
    node.command = (sys.executable,)
    node.start()
    node.wait_ready()
    assert len(node.history()) == 2 * SCANS
    assert node.stop() == 0


@pytest.mark.parametrize(("key", "value"), [("address", 300), ("scan_s", 1)])
def test_a_bad_configuration_is_said_in_one_sentence(
    node: Node, capfd: pytest.CaptureFixture[str], key: str, value: int
) -> None:
    path = node.directory / "config.json"
    path.write_text(re.sub(rf'"{key}": \d+', f'"{key}": {value}', path.read_text()))
    node.launch(END_S, 1)
    assert node.process.wait(10) == 1
    assert f"{key} is {value}, expected a whole number" in capfd.readouterr().out
