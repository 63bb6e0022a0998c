"""The contact as a coil of a relay module: a real Modbus TCP server holds it, and loses it with the gateway."""

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer

from gateway.local_alarm.coil import Place
from tests.collector.chain import CALM, RED
from tests.gateway.scada.conftest import until

UNIT, COIL = 7, 3


class Relay:
    """A relay module of somebody else's making, and a second client that sees its coil."""

    def __init__(self, server: ModbusTcpServer, client: AsyncModbusTcpClient) -> None:
        self.server, self.client = server, client
        self.port = server.transport.sockets[0].getsockname()[1]

    async def is_set(self) -> bool:
        return (await self.client.read_coils(COIL, count=1, device_id=UNIT)).bits[0]

    async def is_clear(self) -> bool:
        return not await self.is_set()


@pytest.fixture
async def relay():
    device = ModbusDeviceContext(co=ModbusSequentialDataBlock(1, [False] * 8))
    server = ModbusTcpServer(ModbusServerContext(devices={UNIT: device}, single=False), address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    port = server.transport.sockets[0].getsockname()[1]
    async with AsyncModbusTcpClient("127.0.0.1", port=port, timeout=30) as client:
        yield Relay(server, client)
    await server.shutdown()


async def test_the_coil_is_held_dropped_on_red_and_dropped_when_the_gateway_ends(armed, relay):
    place = Place("127.0.0.1", relay.port, UNIT, COIL)
    armed.scan(CALM)
    async with armed.running(pin=None, coil=place):
        await until(relay.is_set)
    assert await relay.is_clear()
    async with armed.running(pin=None, coil=place) as judgement:
        await until(relay.is_set)
        armed.scan(RED)
        armed.scan(RED)
        await until(relay.is_clear)
        coil = judgement.status()["local_alarm"]["outputs"]["coil"]
        assert coil["last_error"] == ""


async def test_a_module_that_is_not_there_is_named_in_the_status(armed):
    armed.scan(CALM)
    async with armed.running(pin=None, coil=Place("127.0.0.1", 9, UNIT, COIL)) as judgement:
        await until(
            lambda: "cannot be reached" in judgement.status()["local_alarm"]["outputs"]["coil"]["last_error"]
        )
