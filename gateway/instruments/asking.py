"""Asking one instrument for its fields, believing no answer that may be another's.

RTU answers carry no number, and two values of one type have answers of one shape. So after a request without an
answer nothing more is asked in this scan, and an answer that is, bit for bit, the one just before is asked for
again when the line was silent: it may have come twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from gateway.bus.exchange import Request
from gateway.bus.master import BusError, ModbusException, NoAnswer
from gateway.instruments.requests import trigger_request, words_of
from gateway.instruments.station import Instrument

FRESH_S = 1.0  # so long after an answer the same bits may be that answer once more

Transact = Callable[[Request], Awaitable[bytes]]


class Port(Protocol):
    """Who carries a request to a device and brings back the PDU of its answer, checked against the request."""

    async def transact(
        self, address: int, request: Request, turn_round_s: float | None = None, pause_s: float = 0.0
    ) -> bytes:
        """Return the answer's PDU; raises gateway.bus.master.BusError when there is none.

        `turn_round_s` is the longest that the device may think, `pause_s` the silence that it needs before.
        """

    def distrust(self, why: str) -> None:
        """Let what is still under way pass before the next request, and count why."""


class Asked(NamedTuple):
    """What came of one round of requests: the registers of each field that was read, and what went wrong."""

    words: dict[str, list[int]]
    errors: list[str]


@dataclass(slots=True)
class Heard:
    """The answer that a device gave last, and when: the same bits again at once may be that answer once more."""

    answer: bytes = b""
    at_s: float = -FRESH_S


async def ask(port: Port, one: Instrument, heard: Heard, least_turn_round_s: float = 0.0) -> Asked:
    """Ask an instrument for its fields, with the patience and the pauses of its profile.

    `least_turn_round_s` is waited for where the profile says less (a simulated bus on a loaded machine).

    Raises
    ------
    gateway.bus.master.BusError
        When it answers nothing at all.
    """
    device, trigger = one.profile.device, one.profile.trigger
    turn_round_s, pause_s = max(device.turn_round_ms / 1000, least_turn_round_s), device.pause_ms / 1000
    transact = partial(port.transact, one.station.address, turn_round_s=turn_round_s, pause_s=pause_s)
    if trigger:
        try:
            await _triggered(transact, trigger_request(trigger), one.reads[0].request)
        except ModbusException as error:
            return Asked({}, [str(error)])  # it lives, and what its registers hold is of another time
        await asyncio.sleep(trigger.wait_ms / 1000)
    asked, answered = Asked({}, []), trigger is not None
    for read in one.reads:
        try:
            answer = await _sure(port, transact, read.request, heard)
        except BusError as error:
            if not answered and not isinstance(error, ModbusException):
                raise
            asked.errors.append(str(error))
            if not isinstance(error, ModbusException):
                break
        else:
            asked.words.update(words_of(one.fields, read, read.words(answer)))
        answered = True
    return asked


async def _triggered(transact: Transact, write: Request, read: Request) -> None:
    """Start a measurement. A write is answered by itself, as a line that echoes would: a read tells them apart."""
    try:
        await transact(write)
    except NoAnswer:
        await transact(read)
        await transact(write)


async def _sure(port: Port, transact: Transact, request: Request, heard: Heard) -> bytes:
    """Return the answer to a request; one that is the answer before, bit for bit, is asked for again."""
    answer = await transact(request)
    if answer == heard.answer and _now_s() - heard.at_s < FRESH_S:
        port.distrust("same_answer")
        answer = await transact(request)
    heard.answer, heard.at_s = answer, _now_s()
    return answer


def _now_s() -> float:
    return asyncio.get_running_loop().time()
