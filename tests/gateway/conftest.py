"""A site of two loggers, and a slave on a real PTY that tells the truth until a test says otherwise."""

import contextlib
import gzip
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gateway.bus.exchange import Pace
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.loggers.client import LoggerClient
from seepline import site as names
from seepline.site_wiring import Bus, Channel, Gateway, Logger
from seepline.wire import record as wire
from seepline.wire import registers, rtu

ROOT = Path(__file__).parents[2]
DEMO_SITE = ROOT / "simulator" / "demo" / "site.toml"
DEMO_HELD = 80
SCAN_S = 900
FIRST_SCAN_S = 1_450_000_800  # a multiple of 900

# What the slave puts on the line for one request: (pause before it, bytes).
Said = list[tuple[float, bytes]]
Mischief = Callable[[bytes, bytes], Said]


def truthfully(request: bytes, answer: bytes) -> Said:
    return [(0.0, answer)]


def a_record(
    serial: int, ring: int, sequence: int, *, block: int = 0, utc_s: int | None = None, boot: int = 1
) -> bytes:
    """Return a vibrating-wire (block 0) or scalar (block 1) record whose values follow from its identity."""
    if block == 0:
        channel = wire.VwChannel(0, 2_800_000 + sequence, 3_000_000 + serial % 1000, 900, 200, 9000, 500, 1, 0)
        kind, count, payload = wire.PAYLOAD_VW, 2, wire.encode_vw([channel, channel])
    else:
        values = [wire.ScalarChannel(0, 101_325 + sequence), wire.ScalarChannel(0, sequence)]
        kind, count, payload = wire.PAYLOAD_SCALAR, 2, wire.encode_scalar(values)
    time_s = FIRST_SCAN_S + SCAN_S * sequence if utc_s is None else utc_s
    head = (serial, block, wire.MAP_VERSION, 2 if time_s else 0, ring, boot, sequence, time_s, 0, 60 * sequence)
    return wire.encode(wire.Record(*head, kind, count, payload))


@dataclass
class Memory:
    """What a well-behaved logger holds, and its right answer to each request."""

    serial: int
    ring: int = 77
    oldest: int = 1
    newest: int = 0
    boot: int = 1
    time_quality: int = 2
    utc_ms: int = (FIRST_SCAN_S + 10 * SCAN_S) * 1000
    blocks: int = 1
    holes: set[int] = field(default_factory=set)
    damaged: set[int] = field(default_factory=set)
    told_ms: list[int] = field(default_factory=list)

    def record(self, sequence: int) -> bytes:
        raw = a_record(self.serial, self.ring, sequence, block=(sequence - 1) % self.blocks)
        return raw[:-1] + bytes([raw[-1] ^ 1]) if sequence in self.damaged else raw

    def answer(self, pdu: bytes) -> bytes:
        if pdu[0] == rtu.READ_HOLDING:
            return bytes([3, 120]) + self.identification()
        if pdu[0] == rtu.READ_INPUT:
            return bytes([4, 124]) + self.live((struct.unpack_from(">H", pdu, 1)[0] - 1000) // 64)
        if pdu[0] == rtu.READ_FILE:
            return self.history(pdu)
        if pdu[0] == rtu.WRITE_MULTIPLE:
            self.take_time(pdu)
            return pdu[:5]
        return rtu.exception(pdu[0], rtu.ILLEGAL_FUNCTION)

    def take_time(self, pdu: bytes) -> None:
        high, low, milliseconds, _ = struct.unpack_from(">4H", pdu, 6)
        self.told_ms.append((high << 16 | low) * 1000 + milliseconds)
        self.time_quality = 2

    def live(self, block: int) -> bytes:
        newest = next((n for n in range(self.newest, 0, -1) if (n - 1) % self.blocks == block), 0)
        raw = self.record(newest) if newest else a_record(self.serial, self.ring, 0, block=block, utc_s=0)
        return raw + struct.pack(">HH", 5, 1)

    def history(self, pdu: bytes) -> bytes:
        groups = b""
        for at in range(2, len(pdu), 7):
            _, file, number, _ = struct.unpack_from(">BHHH", pdu, at)
            sequence = registers.history_sequence(file, number, self.oldest, self.newest)
            if sequence < 0 or sequence in self.holes:
                return rtu.exception(rtu.READ_FILE, rtu.ILLEGAL_ADDRESS)
            groups += bytes([121, 6]) + self.record(sequence)
        return bytes([rtu.READ_FILE, len(groups)]) + groups

    def identification(self) -> bytes:
        values = {
            "magic": registers.MAGIC,
            "map_version": 1,
            "logger_id": self.serial,
            "ring": self.ring,
            "boot": self.boot,
            "oldest_sequence": self.oldest,
            "newest_sequence": self.newest,
            "uptime_s": 60 * self.newest,
            "utc_s": self.utc_ms // 1000,
            "utc_ms": self.utc_ms % 1000,
            "time_quality": self.time_quality,
            "scan_s": SCAN_S,
            "block_count": self.blocks,
        }
        data = b""
        for _, words, name in registers.IDENTIFICATION:
            data += values.get(name, 0).to_bytes(2 * words, "big")
        directory = [0x0102] * self.blocks + [0xFFFF] * (16 - self.blocks)
        return data[:46] + struct.pack(">16H", *directory) + data[78:]


class PtySlave:
    """Devices on one PTY; `mischief(request, right answer)` decides what is really said."""

    def __init__(self, devices: dict[int, Memory]) -> None:
        self.devices = devices
        self.mischief: Mischief = truthfully
        self.requests = 0
        self._fd, self._slave_fd = os.openpty()
        tty.setraw(self._slave_fd)
        self.path = os.ttyname(self._slave_fd)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            os.close(self._fd)
            os.close(self._slave_fd)

    def _serve(self) -> None:
        heard = b""
        while not self._stop.is_set():
            if select.select([self._fd], [], [], 0.02)[0]:
                heard += os.read(self._fd, 4096)
            size = rtu.request_length(heard) if heard else 0
            if 0 < size <= len(heard):
                request, heard = heard[:size], heard[size:]
                self._serve_one(request)

    def _serve_one(self, request: bytes) -> None:
        self.requests += 1
        if request[0] == rtu.BROADCAST:
            for memory in self.devices.values():
                memory.take_time(request[1:-2])
            return
        memory = self.devices.get(request[0])
        if memory is not None:
            answer = rtu.frame(request[0], memory.answer(request[1:-2]))
            for pause_s, data in self.mischief(request, answer):
                time.sleep(pause_s)
                os.write(self._fd, data)


def the_site(*serials: int) -> names.Site:
    """Return a site with one bus and a logger per serial, addresses from 1, two channels per block."""
    loggers = tuple(
        Logger(id=f"logger-{n}", serial=serial, bus="bus1", address=n, scan_s=SCAN_S, silence_s=3600)
        for n, serial in enumerate(serials, 1)
    )
    rows = (
        (0, 0, "frequency", "vw_frequency", "Hz"),
        (0, 1, "thermistor", "vw_thermistor", "ohm"),
        (1, 0, "barometer", "voltage", "mV"),
    )
    return names.Site(
        info=names.SiteInfo(id="dam", name="Dam", timezone="UTC", datum="local", grey_above_share=0.5, demo=True),
        gateways=(Gateway(id="gw1"),),
        buses=(Bus(id="bus1", gateway="gw1", baud=921_600, parity="none"),),
        loggers=loggers,
        channels=tuple(
            Channel(id=name, logger=logger.id, block=block, slot=slot, kind=kind, unit=unit)
            for logger in loggers
            for block, slot, name, kind, unit in rows
        ),
    )


class Collector:
    """A collector in a thread: what it stored, and the answers it gives instead of the right one."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.rows: set[int] = set()
        self.headers: list[dict[str, str]] = []
        self.answers: list[tuple[int, dict] | str] = []
        self.poison: set[str] = set()
        self.says_which = True
        self.says_committed = True
        self.extra_headers: dict[str, str] = {}
        self.outbox = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.collector = self
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def committed(self) -> int:
        number = 0
        while number + 1 in self.rows:
            number += 1
        return number

    def write(self, lines: list[str], header: str) -> tuple[int, dict]:
        bad = [n for n, line in enumerate(lines, 1) if any(word in line for word in self.poison)]
        if bad and not self.says_which:
            return 400, {"code": "invalid", "message": "unable to parse"}
        self.stored += [line for n, line in enumerate(lines, 1) if n not in bad]
        self.outbox, _, ranges = header.partition(":")
        for part in ranges.split(","):
            first, last = part.split("-")
            self.rows |= set(range(int(first), int(last) + 1))
        rejected = [{"line": n, "reason": "no such channel"} for n in bad]
        return (400, {"code": "invalid", "message": "", "rejected": rejected}) if bad else (204, {})


class Handler(BaseHTTPRequestHandler):
    """The HTTP half of the collector."""

    protocol_version = "HTTP/1.1"

    @property
    def collector(self) -> Collector:
        return self.server.collector

    def do_GET(self):
        said = {"outbox": self.collector.outbox, "committed": self.collector.committed()}
        self._say(200, json.dumps(said).encode())

    def do_POST(self):
        body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
        self.collector.headers.append(dict(self.headers, path=self.path))
        answer = self.collector.answers.pop(0) if self.collector.answers else None
        if isinstance(answer, tuple):
            self._say(answer[0], json.dumps(answer[1]).encode())
            return
        status, said = self.collector.write(body.decode().split("\n"), self.headers["Seepline-Outbox"])
        if answer == "hang up":
            self.close_connection = True
            return
        self._say(status, json.dumps(said).encode() if said else b"")

    def _say(self, status, body):
        self.send_response(status)
        if status in (204, 400) and self.collector.says_committed:
            self.send_header("Seepline-Committed", f"{self.collector.outbox}:{self.collector.committed()}")
        if status == 503:
            self.send_header("Retry-After", "3")
        for name, value in self.collector.extra_headers.items():
            if name != "Date":
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp=None):
        return self.collector.extra_headers.get("Date") or super().date_time_string(timestamp)

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    collector = Collector()
    yield collector
    collector.close()


@pytest.fixture
def site() -> names.Site:
    return the_site(501, 502)


@pytest.fixture
def record() -> Callable[..., bytes]:
    return a_record


@pytest.fixture
def slave() -> Iterator[PtySlave]:
    slave = PtySlave({1: Memory(501, newest=20), 2: Memory(502, newest=20, ring=78, blocks=2)})
    yield slave
    slave.close()


@pytest.fixture
def pace() -> Pace:
    return Pace(baud=921_600, bits=10, turn_round_s=0.25)  # generous: a loaded machine is no deaf device


@pytest.fixture
def master(slave: PtySlave, pace: Pace) -> Iterator[Master]:
    line = Line(slave.path, pace.baud, "even")
    line.open()
    yield Master(line, pace)
    with contextlib.suppress(OSError):
        line.close()


@pytest.fixture
def client(master: Master, site: names.Site) -> LoggerClient:
    return LoggerClient(master, site.loggers[0])


@pytest.fixture
def dice() -> random.Random:
    return random.Random(20260101)


@pytest.fixture
def demo_slave(slave: PtySlave) -> PtySlave:
    """The demo's one bus: three loggers that hold 80 records each."""
    slave.devices = {
        1: Memory(116001, newest=DEMO_HELD),
        2: Memory(116002, newest=DEMO_HELD, ring=78, blocks=2),
        3: Memory(116003, newest=DEMO_HELD, ring=79, blocks=2),
    }
    return slave


@pytest.fixture
def demo_wiring(tmp_path: Path) -> Callable[[str, str], str]:
    """A gateway.toml for the demo's site, whose token lies beside it, by port and collector."""
    (tmp_path / "token").touch(mode=0o600)
    (tmp_path / "token").write_text("s3cret\n")
    return lambda port, url: (
        f"[gateway]\nid = 'gw1'\nsite = '{DEMO_SITE}'\ndata = 'data'\n\n"
        f"[[port]]\nbus = 'bus1'\npath = '{port}'\nturn_round_s = 0.05\n\n"
        f"[[destination]]\nname = 'collector'\nkind = 'seepline'\nurl = '{url}'\ntoken_file = 'token'\n\n"
    )


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a gateway by the text of its gateway.toml; what it prints is in `log`. All are killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(wiring: str, **environment: str) -> subprocess.Popen[bytes]:
        path = tmp_path / "gateway.toml"
        path.write_text(wiring)
        command = [sys.executable, "-m", "seepline.cli", "gateway", "run", str(path)]
        with (tmp_path / "log").open("ab") as log:
            started.append(
                subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stderr=log, stdout=log)
            )
        return started[-1]

    yield start
    for program in started:
        program.send_signal(signal.SIGKILL)
        program.wait()


@pytest.fixture
def wait_for() -> Callable[[Callable[[], object]], None]:
    """Wait for a condition, generously: for a slow machine with a second load beside it."""

    def wait_for(condition: Callable[[], object]) -> None:
        deadline_s = time.monotonic() + 200
        while not condition():
            assert time.monotonic() < deadline_s, "this never happened"
            time.sleep(0.02)

    return wait_for
