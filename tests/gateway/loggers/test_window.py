"""Sleeping loggers: the plan as a table, and the real program read in its windows and through its late door."""

import asyncio
import threading
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from gateway.bus.exchange import Pace
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.clock import Clock
from gateway.loggers import window
from gateway.loggers.client import LoggerClient
from gateway.loggers.poll import Asked, Poller
from gateway.loggers.watch import Watch
from gateway.loggers.window import Habit, next_window, window_of
from gateway.loggers.wishes import Wishes
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from seepline.wire import record as wire
from seepline.wire import site_clock
from seepline.wish import Wish
from simulator import interpreter, simulation

RATE, SCAN_S, WINDOW_S = 20, 120, 60  # a scan every 6 s, a window of 3 s
ENOUGH_S = 250

TOLD = Habit(900, 5, next_scan_ms=1_800_000, offset_ms=2_000, wires=4)


@pytest.mark.parametrize(
    ("now_ms", "habit", "scan_ms"),
    [
        (0, TOLD, 1_800_000),
        (1_811_000, TOLD, 1_800_000),  # closes at 1 800 000 - 2000 + 2000 + 6000 + 5000
        (1_811_001, TOLD, 2_700_000),
        (9_000_000, TOLD, 9_000_000),
        (9_011_001, TOLD, 9_900_000),
        (9_000_000, Habit(900, 5), 9_000_000),
        (9_031_001, Habit(900, 5), 9_900_000),
        (0, TOLD._replace(next_scan_ms=10_000), 10_000),
        (30_000, TOLD._replace(next_scan_ms=10_000), 900_000),
    ],
)
def test_which_window_comes_next(now_ms, habit, scan_ms):
    assert next_window(now_ms, habit).scan_ms == scan_ms


def test_a_clock_that_is_ahead_opens_its_window_sooner():
    ahead, behind = (window_of(900_000, TOLD._replace(offset_ms=offset_ms)) for offset_ms in (3_000, -3_000))
    assert behind.opens_ms - ahead.opens_ms == 6_000


@pytest.mark.parametrize(("passed", "expected"), [(0, 0), (1, 1), (2, 2), (9, 9)])
def test_windows_that_went_by_are_counted(passed, expected):
    first = window_of(1_800_000, TOLD)
    assert window.missed(first, first.closes_ms + 900_000 * passed - 899_999 * (passed > 0), TOLD) == expected


@pytest.fixture
def sleepers(site, tmp_path):
    """Two real loggers, the first in mode window, each started again when it asks for it; the gateway's clock."""
    anchor = f"2016-01-01T00:00:00Z@{RATE}@{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    loggers = tuple(replace(one, scan_s=SCAN_S) for one in site.loggers)
    asleep = replace(loggers[0], mode="window", window_s=WINDOW_S)
    buses = (replace(site.buses[0], baud=115_200),)
    described = replace(site, loggers=(asleep, *loggers[1:]), buses=buses)
    options = simulation.Options(interpreter=interpreter.find(require_micropython=True), site_clock=anchor)
    stop = threading.Event()
    with simulation.running(described, tmp_path / "sim", options) as running:
        watcher = threading.Thread(target=_look_after, args=(running, stop))
        watcher.start()
        clock = Clock(site_clock.parse(anchor, time.time_ns() // 1_000_000))
        yield described, running, clock
        stop.set()
        watcher.join()


def _look_after(running, stop):
    while not stop.wait(0.02):
        running.check()


class Gateway:
    """A poller on the simulated bus, and what it has stored."""

    def __init__(self, site, running, clock, directory):
        self.file = OutboxFile(directory, clock.now_ms())
        self.line = Line(str(running.buses["bus1"].tty), 115_200, "none")
        self.line.open()
        self.master = Master(self.line, Pace(115_200, 10, 0.3))
        self.watches = [Watch(LoggerClient(self.master, logger)) for logger in site.loggers]
        self.asked = Asked(wishes=Wishes(directory / "wishes.json", [logger.id for logger in site.loggers]))
        self.poller = Poller(self.master, self.watches, Outbox(self.file), clock, lambda: None, self.asked)

    async def until(self, condition):
        task = asyncio.ensure_future(self.poller.run())
        limit_s = time.monotonic() + ENOUGH_S
        while not condition() and time.monotonic() < limit_s and not task.done():
            await asyncio.wait((task,), timeout=0.05)
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled():
            task.result()
        assert condition(), (self.events(), self.watches, self.master.counters)
        await self.master.leave()

    def records(self, serial):
        held = [wire.decode(row.raw) for row in self.file.rows(1, self.file.segments.last)]
        return sorted((one for one in held if one.logger_id == serial), key=lambda one: one.sequence)

    def scans(self, serial):
        return [entry.utc_s for entry in self.records(serial) if entry.block == 0]

    def events(self):
        return [f"{kind}: {text}" for _, _, kind, _, text in self.file.events()]

    def close(self):
        self.line.close()
        self.file.close()


@pytest.fixture
def gateway(sleepers, tmp_path):
    gateway = Gateway(*sleepers, tmp_path / "data")
    yield gateway
    gateway.close()


@pytest.mark.timeout(300)  # a slow machine misses windows, and the logger itself a scan
async def test_a_sleeping_logger_is_had_in_its_windows_and_woken_only_for_a_wish(gateway, sleepers):
    site, _, clock = sleepers
    asleep, awake = (logger.serial for logger in site.loggers)
    await gateway.until(lambda: len(gateway.scans(asleep)) >= 1 and len(gateway.scans(awake)) >= 1)
    assert gateway.master.counters["preambles"] == 0
    assert [event for event in gateway.events() if event.startswith("time_told: time broadcast")]

    begun = len(gateway.scans(asleep))
    await asyncio.sleep(2.1 * SCAN_S / RATE)  # nobody comes for two windows
    await gateway.until(lambda: len(gateway.scans(asleep)) >= begun + 2)
    assert [event for event in gateway.events() if event.startswith("window_again")]
    times = gateway.scans(asleep)
    assert all((later - before) % SCAN_S == 0 < later - before for before, later in pairwise(times))
    sequences = [entry.sequence for entry in gateway.records(asleep)]
    assert sequences == list(range(1, len(sequences) + 1)), "nothing is lost and nothing comes twice"
    assert gateway.master.counters["preambles"] == 0, "the door is for people and alarms"

    first = Wish("w0", site.loggers[0].id, "repeat", 1, clock.now_ms() + 10**7)
    await gateway.until(lambda: woken_for(gateway, first, clock) and made_at_once(gateway.scans(asleep)))
    assert not gateway.asked.wishes.accept(first, clock.now_ms())
    assert not [event for event in gateway.events() if event.startswith(("dead_logger", "silent", "gap"))]


def made_at_once(scans):
    """Tell whether a scan was made beside the schedule; one of a slow machine may fall together with the next."""
    return any(time_s % SCAN_S for time_s in scans)


def woken_for(gateway, first, clock):
    """Tell whether a wish was done through the late door; each is made while the logger sleeps, one by one."""
    said = [event for event in gateway.events() if event.startswith("wish")]
    if gateway.watches[0].is_asleep(asyncio.get_running_loop().time()):
        gateway.asked.wishes.accept(first._replace(id=f"w{len(said)}"), clock.now_ms())
    woken = gateway.master.counters["preambles"] > 0
    return woken and any("1 scans at once of logger-1 was asked of it" in event for event in said)
