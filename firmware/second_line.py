"""The logger's second serial line, where its own instruments are: Modbus on RS-485, or SDI-12.

Both are line objects as `firmware/drivers/modbus_master.py` and `sdi12.py` want them, over a UART that they are
given with its driver-enable pin and its stream reader.

SDI-12: 1200 baud, 7 data bits, even parity, marking is the low level, so both directions are inverted. A break is
a byte 00h at a lower rate: start bit, seven zeros and the parity bit are nine bits of spacing. The receiver hears
what is sent; that is thrown away.
"""

import asyncio

_READ_BYTES = 64
_SPACING_BITS = 9


class SecondLine:
    """RS-485 whose receiver is off while the driver is on."""

    def __init__(self, uart, drive, reader) -> None:
        self._uart = uart
        self._drive = drive
        self._reader = reader

    async def pause(self, ms: int) -> None:
        await asyncio.sleep(ms / 1000)

    async def send(self, data: bytes) -> None:
        """Return when the last stop bit is out and the driver is off."""
        drive, flush = self._drive, self._uart.flush
        drive(1)
        self._uart.write(data)
        flush()
        drive(0)

    async def read(self, first_ms: int, gap_ms: int) -> bytes:
        """Return the bytes of one burst, or b"" when nothing comes for first_ms."""
        found, wait_ms = b"", first_ms
        while True:
            try:
                found += await asyncio.wait_for(self._reader.read(_READ_BYTES), wait_ms / 1000)
            except asyncio.TimeoutError:
                return found
            wait_ms = gap_ms


class Sdi12Line(SecondLine):
    """The SDI-12 line; `set_baud(baud)` sets the UART up again, `ms()` is a clock that does not jump."""

    def __init__(self, uart, drive, reader, set_baud, ms) -> None:
        super().__init__(uart, drive, reader)
        self._set_baud = set_baud
        self.ms = ms

    async def wake(self, break_ms: int, mark_ms: int) -> None:
        """Send a break and hold the line at marking."""
        self._drive(1)
        self._set_baud(_SPACING_BITS * 1000 // break_ms)
        self._uart.write(b"\0")
        self._uart.flush()
        self._set_baud(1200)
        await self.pause(mark_ms)

    async def send(self, data: bytes) -> None:
        await super().send(data)
        self._uart.read()
