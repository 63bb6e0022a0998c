"""Mode window as a process: a master like a gateway wakes the logger, reads it, and misses windows."""

import contextlib
import itertools
import json
import select
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from seepline.wire import record, registers, rtu, status

RESTART_CODE = 75
START_S = 1450425600
ADDRESS = 2
SCAN_S, RATE, WINDOW_S = 200, 50, 40  # a scan every 4 s, a window of 0.8 s
HEAPS = {"runner64": "1m", "rom32": "100k"}
PREAMBLE_S, TRIES, TRY_S = 1.2, 3, 0.6  # docs/window-protocol.md, and twice 300 ms: a busy desk starts slowly
NAMES = ("utc_s", "next_scan_s", "newest_sequence", "uptime_s", "boot", "reset_cause", "power_mode", "window_s")


class Bus:
    """A line with one logger at most on it: what is sent while none is there is gone."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.setblocking(False)
        self.node: socket.socket | None = None

    def _look(self) -> None:
        with contextlib.suppress(BlockingIOError):
            node, _ = self.server.accept()
            self.close()
            self.node = node

    def close(self) -> None:
        if self.node:
            self.node.close()

    def send(self, data: bytes) -> None:
        self._look()
        if self.node:
            with contextlib.suppress(OSError):
                self.node.sendall(data)

    def hear(self, seconds: float) -> bytes:
        """Return what the logger says within so long."""
        heard, until = b"", time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._look()
            if not self.node or not select.select([self.node], [], [], min(left, 0.02))[0]:
                time.sleep(0.001)
                continue
            with contextlib.suppress(OSError):
                heard += self.node.recv(300)
            heard = heard.partition(b"\n")[2] if heard.startswith(b"NODE ") else heard
            if (size := rtu.answer_length(heard)) and len(heard) >= size:
                break
        return heard

    def ask(self, pdu: bytes) -> bytes:
        """Send a request up to three times, 300 ms apart; return the answer, b"" when the logger sleeps on."""
        for _ in range(TRIES):
            self.send(rtu.frame(ADDRESS, pdu))
            answer = self.hear(TRY_S)
            if answer and rtu.crc_fits(answer):
                return answer[1:-2]
        return b""

    def wake(self) -> None:
        """Send the preamble, then let the line be silent."""
        until = time.monotonic() + PREAMBLE_S
        while time.monotonic() < until:
            self.send(bytes(10))
            time.sleep(0.01)
        self.hear(0.05)

    def identify(self) -> dict[str, int]:
        """Return the identification of a logger that is awake, {} of one that is not."""
        answer = self.ask(rtu.read_request(rtu.READ_HOLDING, 0, registers.IDENTIFICATION_REGISTERS))
        if not answer:
            return {}
        words = [answer[at] << 8 | answer[at + 1] for at in range(2, len(answer), 2)]
        return {name: registers.field(words, name) for name in NAMES}

    def read(self, sequence: int) -> record.Record:
        answer = self.ask(rtu.file_request([(*registers.history_address(sequence), 60)]))
        return record.decode(rtu.file_groups(answer)[0])


class Sleeper:
    """A logger program that is started again whenever it asks for it, and how often that was."""

    def __init__(self, command: list[str], folder, environment: dict[str, str]) -> None:
        self.starts = 0
        self._begin = lambda: subprocess.Popen(command, cwd=folder, env=environment)
        self._stop = threading.Event()
        self.code: int | None = None
        self._thread = threading.Thread(target=self._mind)
        self._thread.start()

    def _mind(self) -> None:
        while not self._stop.is_set():
            self.starts += 1
            process = self._begin()
            while process.poll() is None and not self._stop.is_set():
                time.sleep(0.005)
            if process.poll() is None:
                process.kill()
            self.code = process.wait()
            if self.code != RESTART_CODE:
                return

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture(params=["runner64", "rom32"])
def sleeping(request: pytest.FixtureRequest, tmp_path) -> Iterator[tuple[Bus, Sleeper]]:
    """A logger in mode window that was put to sleep by a first boot, and its bus."""
    runner, bus = request.getfixturevalue(request.param), Bus()
    rows = [f"{START_S + SCAN_S * n},{2900000 + n}/5781000/////,{n}" for n in range(1000)]
    (tmp_path / "inputs.csv").write_text("\n".join(["utc_s,0:0,1:0", *rows, ""]))
    logger = {
        "logger_id": 116002,
        "address": ADDRESS,
        "baud": 115200,
        "scan_s": SCAN_S,
        "mode": "window",
        "window_s": WINDOW_S,
        "blocks": [
            {"block": 0, "payload": "vw", "slots": ["vw"]},
            {"block": 1, "payload": "scalar", "slots": ["pulses"]},
        ],
    }
    desk = {
        "logger": logger,
        "bus": bus.server.getsockname(),
        "flash": str(tmp_path / "flash"),
        "flash_blocks": 8,
        "inputs": str(tmp_path / "inputs.csv"),
        "history_from_s": None,
        "ready": str(tmp_path / "ready"),
    }
    (tmp_path / "config.json").write_text(json.dumps(desk))
    anchor = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START_S + 1))
    clock = f"{anchor}@{RATE}@{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    command = runner.command(
        HEAPS[request.param], "firmware.main", "simulator.device.board", str(tmp_path / "config.json")
    )
    sleeper = Sleeper(command, tmp_path, runner.environment(SEEPLINE_CLOCK=clock))
    until = time.monotonic() + 60
    while sleeper.starts < 2:  # after a true start it stays up for two minutes of site time
        assert time.monotonic() < until, sleeper.code
        time.sleep(0.02)
    yield bus, sleeper
    sleeper.close()
    bus.close()
    bus.server.close()


def test_a_preamble_wakes_it_and_the_first_answer_is_the_stored_record(sleeping) -> None:
    bus, _ = sleeping
    seen = []
    for _ in range(2):
        bus.wake()
        found = bus.identify()
        assert found, "three tries after the preamble were not enough"
        assert (found["power_mode"], found["window_s"], found["boot"]) == (1, WINDOW_S, 1)
        assert found["reset_cause"] == 4
        assert 0 < found["next_scan_s"] - found["utc_s"] <= SCAN_S
        answer = bus.ask(rtu.read_request(rtu.READ_HOLDING, registers.live_address(0), registers.LIVE_REGISTERS))
        live = record.decode(answer[2:122])
        assert live.utc_s % SCAN_S == 0
        assert live.sequence in (found["newest_sequence"], found["newest_sequence"] - 1)
        seen.append((found["uptime_s"], found["newest_sequence"]))
        time.sleep(1.5 * SCAN_S / RATE)
    assert seen == sorted(set(seen))
    bus.wake()
    utc_s = bus.identify()["utc_s"]
    words = [utc_s >> 16, utc_s & 0xFFFF, 0, 0]
    bus.send(rtu.frame(rtu.BROADCAST, rtu.write_request(registers.TIME_REGISTER, words)))
    bus.hear(0.1)
    answer = bus.ask(rtu.read_request(rtu.READ_HOLDING, 19, 1))
    assert answer[-1] == status.TIME_SYNCED, "a time within the clock's tolerance confirms it"


def test_the_windows_that_were_missed_are_made_good_and_the_next_one_needs_no_preamble(sleeping) -> None:
    bus, sleeper = sleeping
    bus.wake()
    first = bus.identify()["newest_sequence"]
    starts = sleeper.starts
    time.sleep(4 * SCAN_S / RATE)  # nobody comes for four scans
    bus.wake()
    found = bus.identify()
    assert sleeper.starts >= starts + 4
    assert found["newest_sequence"] >= first + 6
    records = [bus.read(sequence) for sequence in range(first + 1, found["newest_sequence"] + 1)]
    scans = [entry for entry in records if entry.block == 0]
    times = [entry.utc_s for entry in scans]
    assert times == list(range(times[0], times[0] + SCAN_S * len(times), SCAN_S)), times
    assert all(entry.payload_type != record.PAYLOAD_EVENT for entry in records), "waking is nothing to tell"
    assert {record.decode_vw(entry.payload, 1)[0].status for entry in scans} == {0}
    assert {entry.boot for entry in records} == {1}
    uptimes = [entry.uptime_s for entry in scans]
    assert all(abs(later - before - SCAN_S) <= 90 for before, later in itertools.pairwise(uptimes)), uptimes
    # A master that keeps to the schedule says nothing until the window is open.
    asleep_s = (found["next_scan_s"] - bus.identify()["utc_s"]) / RATE
    starts = sleeper.starts
    bus.hear(asleep_s)
    until = time.monotonic() + 60  # a slow machine may miss a window; the next one needs no preamble either
    while sleeper.starts == starts and time.monotonic() < until:
        bus.hear(0.05)
    newest = 0
    while newest < found["newest_sequence"] + 2:
        assert time.monotonic() < until
        newest = max(newest, bus.identify().get("newest_sequence", 0))
