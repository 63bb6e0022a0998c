"""Instruments on the board itself: from the input table through simulated chip and driver to values."""

import trial
from wired import Board, gone, same

from firmware.drivers import driver
from seepline.wire import status
from seepline.wire.record import ScalarChannel

LOOP = {"driver": "current_loop", "at": ["1:0"], "inputs": [2], "shunt_mohm": 90900, "fault_low_ua": 3600}
LOOP["fault_high_ua"] = 21000
BEAD = {"driver": "thermistor_bridge", "at": ["1:0"], "inputs": [1], "fixed_mohm": 4990000, "short_mohm": 150000}
BEAD["open_mohm"] = 110000000
BOX = {"driver": "inclinometer", "at": ["1:0", "1:1", "1:2"]}
MASS = {"driver": "accelerometer", "at": ["1:0"], "trigger_ug": 20000, "end_ug": 5000}
AIR = {"driver": "barometer", "at": ["1:0", "1:1"]}
DAMP = {"driver": "humidity", "at": ["1:0", None]}
RAIN = {"driver": "tipping_bucket", "at": ["1:0"], "closest_tips_ms": 300}
REED = dict(RAIN, bounce_ms=10, counter=1)
POWER = {"driver": "supply", "at": ["1:0"], "upper_ohm": 470000, "lower_ohm": 100000, "noise_uv": 20000}


def test_each_reads_what_is_in_the_table():
    same(("current",), LOOP, [(400000,), (1234567,), (1999999,)])
    same(("resistance",), BEAD, [(5781000,), (2900123,)], near=10)
    same(("tilt", "tilt", "temperature"), BOX, [(123456, -654321, 12345)], near=600)
    same(("temperature",), MASS, [(-12345,), (25000,)], near=120)
    same(("pressure", "temperature"), AIR, [(1013250, 20070), (652340, -31230), (980000, 5)], near=10)
    same(("humidity",), DAMP, [(45678,), (99000,)], near=3)
    same(("pulses",), RAIN, [(0,), (7,), (250,), (0,)])
    same(("pulses",), REED, [(0,), (7,), (250,), (0,)])
    same(("voltage",), POWER, [(12345000,), (8000000,)], near=5700)


def test_what_the_table_says_is_wrong_is_wrong_with_the_sensor_and_the_driver_finds_it():
    bad = status.INSTRUMENT_FAULT
    assert gone(("current",), LOOP, [""], [status.LOOP_FAULT])[0].value == 0
    assert gone(("current",), LOOP, ["350000/4"], [status.LOOP_FAULT])[0].value == 350000
    gone(("resistance",), BEAD, [""], [status.THERMISTOR_OPEN])
    gone(("resistance",), BEAD, ["/128"], [status.THERMISTOR_SHORT])
    gone(("tilt", "tilt", "temperature"), BOX, ["", "", ""], [status.NOT_FITTED] * 3, driver.ABSENT)
    gone(("tilt", "tilt", "temperature"), BOX, ["5/1024", "5", "5"], [bad] * 3, driver.SELF_TEST)
    gone(("temperature",), MASS, [""], [status.NOT_FITTED], driver.ABSENT)
    gone(("pressure", "temperature"), AIR, ["", ""], [status.NOT_FITTED] * 2, driver.ABSENT)
    gone(("pressure", "temperature"), AIR, ["1013250/1024", "20000"], [bad] * 2, driver.STUCK)
    gone(("humidity",), DAMP, [""], [status.NOT_FITTED] * 2, driver.ABSENT)
    gone(("voltage",), POWER, [""], [bad], driver.STUCK)


def test_a_closed_reed_is_found_at_the_second_scan():
    board = Board([["0/1024"], ["0/1024"]], ("pulses",), [RAIN])
    assert board.scan(0) == [ScalarChannel(0, 0)]
    assert [one.status for one in board.scan(1)] == [status.INSTRUMENT_FAULT]


def test_rain_of_a_scan_that_was_missed_is_in_the_next_and_none_counts_twice():
    board = Board([["1"], ["2"], ["4"], ["0"]], ("pulses",), [RAIN])
    assert [board.scan(number)[0].value for number in (0, 0, 2, 3)] == [1, 0, 6, 0]


def test_a_sensor_without_its_supply_is_not_there():
    board = Board([["1200000"], ["1200000"]], ("current",), [dict(LOOP, power=2)])
    assert [one.status for one in board.scan()] == [status.LOOP_FAULT]
    board.bench.power(2, True)
    assert board.scan() == [ScalarChannel(0, 1200000)]
    board.bench.power(2, False)
    assert [one.status for one in board.scan()] == [status.LOOP_FAULT]


def test_after_the_last_row_nothing_is_there():
    board = Board([["1200000"]], ("current",), [LOOP])
    assert board.scan(0) == [ScalarChannel(0, 1200000)]
    assert [one.status for one in board.scan(1)] == [status.LOOP_FAULT]


trial.run(globals())
