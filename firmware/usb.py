"""The logger's USB port: the same frames as on the bus, on the serial port that also carries MicroPython's prompt.

While the logger runs, Ctrl-C is a byte like any other. Two things that no frame for this logger begins with, after
a silence, give the port back to the prompt: Enter and Ctrl-C at once, as mpremote sends them, and Ctrl-C alone,
three times with nothing else between.
"""

import asyncio
import time

BAUD = 115200  # of the prompt, parity none
PROMPT_S = 900  # the logger runs again by itself after so long at the prompt
_ALONE_S = 0.02  # longer than bytes of one frame are apart, adapter included
_PRESSES = 3
_LONGEST = 256
_ENTER, _CTRL_C = b"\r", b"\x03"
_ENTER_ADDRESS = 13  # for this logger a request of function 3 begins with Enter and Ctrl-C


class UsbLine:
    """The line interface over the prompt's own streams.

    `source` and `sink` are sys.stdin.buffer and sys.stdout.buffer, `ready()` tells whether a byte waits (reading
    more than there are would block everything), `leave()` is called for the prompt; KeyboardInterrupt follows.
    """

    answer_ms = 2
    gap_ms = 50  # a laptop hands bytes on when it finds the time

    def __init__(self, source, sink, ready, address: int, leave) -> None:
        self._source = source
        self._sink = sink
        self._ready = ready
        self._leave = leave
        self._looks_like_enter = address == _ENTER_ADDRESS
        self._reader = asyncio.StreamReader(source)
        self._presses = 0
        self._last = time.ticks_ms()

    async def read(self) -> tuple[bytes, int]:
        """Return (bytes, milliseconds of silence before them).

        Raises
        ------
        KeyboardInterrupt
            When someone at the port wants the prompt.
        """
        data = await self._reader.read(1)
        now = time.ticks_ms()
        quiet_ms, self._last = time.ticks_diff(now, self._last), now
        if quiet_ms >= self.gap_ms:
            if data == _ENTER and await self._more():
                data += self._source.read(1)
            if await self._wants_prompt(data):
                self._leave()
                raise KeyboardInterrupt
        while self._ready() and len(data) < _LONGEST:
            data += self._source.read(1)
            self._last = time.ticks_ms()
        return data, quiet_ms

    async def send(self, data: bytes) -> None:
        self._sink.write(data)
        self._last = time.ticks_ms()

    async def _wants_prompt(self, data: bytes) -> bool:
        if data == _ENTER + _CTRL_C:
            return not (self._looks_like_enter and await self._more())
        lone = data == _CTRL_C and not await self._more()
        self._presses = self._presses + 1 if lone else 0
        return self._presses == _PRESSES

    async def _more(self) -> bool:
        """Tell whether a byte follows closely."""
        if not self._ready():
            await asyncio.sleep(_ALONE_S)
        return self._ready()
