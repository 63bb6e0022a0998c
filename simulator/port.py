"""The port of a simulated bus: a PTY with a link for masters, that can be pulled out and come back."""

import os
import termios
import tty
from pathlib import Path


class PortError(RuntimeError):
    """The port cannot be made: says what to do."""


class Port:
    """One PTY while it is plugged in. `path` is the link that masters open."""

    def __init__(self, bus_id: str, path: Path) -> None:
        self.path = path
        self._bus_id = bus_id
        self._names = (path, path.with_stem(f"{path.stem}-2"))
        self.fd = -1
        self._slave = -1  # stays open here: no EIO between two masters
        self.plug()

    @property
    def is_plugged(self) -> bool:
        """Whether there is a port at the moment."""
        return self.fd >= 0

    def plug(self, *, elsewhere: bool = False) -> None:
        """Put the adapter in, `elsewhere`: under the other of its two names.

        Raises
        ------
        PortError
            When there is no PTY, or the link cannot be made.
        """
        if elsewhere:
            self.path = self._names[self.path == self._names[0]]
        self.fd, self._slave = _open_pty(self._bus_id)
        try:
            _link(self.path, os.ttyname(self._slave))
        except PortError:
            self.unplug()
            raise

    def unplug(self) -> None:
        """Pull the adapter out: whoever has it open gets EIO."""
        if not self.is_plugged:
            return
        if self.path.is_symlink():
            self.path.unlink()
        os.close(self.fd)
        os.close(self._slave)
        self.fd = self._slave = -1

    def speed(self) -> int:
        """Return the baud rate that the master has set, as a constant of termios."""
        return int(termios.tcgetattr(self._slave)[5])


def _open_pty(bus_id: str) -> tuple[int, int]:
    try:
        master, slave = os.openpty()
    except OSError as error:
        raise PortError(f"bus {bus_id}: no PTY to be had ({error.strerror}), is /dev/pts mounted?") from error
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave


def _link(link: Path, target: str) -> None:
    try:
        if link.is_symlink():
            link.unlink()  # of a run that was killed
        link.symlink_to(target)
    except OSError as error:
        raise PortError(f"cannot make {link} ({error.strerror}), remove it or give another --dir") from error
