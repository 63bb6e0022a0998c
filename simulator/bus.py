"""One simulated RS-485 bus: a PTY for masters, TCP for logger programs, the pure Line between them.

The bus runs in its own thread and blocks in select, which takes fractions of a millisecond (epoll does not).
A PTY has no parity and no pace of its own: the line gives the pace, and parity becomes none. The baud rate that
a master sets can be read from the PTY; another one than the site's garbles every byte, as it would in the field.
"""

import os
import selectors
import socket
import termios
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

from seepline.site_wiring import Bus as SiteBus
from simulator.faults import NO_FAULTS, LineFaults
from simulator.line import MASTER, RESIDENT, Line, Statistics
from simulator.port import Port, PortError
from simulator.resident import Answer, Residents

_HELLO_LIMIT = 80
_NOBODY: Mapping[int, Answer] = {}

BusError = PortError


def _baud_constant(bus: SiteBus) -> int:
    constant = getattr(termios, f"B{bus.baud}", None)
    if constant is None:
        raise BusError(f"bus {bus.id}: a PTY has no baud rate {bus.baud}, use a usual one such as 19200 or 115200")
    return int(constant)


class Bus:
    """One running bus. `tty` is the link for masters, `port` the TCP port on 127.0.0.1 for logger programs.

    `devices` are answered for by the bus itself, by address (simulator.resident).
    """

    def __init__(
        self,
        bus: SiteBus,
        tty: Path,
        nodes: Collection[str],
        faults: LineFaults = NO_FAULTS,
        devices: Mapping[int, Answer] = _NOBODY,
    ) -> None:
        self._nodes = frozenset(nodes)
        self._line = Line(bus.baud, bus.parity, faults, bus.stop_bits)
        self._residents = Residents(devices)
        if devices:
            self._line.join(RESIDENT)
        self._speed = _baud_constant(bus)
        self._pty = Port(bus.id, tty)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setblocking(False)
        self.port: int = self._server.getsockname()[1]
        self._sockets: dict[str, socket.socket] = {}
        self._wake, self._woken = socket.socketpair()
        self._faults = self._new_faults = faults
        self._plug_due_s: float | None = None
        self._running = True
        self._selector = selectors.SelectSelector()
        self._watch(self._pty.fd, self._hear_master)
        self._watch(self._server, self._accept)
        self._watch(self._woken, self._wake_up)
        self._plan_plug()
        self._thread = threading.Thread(target=self._run, name=f"bus {bus.id}", daemon=True)
        self._thread.start()

    @property
    def tty(self) -> Path:
        """The link that masters open; another one after the adapter came back elsewhere."""
        return self._pty.path

    @property
    def running(self) -> bool:
        """Tell whether the bus still serves."""
        return self._thread.is_alive()

    @property
    def present(self) -> frozenset[str]:
        """Return the names of the nodes that are on the line."""
        return frozenset(self._sockets.copy())

    @property
    def statistics(self) -> Statistics:
        """Return what happened on the line so far."""
        return self._line.statistics

    def set_faults(self, faults: LineFaults) -> None:
        """Use other faults from the next byte on."""
        self._new_faults = faults
        self._wake.send(b"!")

    def close(self) -> None:
        """End the bus: masters see their port hang up, logger programs lose their power."""
        self._running = False
        with suppress(OSError):  # the thread may have seen it already, and closed its end
            self._wake.send(b"!")
        self._thread.join()

    def _watch(self, source: int | socket.socket, action: Callable[[], None]) -> None:
        self._selector.register(source, selectors.EVENT_READ, action)

    def _run(self) -> None:
        try:
            while self._running:
                due = [due_s for due_s in (self._line.next_due_s(), self._plug_due_s) if due_s is not None]
                timeout_s = max(0.0, min(due) - time.monotonic()) if due else None
                for key, _ in self._selector.select(timeout_s):
                    key.data()
                for name, data in self._line.deliver(time.monotonic()):
                    self._tell(name, data)
                if self._plug_due_s is not None and time.monotonic() >= self._plug_due_s:
                    self._plug_or_unplug()
        finally:
            self._shut()

    def _wake_up(self) -> None:
        self._woken.recv(64)
        if self._faults is not self._new_faults:
            self._faults = self._new_faults
            self._line.set_faults(self._faults)
            self._plan_plug()

    def _plan_plug(self) -> None:
        faults, plugged = self._faults, self._pty.is_plugged
        planned = bool(faults.unplug_every_s) or not plugged
        wait_s = faults.unplug_every_s if plugged else faults.unplug_for_s
        self._plug_due_s = time.monotonic() + wait_s if planned else None

    def _plug_or_unplug(self) -> None:
        if self._pty.is_plugged:
            self._selector.unregister(self._pty.fd)
            self._pty.unplug()
        else:
            self._pty.plug(elsewhere=self._faults.elsewhere)
            self._watch(self._pty.fd, self._hear_master)
        self._plan_plug()

    def _master_data(self, data: bytes) -> bytes:
        if self._pty.speed() == self._speed:
            return data
        self._line.statistics.mismatched += len(data)
        return self._line.garble(data)

    def _hear_master(self) -> None:
        data = os.read(self._pty.fd, 4096)
        self._line.speak(MASTER, self._master_data(data), time.monotonic())

    def _accept(self) -> None:
        connection, _ = self._server.accept()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hello = bytearray()
        self._watch(connection, lambda: self._greet(connection, hello))

    def _greet(self, connection: socket.socket, hello: bytearray) -> None:
        data = _received(connection)
        hello += data
        line, complete, rest = bytes(hello).partition(b"\n")
        name = line.decode("ascii", "replace").removeprefix("NODE ")
        if not data or len(line) > _HELLO_LIMIT or (complete and name not in self._nodes):
            self._selector.unregister(connection)
            connection.close()
        elif complete:
            self._join(name, connection, rest)

    def _join(self, name: str, connection: socket.socket, rest: bytes) -> None:
        if name in self._sockets:  # the program was started again
            self._drop(name)
        self._sockets[name] = connection
        self._line.join(name)
        self._selector.modify(connection, selectors.EVENT_READ, lambda: self._hear_node(name))
        if rest:
            self._line.speak(name, rest, time.monotonic())

    def _hear_node(self, name: str) -> None:
        data = _received(self._sockets[name])
        if data:
            self._line.speak(name, data, time.monotonic())
        else:
            self._drop(name)

    def _drop(self, name: str) -> None:
        connection = self._sockets.pop(name)
        self._selector.unregister(connection)
        connection.close()
        self._line.leave(name)

    def _tell(self, name: str, data: bytes) -> None:
        try:
            if name == MASTER:
                if self._pty.is_plugged:
                    os.write(self._pty.fd, self._master_data(data))
            elif name == RESIDENT:
                self._ask_residents(data)
            elif name in self._sockets:
                self._sockets[name].send(data)
        except BlockingIOError:  # nobody reads: a UART would overrun too
            self._line.statistics.dropped += len(data)
        except ConnectionError:  # its end is seen by select and handled in _hear_node
            self._line.statistics.dropped += len(data)

    def _ask_residents(self, data: bytes) -> None:
        answer = self._residents.hear(data, time.monotonic())
        if answer:
            self._line.speak(RESIDENT, answer, self._line.quiet_from_s + self._line.silence_s)

    def _shut(self) -> None:
        self._pty.unplug()
        for source in [key.fileobj for key in self._selector.get_map().values()] + [self._wake]:
            if isinstance(source, socket.socket):
                source.close()
        self._selector.close()


def _received(connection: socket.socket) -> bytes:
    """Return what a node sent; b'' when its end is closed or its process was killed."""
    try:
        return connection.recv(4096)
    except ConnectionError:
        return b""
