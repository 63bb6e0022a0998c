"""Our own strict Modbus RTU master: one task, one port, one request at a time.

    BusError                    no reading came of this request
    |- NoAnswer                 nothing right within the time that the request allows
    `- ModbusException          the device refused, with a code

After a failed exchange the line must be silent for as long as the latest late answer could take, and what comes in
that time is thrown away: so a late answer is never taken for the current one. The master sleeps over the time that
the bytes need on the wire and wakes a few times in one exchange.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from gateway.bus.exchange import Pace, Request, blame, find_answer, missing_bytes
from gateway.bus.line import Line, PortError
from seepline.wire import rtu

RETRIES = 1
_LONGEST_HEARD = 4 * rtu.MAX_FRAME
_SILENCES_BEFORE_GIVING_UP = 10
_WAKE_EARLY_S = 0.003
_PREAMBLE_PIECE_S = 0.1  # short enough for the port's buffer, long enough that the next comes in time


class BusError(Exception):
    """A request brought no answer that may be believed."""


class NoAnswer(BusError):  # noqa: N818 - the field's words
    """Nothing right was heard in time; `blame` says what was heard instead."""


class ModbusException(BusError):  # noqa: N818 - the standard's word
    """The device answered that it will not; `code` is the standard's exception code."""

    def __init__(self, address: int, function: int, code: int) -> None:
        super().__init__(f"device {address} refused function {function} with exception {code}")
        self.code = code


class Master:
    """The master of one open line. `counters` counts what happened, by name.

    `meanwhile` is called when a request has just been sent: what takes time, such as a commit, costs none while
    the answer is on its way. `sent_at_s` is when that was.
    """

    def __init__(self, line: Line, pace: Pace) -> None:
        self._line = line
        self._pace = pace
        self.meanwhile: Callable[[], None] = _nothing
        self.sent_at_s = 0.0
        self._heard_at_s = 0.0
        self._distrusted = True  # whoever spoke before us may still be answered
        self.counters: Counter[str] = Counter()

    @property
    def pace(self) -> Pace:
        """How long things take on this line."""
        return self._pace

    async def transact(self, address: int, request: Request, retries: int = RETRIES) -> bytes:
        """Send one request, again at most `retries` times, and return the PDU of its answer.

        Raises
        ------
        NoAnswer
            When no right answer came in time.
        ModbusException
            When the device refused.
        gateway.bus.line.PortError
            When the port is gone.
        """
        for _ in range(retries):
            try:
                return await self._exchange(address, request)
            except NoAnswer:
                self.counters["retries"] += 1
        return await self._exchange(address, request)

    async def broadcast(self, pdu: bytes) -> None:
        """Send to every device; nobody answers, all get their time to act."""
        await self._settle()
        data = rtu.frame(rtu.BROADCAST, pdu)
        self._line.write(data)
        await asyncio.sleep(self._pace.wire_s(len(data)) + self._pace.turn_round_s)
        self._heard_at_s = _now_s()
        self.counters["broadcasts"] += 1

    async def preamble(self, seconds: float) -> None:
        """Hold the line low for so long, nine bits out of ten: it wakes the loggers that sleep."""
        await self._settle()
        piece = bytes(max(1, round(_PREAMBLE_PIECE_S / self._pace.wire_s(1))))
        piece_s, begun_s = self._pace.wire_s(len(piece)), _now_s()
        for number in range(1 + int(seconds / piece_s)):
            self._line.write(piece)
            await asyncio.sleep(begun_s + number * piece_s - _now_s())  # a piece ahead, so that no pause is heard
        await asyncio.sleep(piece_s)
        self._heard_at_s = _now_s()
        self.counters["preambles"] += 1

    def distrust(self, why: str) -> None:
        """Keep the line silent before the next request, and count why."""
        self._heard_at_s = _now_s()
        self._distrusted = True
        self.counters[why] += 1

    async def leave(self) -> None:
        """Listen until an answer still under way has passed: whoever opens the port next must not hear it."""
        if self._line.is_open:
            self._heard_at_s, self._distrusted = _now_s(), True
            with suppress(NoAnswer, PortError):
                await self._settle()

    async def _exchange(self, address: int, request: Request) -> bytes:
        await self._settle()
        self._distrusted = True  # until the right answer is here, whatever ends this
        self._line.write(rtu.frame(address, request.pdu))
        self.sent_at_s = _now_s()
        pdu, heard = await self._listen(address, request)
        self._heard_at_s = _now_s()
        if pdu is None:
            reason = blame(heard, address, request)
            self.counters[reason] += 1
            raise NoAnswer(f"device {address} gave no right answer to function {request.pdu[0]} ({reason})")
        self._distrusted = False
        if pdu[0] & 0x80:
            self.counters[f"exception_{pdu[1]}"] += 1
            raise ModbusException(address, request.pdu[0], pdu[1])
        self.counters["ok"] += 1
        return pdu

    async def _listen(self, address: int, request: Request) -> tuple[bytes | None, bytes]:
        """Return (PDU of the answer or None, everything heard)."""
        deadline_s = self.sent_at_s + self._pace.timeout_s(request)
        self.meanwhile()
        pause_s = self._sleep_s(request.wire_bytes) - (_now_s() - self.sent_at_s)
        heard = b""
        while True:
            if pause_s > 0:
                await asyncio.sleep(pause_s)
            heard = (heard + self._line.read())[-_LONGEST_HEARD:]
            pdu = find_answer(heard, address, request)
            left_s = deadline_s - _now_s()
            if pdu is not None or left_s <= 0:
                return pdu, heard
            await self._line.wait(left_s)
            pause_s = min(self._sleep_s(missing_bytes(heard, address, request)), deadline_s - _now_s())

    def _sleep_s(self, count: int) -> float:
        """Return how long to sleep while so many bytes come: not to the end, for a sleep may end a little late."""
        return self._pace.wire_s(count) - _WAKE_EARLY_S

    async def _settle(self) -> None:
        """Wait for the silence that must stand before a request; late bytes are counted and thrown away."""
        silence_s = self._pace.late_s if self._distrusted else self._pace.silence_s
        patience_s = _now_s() + _SILENCES_BEFORE_GIVING_UP * self._pace.late_s
        late = False
        while True:
            if self._line.read():
                late, self._heard_at_s = True, _now_s()
            left_s = self._heard_at_s + silence_s - _now_s()
            if left_s <= 0:
                break
            if _now_s() > patience_s:
                self.counters["never_silent"] += 1
                raise NoAnswer("the bus is never silent: look for a second master or a device that babbles")
            await self._line.wait(left_s)
        self.counters["late_drained"] += late
        self._distrusted = False


def _nothing() -> None:
    """Nobody has something to do meanwhile."""


def _now_s() -> float:
    return asyncio.get_running_loop().time()
