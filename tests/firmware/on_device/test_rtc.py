"""The battery-backed clock beside the logger's: a simulated DS3231 over months of virtual time."""

import asyncio

import desk
import trial

from firmware.drift import Drift
from firmware.drivers import driver
from firmware.drivers.ds3231 import ADDRESS, Ds3231
from firmware.rtc_keeping import RtcKeeper
from firmware.timekeeping import Keeper
from seepline.wire import event, record, status
from simulator.chips.buses import I2cBus
from simulator.chips.desk_time import DeskTime
from simulator.chips.ds3231 import Ds3231Chip

T = 1795205387000  # 2026-11-20T20:09:47Z
HOUR_S, DAY_S = 3600, 86400


class World:
    """True time, a DS3231 that lives through restarts, and a crystal that is fast by `fast_ppm`."""

    def __init__(self, rtc_utc_ms=T, fast_ppm=0):
        self.time, self.bus = DeskTime(), I2cBus()
        self.chip = Ds3231Chip(self.time)
        self.bus.attach(ADDRESS, self.chip)
        self.fast_ppm = fast_ppm
        if rtc_utc_ms:
            Ds3231(self.bus).set(rtc_utc_ms // 1000)

    def true_ms(self):
        return T + self.time.now_us // 1000

    def rtc_error_ms(self):
        """Return how far the DS3231 is ahead of the true time, found at the beginning of its next second."""
        rtc, start_s = Ds3231(self.bus), Ds3231(self.bus).utc_s()
        while rtc.utc_s() == start_s:
            self.time.now_us += 1000
        return 1000 * rtc.utc_s() - self.true_ms()


class Clock(desk.Clock):
    """The chip's own clock, which starts anew with every power-on."""

    def __init__(self, world, quality=status.TIME_NEVER_SET):
        self._world = world
        self._boot_us = world.time.now_us
        self._set = (0, 0)
        self.quality = quality

    def uptime_ms(self):
        passed_us = self._world.time.now_us - self._boot_us
        return (passed_us + passed_us * self._world.fast_ppm // 1000000) // 1000

    def utc_ms(self):
        return self._set[0] + self.uptime_ms() - self._set[1]

    def set(self, utc_ms):
        self._set = (utc_ms, self.uptime_ms())


class Boot:
    def __init__(self, world, quality=status.TIME_NEVER_SET, has_rtc=True):
        self.world, self.said = world, []
        self.clock = Clock(world, quality)
        self.keeper = Keeper(
            self.clock, lambda code, detail=0, values=(): self.said.append((code, detail, values))
        )
        self.rtc = RtcKeeper(world.bus if has_rtc else None, self.keeper, self.clock, self.pause)
        asyncio.run(self.rtc.begin())

    async def pause(self, s):
        self.world.time.now_us += int(s * 1000000)

    def error_ms(self):
        return self.keeper.utc_ms() - self.world.true_ms()

    def live(self, s, offer_every_s=0, wrong_ms=0):
        """Let time pass, a turn now and then; a master may give the time meanwhile."""
        step_s = offer_every_s or HOUR_S
        for _ in range(s // step_s):
            self.world.time.now_us += 1000000 * step_s
            if offer_every_s:
                self.keeper.offer(self.world.true_ms() + wrong_ms)
            asyncio.run(self.rtc.turn())

    def codes(self, code):
        return [(detail, tuple(values)) for what, detail, values in self.said if what == code]


def test_after_a_loss_of_power_the_time_is_the_rtcs_to_some_milliseconds():
    world = World()
    world.time.now_us += 123456789000
    boot = Boot(world)
    assert boot.keeper.quality == status.TIME_RTC
    assert -50 <= boot.error_ms() <= 0, boot.error_ms()
    ((detail, values),) = boot.codes(event.CLOCK_STEPPED)
    assert (detail, values[:2]) == (3, (record.MISSING_I32, record.MISSING_I32))


def test_a_clock_that_kept_the_time_over_a_reset_is_not_moved():
    boot = Boot(World(), status.TIME_RTC)
    boot.clock.set(boot.world.true_ms())
    asyncio.run(boot.rtc.begin())
    boot.said.clear()
    asyncio.run(boot.rtc.begin())
    assert boot.said == []


def test_an_rtc_that_stood_still_is_not_believed_and_gets_the_first_time():
    world = World()
    world.chip.stop()
    boot = Boot(world)
    assert boot.keeper.utc_ms() == 0
    assert boot.codes(event.INSTRUMENT) == [(driver.SELF_TEST, (255, 0, 0x88, 0))]
    boot.live(HOUR_S, 60)
    assert boot.keeper.quality == status.TIME_SYNCED
    assert boot.codes(event.INSTRUMENT)[-1][0] == driver.NO_FAULT
    world.time.now_us += 1000000 * DAY_S
    again = Boot(world)
    assert again.keeper.quality == status.TIME_RTC
    assert abs(again.error_ms()) <= 60, again.error_ms()


def test_a_flat_battery_is_mended_even_when_the_chip_kept_the_time():
    world = World()
    boot = Boot(world, status.TIME_RTC)
    world.chip.stop()
    again = Boot(world, status.TIME_RTC)
    again.clock.set(boot.keeper.utc_ms())
    again.live(2 * HOUR_S, 60)
    assert again.codes(event.CLOCK_STEPPED) == []
    assert abs(world.rtc_error_ms()) <= 60


def test_a_year_that_cannot_be_is_not_believed():
    for utc_ms in (1262304000000, 4200000000000):
        boot = Boot(World(utc_ms))
        assert (boot.keeper.utc_ms(), boot.rtc.fault) == (0, driver.MALFORMED)


def test_absent_stuck_and_babbling_rtcs_stop_nothing_and_are_said_once():
    for fault, set_up in (
        (driver.ABSENT, lambda world: setattr(world.chip, "dead", True)),
        (driver.STUCK, lambda world: setattr(world.bus, "held", True)),
        (driver.SELF_TEST, lambda world: setattr(world.chip, "all_ones", True)),
    ):
        world = World()
        set_up(world)
        boot = Boot(world)
        boot.live(3 * DAY_S, HOUR_S)
        assert boot.keeper.quality == status.TIME_SYNCED
        assert [detail for detail, _ in boot.codes(event.INSTRUMENT)] == [fault], fault


def test_an_rtc_that_answers_and_does_not_go_is_stuck():
    world = World()
    world.chip._tick = lambda: None
    boot = Boot(world)
    assert (boot.keeper.utc_ms(), boot.rtc.fault) == (0, driver.STUCK)


def test_one_bit_lost_on_the_bus_is_no_time():
    world = World()
    read = world.chip.read
    reads = []

    def flips(count):
        data = bytearray(read(count))
        reads.append(count)
        if count == 7 and len(reads) > 6:
            data[6] ^= 1  # another year
        return bytes(data)

    world.chip.read = flips
    boot = Boot(world)
    assert (boot.keeper.utc_ms(), boot.rtc.fault) == (0, driver.MALFORMED)


def test_without_an_rtc_the_clock_goes_on_as_before():
    boot = Boot(World(), status.TIME_RTC, has_rtc=False)
    boot.clock.set(T)
    boot.live(2 * DAY_S)
    assert boot.said == []
    assert boot.keeper.quality == status.TIME_RTC


def test_a_sealed_step_sets_the_rtc_at_the_beginning_of_a_second():
    world = World()
    boot = Boot(world)
    boot.keeper.command(world.true_ms() + 3600000 + 377)
    asyncio.run(boot.rtc.turn())
    assert abs(world.rtc_error_ms() - 3600377) <= 40, world.rtc_error_ms()
    assert abs(Boot(world).error_ms() - 3600377) <= 60


def test_the_rtc_follows_slews_only_when_it_is_wrong_itself():
    world = World()
    boot = Boot(world)
    boot.clock.set(boot.keeper.utc_ms() - 800)  # the chip's crystal, not the DS3231
    sets = []
    write = world.chip.write
    world.chip.write = lambda data: (sets.append(data) if data[0] == 0 and len(data) > 1 else None, write(data))
    boot.live(HOUR_S, 60)
    assert abs(boot.error_ms()) <= 100
    assert sets == []
    boot.keeper.offer(world.true_ms() + 900)
    asyncio.run(boot.rtc.turn())
    assert len(sets) == 1


def test_without_a_master_the_clock_follows_the_rtc_every_day():
    world = World(fast_ppm=20)
    boot = Boot(world)
    boot.live(30 * DAY_S)
    assert abs(boot.error_ms()) <= 1800, boot.error_ms()
    assert 25 <= len(boot.codes(event.CLOCK_STEPPED)) <= 31
    assert all([detail == 3 for detail, _ in boot.codes(event.CLOCK_STEPPED)])
    assert boot.keeper.quality == status.TIME_RTC


def test_the_drift_of_the_rtc_is_measured_against_the_line():
    for fast_ppb in (2000, -1500):
        world = World(fast_ppm=-8)
        world.chip.fast_ppb = fast_ppb
        boot = Boot(world)
        boot.live(10 * DAY_S, 600)
        told = boot.codes(event.CLOCK_DRIFT)
        assert 8 <= len(told) <= 10, told
        days, (ppb, mdegc) = told[-1]
        assert abs(ppb - fast_ppb) <= 100, (ppb, fast_ppb)
        assert (days >= 8, mdegc) == (True, 25250)
        assert abs(boot.error_ms()) <= 200


def test_the_drift_of_the_chip_is_measured_where_there_is_no_rtc():
    world = World(fast_ppm=12)
    boot = Boot(world, has_rtc=False)
    boot.live(5 * DAY_S, 600)
    days, (ppb, mdegc) = boot.codes(event.CLOCK_DRIFT)[-1]
    assert abs(ppb - 12000) <= 150, ppb
    assert (days, mdegc) == (4, record.MISSING_I32)


def test_a_step_of_the_master_is_no_drift():
    drift = Drift()
    drift.restart(0, T)
    drift.measure(DAY_S * 1000, T + DAY_S * 1000)
    drift.measure(2 * DAY_S * 1000, T + 3 * DAY_S * 1000)
    drift.measure(3 * DAY_S * 1000, T + 4 * DAY_S * 1000)
    assert (drift.ppb(), drift.days) == (0, 2)
    assert Drift().ppb() is None


def test_after_power_cuts_jumps_and_dead_batteries_no_time_is_believed_that_nobody_gave():
    world = World()
    quality = status.TIME_NEVER_SET
    for turn in range(12):
        if turn % 4 == 1:
            world.chip.stop()
        world.bus.held = turn % 6 == 5
        boot = Boot(world, quality)
        if turn % 4 == 1 or world.bus.held:
            assert boot.keeper.utc_ms() == 0, turn
        elif turn % 4 == 0:
            assert abs(boot.error_ms()) <= 70, (turn, boot.error_ms())
        boot.live(HOUR_S, 60)
        assert abs(boot.error_ms()) <= 100, (turn, boot.error_ms())
        boot.keeper.offer(world.true_ms() + 10**10 * (1 if turn % 2 else -1))
        world.bus.held = False
        boot.live(HOUR_S, 60)
        assert abs(boot.error_ms()) <= 100, (turn, boot.error_ms())
        world.time.now_us += 7654321000


trial.run(globals())
