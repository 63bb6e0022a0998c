"""A bad line between the uplink and a real collector: what the journal holds is what the outbox held.

Exactly once, bit for bit, in order per logger; and nothing that waits for a person.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog
from gateway.uplink.connection import Patience, open_connection
from gateway.uplink.lines import names_of
from gateway.uplink.uplink import Hooks, Uplink
from tests.faults.conftest import a_record, bits_of
from tests.faults.tcp_proxy import Fault, faulty_line

IMPATIENT = Patience(connect_s=5.0, answer_s=1.5, exchange_s=20.0)  # where no answer comes: a slow one is none
HALF_PATIENT = IMPATIENT._replace(answer_s=6.0)
PATIENT = Patience(connect_s=30.0, answer_s=60.0, exchange_s=120.0)
ROWS = 300


@contextlib.asynccontextmanager
async def sending(destination, file, dam, patience: Patience = PATIENT, **hooks) -> AsyncIterator[Uplink]:
    """Run an uplink as the gateway does, and end it."""
    hooks = Hooks(dice=random.Random(7), **hooks)
    async with open_connection(destination, patience) as connection:
        uplink = Uplink(connection, "gw1", Backlog(file, destination.name), names_of(dam), Clock(), hooks)
        task = asyncio.create_task(uplink.run())
        try:
            yield uplink
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def until(happened: Callable[[], bool], limit_s: float = 90) -> None:
    async with asyncio.timeout(limit_s):
        while not happened():  # noqa: ASYNC110 - files and counters tell, not an event
            await asyncio.sleep(0.02)


def all_is_there(file) -> Callable[[], bool]:
    backlog = Backlog(file)
    return lambda: backlog.unsent() == 0 and backlog.committed() == backlog.last_row()


def assert_held(collector, dam, ring: int, rows: int = ROWS) -> None:
    expected: dict[tuple[str, int], bytes] = {}
    for logger, serial in (("a", 1), ("b", 2)):
        assert collector.arrived(logger, ring) == list(range(1, rows + 1))
        for sequence in range(1, rows + 1):
            expected |= bits_of(dam, a_record(serial, ring, sequence))
    assert collector.bits(ring) == expected


async def latency(fault: Fault, uplink: Uplink) -> None:
    fault.latency_s = 0.2


async def two_kilobytes_a_second(fault: Fault, uplink: Uplink) -> None:
    fault.bytes_per_s = 2000


async def half_open(fault: Fault, uplink: Uplink) -> None:
    fault.silent = True
    await until(lambda: uplink.link.failures >= 2)
    assert "no answer within 1.5 s" in uplink.link.last_error
    fault.heal()


async def reset_after_bytes(fault: Fault, uplink: Uplink) -> None:
    for _ in range(3):
        fault.reset_after = random.Random(fault.up_bytes).randrange(300, 3000)
        await until(lambda: fault.reset_after is None or uplink.snapshot().unsent == 0)


async def answer_lost_after_commit(fault: Fault, uplink: Uplink) -> None:
    await until(lambda: uplink.link.batches >= 1)
    fault.lose_answer = True
    await until(lambda: not fault.lose_answer)
    await until(lambda: uplink.link.duplicates > 0)


async def garbage_answers(fault: Fault, uplink: Uplink) -> None:
    fault.garbage = [
        b"\x00\xff\x80 not HTTP\r\n\r\n",
        b"HTTP/1.1 2O4 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
    ]
    await until(lambda: not fault.garbage)


FAULTS = {
    latency: PATIENT,
    two_kilobytes_a_second: PATIENT,
    half_open: IMPATIENT,
    reset_after_bytes: PATIENT,
    answer_lost_after_commit: PATIENT,
    garbage_answers: HALF_PATIENT,
}


@pytest.mark.parametrize("make_fault", FAULTS, ids=lambda one: one.__name__)
async def test_the_journal_holds_what_the_outbox_held(make_fault, collector, dam, file, store, towards):
    ring = 100 + list(FAULTS).index(make_fault)
    store(ring, *range(1, ROWS + 1))
    async with (
        faulty_line(collector.port) as fault,
        sending(towards(fault.port), file, dam, FAULTS[make_fault]) as uplink,
    ):
        await make_fault(fault, uplink)
        await until(all_is_there(file))
    assert_held(collector, dam, ring)
    assert file.event_counts() == {}


async def test_every_byte_on_the_wire_is_counted(collector, dam, file, store, towards):
    store(200, *range(1, 50))
    async with faulty_line(collector.port) as fault, sending(towards(fault.port), file, dam) as uplink:
        await until(all_is_there(file))
        snapshot = uplink.snapshot()
        assert fault.connections == 1
        assert (snapshot.up_bytes, snapshot.down_bytes) == (fault.up_bytes, fault.down_bytes)


async def test_a_live_row_overtakes_a_backlog_that_is_already_on_its_way(collector, dam, file, store, towards):
    store(201, *range(1, 1501))
    async with faulty_line(collector.port) as fault:
        fault.bytes_per_s = 8000
        async with sending(towards(fault.port), file, dam) as uplink:
            await until(lambda: uplink.link.batches >= 4)
            already = uplink.link.rows
            store(202, 1, serials=(1,), live=True)
            uplink.wake()
            await until(lambda: collector.arrived("a", 202) == [1])
            assert uplink.link.rows - already <= 2 * uplink.snapshot().batch_rows + 1
            assert uplink.snapshot().unsent > 0
            fault.heal()
            await until(all_is_there(file))
    assert collector.arrived("a", 201) == list(range(1, 1501))


async def test_a_dead_destination_slows_no_other(collector, dam, tmp_path, file, store, towards):
    store(203, *range(1, 101))
    async with faulty_line(collector.port) as operator, faulty_line(collector.port) as authority:
        authority.silent = True
        async with (
            sending(towards(authority.port, name="authority"), file, dam) as dead,
            sending(towards(operator.port, name="operator"), file, dam) as alive,
        ):
            await until(lambda: alive.link.rows == 200)
            assert dead.link.rows == 0
    assert_held(collector, dam, 203, 100)


async def test_the_cap_holds_for_both_directions_together(collector, dam, file, store, towards):
    store(204, *range(1, 201))
    loop = asyncio.get_running_loop()
    async with faulty_line(collector.port) as fault:
        begun_s = loop.time()
        async with sending(towards(fault.port, cap_bytes_per_s=3000), file, dam) as uplink:
            await until(all_is_there(file))
            took_s, passed = loop.time() - begun_s, fault.up_bytes + fault.down_bytes
            assert passed <= 3000 * (took_s + 1) + 4096  # one second's burst, and the answer that was under way
            assert uplink.link.last_error == ""
    assert_held(collector, dam, 204, 200)


async def test_outside_the_window_only_what_may_goes(collector, dam, file, store, towards, monkeypatch):
    from gateway.uplink.window import parse_window

    minute = 60_000
    now = {"ms": 1_451_606_400_000}  # midnight, UTC
    monkeypatch.setattr(Clock, "now_ms", lambda self: now["ms"])
    monkeypatch.setattr(Clock, "known", property(lambda self: True))
    store(205, 1, 2, 3)
    store(205, 4, live=True)
    destination = towards(collector.port, windows=(parse_window("02:00-02:20"),), outside="live")
    async with sending(destination, file, dam) as uplink:
        await until(lambda: uplink.link.rows == 2)
        assert collector.arrived("a", 205) == [4]
        assert uplink.snapshot().opens_in_s == 7200
        now["ms"] += 121 * minute
        uplink.wake()
        await until(all_is_there(file))
    assert collector.arrived("a", 205) == [4, 1, 2, 3]


async def test_whoever_asks_along_gets_the_client_and_may_fail(collector, dam, file, store, towards):
    seen = []

    async def fetch(client) -> None:
        seen.append((await client.get("/ready")).json())
        await client.get("http://127.0.0.1:1/")

    store(206, 1)
    async with sending(towards(collector.port), file, dam, on_contact=fetch) as uplink:
        await until(lambda: bool(seen))
        await until(all_is_there(file))
        assert uplink.link.last_error == ""
    assert seen == [{"status": "ready"}]


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_sixty_faults_in_any_order_lose_nothing(collector, dam, file, store, towards, seed):
    ring, rounds = 300, 60
    async with (
        faulty_line(collector.port) as fault,
        sending(towards(fault.port), file, dam, IMPATIENT) as uplink,
    ):
        for number in range(rounds):
            store(
                ring, *range(ROWS * number // rounds + 1, ROWS * (number + 1) // rounds + 1), live=number % 2 == 0
            )
            uplink.wake()
            fault.latency_s, fault.bytes_per_s = seed.choice([0.0, 0.2]), seed.choice([None, None, 4000])
            fault.silent, fault.lose_answer = seed.random() < 0.2, seed.random() < 0.3
            fault.reset_after = seed.choice([None, seed.randrange(200, 2000)])
            fault.garbage = seed.choice([[], [b"\x00\xff\r\n\r\n"]])
            await asyncio.sleep(seed.uniform(0.1, 3.0))  # faults come when they come
            fault.silent = False
        fault.heal()
        await until(all_is_there(file), limit_s=300)
    for logger in ("a", "b"):
        assert sorted(collector.arrived(logger, ring)) == list(range(1, ROWS + 1))
