"""The master against a slave that answers late, foreign, short, wrong, split and twice: never a wrong value."""

import asyncio
import random
from collections.abc import Callable

import pytest

from gateway.bus.exchange import Pace, Request, blame, find_answer, read_history, read_registers
from gateway.bus.master import BusError, Master, ModbusException, NoAnswer
from gateway.loggers.client import DamagedRecord, LoggerClient, Stranger, WrongRecord
from seepline.wire import record as wire
from seepline.wire import rtu
from tests.gateway.bus.conftest import ToldLine, in_virtual_time
from tests.gateway.conftest import Memory

Said = list[tuple[float, bytes]]
LATE_S = 0.035  # after the time-out, before the end of the quarantine


def frame(address: int, *pdu: int) -> bytes:
    return rtu.frame(address, bytes(pdu))


def respoken(answer: bytes, function: int | None = None, address: int | None = None) -> bytes:
    pdu = bytes([function if function is not None else answer[1]]) + answer[2:-2]
    return rtu.frame(address if address is not None else answer[0], pdu)


def flipped(answer: bytes, bit: int) -> bytes:
    at = bit % (8 * len(answer))
    return answer[: at // 8] + bytes([answer[at // 8] ^ 1 << at % 8]) + answer[at // 8 + 1 :]


def odd_count(answer: bytes) -> bytes:
    return rtu.frame(answer[0], bytes([answer[1], answer[2] - 1]) + answer[3:-3])


MISCHIEF: dict[str, Callable[[bytes, bytes, int], Said]] = {
    "truth": lambda _, answer, n: [(0, answer)],
    "split": lambda _, answer, n: [(0, answer[: n % 9]), (0.002, answer[n % 9 :])],
    "stray before": lambda _, answer, n: [(0, bytes([n % 256])), (0, answer)],
    "stray after": lambda _, answer, n: [(0, answer + bytes([n % 256]))],
    "echo": lambda request, answer, n: [(0, request + answer)],
    "late": lambda _, answer, n: [(LATE_S, answer)],
    "later": lambda _, answer, n: [(2 * LATE_S, answer)],  # after the end of the quarantine
    "twice": lambda _, answer, n: [(0, answer), (0.001 * (n % 8), answer)],
    "silent": lambda _, answer, n: [],
    "short": lambda _, answer, n: [(0, answer[: n % len(answer)])],
    "flipped": lambda _, answer, n: [(0, flipped(answer, n))],
    "wrong function": lambda _, answer, n: [(0, respoken(answer, function=3 if answer[1] == 4 else 4))],
    "foreign": lambda _, answer, n: [(0, respoken(answer, address=9))],
    "foreign first": lambda _, answer, n: [(0, respoken(answer, address=9) + answer)],
    "odd count": lambda _, answer, n: [(0, odd_count(answer))],
    "other count": lambda _, answer, n: [(0, frame(answer[0], answer[1], 4, 1, 2, 3, 4))],
    "busy": lambda _, answer, n: [(0, frame(answer[0], answer[1] | 0x80, 6))],
}


@pytest.fixture
def slave() -> ToldLine:
    return ToldLine({1: Memory(501, newest=20), 2: Memory(502, newest=20, ring=78, blocks=2)})


@pytest.fixture
def master(slave: ToldLine) -> Master:
    return Master(slave, Pace(921_600, 10, 0.02))


@pytest.mark.parametrize("kind", ["truth", "split", "stray before", "stray after", "echo", "foreign first"])
@in_virtual_time
async def test_a_right_answer_is_found_in_whatever_stands_around_it(kind, slave, client: LoggerClient):
    slave.mischief = lambda request, answer: MISCHIEF[kind](request, answer, 7)
    for sequence in range(1, 9):
        ((raw, record),) = await client.history(77, [sequence])
        assert (record.sequence, raw) == (sequence, slave.devices[1].record(sequence))


@pytest.mark.parametrize(
    ("kind", "counted"),
    [
        ("silent", "timeout"),
        ("wrong function", "foreign"),
        ("foreign", "foreign"),
        ("odd count", "wrong_length"),
        ("other count", "wrong_length"),
        ("flipped", "crc"),
        ("busy", "exception_6"),
    ],
)
@in_virtual_time
async def test_a_wrong_answer_is_refused_and_counted(kind, counted, slave, master: Master, client: LoggerClient):
    slave.mischief = lambda request, answer: MISCHIEF[kind](request, answer, 300)
    with pytest.raises(BusError):
        await client.live(0, 77)
    assert master.counters[counted] >= 1
    assert master.counters["ok"] == 0


@in_virtual_time
async def test_a_late_answer_is_drained_and_never_taken_for_the_current_one(slave, master, client):
    slave.mischief = lambda request, answer: MISCHIEF["late"](request, answer, 0)
    for sequence in (3, 4, 5):
        with pytest.raises(NoAnswer):
            await client.history(77, [sequence])
    slave.mischief = lambda request, answer: [(0, answer)]
    ((_, record),) = await client.history(77, [6])
    assert record.sequence == 6
    assert master.counters["late_drained"] >= 3


@in_virtual_time
async def test_200_transactions_on_a_faulty_line_give_only_right_values(slave, client, dice: random.Random):
    kinds = list(MISCHIEF)
    weights = [20 if kind == "truth" else 1 for kind in kinds]
    script = random.Random(7)

    def mischief(request: bytes, answer: bytes) -> Said:
        return MISCHIEF[script.choices(kinds, weights)[0]](request, answer, script.randrange(5000))

    slave.mischief = mischief
    right = 0
    for _ in range(200):
        first = dice.randrange(1, 20)
        try:
            if dice.random() < 0.5:
                got = [raw for raw, _ in await client.history(77, [first, first + 1])]
                expected = [slave.devices[1].record(first), slave.devices[1].record(first + 1)]
            else:
                found = await client.live(0, 77)
                got, expected = [found[0]], [slave.devices[1].record(20)]
        except BusError:
            continue
        assert got == expected
        right += 1
    assert right > 100


@in_virtual_time
async def test_a_record_of_another_identity_in_a_perfect_frame_is_refused(slave, master, client, record):
    others = [record(999, 77, 5), record(501, 12, 5), record(501, 77, 6)]
    for raw in others:
        slave.mischief = lambda _, answer, raw=raw: [(0, rtu.frame(1, answer[1:5] + raw))]
        with pytest.raises(WrongRecord):
            await client.history(77, [5])
    assert master.counters["wrong_record"] == len(others)


@in_virtual_time
async def test_a_live_block_of_another_block_or_ring_is_refused(slave, client, record):
    for raw in (record(501, 77, 5, block=1), record(501, 12, 5)):
        slave.mischief = lambda _, answer, raw=raw: [(0, rtu.frame(1, answer[1:3] + raw + bytes(4)))]
        with pytest.raises(WrongRecord):
            await client.live(0, 77)


@in_virtual_time
async def test_a_damaged_record_in_a_perfect_frame_is_refused(slave, client):
    slave.devices[1].damaged = {5}
    with pytest.raises(DamagedRecord):
        await client.history(77, [4, 5])


@in_virtual_time
async def test_a_stranger_is_named_with_its_serial(slave, client):
    slave.devices[1].serial = 999
    with pytest.raises(Stranger, match=r"logger 999 answers at address 1 .* serial 501"):
        await client.identify()


@in_virtual_time
async def test_a_device_that_is_no_logger_is_a_stranger(slave, client):
    slave.mischief = lambda _, answer: [(0, rtu.frame(1, answer[1:3] + bytes(120)))]
    with pytest.raises(Stranger, match="no Seepline logger"):
        await client.identify()


@in_virtual_time
async def test_a_stand_in_is_not_a_reading(slave, client):
    slave.devices[1].newest = 0
    assert await client.live(0, 77) is None


@in_virtual_time
async def test_a_record_that_is_not_held_is_exception_2(slave, client):
    with pytest.raises(ModbusException) as refusal:
        await client.history(77, [21])
    assert refusal.value.code == 2


@in_virtual_time
async def test_a_babbling_bus_is_said_to_be_never_silent(slave, master, client):
    slave.mischief = lambda request, answer: [(0.01, b"\x55")] * 50
    with pytest.raises(NoAnswer, match="never silent"):
        await client.live(0, 77)


REQUESTS = [read_registers(3, 0, 60), read_registers(4, 1000, 62), read_history([5]), read_history([5, 6])]


@pytest.mark.parametrize("request_", REQUESTS)
def test_no_request_takes_the_answer_of_another(request_: Request, dice: random.Random):
    for other in REQUESTS:
        body = other.answer_head + dice.randbytes(other.answer_bytes - 3 - len(other.answer_head))
        answer = rtu.frame(1, body)
        found = find_answer(answer, 1, request_)
        assert (found == body) is (other == request_)
        assert found is not None or blame(answer, 1, request_) in ("foreign", "wrong_length")


def test_a_record_of_missing_values_that_was_garbled_is_no_foreign_frame(slave):
    body = bytes([20, 122, 121, 6]) + bytes(40) + b"\xff" * 80
    assert blame(rtu.frame(1, body)[:-1] + b"\x00", 1, read_history([5])) == "crc"


def test_random_bytes_are_never_an_answer(dice: random.Random):
    for request in REQUESTS:
        for _ in range(200):
            assert find_answer(dice.randbytes(300), 1, request) is None


@in_virtual_time
async def test_the_time_is_broadcast_to_all(slave, master):
    from gateway.bus.exchange import set_one_time

    await master.broadcast(set_one_time(1_451_635_200_250).pdu)
    assert [memory.told_ms for memory in slave.devices.values()] == [[1_451_635_200_250]] * 2


def test_the_record_builder_of_these_tests_makes_records(record):
    assert wire.decode(record(501, 77, 5)).sequence == 5


@in_virtual_time
async def test_a_master_that_leaves_takes_the_answer_under_way_along(slave, master, client: LoggerClient):
    slave.mischief = lambda request, answer: [(0.015, answer)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await client.live(0, 77)
    await master.leave()
    assert not await slave.wait(3 * LATE_S)  # whoever comes next hears nothing of it
