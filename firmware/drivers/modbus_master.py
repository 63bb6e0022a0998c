"""Modbus RTU master on the logger's second UART, for digital strings and probes. One request, one answer.

Source: Modbus Application Protocol v1.1b3 (sections 6.3, 6.4, 6.6, 7), Modbus over Serial Line v1.02; frames
and CRC from `seepline/wire/rtu.py`. An RTU answer does not name its request, so after a time-out the line is
listened to until it has been silent for a whole time-out: a late answer is thrown away and never taken for the
next one.

The line object is that of `sdi12.py` without `wake`: `async send(data)`, `async read(first_ms, gap_ms) ->
bytes`.
"""

import asyncio

from firmware.drivers.driver import BAD_CRC, FOREIGN, MALFORMED, NO_ANSWER, REFUSED, NoReadingError
from seepline.wire import rtu

TRIES = 3
GAP_MS = 6  # t3.5 at 9600 baud is 4.01 ms


def register_bytes(answer: bytes, address: int, function: int, count: int) -> bytes:
    """Return the 2 x count data bytes of an answer to function 3 or 4.

    Raises
    ------
    NoReadingError
        NO_ANSWER, BAD_CRC, FOREIGN (another address or function), REFUSED (exception; the code is its detail),
        MALFORMED.
    """
    if not answer:
        raise NoReadingError(NO_ANSWER)
    if not rtu.crc_fits(answer):
        raise NoReadingError(BAD_CRC)
    if answer[0] != address or answer[1] & 0x7F != function:
        raise NoReadingError(FOREIGN, answer[0])
    if answer[1] & 0x80:
        raise NoReadingError(REFUSED, answer[2])
    if answer[2] != 2 * count or len(answer) != 5 + 2 * count:
        raise NoReadingError(MALFORMED, len(answer))
    return bytes(answer[3:-2])


def _write_fault(answer: bytes, address: int) -> NoReadingError:
    """Return why an answer is not the echo of a write."""
    if not answer:
        return NoReadingError(NO_ANSWER)
    if not rtu.crc_fits(answer):
        return NoReadingError(BAD_CRC)
    if answer[0] == address and answer[1] & 0x80:
        return NoReadingError(REFUSED, answer[2])
    return NoReadingError(FOREIGN, answer[0])


class Master:
    """Owns a line. `timeout_ms` is the slowest slave's own answer time, and a character more."""

    def __init__(self, line, timeout_ms: int) -> None:
        self._line = line
        self._timeout_ms = timeout_ms
        self._lock = asyncio.Lock()

    async def registers(self, address: int, function: int, first: int, count: int) -> bytes:
        """Return the data of `count` registers, after at most three tries; an exception is not tried again."""
        request = rtu.frame(address, rtu.read_request(function, first, count))
        async with self._lock:
            return await self._answer(request, address, function, count)

    async def write(self, address: int, register: int, value: int) -> None:
        """Write one register by function 6; the echo must be the request."""
        request = rtu.frame(
            address, bytes([rtu.WRITE_SINGLE, register >> 8, register & 255, value >> 8, value & 255])
        )
        async with self._lock:
            await self._line.send(request)
            answer = await self._line.read(self._timeout_ms, GAP_MS)
            if answer != request:
                await self._quiet()
                raise _write_fault(answer, address)

    async def _answer(self, request: bytes, address: int, function: int, count: int) -> bytes:
        fault = NoReadingError(NO_ANSWER)
        for _ in range(TRIES):
            await self._line.send(request)
            answer = await self._line.read(self._timeout_ms, GAP_MS)
            try:
                return register_bytes(answer, address, function, count)
            except NoReadingError as error:
                fault = error
            if fault.code == REFUSED:
                break
            await self._quiet()
        raise fault

    async def _quiet(self) -> None:
        """Throw away what still comes, until a whole time-out brought nothing."""
        for _ in range(TRIES):
            if not await self._line.read(self._timeout_ms, GAP_MS):
                return
