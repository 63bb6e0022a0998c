"""The ADS1115 in the place of an ADS1220: same channels and units, its own ways to fail."""

import asyncio

import trial

from firmware.drivers import ads1115, driver
from firmware.drivers.ads1115 import ADDRESS, Ads1115
from firmware.drivers.inputs import CurrentLoops, ThermistorBridges
from seepline.wire import status
from seepline.wire.record import missing_scalar
from simulator.chips.ads1115 import Ads1115Chip
from simulator.chips.buses import I2cBus
from simulator.chips.desk_time import DeskTime

SHUNT_MOHM = 90900
UA = 100  # in 10 nA


class Desk:
    def __init__(self):
        self.time, self.bus = DeskTime(), I2cBus()
        self.chip = Ads1115Chip(self.time)
        self.bus.attach(ADDRESS, self.chip)
        self.chip.ratio[3] = 1000000000
        self.adc = Ads1115(self.bus, self.time.pause, ADDRESS, 3300000)

    def loops(self, inputs=(0,)):
        return CurrentLoops(self.adc, inputs, SHUNT_MOHM, 3600, 21000)

    def bridges(self, inputs=(0,)):
        return ThermistorBridges(self.adc, inputs, 4990000, 150000, 110000000)

    def current_ma(self, number, ma):
        self.chip.input_uv[number] = ma * SHUNT_MOHM


def measured(one):
    return asyncio.run(one.measure())


def ratio(ohm):
    return ohm * 1000000000 // (ohm + 4990)


def test_loop_currents_are_right_to_a_code_and_each_input_is_its_own():
    desk = Desk()
    for number, ma in enumerate((4, 12, 20)):
        desk.current_ma(number, ma)
    loops = desk.loops((0, 1, 2))
    found = measured(loops)
    assert loops.CHANNELS == ("current",) * 3
    for ma, one in zip((4, 12, 20), found):
        assert one.status == 0
        assert abs(one.value - 1000 * UA * ma) <= UA, one
    assert desk.time.ms() <= loops.MEASURE_MS
    assert loops.SUPPLY_UA == 150


def test_a_fault_current_keeps_its_value_beside_loop_fault():
    desk = Desk()
    for uv, low, high in ((300000, 3200, 3400), (1936000, 21200, 21400), (0, 0, 0), (-5000, -60, -50)):
        desk.chip.input_uv[0] = uv
        found = measured(desk.loops())[0]
        assert found.status == status.LOOP_FAULT
        assert low * UA <= found.value <= high * UA, found


def test_a_shorted_transmitter_is_clipped_and_a_fault():
    desk = Desk()
    for uv in (2100000, 3000000, 12000000):  # its own diodes hold the last at 3.6 V
        desk.chip.input_uv[0] = uv
        found = measured(desk.loops())[0]
        assert found.status == status.CLIPPED | status.LOOP_FAULT
        assert found.value > 22000 * UA


def test_a_shunt_that_cannot_show_the_fault_current_is_refused():
    desk = Desk()
    assert "20480 uA" in trial.raises(ValueError, CurrentLoops, desk.adc, (0,), 100000, 3600, 21000)
    assert "0 to 3" in trial.raises(ValueError, desk.loops, (4,))


def test_a_thermistor_is_right_over_its_range_whatever_the_supply_does():
    for supply_uv in (3100000, 3300000, 3500000):
        for ohm in (1080, 2999, 5968, 9787, 100387):
            desk = Desk()
            desk.chip.supply_uv = supply_uv
            desk.chip.ratio[0] = ratio(ohm)
            found = measured(desk.bridges())[0]
            near = (ohm + 4990) * (ohm + 4990) // 4990 * 2 // 25  # two codes of 25,000, in milliohm
            assert found.status == 0
            assert abs(found.value - 1000 * ohm) <= near, (supply_uv, ohm, found)


def test_an_open_and_a_shorted_thermistor_say_so():
    desk = Desk()
    for ratio_e9, expected in ((1000000000, "open"), (ratio(900000), "open"), (0, "short"), (ratio(40), "short")):
        desk.chip.ratio[0] = ratio_e9
        found = measured(desk.bridges())[0]
        if expected == "open":
            assert found == missing_scalar(status.THERMISTOR_OPEN)
        else:
            assert found.status == status.THERMISTOR_SHORT
            assert found.value < 150000


def test_an_input_above_the_supply_is_open_and_never_divides_by_nothing():
    desk = Desk()
    for ratio_e9 in (1000040000, 1090000000):
        desk.chip.ratio[0] = ratio_e9
        assert measured(desk.bridges())[0] == missing_scalar(status.THERMISTOR_OPEN)


def test_loops_and_bridges_on_one_chip_wait_for_each_other():
    desk = Desk()
    desk.current_ma(0, 12)
    desk.chip.ratio[1] = ratio(3000)

    async def slow(ms):  # the other one gets its turn while this one waits
        await asyncio.sleep(0)
        await desk.time.pause(ms)

    desk.adc._pause = slow

    async def both():
        return await asyncio.gather(desk.loops((0,)).measure(), desk.bridges((1,)).measure())

    loops, bridges = asyncio.run(both())
    assert abs(loops[0].value - 12000 * UA) < UA
    assert abs(bridges[0].value - 3000000) < 1100


def gone(prepare, fault, bridges=False):
    desk = Desk()
    desk.current_ma(0, 12)
    desk.chip.ratio[1] = ratio(3000)
    prepare(desk)
    one = desk.bridges((1,)) if bridges else desk.loops((0,))
    assert measured(one) == [missing_scalar(driver.status_of(fault))], (fault, one.fault)
    assert one.fault == fault, one.fault


def test_an_absent_chip_is_not_fitted():
    gone(lambda desk: setattr(desk.chip, "dead", True), driver.ABSENT)


def test_a_line_held_low_is_stuck():
    gone(lambda desk: setattr(desk.bus, "held", True), driver.STUCK)


def test_another_chip_on_the_address_is_foreign():
    gone(lambda desk: setattr(desk.chip, "other_chip", True), driver.FOREIGN)
    gone(lambda desk: setattr(desk.chip, "other_chip", True), driver.FOREIGN, bridges=True)


def test_a_conversion_that_never_ends_is_stuck():
    gone(lambda desk: setattr(desk.chip, "never_ready", True), driver.STUCK)


def test_a_converter_that_gives_one_code_for_ever_fails_its_own_test():
    for code in (17000, 32767, -32768, -100, 60):
        gone(lambda desk, code=code: setattr(desk.chip, "stuck_code", code), driver.SELF_TEST)
    for code in (0, 17000, 32767, -32768):  # 3.3 V are 26400
        gone(lambda desk, code=code: setattr(desk.chip, "stuck_code", code), driver.SELF_TEST, bridges=True)


def test_a_converter_stuck_where_no_range_tells_it_still_shows_no_current_and_no_bead():
    desk = Desk()
    desk.current_ma(0, 12)
    desk.chip.ratio[1] = ratio(3000)
    desk.chip.stuck_code = 0
    found = measured(desk.loops())[0]
    assert (found.value, found.status) == (0, status.LOOP_FAULT)
    desk.chip.stuck_code = 26400
    assert measured(desk.bridges((1,)))[0] == missing_scalar(status.THERMISTOR_OPEN)


def test_a_bridge_that_has_lost_its_supply_fails_the_test():
    gone(lambda desk: setattr(desk.chip, "supply_uv", 2700000), driver.SELF_TEST, bridges=True)


def test_a_slow_oscillator_is_waited_for_and_a_broken_one_is_not():
    desk = Desk()
    desk.current_ma(0, 12)
    for slow_percent, bits in ((10, 0), (17, 0), (40, status.INSTRUMENT_FAULT)):
        desk.chip.slow_percent = slow_percent
        assert measured(desk.loops())[0].status == bits, slow_percent


def test_what_another_program_left_converting_is_not_taken_for_the_first_input():
    desk = Desk()
    desk.current_ma(0, 20)
    desk.current_ma(1, 5)
    desk.chip.leave_converting()
    found = measured(desk.loops((1,)))[0]
    assert found.status == 0
    assert abs(found.value - 5000 * UA) <= UA, found


def test_a_reading_that_was_cut_off_does_not_reach_into_the_next():
    desk = Desk()
    desk.current_ma(0, 20)
    desk.current_ma(1, 5)

    async def cut():
        task = asyncio.create_task(desk.adc.code(0, 0x0400))
        await asyncio.sleep(0)
        task.cancel()

    async def never(ms):
        await asyncio.sleep(10)

    pause, desk.adc._pause = desk.adc._pause, never
    asyncio.run(cut())
    desk.adc._pause = pause
    assert abs(measured(desk.loops((1,)))[0].value - 5000 * UA) <= UA


def test_a_chip_that_comes_back_is_believed_again():
    desk = Desk()
    desk.current_ma(0, 12)
    loops = desk.loops()
    desk.chip.dead = True
    assert measured(loops) == [missing_scalar(status.NOT_FITTED)]
    desk.chip.dead = False
    assert measured(loops)[0].status == 0
    assert loops.fault == driver.NO_FAULT


def test_the_time_it_takes_is_that_of_its_sheet():
    assert Ads1115.loops_ms(3) == 6 * ads1115.CONVERSION_MS
    assert Ads1115.bridges_ms(2) == 3 * ads1115.CONVERSION_MS


trial.run(globals())
