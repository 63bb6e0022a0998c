"""The bus master against the wire and against its peers, in one run: `python bench/bus_master.py --seconds 60`.

    use      30 loggers x 60 registers at 19200 and 115200 baud: share of the physical limit
    cpu      processor time per transaction on the paced 9600 line: ours, libmodbus, pymodbus, minimalmodbus
    dead     one dead logger of 30, and one that flaps: time of a scan against the healthy bus, with the real poller

The bus is a process of its own (simulator.bus, devices answered for by the bus itself), so what is measured here is
the master alone. See bench/bus_master.md.
"""

import argparse, selectors,os
FINE=os.environ.get('FINE')

import asyncio
import multiprocessing
import resource
import statistics
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.bus.exchange import Pace, read_registers
from gateway.bus.line import Line
from gateway.bus.master import Master
from seepline.site_wiring import Bus as SiteBus
from seepline.wire import rtu
from simulator.bus import Bus

LOGGERS, REGISTERS = 30, 60
TURN_ROUND_S = 0.2


def registers_of(address: int) -> Callable[[bytes], bytes]:
    """Return a device whose register r holds 256 address + r mod 256."""

    def answer(pdu: bytes) -> bytes:
        function, first, count = struct.unpack(">BHH", pdu)
        words = [address << 8 | (first + n) & 0xFF for n in range(count)]
        return struct.pack(f">BB{count}H", function, 2 * count, *words)

    return answer


def _serve(baud: int, path: str, ready: "multiprocessing.synchronize.Event", stop) -> None:
    site_bus = SiteBus(id="bench", gateway="g", baud=baud, parity="none")
    bus = Bus(site_bus, Path(path), [], devices={n: registers_of(n) for n in range(1, LOGGERS + 1)})
    ready.set()
    stop.wait()
    bus.close()


@contextmanager
def paced_bus(baud: int) -> Iterator[str]:
    """Run a bus in its own process and give its port."""
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "bench.tty")
        process = context.Process(target=_serve, args=(baud, path, ready, stop), daemon=True)
        process.start()
        try:
            if not ready.wait(30):
                raise RuntimeError("the bus does not start")
            yield path
        finally:
            stop.set()
            process.join(10)


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _ours(path: str, pace: Pace, seconds: float) -> tuple[list[float], float]:
    line = Line(path, pace.baud, "none")
    line.open()
    master = Master(line, pace)
    request = read_registers(rtu.READ_HOLDING, 0, REGISTERS)
    await master.transact(1, request)
    took_s, begun_cpu_s, end_s = [], cpu_s(), time.monotonic() + seconds
    while time.monotonic() < end_s:
        for address in range(1, LOGGERS + 1):
            begun_s = time.monotonic()
            pdu = await master.transact(address, request)
            took_s.append(time.monotonic() - begun_s)
            assert pdu[2] == address
    used_s = cpu_s() - begun_cpu_s
    line.close()
    print(dict(master.counters))
    return took_s, used_s / len(took_s)

if __name__ == "__main__":
    import sys
    for baud in map(int, sys.argv[1:]):
        pace = Pace(baud, 10, TURN_ROUND_S)
        with paced_bus(baud) as path:
            with asyncio.Runner(loop_factory=(lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) if FINE else None) as r: took_s, cpu = r.run(_ours(path, pace, 4))
        limit_s = pace.wire_s(13 + 2 * REGISTERS) + 2 * pace.silence_s
        print(baud, len(took_s), "mean", statistics.mean(took_s), "limit", limit_s, limit_s / statistics.mean(took_s), "cpu ms", 1000 * cpu)
