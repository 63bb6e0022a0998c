"""The Modbus TCP server: registers to be read by functions 3 and 4, and nothing else. pymodbus behind this door.

    frame = transaction (2) | protocol 0 (2) | length (2) | unit (1) | function (1) | address (2) | count (2)

pymodbus gives listener, transport and answers. Its own request handling is not used: it would execute diagnostics,
file and write requests, answers an unknown function under function 0, and loses a second request in one packet.

    ServerError    the address cannot be listened on: one sentence that says what to do
"""

import asyncio
import logging
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.register_message import ReadHoldingRegistersResponse, ReadInputRegistersResponse
from pymodbus.server import ModbusTcpServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice

log = logging.getLogger(__name__)

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
MOST_REGISTERS = 125  # Modbus application protocol V1.1b3, 6.3 and 6.4
LOOPBACK = ("127.0.0.0/8", "::1/128")
_HEADER = struct.Struct(">HHHB")
_LENGTHS = range(2, 255)  # unit and PDU, at most 253 bytes of it
_MOST_UNSENT_BYTES = 65_536
_IDLE_S = 120.0
_ANSWERS: dict[int, type[ModbusPDU]] = {3: ReadHoldingRegistersResponse, 4: ReadInputRegistersResponse}

# (first address, count) -> the registers, None where one of them does not exist
Read = Callable[[int, int], Sequence[int] | None]
Network = IPv4Network | IPv6Network


class ServerError(Exception):
    """The address cannot be listened on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where to listen (host:port) and who may come in: networks such as 10.1.0.0/24; none means this machine.

    Raises
    ------
    ValueError
        When an entry of `allow` is no network, or `listen` has no port.
    """

    listen: str = "127.0.0.1:502"
    allow: tuple[str, ...] = ()
    connections: int = 32

    def networks(self) -> tuple[Network, ...]:
        """Return the networks whose clients may connect."""
        return tuple(ip_network(text) for text in self.allow or LOOPBACK)

    def address(self) -> tuple[str, int]:
        """Return host and port; [::1]:502 is IPv6."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def answer_to(pdu: bytes, read: Read) -> ModbusPDU:
    """Return the answer to the PDU of a request: registers, or the exception that the standard asks for."""
    function = pdu[0]
    if function not in _ANSWERS:
        return ExceptionResponse(function & 0x7F, ILLEGAL_FUNCTION)
    if len(pdu) != 5:
        return ExceptionResponse(function, ILLEGAL_VALUE)
    address, count = struct.unpack(">HH", pdu[1:])
    if not 1 <= count <= MOST_REGISTERS:
        return ExceptionResponse(function, ILLEGAL_VALUE)
    registers = read(address, count)
    if registers is None:
        return ExceptionResponse(function, ILLEGAL_ADDRESS)
    return _ANSWERS[function](registers=list(registers))


class _Connection(ServerRequestHandler):
    """One client. Whoever sends what is no Modbus TCP, does not read its answers or says nothing is hung up on."""

    def __init__(self, owner: "_Listener") -> None:
        super().__init__(owner, None, None, None)  # type: ignore[no-untyped-call]
        self._owner = owner
        self._rest = b""
        self._idle: asyncio.TimerHandle | None = None

    def callback_connected(self) -> None:
        super().callback_connected()
        if not self._owner.admits(self.transport.get_extra_info("peername")):
            self._hang_up()
            return
        self._stay()

    def callback_disconnected(self, exc: Exception | None) -> None:
        super().callback_disconnected(exc)
        if self._idle is not None:
            self._idle.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer every whole request in what has come so far, in order."""
        self._rest += data
        while self.transport and len(self._rest) >= _HEADER.size:
            transaction, protocol, length, unit = _HEADER.unpack_from(self._rest)
            if protocol != 0 or length not in _LENGTHS or self._owes_too_much():
                self._hang_up()
                break
            end = 6 + length
            if len(self._rest) < end:
                break
            pdu, self._rest = self._rest[_HEADER.size : end], self._rest[end:]
            self._answer(pdu, transaction, unit)
        if self.transport:
            self._stay()

    def _answer(self, pdu: bytes, transaction: int, unit: int) -> None:
        answer = answer_to(pdu, self._owner.read)
        answer.transaction_id, answer.dev_id = transaction, unit
        self.pdu_send(answer)

    def _owes_too_much(self) -> bool:
        waiting: int = self.transport.get_write_buffer_size()  # type: ignore[attr-defined]
        return waiting > _MOST_UNSENT_BYTES

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = self.loop.call_later(_IDLE_S, self._hang_up)

    def _hang_up(self) -> None:
        self._rest = b""
        if self.transport:
            self.transport.abort()  # type: ignore[attr-defined]


class _Listener(ModbusTcpServer):
    """pymodbus' server with our connections."""

    def __init__(self, door: Door, read: Read) -> None:
        nothing = SimDevice(0, SimData(0, datatype=DataType.REGISTERS))  # no request ever reaches it
        super().__init__(nothing, address=door.address())
        self.read = read
        self._networks = door.networks()
        self._connections = door.connections
        self._refused: set[str] = set()

    def callback_new_connection(self) -> _Connection:
        return _Connection(self)

    def admits(self, peer: tuple[str, int] | None) -> bool:
        """Tell whether a client may stay; who may not is logged once per address."""
        if peer is None:
            return False
        host = ip_address(peer[0].partition("%")[0])
        if not any(host in network for network in self._networks):
            self._tell(peer[0], "is in none of the allowed networks")
            return False
        if len(self.active_connections) > self._connections:
            self._tell(peer[0], f"is one more than the {self._connections} connections allowed")
            return False
        return True

    def _tell(self, host: str, why: str) -> None:
        if host not in self._refused and len(self._refused) < 100:
            self._refused.add(host)
            log.warning("SCADA client %s was refused: it %s", host, why)


class ReadOnlyServer:
    """Serves registers while the context is open: `async with ReadOnlyServer(door, read):`.

    Raises
    ------
    ServerError
        When the address cannot be listened on.
    """

    def __init__(self, door: Door, read: Read) -> None:
        self._door = door
        self._read = read
        self._listener: _Listener | None = None

    async def __aenter__(self) -> "ReadOnlyServer":
        logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # what is to be said is said here
        listener = _Listener(self._door, self._read)
        if not await listener.listen():
            raise ServerError(
                f"the SCADA server cannot listen on {self._door.listen}: expected an address of this machine and a"
                " port that is free and, below 1024, allowed to this user"
            )
        self._listener = listener
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            await self._listener.shutdown()  # type: ignore[no-untyped-call]
            await asyncio.sleep(0)  # the transports' own farewell

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        found: int = self._listener.transport.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return found

    @property
    def clients(self) -> int:
        """Return how many clients are connected."""
        return len(self._listener.active_connections) if self._listener else 0
