"""What one dead or flapping logger costs the other 29: the real poller on the paced bus, real time, real outbox.

A scan's time is measured on the wire: in each scan interval, from the first request to a living logger to the last
byte of the last of their 29 live blocks.
"""

import asyncio
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bus_process import LOGGERS, REGISTERS, paced_bus

from gateway.bus.exact_loop import exact_loop
from gateway.bus.exchange import Pace, read_registers
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.bus.trace import HEARD, SENT
from gateway.clock import Clock
from gateway.loggers.client import LoggerClient
from gateway.loggers.poll import Poller
from gateway.loggers.watch import Watch
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from seepline.site_wiring import Logger
from seepline.wire import record as wire
from seepline.wire import registers, rtu

BAUD, TURN_ROUND_S = 19200, 0.1
SCAN_S = 15  # longer than an identification is relied on: each scan asks the same
SCANS = 6  # at least
DOUBTFUL = LOGGERS // 2  # the address of the logger in question
FLAP_S = 40.0
TELEGRAF_TIMEOUT_S = 1.0  # inputs.modbus, documented default; no retry, then the rest of that slave is skipped


class Row(NamedTuple):
    words: str
    ratio: float


def record(address: int, sequence: int) -> bytes:
    channel = wire.VwChannel(0, 2_800_000 + sequence, 3_000_000, 900, 200, 9000, 500, 1, 0)
    head = (500 + address, 0, wire.MAP_VERSION, 2, 77, 1, sequence, sequence * SCAN_S, 0, sequence)
    return wire.encode(wire.Record(*head, wire.PAYLOAD_VW, 1, wire.encode_vw([channel])))


def identification(address: int, newest: int) -> bytes:
    now_ms = int(time.time() * 1000)
    values = dict(magic=registers.MAGIC, map_version=wire.MAP_VERSION, logger_id=500 + address, ring=77, boot=1)
    values |= dict(oldest_sequence=1, newest_sequence=newest, uptime_s=newest * SCAN_S, utc_s=now_ms // 1000)
    values |= dict(utc_ms=now_ms % 1000, time_quality=2, scan_s=SCAN_S, block_count=1)
    data = b"".join(values.get(name, 0).to_bytes(2 * words, "big") for _, words, name in registers.IDENTIFICATION)
    return data[:46] + struct.pack(">16H", 0x0102, *[0xFFFF] * 15) + data[78:]


def logger(address: int, lives: Callable[[float], bool]) -> Callable[[bytes], bytes]:
    """Return a logger that makes a record every scan interval; the doubtful one only answers while it `lives`."""
    begun_s = time.time()
    before = int(begun_s) // SCAN_S - 1

    def answer(pdu: bytes) -> bytes:
        if address == DOUBTFUL and not lives(time.time() - begun_s):
            return b""
        newest = int(time.time()) // SCAN_S - before
        if pdu[0] == rtu.READ_HOLDING:
            return bytes((3, 120)) + identification(address, newest)
        if pdu[0] == rtu.READ_INPUT:
            return bytes((4, 124)) + record(address, newest) + struct.pack(">HH", 5, 1)
        asked = [
            registers.history_sequence(*struct.unpack_from(">HH", pdu, at + 1), 1, newest)
            for at in range(2, len(pdu), 7)
        ]
        groups = b"".join(bytes((121, 6)) + record(address, sequence) for sequence in asked)
        return bytes((rtu.READ_FILE, len(groups))) + groups

    return answer


def always(since_s: float) -> bool:
    return True


def never(since_s: float) -> bool:
    return False


def flaps(since_s: float) -> bool:
    return since_s % (2 * FLAP_S) < FLAP_S


class Rounds:
    """Listens to the wire and keeps the time of each scan: when it began, and when each live block first came."""

    def __init__(self) -> None:
        self.begun_s: dict[int, float] = {}
        self.came_s: dict[int, dict[int, float]] = {}
        self._asked = (DOUBTFUL, 0)

    def tap(self, way: str, data: bytes) -> None:
        now_s, scan = time.monotonic(), int(time.time()) // SCAN_S
        if way == SENT:
            self._asked = (data[0], data[1])
        address, function = self._asked
        if address == DOUBTFUL:
            return
        if way == SENT:
            self.begun_s.setdefault(scan, now_s)
        elif way == HEARD and function == rtu.READ_INPUT:
            self.came_s.setdefault(scan, {}).setdefault(address, now_s)  # not that of a second poll

    def times_s(self) -> Iterator[float]:
        for scan in sorted(self.came_s)[2:-1]:  # the first begins at any time of its interval, the last may be cut
            if len(self.came_s[scan]) == LOGGERS - 1:
                yield max(self.came_s[scan].values()) - self.begun_s[scan]


async def _poll(path: str, directory: Path, seconds: float) -> float:
    line = Line(path, BAUD, "none")
    rounds = Rounds()
    line.tap = rounds.tap
    line.open()
    master, file = Master(line, Pace(BAUD, 10, TURN_ROUND_S)), OutboxFile(directory, int(time.time() * 1000))
    sites = [
        Logger(id=f"l{n}", serial=500 + n, bus="bench", address=n, scan_s=SCAN_S, silence_s=3600)
        for n in range(1, LOGGERS + 1)
    ]
    watches = [Watch(LoggerClient(master, site)) for site in sites]
    poller, end_s = Poller(master, watches, Outbox(file), Clock(), lambda: None), time.monotonic() + seconds
    try:
        while time.monotonic() < end_s:
            await poller.step()
    finally:
        line.close()
        file.close()
    times_s = list(rounds.times_s())
    print(f"    scans of {', '.join(f'{one:.2f}' for one in times_s)} s; {dict(master.counters)}")
    return sum(times_s) / len(times_s)


def _mean_scan_s(lives: Callable[[float], bool], seconds: float) -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        paced_bus(BAUD, partial(logger, lives=lives)) as path,
        asyncio.Runner(loop_factory=exact_loop) as runner,
    ):
        return runner.run(_poll(path, Path(folder), seconds))


def telegraf_ratio() -> float:
    """Return the same on paper by Telegraf's rule: every scan waits once for the dead device's time-out."""
    pace = Pace(BAUD, 10, 0.0)
    each_s = pace.shortest_s(read_registers(rtu.READ_HOLDING, 0, REGISTERS)) + 2 * pace.silence_s
    return ((LOGGERS - 1) * each_s + TELEGRAF_TIMEOUT_S) / (LOGGERS * each_s)


def dead_loggers(seconds: float) -> Iterator[Row]:
    """Yield the ratio of a scan of those that live to the healthy one; each is run for at least SCANS scans."""
    seconds = max(seconds, (SCANS + 2.0) * SCAN_S)
    healthy_s = _mean_scan_s(always, seconds)
    yield Row("one of 30 dead", _mean_scan_s(never, seconds) / healthy_s)
    yield Row(f"one of 30 flapping, {FLAP_S:.0f} s each way", _mean_scan_s(flaps, seconds) / healthy_s)
