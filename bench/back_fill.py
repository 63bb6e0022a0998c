"""A day of 15-minute scans of 30 loggers read back over a paced bus: `python bench/back_fill.py --baud 115200`.

The bus is a process of its own whose devices answer at once (simulator.resident), so the master, the poller and
the outbox are measured and not the loggers. The limit is computed in the same run: two records an answer, wire
time and two silences t3.5 for each; identification, live blocks and commits are ours to pay for. Every record is
compared with what the logger holds.
"""

import argparse
import asyncio
import multiprocessing
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

from gateway.bus.exact_loop import exact_loop
from gateway.bus.exchange import Pace, read_history
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.clock import Clock
from gateway.loggers.client import LoggerClient
from gateway.loggers.poll import Poller
from gateway.loggers.watch import Watch
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from seepline.site_wiring import Bus as SiteBus
from seepline.site_wiring import Logger
from seepline.wire import record as wire
from seepline.wire import registers, rtu
from simulator.bus import Bus

LOGGERS, SCAN_S, DAY_SCANS = 30, 900, 96
TURN_ROUND_S = 0.2
SERIAL, RING, FIRST_S = 5000, 77, 1_700_000_100


def record_of(address: int, sequence: int) -> bytes:
    """Return the record that a logger holds under a sequence number: it follows from both."""
    values = wire.encode_scalar([wire.ScalarChannel(0, 1000 * sequence + address)])
    head = (
        SERIAL + address,
        0,
        wire.MAP_VERSION,
        2,
        RING,
        1,
        sequence,
        FIRST_S + SCAN_S * sequence,
        0,
        60 * sequence,
    )
    return wire.encode(wire.Record(*head, wire.PAYLOAD_SCALAR, 1, values))


@dataclass(frozen=True)
class Memory:
    """A logger with so many records."""

    address: int
    records: tuple[bytes, ...]

    def __call__(self, pdu: bytes) -> bytes:
        if pdu[0] == rtu.READ_HOLDING:
            return bytes((3, 120)) + self._identification()
        if pdu[0] == rtu.READ_INPUT:
            return bytes((4, 124)) + self.records[-1] + struct.pack(">HH", 5, 1)
        return self._history(pdu) if pdu[0] == rtu.READ_FILE else b""

    def _history(self, pdu: bytes) -> bytes:
        groups = b""
        for at in range(2, len(pdu), 7):
            _, file, number, _ = struct.unpack_from(">BHHH", pdu, at)
            sequence = registers.history_sequence(file, number, 1, len(self.records))
            groups += bytes((121, rtu.FILE_REFERENCE)) + self.records[sequence - 1]
        return bytes((rtu.READ_FILE, len(groups))) + groups

    def _identification(self) -> bytes:
        newest = len(self.records)
        known = {"magic": registers.MAGIC, "map_version": wire.MAP_VERSION, "logger_id": SERIAL + self.address}
        known |= {"ring": RING, "boot": 1, "oldest_sequence": 1, "newest_sequence": newest, "time_quality": 2}
        known |= {"utc_s": int(time.time()), "scan_s": SCAN_S, "block_count": 1}
        parts = [known.get(name, 0).to_bytes(2 * words, "big") for _, words, name in registers.IDENTIFICATION]
        data = b"".join(parts)
        return data[:46] + struct.pack(">16H", 0x0201, *[0xFFFF] * 15) + data[78:]


def _serve(baud: int, path: str, scans: int, ready: Event, stop: Event) -> None:
    made = {n: Memory(n, tuple(record_of(n, one) for one in range(1, scans + 1))) for n in range(1, LOGGERS + 1)}
    bus = Bus(SiteBus(id="bench", gateway="g", baud=baud, parity="none"), Path(path), [], devices=made)
    ready.set()
    stop.wait()
    bus.close()


@contextmanager
def paced_bus(baud: int, scans: int, folder: Path) -> Iterator[str]:
    """Run a bus in its own process and give its port."""
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    path = str(folder / "bench.tty")
    process = context.Process(target=_serve, args=(baud, path, scans, ready, stop), daemon=True)
    process.start()
    try:
        if not ready.wait(60):
            raise RuntimeError("the bus does not start")
        yield path
    finally:
        stop.set()
        process.join(10)


def limit_s(pace: Pace, scans: int) -> float:
    """Return the least time that the records need on this line."""
    pairs, single = divmod(scans, 2)
    exchanges = [read_history([1, 2])] * pairs + [read_history([1])] * single
    return LOGGERS * sum(pace.wire_s(one.wire_bytes) + 2 * pace.silence_s for one in exchanges)


async def fill(path: str, pace: Pace, scans: int, folder: Path) -> float:
    """Read everything with the real poller into a real outbox; return how long it took."""
    file, line = OutboxFile(folder / "data", 0), Line(path, pace.baud, "none")
    line.open()
    try:
        master, outbox = Master(line, pace), Outbox(file)
        site = (
            Logger(id=f"l{n}", serial=SERIAL + n, bus="bench", address=n, scan_s=SCAN_S, silence_s=3600)
            for n in range(1, LOGGERS + 1)
        )
        watches, all_there = [Watch(LoggerClient(master, one)) for one in site], asyncio.Event()

        def stored() -> None:
            if outbox.stored.total() == LOGGERS * scans:
                all_there.set()

        begun_s = time.monotonic()
        polling = asyncio.ensure_future(Poller(master, watches, outbox, Clock(), stored).run())
        done = asyncio.ensure_future(all_there.wait())
        await asyncio.wait((polling, done), return_when="FIRST_COMPLETED")
        took_s = time.monotonic() - begun_s
        polling.cancel()
        done.cancel()
        held = [row.raw for row in file.rows(1, file.segments.last)]
        made = {record_of(n, sequence) for n in range(1, LOGGERS + 1) for sequence in range(1, scans + 1)}
        assert len(held) == len(made)
        assert set(held) == made
        print(f"  counters {dict(master.counters)}")
        return took_s
    finally:
        line.close()
        file.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--baud", type=int, nargs="*", default=[19200, 115200])
    options.add_argument("--scans", type=int, default=DAY_SCANS, help="per logger")
    asked = options.parse_args()
    for baud in asked.baud:
        pace = Pace(baud, 10, TURN_ROUND_S)
        took_s = measured_s(pace, asked.scans)
        least_s = limit_s(pace, asked.scans)
        print(
            f"{baud} baud: {LOGGERS * asked.scans} records in {took_s:.1f} s, the wire needs {least_s:.1f} s:",
            end=" ",
        )
        print(f"{least_s / took_s:.3f} of the limit")


def measured_s(pace: Pace, scans: int) -> float:
    with (
        tempfile.TemporaryDirectory() as name,
        paced_bus(pace.baud, scans, Path(name)) as path,
        asyncio.Runner(loop_factory=exact_loop) as runner,
    ):
        return runner.run(fill(path, pace, scans, Path(name)))


if __name__ == "__main__":
    main()
