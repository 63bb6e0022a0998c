"""Our master and its peers at one job: read 60 registers of 30 devices in turn, for some seconds."""

import asyncio
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bus_process import LOGGERS, REGISTERS

from gateway.bus.exact_loop import exact_loop
from gateway.bus.exchange import Pace, read_registers
from gateway.bus.line import Line
from gateway.bus.master import Master
from seepline.wire import rtu

SOURCE = Path(__file__).with_name("libmodbus_reader.c")


class Found(NamedTuple):
    took_s: list[float]  # of each transaction
    cpu_s: float  # of all


class Meter:
    """Whole rounds of all devices until the time is over, and the processor time meanwhile."""

    def __init__(self, seconds: float) -> None:
        self._end_s = time.monotonic() + seconds
        self._begun_cpu_s = _cpu_s()
        self.took_s: list[float] = []

    def addresses(self):
        while time.monotonic() < self._end_s:
            for address in range(1, LOGGERS + 1):
                begun_s = time.monotonic()
                yield address
                self.took_s.append(time.monotonic() - begun_s)

    def found(self) -> Found:
        return Found(self.took_s, _cpu_s() - self._begun_cpu_s)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def check(address: int, words) -> None:
    if list(words) != [address << 8 | n for n in range(REGISTERS)]:
        raise RuntimeError(f"device {address}: {words}")


async def ours(path: str, pace: Pace, seconds: float) -> Found:
    line = Line(path, pace.baud, "none")
    line.open()
    master, request = Master(line, pace), read_registers(rtu.READ_HOLDING, 0, REGISTERS)
    await master.transact(1, request)  # the quarantine of a port just opened
    meter = Meter(seconds)
    for address in meter.addresses():
        pdu = await master.transact(address, request)
        if pdu[2] != address or pdu[-1] != REGISTERS - 1:
            raise RuntimeError(f"device {address}: {pdu.hex()}")
    line.close()
    return meter.found()


def run_ours(path: str, pace: Pace, seconds: float) -> Found:
    with asyncio.Runner(loop_factory=exact_loop) as runner:
        return runner.run(ours(path, pace, seconds))


def run_libmodbus(path: str, pace: Pace, seconds: float) -> Found:
    if not shutil.which("cc") or not shutil.which("pkg-config"):
        sys.exit("libmodbus is compiled: apt-get install gcc pkg-config libmodbus-dev")
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder) / "reader")
        said = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "libmodbus"], capture_output=True, text=True, check=True
        )
        subprocess.run(["cc", "-O2", "-o", program, str(SOURCE), *said.stdout.split()], check=True)
        told = subprocess.run(
            [program, path, str(pace.baud), str(seconds)], capture_output=True, text=True, check=True
        )
    count, cpu_s, wall_s = told.stdout.split()
    return Found([float(wall_s) / int(count)] * int(count), float(cpu_s))


async def _pymodbus(path: str, pace: Pace, seconds: float) -> Found:
    from pymodbus.client import AsyncModbusSerialClient

    client = AsyncModbusSerialClient(path, baudrate=pace.baud, timeout=1)
    await client.connect()
    meter = Meter(seconds)
    for address in meter.addresses():
        answer = await client.read_holding_registers(0, count=REGISTERS, device_id=address)
        check(address, answer.registers)
    client.close()
    return meter.found()


def run_pymodbus(path: str, pace: Pace, seconds: float) -> Found:
    return asyncio.run(_pymodbus(path, pace, seconds))


def run_minimalmodbus(path: str, pace: Pace, seconds: float) -> Found:
    import minimalmodbus

    devices = {address: minimalmodbus.Instrument(path, address) for address in range(1, LOGGERS + 1)}
    for device in devices.values():
        device.serial.baudrate = pace.baud
        device.serial.timeout = 1
    meter = Meter(seconds)
    for address in meter.addresses():
        check(address, devices[address].read_registers(0, REGISTERS))
    devices[1].serial.close()
    return meter.found()


PEERS: dict[str, Callable[[str, Pace, float], Found]] = {
    "ours": run_ours,
    "libmodbus (C)": run_libmodbus,
    "pymodbus async": run_pymodbus,
    "minimalmodbus": run_minimalmodbus,
}
