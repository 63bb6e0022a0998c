"""Every reading can be dated, whatever the clock did: by its own UTC, or by boot, uptime and events around it."""

import asyncio
import random

import desk
import trial

from firmware.events import Events
from firmware.scan import Scan
from seepline.wire import event, record, status

T = 1450425600000
HOUR_MS = 3600000
LATE_S = 90  # a scan found due after a step is taken so late, with the time at which it was due


class Sensors:
    """A board whose scans take a while, so that the clock moves in the middle of some."""

    power = None

    def __init__(self, clock):
        self.clock = clock

    def fitted(self):
        return []

    async def read(self, block, slot, scan_ms):
        await self.clock.pause(700)
        return record.missing_vw(status.NOT_FITTED) if block == 0 else record.ScalarChannel(0, 1)


class Site:
    """True time, over all boots; `starts` maps a boot to the true time at which it began."""

    def __init__(self):
        self.true_ms = T
        self.starts = {}
        self.flash = desk.Flash(6)


def lived(site, boot, clock, jumps):
    """Run one boot with `jumps` of the clock, and return its ring."""
    site.starts[boot] = site.true_ms
    logger = desk.Logger(site.flash, clock, boot)
    diary = Events(logger.ring, logger.image, logger.keeper)
    logger.keeper.say = diary.say
    diary.say(event.BOOT, 1)
    clock.events = [(at_s, lambda jump=jump: jump(logger.keeper)) for at_s, jump in jumps]
    scan = Scan(Sensors(clock), logger.settings, logger.image, logger.keeper, logger.facts, desk.unsaid)
    trial.raises(desk.EnoughError, asyncio.run, scan.run(desk.unbeaten))
    site.true_ms += clock.up_ms + 60000
    diary.flush()
    return logger.ring


def in_order(ring, boot):
    """Return the records of a boot in the order in which they were made."""
    records = []
    for sequence in range(ring.oldest, ring.newest + 1):
        entry = record.decode(ring.read(sequence))
        if entry.boot == boot:
            records.append(entry)
    return sorted(records, key=lambda entry: (entry.uptime_s, entry.sequence))


def clock_error_s(entry, site):
    """Return how far a record's UTC is from the truth that boot and uptime tell."""
    return entry.utc_s - (site.starts[entry.boot] // 1000 + entry.uptime_s)


def test_a_time_given_in_the_middle_of_a_scan_dates_no_reading_wrongly():
    for at_s in range(900, 905):
        site = Site()
        clock = desk.VirtualClock(2000, 5000, status.TIME_NEVER_SET)
        ring = lived(site, 1, clock, [(at_s, lambda keeper: keeper.offer(T + HOUR_MS))])
        readings = [entry for entry in in_order(ring, 1) if entry.block != event.EVENT_BLOCK]
        assert {entry.utc_s for entry in readings if entry.uptime_s < at_s} == {0}
        later = [entry for entry in readings if entry.uptime_s >= at_s]
        assert later
        assert all([entry.utc_s > T // 1000 for entry in later])
        assert all([entry.utc_s % 900 == 0 for entry in later])


def jump_of(kind, size_ms, true_ms):
    """Return what a master, the device key or the battery-backed clock does to a keeper."""

    def jump(keeper):
        now_ms = keeper.utc_ms()
        if kind == "command":
            keeper.command(now_ms + size_ms if now_ms else T)
        elif kind == "slew":
            keeper.offer(now_ms + 3000 if now_ms else T)
        elif kind == "rtc":
            keeper.from_rtc(true_ms())
        else:
            keeper.offer(T + size_ms)

    return jump


def judged(ring, boot, site):
    """Hold every reading of a boot to the events before it, and return the number of steps."""
    steps, offset_s = 0, None  # of UTC to boot and uptime, as the events say it
    for entry in in_order(ring, boot):
        if entry.block != event.EVENT_BLOCK:
            assert (entry.utc_s == 0) == (entry.status & status.TIME_MASK == status.TIME_NEVER_SET)
            if entry.utc_s and offset_s is not None:
                assert abs(clock_error_s(entry, site) - offset_s) <= LATE_S + 6, (boot, entry)
            continue
        what = event.decode_event(entry.payload, entry.channels)
        if what.code == event.CLOCK_STEPPED:
            steps += 1
            offset_s = clock_error_s(entry, site)
            assert what.values[2] + event.EPOCH_2020_S == entry.utc_s
    return steps


def test_readings_before_and_after_any_jump_are_told_apart_by_the_events_between():
    random.seed(116002)
    site, steps = Site(), 0
    for boot in range(1, 9):
        quality = status.TIME_NEVER_SET if boot % 3 == 1 else status.TIME_RTC
        clock = desk.VirtualClock(7000, site.true_ms if quality else 0, quality)
        jumps = []
        for at_s in sorted([random.randrange(100, 6900) for _ in range(4)]):
            kind = ("command", "slew", "rtc", "offer")[random.randrange(4)]
            size_ms = (random.getrandbits(28) - (1 << 27)) * 10
            jumps.append((at_s, jump_of(kind, size_ms, lambda clock=clock: site.true_ms + clock.up_ms)))
        steps += judged(lived(site, boot, clock, jumps), boot, site)
    assert steps > 10


trial.run(globals())
