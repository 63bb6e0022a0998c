import asyncio

import trial

from firmware.drivers import driver, ms5611, scl3300
from firmware.drivers.ms5611 import Ms5611
from firmware.drivers.scl3300 import Scl3300
from firmware.drivers.spi import SpiDevice
from seepline.wire import status
from seepline.wire.record import ScalarChannel, missing_scalar
from simulator.chips.buses import I2cBus, SpiBus
from simulator.chips.desk_time import DeskTime
from simulator.chips.ms5611 import EXAMPLE_PROM, Ms5611Chip
from simulator.chips.scl3300 import Scl3300Chip

# Command words that public drivers quote from the SCL3300 data sheet, CRC included
COMMANDS = (
    0x240000C7,
    0x280000CD,
    0x2C0000CB,
    0x140000EF,
    0x180000E5,
    0x1C0000E3,
    0xB0001F6F,
    0xB400001F,
    0xB4002098,
)


class Tilt:
    def __init__(self):
        self.time, self.bus = DeskTime(), SpiBus()
        self.chip = Scl3300Chip(self.time)
        self.chip.code_x, self.chip.code_y = 1820, -182
        device = SpiDevice(self.bus, self.bus.attach(self.chip), scl3300.SPI_BAUD, scl3300.SPI_PHASE)
        self.sensor = Scl3300(device, self.time.pause)


class Baro:
    def __init__(self):
        self.time, self.bus = DeskTime(), I2cBus()
        self.chip = Ms5611Chip(self.time)
        self.bus.attach(ms5611.ADDRESS, self.chip)
        self.sensor = Ms5611(self.bus, self.time.pause)


def measured(desk):
    return asyncio.run(desk.sensor.measure())


BITS = {
    driver.SELF_TEST: status.INSTRUMENT_FAULT,
    driver.STUCK: status.INSTRUMENT_FAULT,
    driver.ABSENT: status.NOT_FITTED,
}


def fails(desk, code):
    bits = BITS.get(code, status.MISSING)
    assert measured(desk) == [missing_scalar(bits)] * len(desk.sensor.CHANNELS)
    assert desk.sensor.fault == code, desk.sensor.fault


def test_the_crc_of_the_published_command_words():
    for word in COMMANDS:
        body = word.to_bytes(4, "big")
        assert scl3300.frame(body[0], body[1] << 8 | body[2]) == body, hex(word)


def test_tilt_is_ninety_degrees_in_16384_steps_with_its_sign():
    desk = Tilt()
    x, y, temperature = measured(desk)
    assert (x, y) == (ScalarChannel(0, 999756), ScalarChannel(0, -99976))
    assert temperature == ScalarChannel(0, 19963)
    assert desk.time.ms() <= desk.sensor.MEASURE_MS


def test_the_axes_are_not_swapped_by_the_answers_that_come_one_frame_later():
    desk = Tilt()
    measured(desk)
    desk.chip.code_x, desk.chip.code_y = 5, 0
    assert [one.value for one in measured(desk)[:2]] == [2747, 0]


def test_a_second_measurement_needs_no_new_start():
    desk = Tilt()
    measured(desk)
    before_ms = desk.time.ms()
    measured(desk)
    assert desk.time.ms() == before_ms


def test_a_brown_out_between_two_scans_is_started_again_and_never_read_as_level():
    desk = Tilt()
    first = measured(desk)
    desk.chip.brown_out()
    assert measured(desk) == first


def test_a_saturated_axis_is_clipped_and_keeps_its_value():
    desk = Tilt()
    desk.chip.status = 0x40
    x, y, temperature = measured(desk)
    assert (x, y) == (ScalarChannel(status.CLIPPED, 999756), ScalarChannel(status.CLIPPED, -99976))
    assert temperature.status == 0


def test_each_diagnosis_of_the_chip_itself_takes_the_reading_away():
    for bit in (0x01, 0x08, 0x10, 0x20, 0x80, 0x100):
        desk = Tilt()
        desk.chip.status = bit
        fails(desk, driver.SELF_TEST)
        assert desk.sensor.detail == bit


def test_one_flipped_bit_anywhere_in_a_frame_is_a_wrong_crc():
    for bit in range(32):
        desk = Tilt()
        desk.chip.flip_bit = bit
        fails(desk, driver.BAD_CRC)


def test_an_absent_inclinometer_is_not_fitted():
    desk = Tilt()
    desk.chip.dead = True
    fails(desk, driver.ABSENT)
    desk = Tilt()
    desk.bus.held = True
    fails(desk, driver.ABSENT)


def test_a_chip_that_repeats_one_good_frame_for_ever_is_found_out():
    desk = Tilt()
    desk.chip.frozen_frame = bytes([0x25, 7, 0x1C, scl3300.crc8(bytes([0x25, 7, 0x1C]))])
    fails(desk, driver.FOREIGN)


def test_another_chip_in_its_place_is_found_out():
    desk = Tilt()
    desk.chip.swapped_identity = True
    fails(desk, driver.FOREIGN)


def test_an_inclinometer_that_dies_after_a_good_reading_leaves_nothing_behind():
    desk = Tilt()
    measured(desk)
    desk.chip.dead = True
    fails(desk, driver.ABSENT)
    desk.chip.dead = False
    assert measured(desk)[0] == ScalarChannel(0, 999756)


def test_the_worked_example_of_the_ms5611_data_sheet():
    assert ms5611.compensated(list(EXAMPLE_PROM), 9085466, 8569150) == (100009, 2007)
    desk = Baro()
    assert measured(desk) == [ScalarChannel(0, 1000090), ScalarChannel(0, 20070)]
    assert desk.time.ms() <= desk.sensor.MEASURE_MS


def test_the_crc_example_of_application_note_520():
    assert ms5611.crc4([0x3132, 0x3334, 0x3536, 0x3738, 0x3940, 0x4142, 0x4344, 0x4500]) == 0xB
    assert ms5611.crc4(list(EXAMPLE_PROM)) == EXAMPLE_PROM[7] & 0xF


def test_cold_takes_the_second_order_and_great_cold_the_third_term():
    # Expected: the data sheet's formulas in floating point. Integer steps round by one or two.
    for d2, pressure_pa, temperature in ((8069150, 96512, 205), (7369150, 90615, -2710)):
        found = ms5611.compensated(list(EXAMPLE_PROM), 9085466, d2)
        assert abs(found[0] - pressure_pa) <= 2, found
        assert abs(found[1] - temperature) <= 1, found


def test_every_changed_bit_of_the_prom_is_a_wrong_crc():
    for bit in range(16, 112):
        desk = Baro()
        desk.chip.prom[bit // 16] ^= 1 << bit % 16
        fails(desk, driver.BAD_CRC)


def test_an_empty_prom_is_refused_although_its_crc_is_right():
    assert ms5611.crc4([0] * 8) == 0
    desk = Baro()
    desk.chip.prom = [0] * 8
    fails(desk, driver.BAD_CRC)


def test_an_absent_barometer_is_not_fitted_and_a_held_bus_is_stuck():
    desk = Baro()
    desk.chip.dead = True
    fails(desk, driver.ABSENT)
    desk = Baro()
    desk.bus.held = True
    fails(desk, driver.STUCK)


def test_a_conversion_that_does_not_end_or_is_at_its_end_is_stuck():
    for fault in ("never_converts", "saturated"):
        desk = Baro()
        setattr(desk.chip, fault, True)
        fails(desk, driver.STUCK)


def test_a_pressure_that_no_place_on_earth_has_fails():
    for d1 in (100, 16000000):
        desk = Baro()
        desk.chip.d1 = d1
        fails(desk, driver.SELF_TEST)


def test_too_short_a_wait_for_prom_or_conversion_is_no_pressure():
    for impatient_ms, code in ((ms5611.RESET_MS, driver.BAD_CRC), (ms5611.CONVERSION_MS, driver.STUCK)):
        desk = Baro()

        async def pause(ms, desk=desk, impatient_ms=impatient_ms):
            await desk.time.pause(ms // 2 if ms == impatient_ms else ms)

        desk.sensor = Ms5611(desk.bus, pause)
        fails(desk, code)


trial.run(globals())
