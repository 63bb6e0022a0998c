"""What an ESP32 does beside its program: why it starts, what its RTC memory still holds, and the watchdog's bite.

Beside the flash of a logger on a desk lie

    <flash>.cause     why the next start happens: the number of machine.reset_cause(), and the word `dip` when
                      power came back before the RTC memory had lost its content, or `bus` when that woke the chip;
                      without the file it is power-on
    <flash>.rtc       the RTC memory
    <flash>.mishap    written by a test or an exercise: `hang` lets the scanning task stand, `block` stops the
                      whole program, `crash` is an error in it, `crash-always` one at every start, until the file
                      is gone
"""

import asyncio
import os
import time

POWER_ON, HARD, WATCHDOG, DEEP_SLEEP = 1, 2, 3, 4  # as machine.reset_cause() says
RESTART_CODE = 75  # of a program that is to be started again at once
_LOOK_S = 0.2


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _put(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _removed(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass


class Chip:
    """One start of the chip; from `watch` on the watchdog lets `patience_s` (real) pass without `feed`."""

    def __init__(self, flash: str, patience_s: int) -> None:
        self._path = flash
        self._patience_s = patience_s
        self._fed = time.time()
        words = _content(flash + ".cause").split()
        self.reset_cause = int(words[0]) if words else POWER_ON
        if self.reset_cause == POWER_ON and b"dip" not in words:
            _removed(flash + ".rtc")
        self.woken_by = "bus" if b"bus" in words else ""
        _removed(flash + ".cause")

    def recall(self) -> bytes:
        return _content(self._path + ".rtc")

    def remember(self, data: bytes) -> None:
        _put(self._path + ".rtc", data)

    def feed(self) -> None:
        self._fed = time.time()

    def reset(self, cause: int, word: str = "") -> None:
        """End the program; whoever started it starts it again."""
        _put(self._path + ".cause", ("%d %s" % (cause, word)).encode())
        raise SystemExit(RESTART_CODE)

    async def watch(self) -> None:
        """Bite when nobody feeds."""
        self.feed()
        while time.time() - self._fed <= self._patience_s:
            await asyncio.sleep(_LOOK_S)
        self.reset(WATCHDOG)

    async def mishap(self) -> None:
        """Let happen what was ordered."""
        word = _content(self._path + ".mishap").strip()
        if word and word != b"crash-always":
            _removed(self._path + ".mishap")
        if word == b"hang":
            await asyncio.Event().wait()
        elif word == b"block":
            time.sleep(self._patience_s)
            self.reset(WATCHDOG)
        elif word:
            raise RuntimeError("ordered: %s" % word.decode())
