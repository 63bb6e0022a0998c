"""Who is on a line, and with which settings: every address is asked for one register, settings after settings.

An answer or an exception is presence; noise is not. Who is there is asked for its name: our loggers by their
identification registers, others by functions 17 and 43/14. The devices of a line share its settings, so the first
ones with an answer are the line's. A PTY (simulated bus) has no parity, which is told as such.
"""

import asyncio
import itertools
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.bus.exchange import Pace, answer_words
from gateway.bus.line import Line, is_pty
from seepline.wire import registers, rtu

BAUDS = (19200, 9600, 115200, 38400, 57600, 4800, 2400, 1200)
PARITIES = ("even", "none", "odd")
ADDRESSES = range(1, 248)
_PRESENCE = rtu.read_request(rtu.READ_HOLDING, 0, 1)
_IDENTIFICATION = rtu.read_request(rtu.READ_HOLDING, 0, registers.IDENTIFICATION_REGISTERS)
_DEVICE_ID = bytes((rtu.ENCAPSULATED, rtu.READ_DEVICE_ID, 1, 0))


class Settings(NamedTuple):
    """How a line may be set."""

    baud: int
    parity: str


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered: at which address, with which settings, and what it says that it is."""

    address: int
    baud: int
    parity: str
    kind: str
    name: str


Tell = Callable[[Settings, int], None]  # settings and address that are tried now


def settings_to_try(path: str, baud: int | None, parity: str | None) -> list[Settings]:
    """Return the settings to try in order; where one is given only that, on a PTY no parity but none."""
    parities: Sequence[str] = ("none",) if is_pty(path) else (parity,) if parity else PARITIES
    pairs = itertools.product((baud,) if baud else BAUDS, parities)
    return [Settings(*pair) for pair in pairs]


async def scan(
    path: str, settings: Sequence[Settings], addresses: Sequence[int], turn_round_s: float, tell: Tell
) -> list[Found]:
    """Return the devices on a line, at the first settings with an answer.

    Raises
    ------
    gateway.bus.line.PortError
        When the port is missing, or in use (by a gateway).
    """
    for one in settings:
        line = Line(path, one.baud, one.parity)
        line.open()
        try:
            talk = _Talk(line, Pace(one.baud, 10 if one.parity == "none" else 11, turn_round_s))
            found = await _at(talk, one, addresses, tell)
        finally:
            line.close()
        if found:
            return found
    return []


async def _at(talk: "_Talk", one: Settings, addresses: Sequence[int], tell: Tell) -> list[Found]:
    found = []
    for address in addresses:
        tell(one, address)
        if await talk.ask(address, _PRESENCE) is not None:
            found.append(Found(address, *one, *await _who(talk, address)))
    return found


async def _who(talk: "_Talk", address: int) -> tuple[str, str]:
    """Return (kind, name) of a device that is there."""
    answer = await talk.ask(address, _IDENTIFICATION)
    if answer is not None and len(answer) == 2 + 2 * registers.IDENTIFICATION_REGISTERS:
        words = answer_words(answer)
        if registers.field(words, "magic") == registers.MAGIC:
            return "logger", f"Seepline logger {registers.field(words, 'logger_id')}"
    answer = await talk.ask(address, _DEVICE_ID)
    if answer is not None and answer[0] == rtu.ENCAPSULATED:
        return "device", ", ".join(_objects(answer))
    answer = await talk.ask(address, bytes((rtu.REPORT_ID,)))
    if answer is not None and answer[0] == rtu.REPORT_ID:
        return "device", _text(answer[2:])
    return "device", ""


def _objects(answer: bytes) -> Iterator[str]:
    """Yield the texts of a 43/14 answer: vendor, product, revision."""
    at = 7
    for _ in range(answer[6]):
        size = answer[at + 1]
        yield _text(answer[at + 2 : at + 2 + size])
        at += 2 + size


def _text(data: bytes) -> str:
    return "".join(chr(byte) for byte in data if 32 <= byte < 127).strip()


class _Talk:
    """Asking without knowing how long the answer will be: it ends where its own length says."""

    def __init__(self, line: Line, pace: Pace) -> None:
        self._line = line
        self._pace = pace

    async def ask(self, address: int, pdu: bytes) -> bytes | None:
        """Return the PDU of the answer or exception, None when there is none in time."""
        await asyncio.sleep(self._pace.silence_s)
        self._line.read()  # what is late belongs to another request
        frame = rtu.frame(address, pdu)
        self._line.write(frame)
        heard, until_s = b"", _now_s() + self._pace.wire_s(len(frame) + 2) + self._pace.turn_round_s
        while (left_s := until_s - _now_s()) > 0:
            if await self._line.wait(left_s):
                if not heard:
                    until_s = _now_s() + self._pace.wire_s(rtu.MAX_FRAME)
                heard += self._line.read()
                answer = _answer(heard, address, pdu[0])
                if answer is not None:
                    return answer
        return None


def _answer(heard: bytes, address: int, function: int) -> bytes | None:
    for code in (function, function | 0x80):
        at = heard.find(struct.pack("BB", address, code))
        size = rtu.answer_length(heard[at:]) if at >= 0 else 0
        if 0 < size <= len(heard) - at and rtu.crc_fits(heard[at : at + size]):
            return heard[at + 1 : at + size - 2]
    return None


def _now_s() -> float:
    return asyncio.get_running_loop().time()
