"""A paced bus in a process of its own, with 30 devices that it answers for itself."""

import multiprocessing
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.synchronize import Event
from pathlib import Path

from seepline.site_wiring import Bus as SiteBus
from simulator.bus import Bus

LOGGERS, REGISTERS = 30, 60
START_S = 30.0


def registers_of(address: int) -> Callable[[bytes], bytes]:
    """Return a device whose register r holds 256 address + r mod 256."""

    def answer(pdu: bytes) -> bytes:
        function, first, count = struct.unpack(">BHH", pdu)
        words = [address << 8 | (first + n) & 0xFF for n in range(count)]
        return struct.pack(f">BB{count}H", function, 2 * count, *words)

    return answer


def serve(
    baud: int, path: str, ready: Event, stop: Event, make: Callable[[int], Callable[[bytes], bytes]]
) -> None:
    """Run the bus until told to stop; where allowed ahead of all others, for a wire does not wait its turn."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    site_bus = SiteBus(id="bench", gateway="g", baud=baud, parity="none")
    bus = Bus(site_bus, Path(path), [], devices={address: make(address) for address in range(1, LOGGERS + 1)})
    ready.set()
    stop.wait()
    bus.close()


@contextmanager
def paced_bus(baud: int, make: Callable[[int], Callable[[bytes], bytes]] = registers_of) -> Iterator[str]:
    """Run a bus and give its port; `make` makes the device of an address, in the bus's process."""
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "bench.tty")
        process = context.Process(target=serve, args=(baud, path, ready, stop, make), daemon=True)
        process.start()
        try:
            if not ready.wait(START_S):
                raise RuntimeError("the bus does not start")
            yield path
        finally:
            stop.set()
            process.join(START_S)
