"""Who turns the RS-485 transceiver between sending and listening: the only module that knows gpiod.

    hardware            the adapter or a circuit does; nothing to do here
    rts                 the port's RTS: by the kernel's driver where it can (TIOCSRS485), else by us
    gpio:<chip>/<line>  a line of the GPIO character device, high while sending, as gpio:gpiochip0/17

Turned by us, the transceiver must be free before the first bit of the answer, t3.5 after the request. So we sleep
until shortly before the last bit, then look until the driver says that its last bit is out (TIOCSERGETLSR; a
driver that cannot say so is drained). Kernel and hardware are exact, we are not: docs/bench-checklist.md tells
how to measure it.

    DirectionError      the way named cannot be used
"""

import asyncio
import fcntl
import struct
import termios
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpiod import LineRequest

# <asm-generic/ioctls.h> and <linux/serial.h> of the kernel
_TIOCSRS485 = 0x542F
_TIOCSERGETLSR = 0x5459
_TRANSMITTER_EMPTY = 0x01
_RS485_ENABLED = 1 << 0
_RS485_RTS_ON_SEND = 1 << 1
_RS485 = struct.Struct("=8I")  # struct serial_rs485: flags, delay before, delay after, padding
_CONSUMER = "seepline RS-485 direction"
_LOOK_EARLY_S = 0.0005
_LOOK_EVERY_S = 0.0002
_LOOKS = 500  # then it listens all the same


class DirectionError(Exception):
    """The direction cannot be turned in the way named: one sentence that says what to do."""


class Direction:
    """The transceiver turns itself. Where `by_us`, `send` and `listen` are called around each frame."""

    by_us = False

    def open(self, fd: int) -> None:
        """Begin listening on a port that was just opened."""

    def send(self, fd: int) -> None:
        """Enable the driver."""

    def listen(self, fd: int) -> None:
        """Disable the driver."""

    def close(self) -> None:
        """Give back what was taken; the driver is off."""


class ByRts(Direction):
    """RTS enables the driver; the kernel turns it where its serial driver knows RS-485."""

    def __init__(self) -> None:
        self.by_us = True

    def open(self, fd: int) -> None:
        """Ask the kernel to turn RTS; where it cannot, RTS is ours, and low.

        Raises
        ------
        DirectionError
            When the port has no RTS.
        """
        try:
            fcntl.ioctl(fd, _TIOCSRS485, _RS485.pack(_RS485_ENABLED | _RS485_RTS_ON_SEND, 0, 0, 0, 0, 0, 0, 0))
            self.by_us = False
        except OSError:  # ENOTTY: most USB adapters
            self.by_us = True
            self._set(fd, termios.TIOCMBIC)

    def send(self, fd: int) -> None:
        """Raise RTS."""
        self._set(fd, termios.TIOCMBIS)

    def listen(self, fd: int) -> None:
        """Drop RTS."""
        self._set(fd, termios.TIOCMBIC)

    def _set(self, fd: int, how: int) -> None:
        try:
            fcntl.ioctl(fd, how, struct.pack("i", termios.TIOCM_RTS))
        except OSError as error:
            raise DirectionError(
                f"this port has no RTS to turn ({error.strerror}): use direction hardware or gpio"
            ) from error


class ByGpio(Direction):
    """A GPIO line enables the driver."""

    by_us = True

    def __init__(self, chip: str, line: int) -> None:
        self._chip = chip
        self._line = line
        self._request: LineRequest | None = None

    def open(self, fd: int) -> None:
        """Take the line, low.

        Raises
        ------
        DirectionError
            When gpiod is missing, or the line is missing or in use.
        """
        try:
            import gpiod
        except ImportError as error:
            raise DirectionError("direction gpio needs gpiod: pip install 'seepline[gpio]'") from error
        low = gpiod.LineSettings(direction=gpiod.line.Direction.OUTPUT, output_value=gpiod.line.Value.INACTIVE)
        try:
            self._request = gpiod.request_lines(self._chip, {self._line: low}, consumer=_CONSUMER)
        except (OSError, ValueError) as error:
            raise DirectionError(
                f"GPIO line {self._line} of {self._chip} cannot be taken ({error}): correct the direction"
            ) from error

    def send(self, fd: int) -> None:
        """Drive the line high."""
        self._set(high=True)

    def listen(self, fd: int) -> None:
        """Drive the line low."""
        self._set(high=False)

    def close(self) -> None:
        """Drive the line low and give it back."""
        request, self._request = self._request, None
        if request is not None:
            from gpiod.line import Value

            request.set_value(self._line, Value.INACTIVE)
            request.release()

    def _set(self, *, high: bool) -> None:
        from gpiod.line import Value

        if self._request is not None:
            self._request.set_value(self._line, Value.ACTIVE if high else Value.INACTIVE)


HARDWARE = Direction()


def direction_of(words: str) -> Direction:
    """Return the direction that a setting names.

    Raises
    ------
    DirectionError
        When it is none of the three.

    >>> direction_of("gpio:gpiochip0/17")._chip
    '/dev/gpiochip0'
    """
    kind, _, place = words.partition(":")
    if words == "hardware":
        return HARDWARE
    if words == "rts":
        return ByRts()
    chip, _, line = place.partition("/")
    if kind == "gpio" and chip and line.isdecimal():
        return ByGpio(str(Path("/dev") / chip), int(line))
    raise DirectionError(f'direction {words!r}: expected "hardware", "rts" or "gpio:<chip>/<line>"')


async def sent(fd: int, wire_s: float) -> None:
    """Wait until what was written, `wire_s` long, has left the port to its last bit."""
    await asyncio.sleep(wire_s - _LOOK_EARLY_S)
    for _ in range(_LOOKS):
        if _is_empty(fd):
            return
        await asyncio.sleep(_LOOK_EVERY_S)


def _is_empty(fd: int) -> bool:
    try:
        state = fcntl.ioctl(fd, _TIOCSERGETLSR, struct.pack("i", 0))
    except OSError:
        termios.tcdrain(fd)
        return True
    return bool(struct.unpack("i", state)[0] & _TRANSMITTER_EMPTY)
