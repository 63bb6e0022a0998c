"""A Modbus TCP server that nobody here wrote, and one that lies as a test says."""

import asyncio
import struct
from collections.abc import Callable

import pytest
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer

# (transaction, device, request PDU) -> frames to send, or None to say nothing
Lie = Callable[[int, int, bytes], bytes | None]


def mbap(transaction: int, device: int, pdu: bytes, protocol: int = 0) -> bytes:
    return struct.pack(">HHHB", transaction, protocol, len(pdu) + 1, device) + pdu


def right(transaction: int, device: int, pdu: bytes) -> bytes:
    """Answer a read with registers 100, 101, ... of the right count."""
    function, first, count = struct.unpack(">BHH", pdu)
    return mbap(
        transaction, device, struct.pack(f">BB{count}H", function, 2 * count, *range(first, first + count))
    )


class LyingServer:
    """Answers each request with what `lie` makes of it."""

    def __init__(self) -> None:
        self.lie: Lie = right
        self.delay_s = 0.0
        self.connections = 0
        self.requests: list[bytes] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            while True:
                head = await reader.readexactly(7)
                transaction, _, size, device = struct.unpack(">HHHB", head)
                pdu = await reader.readexactly(size - 1)
                self.requests.append(pdu)
                said = self.lie(transaction, device, pdu)
                await asyncio.sleep(self.delay_s)
                if said == b"":
                    break
                if said is not None:
                    writer.write(said)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def liar():
    server = LyingServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def real_server():
    """A pymodbus server: device 7, holding register n holds 1000 + n, coil n is set where n is even."""
    words = ModbusSequentialDataBlock(1, [1000 + n for n in range(200)])
    coils = ModbusSequentialDataBlock(1, [n % 2 == 0 for n in range(200)])
    device = ModbusDeviceContext(hr=words, ir=words, co=coils, di=coils)
    server = ModbusTcpServer(ModbusServerContext(devices={7: device}, single=False), address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    yield server.transport.sockets[0].getsockname()[1]
    await server.shutdown()
