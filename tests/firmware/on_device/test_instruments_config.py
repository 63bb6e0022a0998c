"""The instruments and triggers of a configuration; apart from test_config.py, for want of room in 100 k."""

import trial

from firmware.config import ConfigError, settings

CONFIG = {"logger_id": 116002, "address": 2, "baud": 115200, "scan_s": 900}
BLOCKS = [
    {"block": 0, "payload": "vw", "slots": ["vw", "vw"]},
    {"block": 1, "payload": "scalar", "slots": ["current", "pressure", "voltage"]},
]
LOOP = {"driver": "current_loop", "at": ["1:0"], "inputs": [0], "shunt_mohm": 90900, "fault_low_ua": 3600}
LOOP["fault_high_ua"] = 21000
WIRE = {"driver": "vibrating_wire", "at": ["0:1"], "coil": 0, "lowest_hz": 400, "highest_hz": 6000}
WIRE["nanovolt_per_count"] = 100
AIR = {"driver": "barometer", "at": ["1:1", None], "scan_s": 1800, "retries": 2, "power": 3}


def changed(**changes):
    table = dict(CONFIG, blocks=BLOCKS)
    table.update(changes)
    return table


def fitted(*instruments, **changes):
    return settings(changed(instruments=list(instruments), **changes))


def unread(instruments):
    return trial.raises(ConfigError, settings, changed(instruments=instruments))


def unfit(instrument, **changes):
    return trial.raises(ConfigError, fitted, dict(instrument, **changes))


def test_instruments_are_read_with_their_places_and_defaults():
    loop, wire, air = fitted(LOOP, WIRE, AIR).instruments
    assert (loop.driver, loop.places, loop.scan_s, loop.retries, loop.power) == (
        "current_loop",
        ((1, 0),),
        900,
        0,
        None,
    )
    assert (loop.options["converter"], loop.options["inputs"]) == (0, [0])
    assert wire.places == ((0, 1),)
    assert (air.places, air.scan_s, air.retries, air.power) == (((1, 1), None), 1800, 2, 3)


def test_each_fault_of_an_instrument_is_named():
    for instrument, changes, expected in (
        (LOOP, {"driver": "loops"}, "instruments[0].driver is 'loops', expected one of "),
        (
            LOOP,
            {"inputs": [4]},
            "instruments[0].inputs is [4], expected a list of different whole numbers from 0 to 3",
        ),
        (LOOP, {"shunt_mohm": True}, "instruments[0].shunt_mohm is True, expected a whole number from 1000 to"),
        (LOOP, {"shunt_mohm": 100000}, "shunt_mohm is 100000, expected a shunt with less than 2.048 V"),
        (LOOP, {"shunt": 5}, "instruments[0].shunt is 5, expected one of the options converter, "),
        (LOOP, {"at": ["1:1"]}, "instruments[0].at puts current into 1:1, which is for pressure"),
        (
            LOOP,
            {"at": ["1:3"]},
            "instruments[0].at names '1:3', expected <block>:<slot> out of the blocks, or null",
        ),
        (LOOP, {"at": [7]}, "instruments[0].at names 7, expected"),
        (LOOP, {"at": ["1:0", None]}, "expected a list of 1 places, one for each of current"),
        (LOOP, {"at": None}, "instruments[0].at is None, expected a list of 1"),
        (LOOP, {"scan_s": 1000}, "instruments[0].scan_s is 1000, expected a multiple of the logger's 900"),
        (LOOP, {"scan_s": 60}, "instruments[0].scan_s is 60, expected a whole number from 900 to 86400"),
        (LOOP, {"retries": 9}, "instruments[0].retries is 9, expected a whole number from 0 to 5"),
        (LOOP, {"power": 4}, "instruments[0].power is 4, expected a whole number from 0 to 3"),
        (AIR, {"at": [None, None]}, "expected a place for one channel at least"),
        (AIR, {"address": 5}, "instruments[0].address is 5, expected one of 118, 119"),
        (WIRE, {"highest_hz": 400}, "instruments[0].highest_hz is 400, expected more than lowest_hz"),
        (WIRE, {"at": ["1:0"]}, "instruments[0].at puts vw into 1:0, which is for current"),
    ):
        said = unfit(instrument, **changes)
        assert expected in said, said
    lacking = dict(LOOP)
    del lacking["fault_low_ua"]
    assert unfit(lacking) == "instruments[0] lacks fault_low_ua, expected a whole number from 0 to 4000"
    for odd in (5, {}, "", None):
        assert "instruments is %r, expected a list" % (odd,) in unread(odd)
    assert "instruments[0].driver is []" in unread([{"driver": []}])
    assert "instruments[0].driver is 5" in unread([5])


def test_two_instruments_take_neither_one_place_nor_one_thing_of_the_board():
    said = trial.raises(ConfigError, fitted, LOOP, dict(LOOP, inputs=[1]))
    assert said == "instruments[1].at fills 1:0, expected a place that instruments[0] does not fill"
    said = trial.raises(ConfigError, fitted, WIRE, dict(WIRE, at=["0:0"]))
    assert said == "instruments[1] takes coil 0, expected one that instruments[0] does not take otherwise"
    bead = {"driver": "thermistor_bridge", "at": ["1:0"], "converter": 1, "inputs": [0], "fixed_mohm": 4990000}
    bead.update({"short_mohm": 150000, "open_mohm": 110000000})
    slots = ["resistance", "pressure", "voltage"]
    blocks = [BLOCKS[0], dict(BLOCKS[1], slots=slots)]
    clash = changed(blocks=blocks, instruments=[WIRE, bead])
    assert "takes input 0 of converter 1" in trial.raises(ConfigError, settings, clash)


def test_the_second_line_speaks_one_language_at_one_rate():
    probe = {"driver": "modbus", "at": ["1:0"], "address": 3, "fields": [["current", 0, "i16", 1, 1]]}
    other = {"driver": "modbus", "at": ["1:1"], "address": 4, "fields": [["pressure", 0, "f32", 100, 1]]}
    talker = {"driver": "sdi12", "at": ["1:2"], "address": "0", "fields": ["voltage"]}
    assert len(fitted(probe, other).instruments) == 2
    assert "the second UART" in trial.raises(ConfigError, fitted, probe, dict(other, baud=19200))
    assert "the second UART" in trial.raises(ConfigError, fitted, probe, talker)
    for key, value in (
        ("fields", [["current", 0, "i16", 1]]),
        ("fields", [["colour", 0, "i16", 1, 1]]),
        ("fields", [[["current"], 0, "i16", 1, 1]]),
        ("fields", [["current", 0, {}, 1, 1]]),
        ("fields", [["current", 0, "i24", 1, 1]]),
        ("fields", [["current", 0, "i16", 1, 0]]),
        ("fields", []),
        ("trigger", [1, 2]),
        ("parity", "mark"),
    ):
        assert "instruments[0].%s is" % key in unfit(probe, **{key: value}), value
    for key, value in (
        ("address", "10"),
        ("address", "!"),
        ("fields", ["", ""]),
        ("fields", "voltage"),
        ("command", "R"),
    ):
        assert "instruments[0].%s is" % key in unfit(talker, **{key: value}), value


def triggered(trigger):
    return settings(changed(triggers=[trigger])).triggers


def test_triggers_are_read_and_checked():
    assert triggered({"at": "1:0", "above": 1200000}) == (((1, 0), "above", 1200000, 10),)
    assert triggered({"at": "0:1", "rate_per_min": 500, "minutes": 30}) == (((0, 1), "rate_per_min", 500, 30),)
    for trigger, expected in (
        ({"at": "1:0"}, "expected at and one of above, below, rate_per_min"),
        ({"at": "1:0", "above": 1, "below": 2}, "expected at and one of above, below, rate_per_min"),
        ({"at": "2:0", "above": 1}, "triggers[0].at names '2:0', expected <block>:<slot>"),
        ({"at": "1:0", "above": "1"}, "triggers[0].above is '1', expected a whole number"),
        ({"at": "1:0", "above": None}, "triggers[0].above is null"),
        ({"at": "1:0", "rate_per_min": 0}, "triggers[0].rate_per_min is 0, expected a whole number from 1"),
        (
            {"at": "1:0", "above": 1, "minutes": 61},
            "triggers[0].minutes is 61, expected a whole number from 1 to 60",
        ),
        ({"at": "1:0", "above": 1, "hours": 1}, "triggers[0] has the unknown key hours"),
        (5, "triggers[0] is 5"),
    ):
        said = trial.raises(ConfigError, triggered, trigger)
        assert expected in said, said


trial.run(globals())
