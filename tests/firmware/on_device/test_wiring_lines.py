"""Instruments on the second line: from the input table through simulated probe and driver to values."""

import trial
from wired import gone, same, together

from firmware.drivers import driver
from seepline.wire import status
from seepline.wire.record import ScalarChannel

TILT = ["tilt", 0x100, "f32_low_first", 1, 1]
STRING = {"driver": "modbus", "at": ["1:0"], "address": 3, "fields": [TILT]}
KELLER = {"driver": "modbus", "at": ["1:0", "1:1"], "address": 4}
KELLER["fields"] = [["pressure", 2, "f32", 100, 1], ["temperature", 8, "i32", 1, 100]]
SDI12 = {"driver": "sdi12", "at": ["1:0", "1:1"], "address": "3", "fields": ["pressure", "", "temperature"]}


def test_each_reads_what_is_in_the_table():
    same(("tilt",), STRING, [(-123456,), (3,), (8999999,)])
    same(("pressure", "temperature"), KELLER, [(1013251, -12340), (650000, 99990)])
    same(("pressure", "temperature"), SDI12, [(1013251, -12345), (650001, 7)])


def test_what_the_table_says_is_wrong_is_wrong_with_the_sensor_and_the_driver_finds_it():
    bad = status.INSTRUMENT_FAULT
    gone(("tilt",), STRING, [""], [status.MISSING], driver.NO_ANSWER)
    gone(("pressure", "temperature"), KELLER, ["", "20000"], [bad, 0], driver.SENTINEL)
    gone(("pressure", "temperature"), KELLER, ["1013250", ""], [0, bad], driver.SENTINEL)
    gone(("pressure", "temperature"), KELLER, ["", ""], [status.MISSING] * 2, driver.NO_ANSWER)
    gone(("pressure", "temperature"), SDI12, ["", ""], [status.MISSING] * 2, driver.NO_ANSWER)
    gone(("pressure", "temperature"), SDI12, ["", "20000"], [bad, 0], driver.SENTINEL)


def test_probes_that_share_a_line_are_measured_at_once():
    probe = dict(STRING, address=9, at=["1:1"])
    _, found = together(("tilt", "tilt"), ["123", "-456"], [STRING, probe])
    assert found == [[ScalarChannel(0, 123)], [ScalarChannel(0, -456)]]
    other = dict(SDI12, address="b", at=["1:2", None])
    _, found = together(("pressure", "temperature", "pressure"), ["1013250", "7000", "650000"], [SDI12, other])
    assert [one.value for one in found[0]] == [1013250, 7000]
    assert found[1][0] == ScalarChannel(0, 650000)


def test_two_instruments_of_one_address_are_silent_only_together():
    air = dict(KELLER, at=["1:0"], fields=KELLER["fields"][:1])
    warmth = dict(KELLER, at=["1:1"], fields=KELLER["fields"][1:])
    _, found = together(("pressure", "temperature"), ["", "20000"], [air, warmth])
    assert [one[0].status for one in found] == [status.INSTRUMENT_FAULT, 0]


trial.run(globals())
