"""The same contact as a coil of a relay module on Modbus TCP.

It is written anew every second, so that the module's own watchdog drops it when this gateway is gone.
"""

import struct
from typing import NamedTuple

from gateway.bus.exchange import Request
from gateway.bus.master import BusError
from gateway.modbus_tcp.client import TcpDevice

_WRITE_COIL = 5
_ON = 0xFF00
_TIMEOUT_S = 3.0


class Place(NamedTuple):
    """Where a coil is."""

    host: str
    port: int
    unit: int
    coil: int


def place_of(text: str) -> Place | None:
    """Return the place that 'host:port/unit/coil' names, None when it is none.

    >>> place_of("192.168.7.9:502/1/0")
    Place(host='192.168.7.9', port=502, unit=1, coil=0)
    >>> place_of("192.168.7.9/1/0"), place_of("relay:502/248/0"), place_of("relay:502/1")
    (None, None, None)
    """
    where, _, rest = text.partition("/")
    host, _, port = where.rpartition(":")
    unit, _, coil = rest.partition("/")
    numbers = (port, unit, coil)
    if not host or not all(one.isascii() and one.isdecimal() for one in numbers):
        return None
    found = Place(host, *map(int, numbers))
    return found if 0 < found.port < 65536 and found.unit <= 247 and found.coil < 65536 else None


def write_coil(coil: int, on: bool) -> Request:
    """Return the function 5 request; its answer repeats it (Modbus Application Protocol V1.1b3, 6.5).

    >>> write_coil(2, True).pdu.hex()
    '050002ff00'
    """
    pdu = struct.pack(">BHH", _WRITE_COIL, coil, _ON if on else 0)
    return Request(pdu, pdu, len(pdu) + 3)


class Coil:
    """One coil of one module. `last_error` is '' while it is written."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._device = TcpDevice(place.host, place.port, _TIMEOUT_S)
        self.last_error = ""
        self.written = 0

    async def write(self, on: bool) -> None:
        """Write it once; what goes wrong is kept in `last_error`."""
        try:
            await self._device.transact(self._place.unit, write_coil(self._place.coil, on))
        except BusError as error:
            self.last_error = str(error)
        else:
            self.last_error = ""
            self.written += 1

    def close(self) -> None:
        """Give up the connection."""
        self._device.close()
