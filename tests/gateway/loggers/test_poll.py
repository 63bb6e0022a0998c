"""A bus of two loggers on a real PTY: all of their memory comes in order, whatever one of them does."""

from pathlib import Path

import pytest

from gateway.bus.exchange import Pace
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.clock import Clock
from gateway.loggers import plan
from gateway.loggers.client import LoggerClient
from gateway.loggers.poll import Poller
from gateway.loggers.watch import Watch
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from gateway.outbox.packing import Row, identity_of
from seepline.wire import record as wire

ENOUGH_STEPS = 60


class Bus:
    """A poller with everything behind it."""

    def __init__(self, slave, site, pace: Pace, directory: Path) -> None:
        self.file = OutboxFile(directory, 0)
        self.outbox = Outbox(self.file)
        self.line = Line(slave.path, pace.baud, "none")
        self.line.open()
        self.master = Master(self.line, pace)
        self.watches = [Watch(LoggerClient(self.master, logger)) for logger in site.loggers]
        self.wakes = 0
        self.poller = Poller(self.master, self.watches, self.outbox, Clock(), self._stored)

    def _stored(self) -> None:
        self.wakes += 1

    def close(self) -> None:
        self.line.close()
        self.file.close()

    async def run_until_held(self, **expected: int) -> None:
        for _ in range(ENOUGH_STEPS):
            if self.held() == expected:
                return
            for watch in self.watches:
                watch.retry_at_s, watch.polled_ms = 0.0, -1
            await self.poller.step()
        raise AssertionError(f"held {self.held()}, expected {expected}; events {self.events()}")

    def held(self) -> dict[str, int]:
        return {f"s{serial}r{ring}": count for (serial, ring), count in self.outbox.stored.items() if count}

    def events(self) -> list[str]:
        return [f"{kind}: {text}" for _, _, kind, _, text in self.file.events()]

    def rows(self, serial: int) -> list[bytes]:
        rows = [row.raw for row in self.in_order() if identity_of(row.raw)[0] == serial]
        return sorted(rows, key=lambda raw: identity_of(raw)[2])

    def in_order(self) -> list[Row]:
        return list(self.file.rows(1, self.file.segments.last))

    def live_rows(self) -> list[int]:
        return [row for first, last in self.file.segments.live for row in range(first, last + 1)]


@pytest.fixture
def bus(slave, site, pace, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "LONGEST_IDLE_S", 0.01)
    bus = Bus(slave, site, pace, tmp_path)
    yield bus
    bus.close()


async def test_everything_that_the_loggers_hold_is_read_byte_for_byte(bus, slave):
    await bus.run_until_held(s501r77=20, s502r78=20)
    for memory in slave.devices.values():
        assert bus.rows(memory.serial) == [memory.record(n) for n in range(1, 21)]
    assert bus.wakes > 0


async def test_the_newest_scan_comes_before_the_history(bus, slave):
    slave.devices[1].newest = slave.devices[2].newest = 400
    await bus.poller.step()
    first = [identity_of(row.raw) for row in bus.in_order()[:3]]
    assert [(logger, sequence) for logger, _, sequence in first] == [(501, 400), (502, 399), (502, 400)]
    assert bus.live_rows() == [1, 2, 3]


async def test_the_loggers_advance_together(bus, slave):
    slave.devices[1].newest = slave.devices[2].newest = 300
    await bus.run_until_held(s501r77=300, s502r78=300)
    reached = {501: 0, 502: 0}
    for row in bus.in_order():
        if row.outbox_sequence in bus.live_rows():
            continue
        logger, _, sequence = identity_of(row.raw)
        reached[logger] = sequence
        assert abs(reached[501] - reached[502]) <= 4


async def test_a_dead_logger_does_not_hold_the_other(bus, slave):
    del slave.devices[2]
    await bus.run_until_held(s501r77=20)
    for _ in range(3):
        bus.watches[1].retry_at_s = 0.0
        await bus.poller.step()
    assert [event for event in bus.events() if event.startswith("dead_logger: logger-2 does not answer")]
    assert bus.watches[1].failures >= 3


async def test_a_stranger_is_reported_once_and_never_stored(bus, slave):
    slave.devices[2].serial = 999
    await bus.run_until_held(s501r77=20)
    for _ in range(3):
        bus.watches[1].retry_at_s = 0.0
        await bus.poller.step()
    assert [event for event in bus.events() if event.startswith("stranger: logger 999 answers at address 2")][
        1:
    ] == []
    assert bus.rows(999) == []
    assert bus.rows(502) == []


async def test_what_was_overwritten_before_reading_is_a_gap(bus, slave):
    slave.devices[1].oldest = 8
    await bus.run_until_held(s501r77=13, s502r78=20)
    assert [event for event in bus.events() if event.startswith("gap")] == [
        "gap: ring 77 of logger-1 was overwritten up to record 7 before it was read: 7 records missing from 1 to 7"
    ]


async def test_a_formatted_logger_begins_a_new_ring_and_the_old_records_stay(bus, slave):
    await bus.run_until_held(s501r77=20, s502r78=20)
    slave.devices[1].ring, slave.devices[1].newest = 99, 4
    await bus.run_until_held(s501r77=20, s501r99=4, s502r78=20)
    assert [event for event in bus.events() if event.startswith("new_ring: logger logger-1 has a new ring 99")]


@pytest.mark.parametrize("what", ["holes", "damaged"])
async def test_one_record_that_the_logger_lost_does_not_stop_the_others(bus, slave, what):
    setattr(slave.devices[1], what, {6})
    await bus.run_until_held(s501r77=19, s502r78=20)
    assert wire.decode(bus.rows(501)[5]).sequence == 7
    for _ in range(ENOUGH_STEPS):
        if bus.outbox.wanted_from(501, 77) == 21:
            break
        bus.watches[0].retry_at_s = 0.0
        await bus.poller.step()
    assert [event for event in bus.events() if "does not hold record 6 of ring 77" in event]


@pytest.mark.parametrize("pace", [Pace(921_600, 10, 0.02)])  # an answer after 35 ms is late
async def test_a_faulty_line_delays_and_never_falsifies(bus, slave, dice):
    def mischief(request: bytes, answer: bytes) -> list[tuple[float, bytes]]:
        return dice.choice(
            [[(0, answer)]] * 6
            + [[], [(0.035, answer)], [(0, b"\x00" + answer)], [(0, answer[:-3])], [(0, answer), (0.002, answer)]]
        )

    slave.mischief = mischief
    await bus.run_until_held(s501r77=20, s502r78=20)
    for memory in slave.devices.values():
        assert bus.rows(memory.serial) == [memory.record(n) for n in range(1, 21)]
    assert not [event for event in bus.events() if event.startswith(("gap", "conflict"))]


async def test_a_logger_without_time_is_told_it_and_its_records_are_dated_by_uptime(bus, slave):
    memory = slave.devices[1]
    memory.time_quality, memory.utc_ms = 0, 0
    await bus.poller.step()
    assert len(memory.told_ms) == 1
    assert bus.events()[0].startswith("time_told")


async def test_restart_reads_only_what_is_missing(bus, slave, site, pace, tmp_path):
    await bus.run_until_held(s501r77=20, s502r78=20)
    bus.close()
    slave.devices[1].newest = 23
    asked = slave.requests
    again = Bus(slave, site, pace, tmp_path)
    bus.line, bus.file = again.line, again.file
    await again.run_until_held(s501r77=23, s502r78=20)
    assert slave.requests - asked <= 16  # with both clocks measured before and after the time was told


SCAN_MS = 900_000
DUE = plan.Moments(first_ms=10_000, second_ms=450_000)


@pytest.mark.parametrize(
    ("now_ms", "polled_ms", "new_ms", "due"),
    [
        (9_999, -1, -1, False),
        (10_000, -1, -1, True),
        (10_000, 9_999, 9_000, True),
        (20_000, 10_000, -1, False),
        (450_000, 10_000, 10_000, False),
        (450_000, 10_000, -1, True),
        (460_000, 450_000, -1, False),
    ],
)
def test_when_a_live_poll_is_due(now_ms, polled_ms, new_ms, due):
    assert plan.live_due(now_ms, DUE, polled_ms, new_ms) is due


def test_the_idle_time_ends_at_the_next_poll():
    assert plan.idle_s(SCAN_MS + 9_000, 900, 1.0) == pytest.approx(1.001)
    assert plan.idle_s(SCAN_MS + 11_000, 900, 900.0) < 1.0


@pytest.mark.parametrize(
    ("told", "wrong", "never_set", "due"),
    [
        (None, True, False, True),
        (None, False, False, False),
        (plan.Told(0, 0.0), True, False, False),
        (plan.Told(0, 0.0), True, True, True),
        (plan.Told(-plan.DAY_MS, 99.0), True, False, True),
    ],
)
def test_when_the_time_is_told(told, wrong, never_set, due):
    assert plan.time_due(told, plan.Told(0, 100.0), wrong, never_set) is due
