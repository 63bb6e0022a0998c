"""An ADS1115 in the place of an ADS1220, named in the configuration: from the input table to values."""

import trial
from wired import Board, gone, same, together

from firmware.config import settings
from firmware.drivers import driver
from firmware.settings import ConfigError
from seepline.wire import status

LOOP = {"driver": "current_loop", "at": ["1:0"], "converter": 2, "inputs": [2], "shunt_mohm": 90900}
LOOP.update({"fault_low_ua": 3600, "fault_high_ua": 21000})
BEAD = {"driver": "thermistor_bridge", "at": ["1:1"], "converter": 2, "inputs": [0], "fixed_mohm": 4990000}
BEAD.update({"short_mohm": 150000, "open_mohm": 110000000})
WIRE = {"driver": "vibrating_wire", "at": ["0:0"], "coil": 1, "lowest_hz": 400, "highest_hz": 6000}
WIRE.update({"nanovolt_per_count": 100, "converter": 5})


def test_loops_and_thermistors_read_what_is_in_the_table_at_each_address():
    for converter in (2, 3, 4, 5):
        same(("current",), dict(LOOP, converter=converter), [(400000,), (1234567,), (1999999,)], near=100)
    same(("resistance",), dict(BEAD, at=["1:0"]), [(5781000,), (2900123,)], near=2500)


def test_both_on_one_chip_are_measured_in_one_scan():
    _, (loop, bead) = together(("current", "resistance"), ["1200000", "3000000"], [LOOP, BEAD])
    assert (loop[0].status, bead[0].status) == (0, 0)
    assert abs(loop[0].value - 1200000) <= 100
    assert abs(bead[0].value - 3000000) <= 1100


def test_the_thermistor_of_a_coil_is_read_at_it():
    found = Board([["2923456/5781000/900/2000/4000/500/12"]], ("vw",), [WIRE]).scan()[0]
    assert found.status == 0
    assert abs(found.frequency_mhz - 2923456) <= 5
    assert abs(found.thermistor_mohm - 5781000) <= 2500


def test_what_is_wrong_with_the_sensor_and_with_the_chip_is_found():
    gone(("current",), LOOP, [""], [status.LOOP_FAULT])
    gone(("resistance",), dict(BEAD, at=["1:0"]), [""], [status.THERMISTOR_OPEN])
    gone(("resistance",), dict(BEAD, at=["1:0"]), ["/128"], [status.THERMISTOR_SHORT])
    board = Board([["1200000"]], ("current",), [LOOP])
    board.bench.converter(2).dead = True
    assert [one.status for one in board.scan()] == [status.NOT_FITTED]
    assert board.fitted[0].driver.fault == driver.ABSENT


def test_input_3_is_left_to_the_supply_of_bridges():
    block = {"block": 1, "payload": "scalar", "slots": ["current"]}
    config = {"logger_id": 1, "address": 2, "baud": 9600, "scan_s": 900, "blocks": [block]}
    config["instruments"] = [dict(LOOP, inputs=[3])]
    said = trial.raises(ConfigError, settings, config)
    assert said.startswith("instruments[0].inputs is [3], expected 0 to 2: input 3 of an ADS1115"), said
    config["instruments"] = [dict(LOOP, inputs=[3], converter=1)]
    assert settings(config).instruments[0].options["converter"] == 1
    config["instruments"] = [dict(LOOP, converter=6)]
    assert "converter is 6, expected a whole number from 0 to 5" in trial.raises(ConfigError, settings, config)


trial.run(globals())
