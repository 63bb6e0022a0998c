"""A line in memory, used as gateway.bus.line.Line is: bytes need their time, and may meet with mischief."""

import asyncio
import random
from collections.abc import Callable, Mapping

from gateway.bus.line import PortError
from seepline.wire import registers, rtu
from tests.simulation.loggers import VirtualLogger

Said = list[tuple[float, bytes]]  # what is put on the line for one request: (seconds after its right time, bytes)
Mischief = Callable[[random.Random, bytes, bytes], Said]

BITS = 10
TURN_ROUND_S = 0.02
LATEST_S = 0.35  # how late an answer may come: within the silence that follows a failed exchange


def _flipped(dice: random.Random, answer: bytes) -> bytes:
    bit = dice.randrange(8 * len(answer))
    changed = bytearray(answer)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _without(answer: bytes, at: int) -> bytes:
    return answer[:at] + answer[at + 1 :]


def _again(answer: bytes, *, address: int | None = None, function: int | None = None) -> bytes:
    pdu = answer[1:-2] if function is None else bytes([function]) + answer[2:-2]
    return rtu.frame(answer[0] if address is None else address, pdu)


def _split(dice: random.Random, answer: bytes) -> Said:
    at = dice.randrange(len(answer) + 1)
    return [(0.0, answer[:at]), (0.005, answer[at:])]


MISCHIEF: Mapping[str, Mischief] = {
    "silent": lambda dice, _, answer: [],
    "late": lambda dice, _, answer: [(dice.uniform(0.0, LATEST_S), answer)],
    "twice": lambda dice, _, answer: [(0.0, answer), (dice.uniform(0.0, LATEST_S), answer)],
    "flipped": lambda dice, _, answer: [(0.0, _flipped(dice, answer))],
    "dropped byte": lambda dice, _, answer: [(0.0, _without(answer, dice.randrange(len(answer))))],
    "short": lambda dice, _, answer: [(0.0, answer[: dice.randrange(len(answer))])],
    "stray before": lambda dice, _, answer: [(0.0, dice.randbytes(dice.randrange(1, 9)) + answer)],
    "stray after": lambda dice, _, answer: [(0.0, answer + dice.randbytes(dice.randrange(1, 9)))],
    "split": lambda dice, _, answer: _split(dice, answer),
    "echo": lambda dice, request, answer: [(0.0, request + answer)],
    "wrong device": lambda dice, _, answer: [(0.0, _again(answer, address=dice.randrange(1, 248)))],
    "wrong function": lambda dice, _, answer: [(0.0, _again(answer, function=3 if answer[1] == 4 else 4))],
    "busy": lambda dice, _, answer: [(0.0, rtu.frame(answer[0], rtu.exception(answer[1] & 0x7F, 6)))],
    "noise only": lambda dice, _, answer: [(0.0, dice.randbytes(dice.randrange(1, 300)))],
}


class VirtualLine:
    """One port with loggers behind it. `trouble` is the share of answers that meet with mischief."""

    def __init__(self, loggers: list[VirtualLogger], baud: int, dice: random.Random) -> None:
        self.path = "virtual"
        self.tap = lambda way, data: None
        self.trouble = 0.0
        self.plugged = True
        self._loggers = {logger.address: logger for logger in loggers}
        self._baud = baud
        self._dice = dice
        self._open = False
        self._heard = bytearray()
        self._reader: asyncio.Future[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self) -> None:
        self._check_plug()
        self._open = True
        self._heard.clear()

    def close(self) -> None:
        self._open = False

    def write(self, data: bytes) -> None:
        self._check_plug()
        now_s = asyncio.get_running_loop().time()
        end_s = now_s + len(data) * BITS / self._baud
        if not rtu.crc_fits(data):
            return
        if data[0] == rtu.BROADCAST:
            self._broadcast(data, end_s)
        elif (logger := self._loggers.get(data[0])) is not None and logger.powered:
            answer = rtu.frame(data[0], logger.answer(data[1:-2], now_s))
            for late_s, said in self._said(data, answer):
                self._deliver(end_s + 0.003 + late_s, said)

    def read(self) -> bytes:
        self._check_plug()
        data = bytes(self._heard)
        self._heard.clear()
        return data

    async def wait(self, timeout_s: float) -> bool:
        if not self._heard:
            self._reader = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._reader,), timeout=timeout_s)
            self._reader = None
        return bool(self._heard)

    def _said(self, request: bytes, answer: bytes) -> Said:
        if self._dice.random() >= self.trouble:
            return [(0.0, answer)]
        return MISCHIEF[self._dice.choice(list(MISCHIEF))](self._dice, request, answer)

    def _deliver(self, begin_s: float, data: bytes) -> None:
        end_s = begin_s + len(data) * BITS / self._baud
        asyncio.get_running_loop().call_at(end_s, self._arrive, data)

    def _arrive(self, data: bytes) -> None:
        if self._open and self.plugged:
            self._heard += data
            if self._reader is not None and not self._reader.done():
                self._reader.set_result(None)

    def _broadcast(self, data: bytes, now_s: float) -> None:
        if data[1] == rtu.WRITE_MULTIPLE and int.from_bytes(data[2:4], "big") == registers.TIME_REGISTER:
            utc_s = int.from_bytes(data[7:11], "big") + int.from_bytes(data[11:13], "big") / 1000
            for logger in self._loggers.values():
                if logger.powered:
                    logger.live_to(now_s)
                    logger.told(utc_s, now_s)

    def _check_plug(self) -> None:
        if not self.plugged:
            raise PortError("virtual is gone: plug the adapter in again")
