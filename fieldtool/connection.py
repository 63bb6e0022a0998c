"""One logger: over its bus's RS-485 adapter or its own USB, the same RTU frames on both, or through a gateway.

    FieldError          what was asked for cannot be done: one sentence that says what to do
    `- NoLogger         nothing right is heard at the other end

Over USB there is one logger only and its address need not be known: it answers to 247 beside its own
(docs/commissioning.md). Only this module, through_gateway.py and `history` of logger_log.py use the gateway's bus.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fieldtool.through_gateway import through_gateway
from gateway.bus.exchange import Pace, Request, answer_words, read_registers, write_registers
from gateway.bus.line import Line, PortError, is_pty
from gateway.bus.master import BusError, Master, ModbusException, NoAnswer
from gateway.loggers.client import Asker, LoggerClient
from seepline.site_wiring import Logger
from seepline.wire import rtu

ANY_ADDRESS = 247  # over USB
USB_BAUD = 115_200  # of a USB bridge; native USB has none
_USB_TURN_ROUND_S = 1.0
_BUS_TURN_ROUND_S = 0.1
_SIMULATED_TURN_ROUND_S = 0.5  # a program on a busy desk

_ADVICE = {
    "timeout": "nothing was heard: check its power, A and B, the address and the baud rate",
    "crc": "only garbled bytes were heard: check the baud rate and the line's ends, and that no gateway polls too",
    "foreign": "others were heard, not this address: check the address, and stop the gateway on this bus",
    "wrong_length": "its answer had a wrong length: another device has this address",
}
_REFUSALS = {
    rtu.ILLEGAL_FUNCTION: "the logger has no such function",
    rtu.ILLEGAL_ADDRESS: "the logger has no such register or record",
    rtu.ILLEGAL_VALUE: "the logger refuses the value",
}


class FieldError(Exception):
    """What was asked for cannot be done: one sentence that says what to do."""


class NoLogger(FieldError):  # noqa: N818 - the field's words
    """Nothing right is heard at the other end of the cable."""


class Refused(FieldError):  # noqa: N818 - the standard's word
    """The logger answered that it will not; `code` is the Modbus exception."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach a logger. `usb`: the port is the logger's own.

    `through`: `path` is the data directory of a running gateway, or its socket; `bus` its bus, "" the only one.
    """

    path: str
    usb: bool
    address: int
    baud: int
    parity: str
    through: bool = False
    bus: str = ""

    @property
    def pace(self) -> Pace:
        """How long things take on this way."""
        bits = 10 if self.parity == "none" else 11
        if self.usb:
            return Pace(self.baud, bits, _USB_TURN_ROUND_S)
        return Pace(self.baud, bits, _SIMULATED_TURN_ROUND_S if is_pty(self.path) else _BUS_TURN_ROUND_S)


@dataclass(frozen=True, slots=True)
class Device:
    """A logger that can be asked. Every failure is a FieldError."""

    master: Asker
    way: Way

    async def read(self, register: int, count: int, function: int = rtu.READ_HOLDING) -> list[int]:
        """Return `count` registers."""
        return answer_words(await self._transact(read_registers(function, register, count)))

    async def write(self, register: int, words: Sequence[int]) -> None:
        """Write registers by one function 16."""
        await self._transact(write_registers(register, words))

    def records(self, serial: int) -> LoggerClient:
        """Return the gateway's reader of live blocks and history, which believes only this logger's records."""
        known = Logger(
            id=str(serial), serial=serial, bus=self.way.path, address=self.way.address, scan_s=0, silence_s=0
        )
        return LoggerClient(self.master, known)

    async def _transact(self, request: Request) -> bytes:
        try:
            return await self.master.transact(self.way.address, request)
        except (BusError, PortError) as error:
            raise field_error(error, self.way) from error


def field_error(error: Exception, way: Way) -> FieldError:
    """Return what the operator reads of an error of bus or port."""
    if isinstance(error, ModbusException):
        text = _REFUSALS.get(error.code, f"the logger refuses with Modbus exception {error.code}")
        return Refused(text, error.code)
    if isinstance(error, NoAnswer):
        where = f"No logger answers at {'' if way.usb else f'address {way.address} of '}{way.path}"
        reason = str(error).rpartition("(")[2].rstrip(")")
        return NoLogger(f"{where}: {_ADVICE.get(reason, str(error))}.")
    return FieldError(str(error))


@asynccontextmanager
async def connected(way: Way) -> AsyncIterator[Device]:
    """Open the port and give the logger behind it; the port is closed at the end.

    Raises
    ------
    FieldError
        When the port is missing, in use, or not ours to open, or no gateway listens.
    """
    if way.through:
        async with _gateway(way) as device:
            yield device
        return
    line = Line(way.path, way.baud, way.parity)
    try:
        line.open()
    except PortError as error:
        through = "; a gateway that runs is gone through: --through DIR" if "in use" in str(error) else ""
        raise FieldError(f"{error}{through}") from error
    try:
        yield Device(Master(line, way.pace), way)
    finally:
        line.close()


@asynccontextmanager
async def _gateway(way: Way) -> AsyncIterator[Device]:
    try:
        async with through_gateway(Path(way.path), way.bus) as gateway:
            yield Device(gateway, way)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise FieldError(f"No gateway runs in {way.path}: give the --data directory of one that does.") from error
    except PermissionError as error:
        text = f"The gateway in {way.path} is not open to this user: ask for its group, or use sudo -u."
        raise FieldError(text) from error
