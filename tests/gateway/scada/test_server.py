"""The door to the plant: read by mbpoll and pymodbus, by twenty at once, and closed to everything else."""

import asyncio
import contextlib
import math
import os
import random
import socket
import struct
import subprocess

import pytest
from pymodbus.client import AsyncModbusTcpClient

from gateway.modbus_tcp.server import Door, ReadOnlyServer, ServerError, answer_to
from gateway.scada import register_map
from tests.gateway.scada.conftest import FREE, NOW_MS, serving, until


async def exchange(reader, writer, frame: bytes) -> bytes:
    writer.write(frame)
    await writer.drain()
    head = await asyncio.wait_for(reader.readexactly(6), 30)
    return head + await asyncio.wait_for(reader.readexactly(int.from_bytes(head[4:], "big")), 30)


@contextlib.asynccontextmanager
async def connected(port: int):
    """Open a connection as (reader, writer) and leave nothing of it behind."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def request(pdu: bytes, transaction: int = 1, unit: int = 1) -> bytes:
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


def toe_address(site) -> int:
    return next(one.address for one in register_map.entries(site) if one.point == "TOE-P1")


async def read_by_mbpoll(port: int, address: int, *form: str) -> str:
    command = ["mbpoll", "-m", "tcp", "-p", str(port), "-a", "1", "-0", "-r", str(address), "-1", "-q", *form]
    done = await asyncio.to_thread(
        subprocess.run, [*command, "127.0.0.1"], capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


async def test_mbpoll_and_pymodbus_read_the_same_value(dam, site):
    dam.says("pond", NOW_MS, toe_frequency=2900.0, toe_thermistor=3000.0)
    dam.says("pond", NOW_MS, block=1, barometer=2100.0)
    async with serving(dam.scada()) as scada, AsyncModbusTcpClient("127.0.0.1", port=scada.port) as client:
        address = toe_address(site)

        async def value() -> float:
            answer = await client.read_input_registers(address, count=2)
            return struct.unpack(">f", struct.pack(">2H", *answer.registers))[0]

        async def has_come() -> bool:
            return not math.isnan(await value())

        await until(has_come)
        for function in ("3:float", "4:float"):
            text = await read_by_mbpoll(scada.port, address, "-t", function, "-B", "-c", "1")
            assert float(text.split(f"[{address}]:")[1].split()[0]) == pytest.approx(await value(), rel=1e-4)
        nothing = await read_by_mbpoll(scada.port, 1000, "-t", "3:float", "-B", "-c", "1")
        assert "nan" in nothing.lower()


async def test_every_function_but_two_is_refused_and_changes_nothing(dam):
    async with serving(dam.scada()) as scada, connected(scada.port) as (reader, writer):
        before = list(scada.board.read(1000, 8))
        writes = {5: b"\x03\xe8\xff\x00", 6: b"\x03\xe8\x12\x34", 15: b"\x03\xe8\x00\x01\x01\x01"}
        writes |= {16: b"\x03\xe8\x00\x01\x02\x12\x34", 22: b"\x03\xe8\x00\x00\x12\x34"}
        writes |= {
            23: b"\x03\xe8\x00\x01\x03\xe8\x00\x01\x02\x12\x34",
            8: b"\x00\x04\x00\x00",
            43: b"\x0e\x01\x00",
        }
        for function in (*range(3), *range(5, 128)):
            body = writes.get(function, b"\x00\x00\x00\x01")
            answer = await exchange(reader, writer, request(bytes([function]) + body, transaction=function))
            assert answer == struct.pack(">HHHBBB", function, 0, 3, 1, function | 0x80, 1)
        assert list(scada.board.read(1000, 8)) == before


async def test_mbpoll_cannot_write(dam):
    async with serving(dam.scada()) as scada:
        command = [
            "mbpoll",
            "-m",
            "tcp",
            "-p",
            str(scada.port),
            "-a",
            "1",
            "-0",
            "-r",
            "1000",
            "127.0.0.1",
            "4660",
        ]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
        assert "Illegal function" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\x00\x50\x00\x01", 2),
        (b"\x00\x4f\x00\x02", 2),
        (b"\xff\xff\x00\x02", 2),
        (b"\x00\x00\x00\x00", 3),
        (b"\x00\x00\x00\x7e", 3),
        (b"\x00\x00\x00", 3),
        (b"\x00\x00\x00\x01\x00", 3),
        (b"", 3),
    ],
)
def test_what_cannot_be_read_is_an_exception(dam, body, code):
    for function in (3, 4):
        answer = answer_to(bytes([function]) + body, dam.scada().board.read)
        assert (answer.function_code, answer.exception_code) == (function | 0x80, code)


async def test_requests_sent_in_one_piece_or_byte_by_byte_are_all_answered_in_order(dam):
    async with serving(dam.scada()) as scada, connected(scada.port) as (reader, writer):
        frames = [request(b"\x03\x00\x00\x00\x02", transaction=number, unit=number % 256) for number in range(300)]
        writer.write(b"".join(frames))
        for number in range(300):
            assert await reader.readexactly(13) == struct.pack(
                ">HHHBBB", number, 0, 7, number % 256, 3, 4
            ) + bytes.fromhex("53454550")
        for byte in frames[7]:
            writer.write(bytes([byte]))
            await writer.drain()
        assert (await reader.readexactly(13))[:2] == b"\x00\x07"


async def test_twenty_clients_read_at_once(dam):
    async with serving(dam.scada()) as scada:

        async def reads() -> set[int]:
            async with AsyncModbusTcpClient("127.0.0.1", port=scada.port, timeout=30) as client:
                answers = [await client.read_holding_registers(0, count=80) for _ in range(20)]
                return {len(answer.registers) for answer in answers}

        assert await asyncio.gather(*(reads() for _ in range(20))) == [{80}] * 20


async def hangs_up(port: int, data: bytes = b"") -> bool:
    """Return when the server closed the connection, after some bytes if there are any."""
    async with connected(port) as (reader, writer):
        with contextlib.suppress(ConnectionError):
            writer.write(data)
            while await asyncio.wait_for(reader.read(1000), 30):
                pass
    return True


async def test_only_allowed_networks_come_in(dam):
    door = Door(listen=FREE, allow=("10.0.0.0/8", "192.168.7.0/24"))
    async with serving(dam.scada(door)) as scada:
        assert await hangs_up(scada.port)


async def test_one_more_than_the_connections_allowed_is_hung_up_on_and_may_come_later(dam):
    async with serving(dam.scada(Door(listen=FREE, connections=2))) as scada, connected(scada.port) as held:
        assert await exchange(*held, request(b"\x03\x00\x00\x00\x02"))
        async with connected(scada.port) as other:
            assert await exchange(*other, request(b"\x03\x00\x00\x00\x02"))
            assert await hangs_up(scada.port)
        await until(lambda: answers(scada.port))


async def answers(port: int) -> bool:
    async with connected(port) as ends:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            return len(await exchange(*ends, request(b"\x03\x00\x00\x00\x02"))) == 13
    return False


async def test_the_server_survives_whatever_is_thrown_at_it(dam):
    dice = random.Random(20261126)
    good = request(b"\x03\x00\x00\x00\x02")
    async with serving(dam.scada()) as scada:
        for round_number in range(150):
            frame = bytearray(good * dice.randrange(1, 4))
            for _ in range(dice.randrange(1, 6)):
                frame[dice.randrange(len(frame))] = dice.randrange(256)
            data = os.urandom(dice.randrange(1, 600)) if round_number % 3 == 0 else bytes(frame)
            async with connected(scada.port) as (_, writer):
                writer.write(data[: dice.randrange(1, len(data) + 1)])
                await writer.drain()
        assert await answers(scada.port)


@pytest.mark.parametrize(
    "head", ["0001 0001 0006", "0001 0000 0000", "0001 0000 0001", "0001 0000 00ff", "ffff ffff ffff"]
)
async def test_a_header_that_is_not_modbus_ends_the_connection(dam, head):
    async with serving(dam.scada()) as scada:
        assert await hangs_up(scada.port, bytes.fromhex(head) + b"\x01\x03\x00\x00\x00\x02")


async def test_who_does_not_read_the_answers_is_hung_up_on(dam):
    def sends_until_refused(port: int) -> None:
        many = request(b"\x03\x03\xe8\x00\x60") * 2000
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            while True:
                client.sendall(many)

    async with serving(dam.scada()) as scada:
        with pytest.raises(ConnectionError):
            await asyncio.to_thread(sends_until_refused, scada.port)
        assert await answers(scada.port)


async def test_who_says_nothing_is_hung_up_on_after_a_while(dam, monkeypatch):
    monkeypatch.setattr("gateway.modbus_tcp.server._IDLE_S", 0.05)
    async with serving(dam.scada()) as scada:
        assert await hangs_up(scada.port)
        assert await hangs_up(scada.port, request(b"\x03\x00\x00\x00\x02")[:9])


async def test_the_heartbeat_can_be_seen_to_stop(dam):
    async with serving(dam.scada()) as scada, AsyncModbusTcpClient("127.0.0.1", port=scada.port) as client:

        async def beat() -> tuple[int, int]:
            answer = await client.read_holding_registers(64, count=12)
            return answer.registers[0], answer.registers[11]

        async def has_risen() -> bool:
            return (await beat())[0] >= first + 2

        async def has_stopped() -> bool:
            return not (await beat())[1]

        first = (await beat())[0]
        await until(has_risen)
        dam.polling = False
        await until(has_stopped)
        stopped = await beat()
        scada.refresh()
        assert await beat() == stopped


async def test_an_address_that_is_taken_is_one_sentence(dam):
    async with serving(dam.scada()) as scada:
        with pytest.raises(ServerError, match="expected an address of this machine and a port that is free"):
            async with ReadOnlyServer(Door(listen=f"127.0.0.1:{scada.port}"), scada.board.read):
                pass


async def test_a_task_that_finds_its_address_taken_tries_again(dam, caplog, monkeypatch):
    monkeypatch.setattr("gateway.scada.service._AGAIN_S", 0.02)
    async with serving(dam.scada()) as first:
        second = dam.scada(Door(listen=f"127.0.0.1:{first.port}"))
        task = asyncio.create_task(second.run())
        await until(lambda: "cannot listen on" in caplog.text)
        assert caplog.text.count("cannot listen on") == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
