"""Sealed commands over the slave: what opens, what does not, and that what does not changes nothing."""

import struct

import trial
from sealed_desk import KEY, LOGGER, Logger, write

from seepline.wire import rtu, seal


def test_the_clock_is_set_by_a_step_of_any_size():
    logger = Logger()
    logger.does(seal.SET_CLOCK, struct.pack(">IH", 1900000000, 250))
    assert logger.clock.now_ms == 1900000000250
    for wrong in (struct.pack(">IH", 0, 0), struct.pack(">IH", 1, 1000)):
        logger.refuses(logger.sealed(seal.SET_CLOCK, wrong), seal.MALFORMED)


def test_a_repeated_command_is_refused_and_the_nonce_shows_that_it_was_accepted():
    logger = Logger()
    nonce = logger.nonce()
    command = logger.sealed(seal.RESTART)
    assert logger.give(command) == 0  # its answer is lost
    assert logger.nonce() == seal.next_nonce(KEY, nonce)
    for _ in range(3):
        logger.refuses(command, seal.WRONG_SEAL)
    assert logger.restarts == 1


def test_a_refused_command_leaves_the_nonce_for_the_next():
    logger = Logger()
    nonce = logger.nonce()
    logger.refuses(logger.sealed(77), seal.UNKNOWN)
    logger.refuses(logger.sealed(seal.SET_CLOCK, b"\1"), seal.MALFORMED)
    logger.refuses(logger.sealed(seal.COMMIT_CONFIG, bytes(6)), seal.REFUSED, seal.NO_JSON)
    assert logger.nonce() == nonce
    logger.does(seal.RESTART)


def test_commands_sealed_ahead_are_done_in_their_order_only():
    logger = Logger()
    nonce, chain = logger.nonce(), []
    for offset in range(0, 60, 20):
        payload = struct.pack(">BI", seal.STAGE_CONFIG, offset) + b"x" * 20
        chain.append(logger.sealed(seal.STAGE, payload, nonce=nonce))
        nonce = seal.next_nonce(KEY, nonce)
    logger.refuses(chain[1], seal.WRONG_SEAL)
    assert logger.give(chain[0]) == 0
    logger.refuses(chain[2], seal.WRONG_SEAL)
    assert [logger.give(one) for one in chain[1:]] == [0, 0]
    assert bytes(logger.commands.staged[12:]) == b"x" * 60
    for one in chain:
        logger.refuses(one, seal.WRONG_SEAL)


def test_a_key_an_id_or_a_nonce_of_another_opens_nothing():
    logger = Logger()
    for wrong in (
        logger.sealed(seal.RESTART, key=bytes(32)),
        logger.sealed(seal.RESTART, key=KEY[:31] + b"\0"),
        logger.sealed(seal.RESTART, logger_id=LOGGER + 1),
        logger.sealed(seal.RESTART, nonce=bytes(8)),
        logger.sealed(seal.RESTART)[:2] + bytes(16),
    ):
        logger.refuses(wrong, seal.WRONG_SEAL)


def test_a_nonce_is_drawn_at_every_start():
    logger = Logger()
    command, nonce = logger.sealed(seal.RESTART), logger.nonce()
    logger.start()
    assert logger.nonce() != nonce
    logger.refuses(command, seal.WRONG_SEAL)


def test_every_cut_and_every_turned_bit_is_refused():
    logger = Logger()
    payload = struct.pack(">BI", seal.STAGE_CONFIG, 0) + b"{}x"
    command = logger.sealed(seal.STAGE, payload)
    for size in range(2, len(command), 2):
        logger.refuses(command[:size], seal.MALFORMED)
    logger.refuses(command + b"\0\0", seal.MALFORMED)
    for bit in range(8 * (2 + len(payload) + seal.SEAL_BYTES)):
        wrong = bytearray(command)
        wrong[bit >> 3] ^= 1 << (bit & 7)
        logger.refuses(bytes(wrong), seal.MALFORMED if bit >> 3 == 1 else seal.WRONG_SEAL)
    assert logger.give(command) == 0


def test_the_order_of_the_checks():
    keyless = Logger(key=None)
    keyless.refuses(b"\x63\x00", seal.MALFORMED)
    keyless.refuses(keyless.sealed(99), seal.NO_KEY)
    logger = Logger()
    logger.refuses(logger.sealed(99, b"\1", key=bytes(16)), seal.WRONG_SEAL)
    logger.refuses(logger.sealed(99, b"\1"), seal.UNKNOWN)
    logger.refuses(logger.sealed(seal.RESTART, b"\1"), seal.MALFORMED)
    assert logger.result()[0] == 3


def test_a_command_that_finds_no_memory_is_refused_and_the_logger_goes_on():
    logger = Logger()
    command, key = logger.sealed(seal.RESTART), logger.commands.key
    logger.commands.key = no_memory
    logger.refuses(command, seal.REFUSED, seal.NO_ROOM)
    logger.commands.key = key
    assert logger.give(command) == 0


def no_memory():
    raise MemoryError


def test_only_function_16_to_its_first_register_and_to_one_logger_is_a_command():
    logger = Logger()
    command = logger.sealed(seal.RESTART)
    before = logger.state()
    logger.slave.hear(write(command))
    assert logger.slave.answer(struct.pack(">BHH", 6, 320, 0x0500)) == b"\x86\x02"
    assert logger.slave.answer(write(command)[:1] + b"\x01\x41" + write(command)[3:]) == b"\x90\x02"
    assert logger.slave.answer(write(command)[:-2]) == b"\x90\x03"
    assert (logger.state(), logger.result()[0], logger.facts.commands_refused) == (before, 0, 0)
    assert logger.give(command) == 0


def test_nonce_and_result_are_read_as_windows_of_their_own():
    logger = Logger()
    assert (len(logger.nonce()), any(logger.nonce())) == (8, True)
    for register, count in ((299, 2), (300, 5), (303, 2), (304, 1), (307, 2), (308, 5), (312, 1), (316, 1)):
        assert logger.slave.answer(rtu.read_request(3, register, count)) == b"\x83\x02", register
    assert logger.slave.answer(rtu.read_request(3, 302, 2))[2:] == logger.nonce()[4:]


def test_the_count_of_refused_commands_goes_round_in_its_register():
    logger = Logger()
    logger.facts.commands_refused = 65535
    logger.refuses(b"\x05\x00", seal.MALFORMED)
    assert logger.slave.answer(rtu.read_request(3, 51, 1))[2:] == b"\0\0"


trial.run(globals())
