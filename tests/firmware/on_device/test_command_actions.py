"""What sealed commands do: configuration, bundle, key."""

import json
import struct

import trial
from sealed_desk import CONFIG, KEY, Logger

from firmware import command_actions
from firmware.config import settings
from firmware.node_config import Configuration
from seepline.wire import event, registers, rtu, seal
from seepline.wire.crc import crc32


def staged(logger, data, piece=200):
    for offset in range(0, len(data), piece):
        content = struct.pack(">BI", seal.STAGE_CONFIG, offset) + data[offset : offset + piece]
        logger.does(seal.STAGE, content)
        assert logger.facts.staged_bytes == offset + len(content) - 5


def commit(logger, data):
    return logger.sealed(seal.COMMIT_CONFIG, struct.pack(">HI", len(data), crc32(data)))


def variant(**changes):
    config = dict(CONFIG)
    config.update(changes)
    return json.dumps(config).encode()


def test_a_configuration_is_staged_committed_and_in_force_after_the_restart():
    logger = Logger()
    data = variant(scan_s=60)
    staged(logger, data)
    assert logger.give(commit(logger, data)) == 0
    assert (logger.restarts, logger.facts.staged_bytes) == (1, 0)
    found = Configuration(logger.board.store, lambda: CONFIG, settings)
    assert (found.generation, found.crc, found.config()["scan_s"]) == (1, crc32(data), 60)


def test_a_piece_out_of_order_is_told_how_far_the_staging_came():
    logger = Logger()
    staged(logger, b"a" * 300, 100)
    for offset in (299, 301, 100):
        late = logger.sealed(seal.STAGE, struct.pack(">BI", seal.STAGE_CONFIG, offset) + b"b")
        logger.refuses(late, seal.OUT_OF_ORDER, 300)
    staged(logger, b"c")  # offset 0 begins again
    assert bytes(logger.commands.staged[12:]) == b"c"


def test_a_configuration_that_is_none_is_refused_and_nothing_is_stored():
    cases = (
        (b"nonsense", seal.NO_JSON),
        (b"\xff\xfe{", seal.NO_JSON),
        (b"[]", seal.BAD_CONFIG),
        (b"{}", seal.BAD_CONFIG),
        (variant(scan_s=1), seal.BAD_CONFIG),
        (variant(address="2"), seal.BAD_CONFIG),
        (variant(nonsense=1), seal.BAD_CONFIG),
        (variant(blocks=[{"block": 0, "payload": [], "slots": []}]), seal.BAD_CONFIG),
        (variant(blocks={"0": 1}), seal.BAD_CONFIG),
        (variant(instruments=[[]]), seal.BAD_CONFIG),
        (variant(instruments=[{"driver": {}}]), seal.BAD_CONFIG),
        (b"[" * 300 + b"]" * 300, seal.BAD_CONFIG),
    )
    for data, detail in cases:
        logger = Logger()
        staged(logger, data)
        logger.refuses(commit(logger, data), seal.REFUSED, detail)
    logger = Logger()
    data = variant(scan_s=60)
    staged(logger, data[:-1])
    logger.refuses(commit(logger, data), seal.REFUSED, seal.NOT_STAGED)
    wrong = logger.sealed(seal.COMMIT_CONFIG, struct.pack(">HI", len(data) - 1, 1))
    logger.refuses(wrong, seal.REFUSED, seal.NOT_STAGED)


def test_what_the_heap_is_too_full_to_check_is_checked_at_the_next_start():
    for data, scan_s in ((variant(scan_s=60), 60), (variant(scan_s=1), 900)):
        logger, check = Logger(), command_actions.check
        staged(logger, data)
        command_actions.check = no_memory
        try:
            assert logger.give(commit(logger, data)) == 0
        finally:
            command_actions.check = check
        found = Configuration(logger.board.store, lambda: CONFIG, settings)
        assert found.config()["scan_s"] == scan_s


def no_memory(_config):
    raise MemoryError


def test_a_configuration_may_have_4000_bytes_and_not_one_more():
    logger = Logger()
    staged(logger, b"a" * 4000)
    over = logger.sealed(seal.STAGE, struct.pack(">BI", seal.STAGE_CONFIG, 4000) + b"a")
    logger.refuses(over, seal.REFUSED, seal.TOO_LONG)


def test_a_store_that_is_full_is_a_refusal_and_no_fault():
    logger = Logger()
    data = variant(scan_s=60)
    staged(logger, data)
    logger.board.store.full = True
    logger.refuses(commit(logger, data), seal.REFUSED, seal.NO_ROOM)
    logger.refuses(logger.sealed(seal.FORGET_KEY), seal.REFUSED, seal.NO_ROOM)
    logger.board.store.full = False
    assert logger.give(commit(logger, data)) == 0


def test_a_bundle_goes_to_the_update_in_order():
    logger = Logger()
    logger.does(seal.STAGE, struct.pack(">BI", seal.STAGE_BUNDLE, 0) + b"a" * 208)
    assert logger.facts.staged_bytes == 208
    again = logger.sealed(seal.STAGE, struct.pack(">BI", seal.STAGE_BUNDLE, 0) + b"a")
    logger.refuses(again, seal.OUT_OF_ORDER, 208)
    logger.does(seal.COMMIT_UPDATE, struct.pack(">I", 208) + bytes(32))
    assert (logger.updates.committed, logger.restarts) == ((208, bytes(32)), 1)


def test_a_bundle_that_the_update_refuses_does_not_restart():
    logger = Logger()
    logger.updates.detail = 9
    assert logger.give(logger.sealed(seal.COMMIT_UPDATE, bytes(36))) == 3
    assert (logger.result()[1:], logger.restarts) == ((seal.COMMIT_UPDATE, seal.REFUSED, 9), 0)


def test_a_logger_that_takes_no_bundle_says_so():
    logger = Logger()
    logger.commands.updates = None
    piece = struct.pack(">BI", seal.STAGE_BUNDLE, 0) + b"a"
    logger.refuses(logger.sealed(seal.STAGE, piece), seal.REFUSED, seal.NOT_HERE)
    logger.refuses(logger.sealed(seal.COMMIT_UPDATE, bytes(36)), seal.REFUSED, seal.NOT_HERE)


def test_a_piece_needs_a_known_target_and_content():
    logger = Logger()
    for wrong in (b"\1\0\0\0\0", b"\0\0\0\0\0a", b"\3\0\0\0\0a", b"\1\0\0\0", b"\1\0\0\0\0" + bytes(209)):
        logger.refuses(logger.sealed(seal.STAGE, wrong), seal.MALFORMED)


def key_write(key):
    return struct.pack(">BHHB", 16, 360, 16, 32) + key


def test_a_key_is_taken_over_usb_only_and_only_while_there_is_none():
    logger = Logger(key=None)
    assert logger.slave.answer(key_write(KEY)) == b"\x90\x02"
    assert logger.usb.answer(key_write(bytes(32))) == b"\x90\x03"
    assert logger.usb.answer(key_write(KEY)[:-2]) == b"\x90\x03"
    assert logger.facts.key_fingerprint == 0
    assert logger.usb.answer(key_write(KEY)) == key_write(KEY)[:5]
    fingerprint = seal.fingerprint(KEY)
    assert logger.facts.key_fingerprint == fingerprint
    assert logger.said == [(event.KEY_SET, 1, (event.as_i32(fingerprint),))]
    for _ in range(2):
        assert logger.usb.answer(key_write(bytes(31) + b"\1")) == b"\x90\x03"
        logger.start()  # the key outlives a restart
    assert logger.facts.key_fingerprint == fingerprint
    logger.does(seal.RESTART)


def test_a_key_is_forgotten_with_its_own_seal_and_another_can_follow():
    logger = Logger()
    logger.does(seal.FORGET_KEY)
    assert (logger.facts.key_fingerprint, logger.said) == (0, [(event.KEY_SET, 0, (0,))])
    logger.refuses(logger.sealed(seal.RESTART), seal.NO_KEY)
    other = bytes(31) + b"\1"
    assert logger.usb.answer(key_write(other)) == key_write(other)[:5]
    logger.refuses(logger.sealed(seal.RESTART), seal.WRONG_SEAL)
    assert logger.give(logger.sealed(seal.RESTART, key=other)) == 0


def test_no_register_and_no_file_shows_the_key():
    logger = Logger()
    logger.does(seal.RESTART)
    shown = 0
    for slave in (logger.slave, logger.usb):
        for register in range(0, 2200):
            for function in (3, 4):
                answer = slave.answer(rtu.read_request(function, register, 1))
                shown += len(answer) == 4
                assert len(answer) == 4 or answer == bytes([function | 0x80, 2])
        assert slave.answer(rtu.read_request(3, 360, 16)) == b"\x83\x02"
    assert shown == 2 * 2 * (registers.IDENTIFICATION_REGISTERS + 8 + 62), shown


trial.run(globals())
