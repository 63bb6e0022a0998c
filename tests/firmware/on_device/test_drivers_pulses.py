import asyncio

import trial

from firmware.drivers import driver
from firmware.drivers.supply import Supply
from firmware.drivers.tipping_bucket import PCNT_MAX, Debounced, HardwareCounter, TippingBucket
from seepline.wire import status
from seepline.wire.record import ScalarChannel, missing_scalar
from simulator.chips.desk_time import DeskTime
from simulator.chips.pin_adc import PinAdc
from simulator.chips.rain_switch import RainSwitch

TICKS_PERIOD = 1 << 30


def ticks_diff(end, start):
    return (end - start + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2


class Rain:
    def __init__(self, debounced=False, start=0):
        self.time = DeskTime()
        self.debounced = Debounced(10, ticks_diff)
        self.switch = RainSwitch(self.time, self.debounced)
        self.switch.count = start
        self.counter = self.debounced if debounced else HardwareCounter(self.switch.value)
        self.gauge = TippingBucket(self.counter, self.switch.closed, self.time.ms, 300)

    def after(self, minutes=15):
        self.time.now_us += 60000000 * minutes
        return asyncio.run(self.gauge.measure())


def test_tips_since_the_scan_before():
    desk = Rain()
    desk.switch.tip(3)
    assert desk.after() == [ScalarChannel(0, 3)]
    assert desk.after() == [ScalarChannel(0, 0)]


def test_tips_from_before_the_start_are_not_rain():
    assert Rain(start=500).after() == [ScalarChannel(0, 0)]


def test_no_tip_is_lost_where_the_counter_comes_round():
    for start in range(PCNT_MAX - 4, PCNT_MAX):
        desk = Rain(start=start)
        desk.switch.tip(4)
        assert desk.after() == [ScalarChannel(0, 4)], start


def test_a_bouncing_switch_without_filter_is_marked_and_debounced_it_is_right():
    desk = Rain()
    desk.switch.bounces = 7
    desk.switch.tip()
    assert desk.after(0) == [ScalarChannel(status.DISAGREE, 8)]
    desk = Rain(debounced=True)
    desk.switch.bounces = 7
    for _ in range(5):
        desk.time.now_us += 1000000
        desk.switch.tip()
    assert desk.after() == [ScalarChannel(0, 5)]
    assert desk.debounced.bounces == 35


def test_debouncing_survives_the_ticks_that_come_round():
    one = Debounced(10, ticks_diff)
    for at_ms in (TICKS_PERIOD - 3, TICKS_PERIOD - 1, 4, 8, 9, 500):
        one.edge(at_ms)
    assert (one.since(), one.bounces) == (3, 3)
    assert one.since() == 0


def test_more_tips_than_rain_can_make_are_kept_and_marked():
    desk = Rain()
    desk.switch.tip(3002)
    assert desk.after() == [ScalarChannel(status.DISAGREE, 3002)]
    desk.switch.tip(3001)
    assert desk.after() == [ScalarChannel(0, 3001)]
    desk.switch.tip(3002)
    assert desk.after() == [ScalarChannel(status.DISAGREE, 3002)]


def test_a_switch_closed_for_two_scans_is_a_fault_and_not_dry_weather():
    desk = Rain()
    desk.switch.closed_for_good = True
    assert desk.after() == [ScalarChannel(0, 0)]
    assert desk.after() == [missing_scalar(status.INSTRUMENT_FAULT)]
    assert desk.gauge.fault == driver.STUCK
    desk.switch.closed_for_good = False
    desk.switch.tip()
    assert desk.after() == [ScalarChannel(0, 1)]


def test_a_broken_wire_looks_like_dry_weather_and_only_a_second_gauge_can_tell():
    desk = Rain()
    desk.switch.broken_wire = True
    desk.switch.tip(5)
    assert desk.after() == [ScalarChannel(0, 0)]


class Battery:
    def __init__(self, pin_uv):
        self.time, self.adc = DeskTime(), PinAdc(pin_uv)
        self.supply = Supply(self.adc, self.time.pause, 470000, 100000, 20000)

    def measured(self):
        return asyncio.run(self.supply.measure())


def test_a_battery_behind_its_divider():
    desk = Battery(2100000)
    assert desk.measured() == [ScalarChannel(0, 11970000)]
    assert desk.time.ms() <= desk.supply.MEASURE_MS


def test_one_spike_is_marked_and_does_not_move_the_value():
    desk = Battery(2100000)
    desk.adc.spike_uv = 300000
    assert desk.measured() == [ScalarChannel(status.DISAGREE, 11970000)]


def test_a_noisy_pin_is_marked():
    desk = Battery(2100000)
    desk.adc.noise_uv = 40000
    assert desk.measured()[0].status == status.DISAGREE


def test_a_voltage_beyond_the_straight_part_is_at_least_this():
    assert Battery(2600000).measured() == [ScalarChannel(status.CLIPPED, 14820000)]
    assert Battery(9000000).measured()[0].status == status.CLIPPED


def test_a_pin_at_nothing_is_a_broken_divider_and_not_an_empty_battery():
    for pin_uv in (0, 100000, 145000):
        desk = Battery(pin_uv)
        assert desk.measured() == [missing_scalar(status.INSTRUMENT_FAULT)]
        assert desk.supply.fault == driver.STUCK


trial.run(globals())
