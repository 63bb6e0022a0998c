import asyncio

import trial

from firmware.drivers import driver, load, sht4x
from seepline.wire import status
from seepline.wire.record import ScalarChannel, missing_scalar
from simulator.chips.buses import I2cBus
from simulator.chips.desk_time import DeskTime
from simulator.chips.sht4x import Sht4xChip


class Box:
    def __init__(self):
        self.time, self.bus = DeskTime(), I2cBus()
        self.chip = Sht4xChip(self.time)
        self.bus.attach(sht4x.ADDRESS, self.chip)
        self.sensor = load("humidity")(self.bus, self.time.pause)


def measured(box):
    return asyncio.run(box.sensor.measure())


def fails(box, code, bits):
    assert measured(box) == [missing_scalar(bits)] * 2
    assert box.sensor.fault == code, box.sensor.fault


def test_the_crc_example_of_the_data_sheet():
    assert sht4x.crc8(b"\xbe\xef") == 0x92


def test_humidity_and_temperature_by_the_formulas_of_the_data_sheet():
    box = Box()
    assert measured(box) == [ScalarChannel(0, 44999), ScalarChannel(0, 22001)]
    assert box.time.ms() <= box.sensor.MEASURE_MS
    box.chip.code_humidity, box.chip.code_temperature = 55574, 3745  # 100.0003 %, -35.0 degC
    assert measured(box)[1] == ScalarChannel(0, -35000)


def test_humidity_beyond_its_ends_is_the_end_and_says_so():
    box = Box()
    for code, value in ((65535, 100000), (55600, 100000), (3145, 0), (0, 0)):
        box.chip.code_humidity = code
        assert measured(box)[0] == ScalarChannel(status.CLIPPED, value), code
    for code, value in ((55573, 99999), (3146, 1)):
        box.chip.code_humidity = code
        assert measured(box)[0] == ScalarChannel(0, value), code


def test_one_flipped_bit_anywhere_in_the_answer_is_a_wrong_crc():
    for bit in range(48):
        box = Box()
        box.chip.flip_bit = bit
        fails(box, driver.BAD_CRC, status.MISSING)


def test_a_temperature_that_the_chip_cannot_measure_takes_both_values_away():
    for code in (0, 1871, 63665, 65535):
        box = Box()
        box.chip.code_temperature = code
        fails(box, driver.SELF_TEST, status.INSTRUMENT_FAULT)
    for code in (1873, 63662):
        box = Box()
        box.chip.code_temperature = code
        assert measured(box)[1].status == 0, code


def test_absent_is_not_fitted_and_a_conversion_that_never_ends_is_stuck():
    box = Box()
    box.chip.dead = True
    fails(box, driver.ABSENT, status.NOT_FITTED)
    box = Box()
    box.bus.held = True
    fails(box, driver.STUCK, status.INSTRUMENT_FAULT)
    box = Box()
    box.chip.never_ready = True
    fails(box, driver.STUCK, status.INSTRUMENT_FAULT)


def test_too_short_a_wait_is_no_reading():
    box = Box()

    async def pause(ms):
        await box.time.pause(ms // 2)

    box.sensor = sht4x.Sht4x(box.bus, pause)
    fails(box, driver.STUCK, status.INSTRUMENT_FAULT)


def test_a_sensor_that_dies_leaves_nothing_behind_and_comes_back():
    box = Box()
    measured(box)
    box.chip.dead = True
    fails(box, driver.ABSENT, status.NOT_FITTED)
    box.chip.dead = False
    assert measured(box)[0] == ScalarChannel(0, 44999)


trial.run(globals())
