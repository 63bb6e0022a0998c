import trial

from firmware.drivers import driver
from firmware.drivers.ds3231 import ADDRESS, Ds3231, aging_after, date, days, registers_of, utc_of
from simulator.chips.buses import I2cBus
from simulator.chips.desk_time import DeskTime
from simulator.chips.ds3231 import Ds3231Chip

NOW_S = 1795205387  # 2026-11-20T20:09:47Z
DAY_S = 86400


class Desk:
    def __init__(self, utc_s=None):
        self.time, self.bus = DeskTime(), I2cBus()
        self.chip = Ds3231Chip(self.time)
        self.bus.attach(ADDRESS, self.chip)
        self.clock = Ds3231(self.bus)
        if utc_s is not None:
            self.clock.set(utc_s)


def fault(function, *arguments):
    try:
        function(*arguments)
    except driver.NoReadingError as error:
        return error.code
    raise AssertionError("expected no reading")


def test_a_new_clock_was_never_set_and_says_so():
    assert fault(Desk().clock.utc_s) == driver.SELF_TEST


def test_a_set_clock_goes_on():
    desk = Desk(NOW_S)
    assert desk.clock.utc_s() == NOW_S
    desk.time.now_us += 3 * 1000000 + 999999
    assert desk.clock.utc_s() == NOW_S + 3


def test_midnight_leap_day_and_century_are_carried():
    for start_s, after_s in ((951868799, 1), (1835481599, 1), (1798761599, 1), (4102444799, 1), (NOW_S, DAY_S)):
        desk = Desk(start_s)
        desk.time.now_us += 1000000 * after_s
        assert desk.clock.utc_s() == start_s + after_s, start_s


def test_a_flat_battery_is_never_a_time():
    desk = Desk(NOW_S)
    desk.chip.stop()
    assert fault(desk.clock.utc_s) == driver.SELF_TEST
    desk.clock.set(NOW_S)
    assert desk.clock.utc_s() == NOW_S


def test_setting_keeps_the_oscillator_running_on_the_battery():
    desk = Desk()
    desk.chip.registers[0x0E] = 0x9C
    desk.clock.set(NOW_S)
    assert desk.chip.registers[0x0E] & 0x80 == 0


def test_an_absent_clock_and_a_held_bus_are_os_errors():
    desk = Desk(NOW_S)
    desk.chip.dead = True
    trial.raises(OSError, desk.clock.utc_s)
    desk.chip.dead, desk.bus.held = False, True
    trial.raises(OSError, desk.clock.utc_s)


def test_a_bus_that_reads_all_ones_is_no_time():
    desk = Desk(NOW_S)
    desk.chip.all_ones = True
    assert fault(desk.clock.utc_s) in (driver.SELF_TEST, driver.MALFORMED)
    assert fault(utc_of, b"\xff" * 7) == driver.MALFORMED


def test_registers_that_hold_no_date_are_malformed():
    good = registers_of(NOW_S)
    for register, value in (
        (0, 0x5A),
        (0, 0x60),
        (1, 0x7F),
        (2, 0x24),
        (2, 0x61),
        (3, 0),
        (4, 0),
        (4, 0x31),
        (5, 0x13),
        (5, 0x0A),
    ):
        wrong = bytearray(good)
        wrong[register] = value
        assert fault(utc_of, bytes(wrong)) == driver.MALFORMED, (register, value)
    assert utc_of(good) == NOW_S
    assert good[3] == 5  # a Friday


def test_bcd_round_trip_through_two_centuries():
    for number in range(days(2000, 1, 1), days(2200, 1, 1), 17):
        utc_s = number * DAY_S + 45296
        assert utc_of(registers_of(utc_s)) == utc_s
    trial.raises(ValueError, registers_of, 946684799)


def test_days_and_dates_are_each_others_inverse():
    before = None
    for number in range(days(1999, 12, 1), days(2001, 4, 1)):
        assert days(*date(number)) == number
        assert date(number) != before
        before = date(number)
    assert date(days(2100, 2, 28) + 1) == (2100, 3, 1)


def test_aging_takes_a_measured_drift_away():
    desk = Desk(NOW_S)
    desk.chip.fast_ppb = 2000
    assert desk.clock.aging() == 0
    desk.clock.set_aging(aging_after(desk.clock.aging(), 2000))
    assert desk.clock.aging() == 20
    desk.clock.set(NOW_S)
    for _ in range(10):
        desk.time.now_us += 100000 * 1000000
        desk.clock.utc_s()
    assert desk.clock.utc_s() == NOW_S + 1000000
    desk.clock.set_aging(-20)
    assert desk.clock.aging() == -20
    assert desk.chip.registers[0x0E] & 0x20
    assert (aging_after(120, 5000), aging_after(-120, -5000)) == (127, -128)
    trial.raises(ValueError, desk.clock.set_aging, 128)


def test_the_temperature_is_in_quarters_of_a_degree_with_sign():
    desk = Desk()
    for high, low, mdegc in ((0x19, 0x40, 25250), (0xE7, 0xC0, -24250), (0, 0, 0)):
        desk.chip.registers[0x11], desk.chip.registers[0x12] = high, low
        assert desk.clock.temperature_mdegc() == mdegc


trial.run(globals())
