import asyncio

import trial

from firmware.drivers import driver
from firmware.drivers.ads1220 import SPI_BAUD, SPI_PHASE, Ads1220
from firmware.drivers.inputs import CurrentLoops, ThermistorBridges
from firmware.drivers.spi import SpiDevice
from seepline.wire import status
from seepline.wire.record import MISSING_I32, missing_scalar
from simulator.chips.ads1220 import Ads1220Chip
from simulator.chips.buses import SpiBus
from simulator.chips.desk_time import DeskTime

SHUNT_MOHM = 90900


class Desk:
    def __init__(self, phase=SPI_PHASE):
        self.time, self.bus = DeskTime(), SpiBus()
        self.chip = Ads1220Chip(self.time)
        device = SpiDevice(self.bus, self.bus.attach(self.chip), SPI_BAUD, phase)
        self.adc = Ads1220(device, self.time.pause, self.chip.ready_pin, 3300000)

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


def test_loop_currents_are_right_to_a_ten_thousandth_and_each_input_is_its_own():
    desk = Desk()
    for number, ma in enumerate((4, 12, 20)):
        desk.current_ma(number, ma)
    loops = desk.loops((0, 1, 2))
    found = measured(loops)
    assert loops.CHANNELS == ("current",) * 3
    for ma, one in zip((4, 12, 20), found):
        assert one.status == 0
        assert abs(one.value - 100000 * ma) <= 10 * ma, one
    assert desk.time.ms() <= loops.MEASURE_MS


def test_a_fault_current_keeps_its_value_beside_loop_fault():
    desk = Desk()
    for uv, low, high in ((300000, 320000, 340000), (1936000, 2120000, 2140000), (0, 0, 0), (-5000, -6000, -5000)):
        desk.chip.input_uv[0] = uv
        found = measured(desk.loops())[0]
        assert found.status == status.LOOP_FAULT
        assert low <= found.value <= high, found


def test_a_shorted_transmitter_is_clipped_and_a_fault():
    desk = Desk()
    desk.chip.input_uv[0] = 3000000
    found = measured(desk.loops())[0]
    assert found.status == status.CLIPPED | status.LOOP_FAULT
    assert found.value > 2200000


def test_a_shunt_that_cannot_show_the_fault_current_is_refused():
    desk = Desk()
    said = trial.raises(ValueError, CurrentLoops, desk.adc, (0,), 100000, 3600, 21000)
    assert "20480 uA" in said
    assert "smaller shunt" in said
    assert "0 to 3" in trial.raises(ValueError, desk.loops, (4,))


def test_a_thermistor_is_right_over_its_range_whatever_the_reference_does():
    for ohm in (1080, 2999, 5968, 9787, 100387):
        desk = Desk()
        desk.chip.ratio[0] = ratio(ohm)
        found = measured(desk.bridges())[0]
        assert found.status == 0
        assert abs(found.value - 1000 * ohm) <= ohm // 10, (ohm, found)


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


def test_a_bridge_without_its_reference_is_open_and_never_a_resistance():
    desk = Desk()
    desk.chip.ratio[0] = ratio(3000)
    desk.chip.reference_broken = True
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
    assert abs(loops[0].value - 1200000) < 100
    assert abs(bridges[0].value - 3000000) < 300


def gone(prepare, fault, phase=SPI_PHASE):
    desk = Desk(phase)
    desk.current_ma(0, 12)
    prepare(desk)
    loops = desk.loops((0, 1))
    bits = status.NOT_FITTED if fault == driver.ABSENT else status.INSTRUMENT_FAULT
    assert measured(loops) == [missing_scalar(bits)] * 2
    assert loops.fault == fault, loops.fault


def test_an_absent_chip_is_not_fitted():
    gone(lambda desk: setattr(desk.chip, "dead", True), driver.ABSENT)


def test_a_shorted_data_line_is_not_a_current_of_zero():
    gone(lambda desk: setattr(desk.bus, "held", True), driver.ABSENT)


def test_the_wrong_spi_phase_is_noticed():
    gone(lambda desk: None, driver.ABSENT, phase=0)


def test_a_conversion_that_never_ends_is_stuck():
    gone(lambda desk: setattr(desk.chip, "never_ready", True), driver.STUCK)


def test_a_converter_that_gives_one_code_for_ever_fails_its_own_test():
    for code in (0, 4194304, 8388607, -8388608):
        gone(lambda desk, code=code: setattr(desk.chip, "stuck_code", code), driver.SELF_TEST)


def test_a_sagging_supply_fails_the_test_of_the_converter():
    gone(lambda desk: setattr(desk.chip, "supply_uv", 2700000), driver.SELF_TEST)


def test_a_slow_oscillator_is_waited_for_and_a_broken_one_is_not():
    desk = Desk()
    desk.current_ma(0, 12)
    desk.chip.slow_percent = 10
    assert measured(desk.loops())[0].status == 0
    desk.chip.slow_percent = 40
    assert measured(desk.loops())[0].status == status.INSTRUMENT_FAULT


def test_a_chip_that_comes_back_is_believed_again():
    desk = Desk()
    desk.current_ma(0, 12)
    loops = desk.loops()
    desk.chip.dead = True
    assert measured(loops)[0].value == MISSING_I32
    desk.chip.dead = False
    assert measured(loops)[0].status == 0
    assert loops.fault == driver.NO_FAULT


trial.run(globals())
