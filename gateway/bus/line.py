"""The serial line: the only module that knows pyserial.

A line is opened for us alone, in raw mode. Every failure is a `PortError` of one sentence that says what to do;
the poller closes the line and opens it again until it works, under whichever name the adapter then has (ports). A
PTY (simulated bus) knows no parity and is opened with none.
"""

import asyncio
import errno
import fcntl
import logging
import os
import termios
from pathlib import Path

import serial

from gateway.bus.direction import HARDWARE, Direction, DirectionError, sent
from gateway.bus.ports import NotFoundError, find, latency_ms
from gateway.bus.trace import HEARD, SENT, Tap

log = logging.getLogger(__name__)

PARITIES = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}

_IN_USE = "is in use by another program: stop that program, one master owns a bus"
_CURES = {
    errno.ENOENT: "is not there: plug in the adapter, start the simulated bus, or correct --port",
    errno.EACCES: "may not be opened by this user: add the user to the group that owns it (dialout)",
    errno.EAGAIN: _IN_USE,
    errno.EBUSY: _IN_USE,
}


class PortError(Exception):
    """The serial port cannot be used: one sentence that says what to do."""


def is_pty(path: str) -> bool:
    """Tell whether a port leads to a pseudo-terminal, as a simulated bus has; one that is not there does not."""
    try:
        return Path(find(path)).resolve().is_relative_to("/dev/pts")
    except NotFoundError:
        return False


class Line:
    """One serial port, opened exclusively; bytes out, bytes in, and waiting for bytes.

    `path` is a path, a pattern of one, or `usb:` and a serial number (gateway.bus.ports).
    """

    def __init__(
        self, path: str, baud: int, parity: str, stop_bits: int = 1, direction: Direction = HARDWARE
    ) -> None:
        self.path = path
        self._baud = baud
        self._parity = parity
        self._stop_bits = stop_bits
        self._direction = direction
        self._port: serial.Serial | None = None
        self._bytes_promised = False
        self._warned = False
        self.tap: Tap = _nobody

    @property
    def is_open(self) -> bool:
        """Whether the port is open at the moment."""
        return self._port is not None

    def open(self) -> None:
        """Open the port.

        Raises
        ------
        PortError
            When it is missing, in use, or not ours to open.
        """
        path = self._found()
        try:
            self._port = serial.Serial(
                path,
                self._baud,
                parity=PARITIES[self._spoken_parity(path)],
                stopbits=self._stop_bits,
                timeout=0,
                write_timeout=0,
                exclusive=True,
            )
        except (serial.SerialException, OSError) as error:
            cure = _CURES.get(error.errno or 0, f"cannot be opened ({error}): check adapter and --port")
            raise PortError(f"{path} {cure}") from error
        try:
            self._take(path, self._port.fileno())
        except PortError:
            self.close()
            raise
        self._bytes_promised = False

    def close(self) -> None:
        """Close the port; a port that is gone already is closed too."""
        port, self._port = self._port, None
        if port is not None:
            try:
                self._direction.close()
            finally:
                port.close()

    def write(self, data: bytes) -> None:
        """Hand all bytes to the port, without waiting until they are on the wire.

        Raises
        ------
        PortError
            When the port is gone or takes no more bytes.
        """
        fd = self._fd()
        try:
            self._direction.send(fd)
            taken = os.write(fd, data)
        except (OSError, DirectionError) as error:
            raise self._gone(error) from error
        if taken != len(data):
            raise PortError(f"{self.path} takes no more bytes: nobody reads at the other end of this bus")
        self.tap(SENT, data)

    async def release(self, wire_s: float) -> None:
        """Listen again as soon as what was written, `wire_s` long, has left; at once where the hardware turns.

        Raises
        ------
        PortError
            When the port is gone.
        """
        if not self._direction.by_us:
            return
        fd = self._fd()
        try:
            await sent(fd, wire_s)
        except (OSError, termios.error) as error:
            raise self._gone(error) from error
        finally:
            self._listen(fd)

    def read(self) -> bytes:
        """Return the bytes that have come, maybe none.

        Raises
        ------
        PortError
            When the port is gone.
        """
        try:
            data = os.read(self._fd(), 4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._gone(error) from error
        if not data and self._bytes_promised:
            raise self._gone(EOFError("readable, but without bytes"))
        self._bytes_promised = False
        if data:
            self.tap(HEARD, data)
        return data

    async def wait(self, timeout_s: float) -> bool:
        """Wait until bytes are there to read, at most `timeout_s`; tell whether they are."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[bool] = loop.create_future()
        fd = self._fd()
        loop.add_reader(fd, _fulfil, ready, True)
        timer = loop.call_later(timeout_s, _fulfil, ready, False)
        try:
            self._bytes_promised = await ready
        finally:
            timer.cancel()
            loop.remove_reader(fd)
        return self._bytes_promised

    def _found(self) -> str:
        try:
            return find(self.path)
        except NotFoundError as error:
            raise PortError(str(error)) from error

    def _spoken_parity(self, path: str) -> str:
        if self._parity != "none" and is_pty(path):
            log.info("%s is a simulated bus: opened without parity instead of %s", path, self._parity)
            return "none"
        return self._parity

    def _take(self, path: str, fd: int) -> None:
        """Make the open port ours, also against programs that ask nobody, and begin listening."""
        try:
            if not is_pty(path):  # a PTY would keep it after we are gone
                fcntl.ioctl(fd, termios.TIOCEXCL)
            self._direction.open(fd)
        except (OSError, DirectionError) as error:
            raise PortError(f"{path}: {error}") from error
        held_ms = latency_ms(path)
        if held_ms is not None and held_ms > 1 and not self._warned:
            self._warned = True
            log.warning(
                "%s holds bytes back for %d ms: install 99-seepline-rs485.rules (gateway/deploy)", path, held_ms
            )

    def _listen(self, fd: int) -> None:
        try:
            self._direction.listen(fd)
        except (OSError, DirectionError) as error:
            raise self._gone(error) from error

    def _fd(self) -> int:
        if self._port is None:
            raise PortError(f"{self.path} is not open")
        return int(self._port.fileno())

    def _gone(self, error: Exception) -> PortError:
        return PortError(f"{self.path} is gone ({error}): plug the adapter in again or restart the simulated bus")


def _nobody(way: str, data: bytes) -> None:
    """Nobody traces."""


def _fulfil(ready: "asyncio.Future[bool]", there: bool) -> None:
    if not ready.done():
        ready.set_result(there)
