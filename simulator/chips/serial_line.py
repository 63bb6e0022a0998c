"""A serial line on the desk's time: every character takes as long as it really does, in both directions."""

import asyncio

from simulator.chips.desk_time import DeskTime

_ODD_ONE = 0x55  # what two talkers at once make of a byte


class Listener:
    """An instrument on a line."""

    def hear(self, data: bytes, line: "SerialLine") -> None:
        """Take what the master sent; answers go back by `line.answer`."""
        raise NotImplementedError

    def hear_break(self) -> None:
        """Take a break."""


class SerialLine:
    """One line, its instruments, and the line object that the drivers are given."""

    def __init__(self, time: DeskTime, character_us: int) -> None:
        self._time = time
        self._character_us = character_us
        self._instruments: list[Listener] = []
        self._coming: list[tuple[int, int]] = []  # (when its stop bit is over, byte)
        self.sent: list[tuple[int, bytes]] = []  # (ms, what the master sent; b"" a break), for tests
        self._break_ms = 0
        self._mark_ms = 0

    def attach(self, instrument: Listener) -> None:
        """Put an instrument on the line."""
        self._instruments.append(instrument)

    def ms(self) -> int:
        """Return the monotonic clock of the drivers."""
        return self._time.ms()

    async def wake(self, break_ms: int, mark_ms: int) -> None:
        """Send a break; too short a break, or too short a mark after it, wakes nobody."""
        self.sent.append((self._time.ms(), b""))
        await self._time.pause(break_ms + mark_ms)
        if break_ms >= 12 and 1000 * mark_ms >= 8330:
            for instrument in self._instruments:
                instrument.hear_break()

    async def send(self, data: bytes) -> None:
        """Send; who talks at the same time is garbled."""
        self.sent.append((self._time.ms(), bytes(data)))
        await asyncio.sleep(0)  # other tasks run while a line is busy: who does not hold its lock is caught here
        start_us = self._time.now_us
        self._time.now_us += len(data) * self._character_us
        collided = [at for at, _ in self._coming if start_us < at <= self._time.now_us]
        self._coming = [pair for pair in self._coming if pair[0] > self._time.now_us]
        if not collided:
            for instrument in self._instruments:
                instrument.hear(bytes(data), self)

    def answer(self, data: bytes, after_us: int) -> None:
        """Let an instrument answer `after_us` from now; two answers at once garble each other."""
        at_us = self._time.now_us + after_us
        end_us = at_us + len(data) * self._character_us
        if any([at_us < at <= end_us for at, _ in self._coming]):
            self._coming = [(at, byte ^ _ODD_ONE) for at, byte in self._coming]
            return
        for number, byte in enumerate(data):
            self._coming.append((at_us + (number + 1) * self._character_us, byte))
        self._coming.sort()

    def forget(self) -> None:
        """Take back what was still to come: an instrument that gives up."""
        self._coming = []

    async def read(self, first_ms: int, gap_ms: int) -> bytes:
        """Return the bytes of one burst, or b"" when nothing comes for first_ms."""
        await asyncio.sleep(0)
        found = bytearray()
        deadline_us = self._time.now_us + 1000 * first_ms
        while self._coming and self._coming[0][0] <= deadline_us:
            at_us, byte = self._coming.pop(0)
            found.append(byte)
            self._time.now_us = max(self._time.now_us, at_us)
            deadline_us = self._time.now_us + 1000 * gap_ms
        self._time.now_us = max(self._time.now_us, deadline_us)
        return bytes(found)
