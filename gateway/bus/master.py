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
from contextlib import suppress

from gateway.bus.exchange import Pace, Request, blame, find_answer, missing_bytes
from gateway.bus.line import Line, PortError
from seepline.wire import rtu

RETRIES = 1
_LONGEST_HEARD = 4 * rtu.MAX_FRAME
_SILENCES_BEFORE_GIVING_UP = 10
_WAKE_EARLY_S = 0.003


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
    """The master of one open line. `counters` counts what happened, by name."""

    def __init__(self, line: Line, pace: Pace) -> None:
        self._line = line
        self._pace = pace
        self._heard_at_s = 0.0
        self._late_s = pace.late_s  # of the device last asked
        self._distrusted = True  # whoever spoke before us may still be answered
        self.counters: Counter[str] = Counter()

    async def transact(
        self, address: int, request: Request, turn_round_s: float | None = None, pause_s: float = 0.0
    ) -> bytes:
        """Send one request, at most twice, and return the PDU of its answer.

        `turn_round_s` is the longest that this device may think, when it is not the bus's; `pause_s` the silence
        that it needs before a request, when that is longer than t3.5.

        Raises
        ------
        NoAnswer
            When no right answer came in time.
        ModbusException
            When the device refused.
        gateway.bus.line.PortError
            When the port is gone.
        """
        pace = self._pace if turn_round_s is None else self._pace._replace(turn_round_s=turn_round_s)
        for _ in range(RETRIES):
            try:
                return await self._exchange(address, request, pace, pause_s)
            except NoAnswer:
                self.counters["retries"] += 1
        return await self._exchange(address, request, pace, pause_s)

    async def broadcast(self, pdu: bytes) -> None:
        """Send to every device; nobody answers, all get their time to act."""
        await self._settle()
        data = rtu.frame(rtu.BROADCAST, pdu)
        self._line.write(data)
        await asyncio.sleep(self._pace.wire_s(len(data)) + self._pace.turn_round_s)
        self._heard_at_s = _now_s()
        self.counters["broadcasts"] += 1

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

    async def _exchange(self, address: int, request: Request, pace: Pace, pause_s: float) -> bytes:
        await self._settle(pause_s)
        self._line.write(rtu.frame(address, request.pdu))
        pdu, heard = await self._listen(address, request, pace)
        self._heard_at_s, self._late_s = _now_s(), pace.late_s
        if pdu is None:
            reason = blame(heard, address, request)
            self._distrusted = True
            self.counters[reason] += 1
            raise NoAnswer(f"device {address} gave no right answer to function {request.pdu[0]} ({reason})")
        if pdu[0] & 0x80:
            self.counters[f"exception_{pdu[1]}"] += 1
            raise ModbusException(address, request.pdu[0], pdu[1])
        self.counters["ok"] += 1
        return pdu

    async def _listen(self, address: int, request: Request, pace: Pace) -> tuple[bytes | None, bytes]:
        """Return (PDU of the answer or None, everything heard)."""
        deadline_s = _now_s() + pace.timeout_s(request)
        pause_s = self._sleep_s(request.wire_bytes)
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

    async def _settle(self, pause_s: float = 0.0) -> None:
        """Wait for the silence that must stand before a request; late bytes are counted and thrown away."""
        silence_s = max(self._late_s if self._distrusted else self._pace.silence_s, pause_s)
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


def _now_s() -> float:
    return asyncio.get_running_loop().time()
