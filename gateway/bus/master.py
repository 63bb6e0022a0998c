"""Our own strict Modbus RTU master: one task, one port, one request at a time.

    BusError                    no reading came of this request
    |- NoAnswer                 nothing right within the time that the request allows
    |- NoBroadcast              this bus carries none
    `- ModbusException          the device refused, with a code

After a failed exchange the line must be silent for as long as the latest late answer could take, and what comes in
that time is thrown away: so a late answer is never taken for the current one. Our own bytes may come back as an
echo; a request whose answer would look the same is believed only on a line that is known to have none. The master
sleeps over the time that the bytes need on the wire and wakes a few times in one exchange.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from gateway.bus.exchange import FRAME_BYTES, Pace, Request, blame, find_answer, missing_bytes, without_echo
from gateway.bus.line import Line, PortError
from gateway.bus.silence import NeverSilentError, Silence, now_s
from gateway.bus.tally import Tally
from seepline.wire import rtu

RETRIES = 1
_LONGEST_HEARD = 4 * rtu.MAX_FRAME
_TIMER_S = 0.0002  # a timer may end a little before the last byte is handed over
_WORTH_SLEEPING_S = 0.0015  # for less, the next byte wakes
_PREAMBLE_PIECE_S = 0.1  # short enough for the port's buffer, long enough that the next comes in time

Release = Callable[[float], Awaitable[None]]


class BusError(Exception):
    """A request brought no answer that may be believed."""


class NoAnswer(BusError):  # noqa: N818 - the field's words
    """Nothing right was heard in time; `blame` says what was heard instead."""


class NoBroadcast(BusError):  # noqa: N818 - the field's words
    """The bus has a radio segment that carries no broadcast: each device must be told by itself."""


class ModbusException(BusError):  # noqa: N818 - the standard's word
    """The device answered that it will not; `code` is the standard's exception code."""

    def __init__(self, address: int, function: int, code: int) -> None:
        super().__init__(f"device {address} refused function {function} with exception {code}")
        self.code = code


class _Question(NamedTuple):
    """A request to one device: `pace` has that device's turn-round, `pause_s` is the rest it needs before."""

    address: int
    request: Request
    frame: bytes
    pace: Pace
    pause_s: float

    @property
    def wire_s(self) -> float:
        """What request and answer need on the wire."""
        return self.pace.wire_s(self.request.wire_bytes)


def _nothing() -> None:
    """Nobody has something to do meanwhile."""


async def _at_once(wire_s: float) -> None:
    """Hardware turns the transceiver."""


class Master:
    """The master of one open line. `counters` counts what happened, by name; `devices` the same per address.

    `release` is awaited after each frame is handed to the port, with the frame's time on the wire, and returns
    when the transceiver listens again. `meanwhile` is called when a request has just been sent: what takes time,
    such as a commit, costs none while the answer is on its way. `sent_at_s` is when that was, `busy_s` the time
    that all exchanges took.
    """

    def __init__(self, line: Line, pace: Pace, release: Release = _at_once) -> None:
        self._line = line
        self._pace = pace
        self._release = release
        self.meanwhile: Callable[[], None] = _nothing
        self.sent_at_s = 0.0
        self._silence = Silence(line, pace)
        self._last: _Question | None = None
        self._echoes: bool | None = None  # until an answer has come, nobody knows
        self.counters: Counter[str] = Counter()
        self.devices: defaultdict[int, Tally] = defaultdict(Tally)
        self.busy_s = 0.0

    @property
    def pace(self) -> Pace:
        """How long things take on this line."""
        return self._pace

    @property
    def quarantine_s(self) -> float:
        """Seconds of silence kept after failures."""
        return self._silence.quarantined_s

    @property
    def may_broadcast(self) -> bool:
        """Whether what is sent to all reaches all."""
        return self._pace.radio is None or self._pace.radio.broadcast

    async def transact(
        self,
        address: int,
        request: Request,
        turn_round_s: float | None = None,
        pause_s: float = 0.0,
        retries: int = RETRIES,
    ) -> bytes:
        """Send one request, again at most `retries` times, and return the PDU of its answer.

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
        question = _Question(address, request, rtu.frame(address, request.pdu), pace, pause_s)
        for _ in range(retries):
            try:
                return await self._exchange(question)
            except NoAnswer:
                self._count("retries")
        return await self._exchange(question)

    async def broadcast(self, pdu: bytes) -> None:
        """Send to every device; nobody answers, all get their time to act.

        Raises
        ------
        NoBroadcast
            When the bus carries none.
        """
        if not self.may_broadcast:
            raise NoBroadcast("this bus has a radio segment that carries no broadcast: tell each device by itself")
        await self._keep_silence(0.0)
        frame = rtu.frame(rtu.BROADCAST, pdu)
        await self._send(frame)
        await asyncio.sleep(self._pace.trip_s(len(frame)) + self._pace.turn_round_s)
        self._line.read()  # an echo
        self._silence.begin()
        self.counters["broadcasts"] += 1

    async def preamble(self, seconds: float) -> None:
        """Hold the line low for so long, nine bits out of ten: it wakes the loggers that sleep."""
        await self._keep_silence(0.0)
        piece = bytes(max(1, round(_PREAMBLE_PIECE_S / self._pace.wire_s(1))))
        piece_s, begun_s = self._pace.wire_s(len(piece)), now_s()
        for number in range(1 + int(seconds / piece_s)):
            self._line.write(piece)
            await asyncio.sleep(begun_s + number * piece_s - now_s())  # a piece ahead, so that no pause is heard
        await self._release(piece_s)
        await asyncio.sleep(begun_s + (number + 1) * piece_s - now_s())
        self._line.read()  # an echo
        self._silence.begin()
        self.counters["preambles"] += 1

    def distrust(self, why: str) -> None:
        """Keep the line silent before the next request, and count why, for the device last asked too."""
        self._silence.quarantine(self._late_s())
        self._count(why)

    async def leave(self) -> None:
        """Listen until an answer still under way has passed: whoever opens the port next must not hear it."""
        if self._line.is_open:
            self._silence.quarantine(self._late_s())
            with suppress(NoAnswer, PortError):
                await self._keep_silence(0.0)

    def _late_s(self) -> float:
        return (self._last.pace if self._last else self._pace).late_s

    def _count(self, name: str) -> None:
        self.counters[name] += 1
        if self._last:
            self.devices[self._last.address].counters[name] += 1

    async def _keep_silence(self, pause_s: float) -> None:
        try:
            late = await self._silence.kept(pause_s)
        except NeverSilentError as error:
            self._count("never_silent")
            words = "the bus is never silent: look for a second master or a device that babbles"
            raise NoAnswer(words) from error
        if late:
            self._count("late_drained")

    async def _exchange(self, question: _Question) -> bytes:
        await self._keep_silence(max(question.pause_s, self._second_copy_s(question)))
        self._last, sent_at_s = question, now_s()
        self.sent_at_s = sent_at_s
        await self._send(question.frame)
        self.meanwhile()
        pdu, heard = await self._listen(question, sent_at_s)
        self.busy_s += now_s() - sent_at_s
        if pdu is None:
            raise self._no_answer(question, heard)
        self._silence.begin()
        self._learn_echo(question, heard, pdu)
        if pdu[0] & 0x80:
            self._count(f"exception_{pdu[1]}")
            raise ModbusException(question.address, question.request.pdu[0], pdu[1])
        self.counters["ok"] += 1
        self.devices[question.address].answered(now_s() - sent_at_s - question.wire_s)
        return pdu

    def _second_copy_s(self, question: _Question) -> float:
        """Return how long to wait for a second copy of the last answer, which radios may send, when it would fit.

        On a cable it meets our request and both are garbled; a radio keeps the one while the other passes.
        """
        last, radio = self._last, question.pace.radio
        if last is None or radio is None or last.address != question.address or last.frame == question.frame:
            return 0.0
        fits = last.request[1:] == question.request[1:]
        return 2 * radio.latency_s + question.pace.silence_s if fits else 0.0

    def _learn_echo(self, question: _Question, heard: bytes, pdu: bytes) -> None:
        """Take note whether our bytes came back; noise beside the answer proves neither."""
        if question.request.mirrors:
            return
        if question.frame in heard:
            self._echoes = True
        elif len(heard) == len(pdu) + FRAME_BYTES:
            self._echoes = False

    async def _send(self, frame: bytes) -> None:
        self._line.write(frame)
        await self._release(self._pace.wire_s(len(frame)))

    async def _listen(self, question: _Question, sent_at_s: float) -> tuple[bytes | None, bytes]:
        """Return (PDU of the answer or None, everything heard)."""
        address, request, frame, pace, _ = question
        deadline_s = sent_at_s + pace.timeout_s(request)
        wake_s = sent_at_s + pace.shortest_s(request) + pace.silence_s + _TIMER_S  # a slave waits t3.5 too
        may_be_echo = request.mirrors and self._echoes is not False
        heard = b""
        while True:
            await self._until(min(wake_s, deadline_s), deadline_s)
            came = self._line.read()
            heard = (heard + came)[-_LONGEST_HEARD:]
            pdu = find_answer(without_echo(heard, frame) if may_be_echo else heard, address, request)
            if pdu is not None or now_s() >= deadline_s:
                return pdu, heard
            wake_s = now_s() + pace.wire_s(missing_bytes(heard, address, request)) + _TIMER_S if came else 0.0

    async def _until(self, wake_s: float, deadline_s: float) -> None:
        """Sleep while bytes are on their way; when that is hardly worth it, wait for the next of them."""
        sleep_s = wake_s - now_s()
        if sleep_s > _WORTH_SLEEPING_S:
            await asyncio.sleep(sleep_s)
        else:
            await self._line.wait(max(0.0, deadline_s - now_s()))

    def _no_answer(self, question: _Question, heard: bytes) -> NoAnswer:
        address, request, frame = question.address, question.request, question.frame
        reason = blame(without_echo(heard, frame), address, request)
        self._silence.quarantine(question.pace.late_s)
        self._count(reason)
        return NoAnswer(f"device {address} gave no right answer to function {request.pdu[0]} ({reason})")
