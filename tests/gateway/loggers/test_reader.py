"""What is known of loggers: identified when needed, told the time when it is known, missed when silent."""

import asyncio

import pytest

from gateway.bus.master import NoAnswer
from gateway.clock import Clock
from gateway.loggers import plan
from gateway.loggers.client import LoggerClient
from gateway.loggers.reader import DEAD_AFTER
from gateway.loggers.watch import Watch
from gateway.outbox.file import OutboxFull
from seepline.wire import record as wire
from seepline.wire import rtu
from seepline.wire.event import EVENT_BLOCK, FAST_SCAN, Event, encode_event
from seepline.wire.record import MISSING_I32
from tests.gateway.loggers.test_poll import Bus


@pytest.fixture
def bus(slave, site, pace, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "LONGEST_IDLE_S", 0.01)
    bus = Bus(slave, site, pace, tmp_path)
    yield bus
    bus.close()


def asked_by(slave):
    """Return the functions of the requests that come from now on."""
    functions = []

    def told(request, answer):
        functions.append(request[1])
        return [(0.0, answer)]

    slave.mischief = told
    return functions


async def test_a_live_poll_asks_for_the_blocks_and_nothing_else(bus, slave):
    await bus.run_until_held(s501r77=20, s502r78=20)
    functions = asked_by(slave)
    slave.devices[1].newest = slave.devices[2].newest = 22
    await bus.run_until_held(s501r77=22, s502r78=22)
    assert rtu.READ_HOLDING not in functions
    assert functions.count(rtu.READ_FILE) == 1, (
        "block 0 of the first logger was overtaken by block 0 of the next scan"
    )


async def test_a_new_ring_is_no_failure(bus, slave):
    await bus.run_until_held(s501r77=20, s502r78=20)
    slave.devices[1].ring, slave.devices[1].newest = 99, 4
    bus.watches[0].polled_ms = -1
    await bus.poller.step()
    assert (bus.watches[0].ring, bus.watches[0].failures, bus.watches[0].last_error) == (99, 0, "")


async def test_a_new_boot_is_identified_at_once(bus, slave):
    await bus.run_until_held(s501r77=20, s502r78=20)
    slave.devices[1].boot, slave.devices[1].newest = 2, 21
    slave.devices[1].record = lambda sequence: slave_record(slave.devices[1], sequence)
    bus.watches[0].polled_ms = -1
    await bus.poller.step()
    assert bus.watches[0].identity.boot == 2


def slave_record(memory, sequence):
    known = wire.decode(type(memory).record(memory, sequence))
    return wire.encode(known._replace(boot=memory.boot))


async def test_a_full_disk_loses_nothing_that_was_read(bus, slave, monkeypatch):
    append, full = bus.outbox.append, []

    def refuse(arrivals):
        full.append(len(arrivals))
        raise OutboxFull("the disk is full")

    monkeypatch.setattr(bus.outbox, "append", refuse)
    with pytest.raises(OutboxFull):
        await steps(bus.poller, 20)
    before = slave.requests
    with pytest.raises(OutboxFull):
        await bus.poller.step()
    assert slave.requests == before, "nothing more is asked for while it cannot be kept"
    monkeypatch.setattr(bus.outbox, "append", append)
    await bus.run_until_held(s501r77=20, s502r78=20)
    assert [bytes(row) for row in bus.rows(501)] == [slave.devices[1].record(n) for n in range(1, 21)]


async def steps(poller, count):
    for _ in range(count):
        await poller.step()


async def test_a_time_that_is_not_known_is_neither_told_nor_used(bus, slave, site):
    memory = slave.devices[1]
    memory.time_quality, memory.utc_ms = 0, 0
    slave.devices[2].time_quality = 0
    memory.record = lambda sequence: wire.encode(
        wire.decode(type(memory).record(memory, sequence))._replace(utc_s=0, status=0)
    )
    unknown = Clock(synchronised=lambda: False)
    for part in (bus.poller, bus.poller._reader):
        setattr(part, "clock" if hasattr(part, "clock") else "_clock", unknown)
    await bus.run_until_held(s501r77=20, s502r78=20)
    assert memory.told_ms == []
    assert {row.estimated_ms for row in bus.in_order()} == {None}


async def test_where_no_broadcast_passes_each_logger_is_told_by_itself(bus, slave, monkeypatch):
    for memory in slave.devices.values():
        memory.time_quality, memory.utc_ms = 0, 0
    monkeypatch.setattr(type(bus.master), "may_broadcast", property(lambda self: False))
    await bus.poller.step()
    assert [len(memory.told_ms) for memory in slave.devices.values()] == [1, 1]
    assert bus.master.counters["broadcasts"] == 0
    (told,) = [event for event in bus.events() if event.startswith("time_told")]
    assert told.startswith("time_told: time told one by one; clocks were off by: logger-1 -")
    assert ", now -" in told


async def test_silence_is_told_once_and_its_end(bus, slave):
    await bus.run_until_held(s501r77=20, s502r78=20)
    gone = slave.devices.pop(2)
    bus.watches[1].heard_at_s -= 3601
    for _ in range(2):
        bus.watches[1].polled_ms, bus.watches[1].retry_at_s = -1, 0.0
        await bus.poller.step()
    said = [event for event in bus.events() if event.startswith("silent")]
    assert len(said) == 1
    assert said[0].startswith("silent: logger-2 was not heard for 3600 s: device 2 gave no right answer")
    slave.devices[2] = gone
    bus.watches[1].retry_at_s = 0.0
    await bus.poller.step()
    assert [
        event for event in bus.events() if event.startswith("logger_back: logger-2 answers again after it was")
    ]


class Nobody:
    """A line on which nobody answers."""


def test_loggers_that_fail_together_share_what_the_dead_may_take(site):
    watch = Watch(LoggerClient(Nobody(), site.loggers[0]))
    waits = []
    for failing in (1, 1, 10):
        watch.failures = DEAD_AFTER
        watch.failed(NoAnswer("nothing"), 0.0, 90.0, plan.Cost(0.8, failing))
        waits.append(watch.retry_at_s)
    assert waits[0] == waits[1] == max(10.0 * 8, 40.0)
    assert waits[2] == 400.0


def test_who_answers_now_and_then_goes_last_and_is_left_alone_longer(site):
    steady, flapping = (Watch(LoggerClient(Nobody(), logger)) for logger in site.loggers)
    for _ in range(3):
        flapping.failed(NoAnswer("nothing"), 0.0, 1.0, plan.Cost(1.0))
        flapping.answered()
    assert flapping.doubt > steady.doubt
    flapping.failed(NoAnswer("nothing"), 0.0, 1.0, plan.Cost(1.0))
    assert flapping.retry_at_s == 50.0, "two hundredths of the bus, not ten seconds"


async def test_fast_scans_that_a_logger_tells_of_are_followed(bus, slave):
    await bus.run_until_held(s501r77=20, s502r78=20)
    watch, reader = bus.watches[0], bus.poller._reader
    begun_s = 1_450_000_800
    for detail, minutes, until_s in ((2, 30, begun_s + 1800), (0, MISSING_I32, begun_s)):
        values = (EVENT_BLOCK, 0, MISSING_I32, minutes) if detail else (EVENT_BLOCK, 0)
        payload = encode_event(Event(FAST_SCAN, detail, values))
        head = (501, EVENT_BLOCK, 1, 2, 77, 1, 21, begun_s, 0, 60)
        record = wire.Record(*head, wire.PAYLOAD_EVENT, len(values), payload)
        reader.arrivals(watch, [(wire.encode(record), record)], live=False)
        assert watch.fast_until_ms == 1000 * until_s - watch.clock_offset_ms
    assert watch.interval_s(watch.fast_until_ms - 1) == 10
    assert watch.interval_s(watch.fast_until_ms) == 900


async def test_the_poller_waits_no_longer_than_the_next_thing_to_do(bus):
    await bus.run_until_held(s501r77=20, s502r78=20)
    async with asyncio.timeout(60):
        await bus.poller.step()
