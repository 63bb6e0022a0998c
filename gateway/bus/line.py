"""The serial line: the only module that knows pyserial.

A line is opened for us alone, in raw mode. Every failure is a `PortError` of one sentence that says what to do;
the poller closes the line and opens it again until it works. A PTY (simulated bus) knows no parity and is opened
with none.
"""

import asyncio
import errno
import logging
import os
from pathlib import Path

import serial

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
    """Tell whether a path leads to a pseudo-terminal, as a simulated bus has."""
    return Path(path).resolve().is_relative_to("/dev/pts")


class Line:
    """One serial port, opened exclusively; bytes out, bytes in, and waiting for bytes."""

    def __init__(self, path: str, baud: int, parity: str) -> None:
        self.path = path
        self._baud = baud
        self._parity = parity
        self._port: serial.Serial | None = None
        self._bytes_promised = False
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
        parity = self._parity
        if is_pty(self.path) and parity != "none":
            log.info("%s is a simulated bus: opened without parity instead of %s", self.path, parity)
            parity = "none"
        try:
            self._port = serial.Serial(
                self.path, self._baud, parity=PARITIES[parity], timeout=0, write_timeout=0, exclusive=True
            )
        except (serial.SerialException, OSError) as error:
            cure = _CURES.get(error.errno or 0, f"cannot be opened ({error}): check adapter and --port")
            raise PortError(f"{self.path} {cure}") from error
        self._bytes_promised = False

    def close(self) -> None:
        """Close the port; a port that is gone already is closed too."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def write(self, data: bytes) -> None:
        """Hand all bytes to the port, without waiting until they are on the wire.

        Raises
        ------
        PortError
            When the port is gone or takes no more bytes.
        """
        try:
            taken = os.write(self._fd(), data)
        except OSError as error:
            raise self._gone(error) from error
        if taken != len(data):
            raise PortError(f"{self.path} takes no more bytes: nobody reads at the other end of this bus")
        self.tap(SENT, data)

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
