"""Third-party instruments on a simulated bus: those whose profile has a model here; others stay silent.

A model is a function of site time that fills registers, and the manners of the maker's device. The registers are
the maker's, written down here once more: the simulator knows no profile files, so the two check each other.
"""

import math
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from seepline.site import Site
from seepline.site_wiring import Station
from seepline.wire import rtu
from simulator.chips.desk_time import DeskTime
from simulator.chips.modbus_instrument import ModbusInstrument
from simulator.chips.serial_line import SerialLine

_REQUEST_BYTES = 8  # of functions 3, 4 and 6
_LOOK_S = 0.1
_DAY_MS = 86_400_000


def keller(instrument: ModbusInstrument, site_ms: int) -> None:
    """Fill a series 30/40's process values (protocol v3.5): some 1.2 m of water that rise and fall 5 cm a day."""
    bar = 0.12 + 0.005 * math.sin(2 * math.pi * (site_ms % _DAY_MS) / _DAY_MS)
    for register, value in ((0x0002, bar), (0x0004, math.nan), (0x0006, math.nan), (0x0008, 7.25)):
        instrument.put_float(register, value)
    instrument.whole_pairs = True


Model = Callable[[ModbusInstrument, int], None]
MODELS: dict[str, Model] = {"keller-30-40": keller}


class StationNode(SerialLine):
    """One instrument in a thread of its own, on the TCP side of a simulated bus. Set faults at `instrument`."""

    def __init__(self, name: str, address: int, port: int, fill: Callable[[ModbusInstrument], None]) -> None:
        super().__init__(DeskTime(), 0)
        self.instrument = ModbusInstrument(DeskTime(), address, answer_ms=5)
        self._fill = fill
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.sendall(f"NODE {name}\n".encode("ascii"))
        self._running = True
        self._thread = threading.Thread(target=self._run, name=f"station {name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the instrument off the bus."""
        self._running = False
        self._thread.join()
        self._socket.close()

    def answer(self, data: bytes, after_us: int) -> None:
        """Send what the instrument answers."""
        time.sleep(after_us / 1e6)
        with suppress(OSError):  # the bus has just ended
            self._socket.sendall(data)

    def _run(self) -> None:
        heard = b""
        while self._running:
            if not select.select([self._socket], [], [], _LOOK_S)[0]:
                continue
            try:
                data = self._socket.recv(4096)
            except OSError:
                return
            if not data:
                return
            heard = (heard + data)[-rtu.MAX_FRAME :]
            request = heard[-_REQUEST_BYTES:]
            if len(request) == _REQUEST_BYTES and request[0] == self.instrument.address and rtu.crc_fits(request):
                heard = b""
                self._fill(self.instrument)
                self.instrument.hear(request, self)


def modelled(site: Site, bus: str) -> list[Station]:
    """Return the stations of a bus that can be simulated."""
    return [station for station in site.stations if station.bus == bus and station.profile in MODELS]


def notes(site: Site) -> Iterator[str]:
    """Yield a sentence for each station that stays silent here."""
    known = ", ".join(MODELS)
    for station in site.stations:
        if station.tcp or station.profile not in MODELS:
            yield f"{station.id} is not simulated: stations on a bus with profile {known} are."


def start(station: Station, port: int, now_ms: Callable[[], int]) -> StationNode:
    """Put a station on the bus at `port`; `now_ms` is the site's time."""
    fill = MODELS[station.profile]
    return StationNode(station.id, station.address, port, lambda instrument: fill(instrument, now_ms()))
