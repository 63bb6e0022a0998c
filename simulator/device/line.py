"""The simulated RS-485 driver: a TCP connection to the bus process, raw bytes both ways after one line."""

import asyncio
import select
import time

_DOZE_MS = 1000


def _stopwatch():
    """Return a function that tells the real milliseconds since its last call, on either interpreter."""
    if hasattr(time, "ticks_ms"):
        read, difference = time.ticks_ms, time.ticks_diff
    else:
        read, difference = (lambda: time.monotonic_ns() // 1000000), (lambda new, old: new - old)
    last = read()

    def lap() -> int:
        nonlocal last
        now = read()
        elapsed, last = difference(now, last), now
        return elapsed

    return lap


class Line:
    """Bytes from and to the bus. `read` raises EOFError when the bus ends: power off."""

    answer_ms = 2  # t3.5 above 19 200 baud is 1.75 ms
    gap_ms = 20  # wider than t3.5: two processes on a busy machine lie between the master and here

    def __init__(self, reader, writer) -> None:
        self._reader = reader
        self._writer = writer
        self._lap = _stopwatch()

    async def read(self) -> tuple[bytes, int]:
        """Return (bytes, milliseconds of silence before them)."""
        try:
            data = await self._reader.read(256)
        except OSError:
            data = b""
        if not data:
            raise EOFError("the bus has ended")
        return data, self._lap()

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError:
            raise EOFError("the bus has ended") from None

    def doze(self, seconds: float, by_bus: bool) -> bool:
        """Stand still for so long; True when a byte ended it. EOFError when the bus ends."""
        socket = _socket(self._writer)
        poll, until = select.poll(), time.time() + seconds
        poll.register(socket, select.POLLIN)
        while True:
            left_ms = int(1000 * (until - time.time()))
            if left_ms <= 0:
                return False
            if poll.poll(min(left_ms, _DOZE_MS)):
                if not socket.recv(256):
                    raise EOFError("the bus has ended")
                if by_bus:
                    return True


def _socket(writer):
    """Return the socket of a stream, on either interpreter."""
    return writer.s if hasattr(writer, "s") else writer.get_extra_info("socket")


async def connect(host: str, port: int, logger_id: int) -> Line:
    """Return the line of one logger on the bus at host and port."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"NODE %d\n" % logger_id)
    await writer.drain()
    return Line(reader, writer)
