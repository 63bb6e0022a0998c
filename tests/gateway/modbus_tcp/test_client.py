"""Modbus TCP: a real server is read, a lying one is never believed."""

import asyncio
import struct

import pytest

from gateway.bus.exchange import read_registers
from gateway.bus.master import ModbusException, NoAnswer
from gateway.bus.merge import Span
from gateway.instruments.profile import Trigger
from gateway.instruments.requests import Read, trigger_request
from gateway.modbus_tcp import client as module
from gateway.modbus_tcp.client import TcpDevice

ASKED = read_registers(3, 100, 2)
GENEROUS_S = 20.0


def mbap(transaction: int, device: int, pdu: bytes, protocol: int = 0) -> bytes:
    return struct.pack(">HHHB", transaction, protocol, len(pdu) + 1, device) + pdu


@pytest.fixture
async def device(liar):
    device = TcpDevice("127.0.0.1", liar.port, timeout_s=GENEROUS_S)
    yield device
    device.close()


@pytest.fixture
async def hasty(liar):
    """A device that is not waited for: what it does not say in time is the test."""
    device = TcpDevice("127.0.0.1", liar.port, timeout_s=0.2)
    yield device
    device.close()


async def test_a_real_server_is_read(real_server):
    device = TcpDevice("127.0.0.1", real_server, timeout_s=GENEROUS_S)
    try:
        registers = Read(3, Span(10, 3))
        assert registers.words(await device.transact(7, registers.request)) == [1010, 1011, 1012]
        coils = Read(1, Span(3, 11))
        assert coils.words(await device.transact(7, coils.request)) == [n % 2 == 0 for n in range(3, 14)]
        await device.transact(7, trigger_request(Trigger(register=5, value=77, wait_ms=0)))
        assert registers.words(await device.transact(7, Read(3, Span(5, 1)).request)) == [77]
        with pytest.raises(ModbusException, match="exception 2") as refused:
            await device.transact(7, read_registers(3, 500, 2))
        assert refused.value.code == 2
        assert device.counters["connected"] == 1
    finally:
        device.close()


async def test_the_truth_is_believed(device):
    assert await device.transact(1, ASKED) == bytes([3, 4, 0, 100, 0, 101])


LIES = {
    "another function": lambda t, d, p: mbap(t, d, bytes([4, 4, 0, 1, 0, 2])),
    "too few registers": lambda t, d, p: mbap(t, d, bytes([3, 2, 0, 1])),
    "too many registers": lambda t, d, p: mbap(t, d, bytes([3, 6, 0, 1, 0, 2, 0, 3])),
    "an odd count": lambda t, d, p: mbap(t, d, bytes([3, 5, 0, 1, 0, 2, 0])),
    "a count that is not the length": lambda t, d, p: mbap(t, d, bytes([3, 4, 0, 1, 0])),
    "more bytes than counted": lambda t, d, p: mbap(t, d, bytes([3, 4, 0, 1, 0, 2, 9, 9])),
    "no transaction": lambda t, d, p: mbap(0, d, bytes([3, 4, 0, 1, 0, 2])),
    "an exception of another function": lambda t, d, p: mbap(t, d, bytes([0x84, 2])),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_a_wrong_answer_is_never_a_reading(liar, device, lie):
    liar.lie = lie
    with pytest.raises(NoAnswer, match="another"):
        await device.transact(1, ASKED)
    assert device.counters["foreign"] == 1
    assert not device.is_open


UNHEARD = {
    "nothing": lambda t, d, p: None,
    "another transaction": lambda t, d, p: mbap(t + 1, d, bytes([3, 4, 0, 1, 0, 2])),
    "another device": lambda t, d, p: mbap(t, d + 1, bytes([3, 4, 0, 1, 0, 2])),
    "another protocol": lambda t, d, p: mbap(t, d, bytes([3, 4, 0, 1, 0, 2]), protocol=7),
    "a frame that is cut": lambda t, d, p: mbap(t, d, bytes([3, 4, 0, 1, 0, 2]))[:-1],
    "an unknown function": lambda t, d, p: mbap(t, d, bytes([99, 4, 0, 1])),
    "an end": lambda t, d, p: b"",
}


@pytest.mark.parametrize("lie", UNHEARD.values(), ids=UNHEARD.keys())
@pytest.mark.filterwarnings("default::pytest.PytestUnraisableExceptionWarning")
async def test_what_is_no_answer_is_a_time_out_and_the_next_request_has_its_own_connection(liar, hasty, lie):
    liar.lie = lie
    with pytest.raises(NoAnswer, match="no answer"):
        await hasty.transact(1, ASKED)
    liar.lie = lambda t, d, p: mbap(t, d, bytes([3, 4, 0, 100, 0, 101]))
    device = TcpDevice("127.0.0.1", liar.port, timeout_s=GENEROUS_S)
    assert await device.transact(1, ASKED) == bytes([3, 4, 0, 100, 0, 101])
    device.close()
    assert not hasty.is_open


async def test_an_answer_to_the_request_before_is_never_that_of_this_one(liar, device):
    late = bytes([3, 4, 0, 7, 0, 8])
    await device.transact(1, ASKED)
    liar.lie = lambda t, d, p: mbap(t - 1, d, late) + mbap(t, d, bytes([3, 4, 0, 100, 0, 101]))
    for _ in range(3):
        assert await device.transact(1, ASKED) == bytes([3, 4, 0, 100, 0, 101])


async def test_a_device_that_thinks_longer_is_given_its_time(liar, hasty):
    liar.delay_s = 0.5
    assert await hasty.transact(1, ASKED, turn_round_s=GENEROUS_S) == bytes([3, 4, 0, 100, 0, 101])


async def test_connection_is_made_again_with_bounded_pauses(liar, monkeypatch):
    port = liar.port
    await liar.stop()
    device = TcpDevice("127.0.0.1", port, timeout_s=GENEROUS_S)
    now_s = 1000.0
    monkeypatch.setattr(module, "_now_s", lambda: now_s)
    pauses = []
    for _ in range(12):
        with pytest.raises(NoAnswer, match="cannot be reached"):
            await device.transact(1, ASKED)
        with pytest.raises(NoAnswer, match="tried again in"):
            await device.transact(1, ASKED)
        pauses.append(device._retry_at_s - now_s)
        now_s = device._retry_at_s
    assert pauses == sorted(pauses)
    assert pauses[-1] == module.LONGEST_BACK_OFF_S
    await liar.start(port)
    assert await device.transact(1, ASKED) == bytes([3, 4, 0, 100, 0, 101])
    device.close()


async def test_who_is_cancelled_in_the_middle_leaves_no_answer_to_the_next(liar, device):
    liar.lie = lambda t, d, p: None
    asking = asyncio.create_task(device.transact(1, ASKED))
    async with asyncio.timeout(GENEROUS_S):
        while not liar.requests:  # noqa: ASYNC110 - a server in the same loop, no event to wait for
            await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not device.is_open
