"""Instruments of a configuration on the simulated board: from the input table through chip and driver to values."""

import asyncio
import os

import trial

from firmware.config import settings
from firmware.drivers import driver
from firmware.wiring import fit
from seepline.wire import status
from seepline.wire.record import MISSING_I32, MISSING_U32, ScalarChannel
from simulator.device.bench import Bench
from simulator.device.table import InputTable

START_S = 1450425600
PATH = "wiring-test.tmp"

LOOP = {"driver": "current_loop", "at": ["1:0"], "inputs": [2], "shunt_mohm": 90900, "fault_low_ua": 3600}
LOOP["fault_high_ua"] = 21000
BEAD = {"driver": "thermistor_bridge", "at": ["1:0"], "inputs": [1], "fixed_mohm": 4990000, "short_mohm": 150000}
BEAD["open_mohm"] = 110000000
TILT = ["tilt", 0x100, "f32_low_first", 1, 1]
STRING = {"driver": "modbus", "at": ["1:0"], "address": 3, "fields": [TILT]}
KELLER = {"driver": "modbus", "at": ["1:0", "1:1"], "address": 4}
KELLER["fields"] = [["pressure", 2, "f32", 100, 1], ["temperature", 8, "i32", 1, 100]]
SDI12 = {"driver": "sdi12", "at": ["1:0", "1:1"], "address": "3", "fields": ["pressure", "", "temperature"]}
BOX = {"driver": "inclinometer", "at": ["1:0", "1:1", "1:2"]}
MASS = {"driver": "accelerometer", "at": ["1:0"], "trigger_ug": 20000, "end_ug": 5000}
AIR = {"driver": "barometer", "at": ["1:0", "1:1"]}
DAMP = {"driver": "humidity", "at": ["1:0", None]}
RAIN = {"driver": "tipping_bucket", "at": ["1:0"], "closest_tips_ms": 300}
REED = dict(RAIN, bounce_ms=10, counter=1)
POWER = {"driver": "supply", "at": ["1:0"], "upper_ohm": 470000, "lower_ohm": 100000, "noise_uv": 20000}
WIRE = {"driver": "vibrating_wire", "at": ["0:0"], "coil": 1, "lowest_hz": 400, "highest_hz": 6000}
WIRE["nanovolt_per_count"] = 100


class Clock:
    def __init__(self):
        self.now_s = START_S

    def utc_ms(self):
        return 1000 * self.now_s

    def uptime_ms(self):
        return 1000 * (self.now_s - START_S)


class Board:
    """A board that is nothing but sockets."""

    def __init__(self, rows, kinds, instruments):
        blocks = [{"block": 1, "payload": "scalar", "slots": list(kinds)}]
        if kinds == ("vw",):
            blocks = [{"block": 0, "payload": "vw", "slots": ["vw", "vw"]}]
        with open(PATH, "w") as file:
            file.write("utc_s,0:0,0:1,1:0,1:1,1:2\n")
            for number, row in enumerate(rows):
                cells = row if kinds == ("vw",) else ["", ""] + row
                file.write("%d,%s\n" % (START_S + 900 * number, ",".join(cells + [""] * (5 - len(cells)))))
        config = {"logger_id": 1, "address": 2, "baud": 9600, "scan_s": 900, "blocks": blocks}
        self.settings = settings(dict(config, instruments=instruments))
        self.clock = Clock()
        self.bench = Bench(self.settings, InputTable(PATH, 900), self.clock)
        os.remove(PATH)
        self.fitted = fit(self, self.settings)

    def sockets(self, settings):
        return self.bench

    def scan(self, number=0):
        self.clock.now_s = START_S + 900 * number
        return asyncio.run(self.fitted[0].driver.measure())


def cells(*values):
    return [str(value) for value in values]


def same(kinds, instrument, rows, near=0):
    """Check that channels are what the table says, to `near` units of the wire."""
    board = Board([cells(*row) for row in rows], kinds, [instrument])
    for number, row in enumerate(rows):
        found = board.scan(number)
        for one, wanted in zip(found, row):
            assert one.status == 0, (instrument["driver"], one)
            assert abs(one.value - wanted) <= near, (instrument["driver"], one, wanted)


def test_every_kind_of_instrument_reads_what_is_in_the_table():
    same(("current",), LOOP, [(400000,), (1234567,), (1999999,)])
    same(("resistance",), BEAD, [(5781000,), (2900123,)], near=10)
    same(("tilt",), STRING, [(-123456,), (3,), (8999999,)])
    same(("pressure", "temperature"), KELLER, [(1013251, -12340), (650000, 99990)])
    same(("pressure", "temperature"), SDI12, [(1013251, -12345), (650001, 7)])
    same(("tilt", "tilt", "temperature"), BOX, [(123456, -654321, 12345)], near=600)
    same(("pressure", "temperature"), AIR, [(1013250, 20070), (652340, -31230), (980000, 5)], near=10)
    same(("temperature",), MASS, [(-12345,), (25000,)], near=120)
    same(("humidity",), DAMP, [(45678,), (99000,)], near=3)
    same(("pulses",), RAIN, [(0,), (7,), (250,), (0,)])
    same(("pulses",), REED, [(0,), (7,), (250,), (0,)])
    same(("voltage",), POWER, [(12345000,), (8000000,)], near=5700)


def test_a_wire_rings_in_its_coil_and_its_thermistor_is_read_beside_it():
    rows = [["2923456/5781000/900/2000/4000/500/12"], ["2850000/2999000/300//3000//"]]
    board = Board(rows, ("vw",), [WIRE])
    first, second = [board.scan(number)[0] for number in range(2)]
    third = Board([["812345//"]], ("vw",), [dict(WIRE, coil=0)]).scan()[0]
    assert (first.status, second.status) == (0, 0)
    assert abs(first.frequency_mhz - 2923456) <= 5, first
    assert abs(first.agreement_mhz - 12) <= 5
    assert abs(second.frequency_mhz - 2850000) <= 5
    assert abs(first.thermistor_mohm - 5781000) <= 10
    assert abs(first.amplitude_uv - 900) <= 30
    assert abs(first.decay_e4 - 4000) <= 100
    assert abs(third.frequency_mhz - 812345) <= 20, third
    assert (third.status, third.thermistor_mohm) == (status.THERMISTOR_OPEN, MISSING_U32)


def gone(kinds, instrument, row, expected, fault=None):
    board = Board([row], kinds, [instrument])
    found = board.scan()
    assert [one.status for one in found] == expected, (instrument["driver"], found)
    if fault is not None:
        assert board.fitted[0].driver.fault == fault, board.fitted[0].driver.fault
    return found


def test_what_the_table_says_is_wrong_is_wrong_with_the_sensor_and_the_driver_finds_it():
    bad = status.INSTRUMENT_FAULT
    assert gone(("current",), LOOP, [""], [status.LOOP_FAULT])[0].value == 0
    assert gone(("current",), LOOP, ["350000/4"], [status.LOOP_FAULT])[0].value == 350000
    gone(("resistance",), BEAD, [""], [status.THERMISTOR_OPEN])
    gone(("resistance",), BEAD, ["/128"], [status.THERMISTOR_SHORT])
    gone(("tilt",), STRING, [""], [status.MISSING], driver.NO_ANSWER)
    gone(("pressure", "temperature"), KELLER, ["", "20000"], [bad, 0], driver.SENTINEL)
    gone(("pressure", "temperature"), KELLER, ["1013250", ""], [0, bad], driver.SENTINEL)
    gone(("pressure", "temperature"), SDI12, ["", ""], [status.MISSING] * 2, driver.NO_ANSWER)
    gone(("pressure", "temperature"), SDI12, ["", "20000"], [bad, 0], driver.SENTINEL)
    gone(("tilt", "tilt", "temperature"), BOX, ["", "", ""], [status.NOT_FITTED] * 3, driver.ABSENT)
    gone(("tilt", "tilt", "temperature"), BOX, ["5/1024", "5", "5"], [bad] * 3, driver.SELF_TEST)
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


def test_a_wire_that_does_not_answer_and_a_cut_cable():
    found = gone(("vw",), WIRE, ["/5781000//////2"], [status.NO_SIGNAL])
    assert found[0].frequency_mhz == MISSING_U32
    assert abs(found[0].thermistor_mohm - 5781000) <= 10
    gone(("vw",), WIRE, [""], [status.NO_SIGNAL | status.THERMISTOR_OPEN])
    gone(("vw",), WIRE, ["2900000///////128"], [status.THERMISTOR_SHORT])


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


def together(kinds, row, instruments):
    board = Board([row], kinds, instruments)

    async def all_of_them():
        return await asyncio.gather(*[one.driver.measure() for one in board.fitted])

    return board, asyncio.run(all_of_them())


def test_instruments_that_share_a_bus_are_measured_at_once():
    probe = dict(STRING, address=9, at=["1:1"])
    _, found = together(("tilt", "tilt"), ["123", "-456"], [STRING, probe])
    assert found == [[ScalarChannel(0, 123)], [ScalarChannel(0, -456)]]
    second = dict(WIRE, coil=3, at=["0:1"])
    board, found = together(("vw",), ["2900000/5000000/", "3100000/6000000/"], [WIRE, second])
    for (one,), mhz, mohm in zip(found, (2900000, 3100000), (5000000, 6000000)):
        assert abs(one.frequency_mhz - mhz) <= 5, found
        assert abs(one.thermistor_mohm - mohm) <= 10, found
    assert board.fitted[0].places == ((0, 0),)


def test_a_reading_that_is_given_up_leaves_the_front_end_to_the_next_coil():
    board, _ = together(("vw",), ["2900000//", "3100000//"], [WIRE, dict(WIRE, coil=3, at=["0:1"])])
    coil = board.bench.vibrating_wire_bus(1)

    async def hang(ms):
        await asyncio.sleep(100)

    async def given_up():
        coil.pause_ms = hang
        task = asyncio.create_task(board.fitted[0].driver.measure())
        await asyncio.sleep(0.01)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        return await asyncio.wait_for(board.fitted[1].driver.measure(), 5)

    found = asyncio.run(given_up())
    assert abs(found[0].frequency_mhz - 3100000) <= 5


def test_no_sensor_is_a_value():
    assert MISSING_I32 not in [one.value for one in Board([["5"]], ("tilt",), [STRING]).scan()]


trial.run(globals())
