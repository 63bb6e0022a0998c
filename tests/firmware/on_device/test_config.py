import desk
import trial

from firmware.config import ConfigError, settings


def changed(**changes):
    table = dict(desk.CONFIG)
    table.update(changes)
    return table


def fault(**changes):
    return trial.raises(ConfigError, settings, changed(**changes))


def test_a_good_configuration_is_read():
    read = settings(desk.CONFIG)
    assert (read.logger_id, read.address, read.scan_s) == (116002, 2, 900)
    assert [(block.block, block.payload_type, len(block.slots)) for block in read.blocks] == [(0, 1, 2), (1, 2, 3)]


def test_each_fault_is_named_with_its_value_and_what_was_expected():
    assert fault(address=0) == "address is 0, expected a whole number from 1 to 247"
    assert fault(scan_s=9) == "scan_s is 9, expected a whole number from 10 to 86400"
    assert "'116002', expected" in fault(logger_id="116002")
    assert "True, expected" in fault(address=True)
    assert "unknown key colour" in fault(colour="red")
    assert "blocks is []" in fault(blocks=[])
    assert "twice" in fault(blocks=[desk.CONFIG["blocks"][0]] * 2)
    block = {"block": 0, "payload": "vw", "slots": ["vw"]}
    assert "blocks[0].payload is 'wv', expected scalar or vw" in fault(blocks=[dict(block, payload="wv")])
    assert "blocks[0].slots" in fault(blocks=[dict(block, slots=["vw"] * 5)])
    assert "blocks[0].block is 16" in fault(blocks=[dict(block, block=16)])
    assert "blocks[0] is 3" in fault(blocks=[3])
    del block["slots"]
    assert "blocks[0] lacks slots" in fault(blocks=[block])


def test_what_is_not_said_has_its_default():
    read = settings(desk.CONFIG)
    assert (read.parity, read.mode, read.window_s, read.mains_hz) == ("none", "continuous", 5, 50)
    assert (read.instruments, read.triggers) == ((), ())


def test_what_is_said_is_checked():
    read = settings(changed(parity="even", mode="window", window_s=20, mains_hz=60))
    assert (read.parity, read.mode, read.window_s, read.mains_hz) == ("even", "window", 20, 60)
    assert fault(parity="mark") == "parity is 'mark', expected one of none, even, odd"
    assert fault(mode=1) == "mode is 1, expected one of continuous, window"
    assert fault(window_s=2) == "window_s is 2, expected a whole number from 5 to 60"
    assert fault(mains_hz=55) == "mains_hz is 55, expected one of 50, 60"


trial.run(globals())
