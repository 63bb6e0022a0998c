import os
import random

import trial

from firmware.deframe import Deframer
from firmware.traffic import BAD, FOREIGN, UNANSWERED, Traffic
from seepline.wire import rtu

READ = rtu.read_request(3, 0, 60)
MINE = rtu.frame(2, READ)
ANSWER = bytes([3, 84]) + bytes(range(84))


def fresh():
    traffic = Traffic()
    return Deframer(2, 20, traffic), traffic


def counts(traffic):
    return [traffic.since_boot(kind) for kind in (BAD, FOREIGN, UNANSWERED)]


def test_a_request_for_this_logger_is_taken_once():
    deframer, traffic = fresh()
    deframer.put(MINE, 100)
    assert deframer.take() == (2, READ)
    assert deframer.take() is None
    assert counts(traffic) == [0, 0, 0]


def test_every_function_is_recognised_byte_by_byte():
    pdus = [
        READ,
        rtu.read_request(4, 1000, 62),
        bytes([6, 0, 210, 0, 5]),
        bytes([8, 0, 0, 1, 2]),
        rtu.write_request(200, [1, 2, 3, 4]),
        bytes([17]),
        rtu.file_request([(1, 0, 60), (1, 60, 60)]),
        bytes([43, 14, 1, 0]),
    ]
    deframer, traffic = fresh()
    for pdu in pdus:
        for index, byte in enumerate(rtu.frame(2, pdu)):
            assert deframer.take() is None
            deframer.put(bytes([byte]), 0 if index else 100)
        assert deframer.take() == (2, pdu), pdu
    assert counts(traffic) == [0, 0, 0]


def test_a_frame_split_anywhere_is_still_a_frame():
    for cut in range(1, len(MINE)):
        deframer, _traffic = fresh()
        deframer.put(MINE[:cut], 100)
        assert deframer.take() is None
        deframer.put(MINE[cut:], 19)
        assert deframer.take() == (2, READ)


def test_half_a_frame_followed_by_silence_is_dropped_and_counted():
    deframer, traffic = fresh()
    deframer.put(MINE[:5], 100)
    deframer.put(MINE, 20)
    assert deframer.take() == (2, READ)
    assert counts(traffic) == [1, 0, 0]


def test_a_neighbours_request_and_answer_are_foreign_and_not_bad():
    deframer, traffic = fresh()
    listed = bytes([43, 14, 1, 0x81, 0, 0, 2, 0, 3]) + b"abc" + bytes([1, 0])
    for pdu in (
        READ,
        ANSWER,
        bytes([17]),
        bytes([17, 3, 1, 255, 65]),
        bytes([0x83, 2]),
        bytes([43, 14, 1, 0]),
        listed,
    ):
        deframer.put(rtu.frame(9, pdu), 1)
        assert deframer.take() is None
    assert counts(traffic) == [0, 7, 0]


def test_a_neighbours_function_that_nobody_knows_is_foreign_at_the_next_gap():
    deframer, traffic = fresh()
    for pdu in (bytes([65, 1, 2, 3]), bytes([43, 13, 1])):
        deframer.put(rtu.frame(9, pdu), 100)
        assert deframer.take() is None
    deframer.put(MINE, 100)
    assert deframer.take() == (2, READ)
    assert counts(traffic) == [0, 2, 0]


def test_an_exception_function_under_our_address_is_no_request():
    deframer, _ = fresh()
    for pdu in (bytes([0x83, 2]), bytes([0x83]), bytes([0xAB, 14, 1, 0]), bytes([0xFF]) + bytes(40)):
        deframer.put(rtu.frame(2, pdu), 100)
        assert deframer.take() is None


def test_a_frame_longer_than_256_bytes_is_no_request():
    deframer, _ = fresh()
    for pdu in (bytes([8, 0, 0]) + bytes(251), bytes([16, 0, 200, 0, 127, 254]) + bytes(254)):
        assert len(pdu) + 3 > 256
        deframer.put(rtu.frame(2, pdu), 100)
        assert deframer.take() is None
    longest = bytes([8, 0, 0]) + bytes(250)
    deframer.put(rtu.frame(2, longest), 100)
    assert deframer.take() == (2, longest)


def test_a_neighbours_frames_and_our_request_in_one_read():
    deframer, traffic = fresh()
    deframer.put(rtu.frame(9, READ) + rtu.frame(9, ANSWER) + MINE, 100)
    assert deframer.take() == (2, READ)
    assert counts(traffic) == [0, 2, 0]


def test_a_request_that_the_line_went_on_after_is_not_answered():
    deframer, _traffic = fresh()
    deframer.put(MINE, 100)
    deframer.put(rtu.frame(9, READ), 5)
    assert deframer.take() is None
    deframer.put(MINE + rtu.frame(9, READ), 100)
    assert deframer.take() is None
    deframer.put(MINE, 100)
    deframer.put(b"\x09", 1)
    assert deframer.take() is None
    deframer.put(MINE + b"\x09", 100)
    assert deframer.take() is None


def test_our_request_inside_a_neighbours_answer_is_not_ours():
    body = bytes(20) + MINE + bytes(20)
    deframer, _ = fresh()
    deframer.put(rtu.frame(9, bytes([3, len(body)]) + body), 100)
    assert deframer.take() is None
    at_the_end = bytes(20) + MINE
    whole = rtu.frame(9, bytes([3, len(at_the_end)]) + at_the_end)
    for byte in whole:
        deframer.put(bytes([byte]), 1)
    assert deframer.take() is None


def test_noise_right_before_our_request_does_not_hide_it():
    for noise in (b"\0", b"\xff", b"\x02", b"\x02\x03", b"\x05\x03\xf7", b"\x09\x10", os.urandom(11)):
        deframer, traffic = fresh()
        deframer.put(noise + MINE, 100)
        assert deframer.take() == (2, READ), noise
        assert counts(traffic) == [1, 0, 0]


def test_after_noise_only_a_request_of_its_true_length_counts():
    short = rtu.frame(2, b"\x03\x00\x00")
    deframer, _ = fresh()
    deframer.put(short, 100)
    assert deframer.take() == (2, b"\x03\x00\x00")
    deframer.put(b"\x55" + short, 100)
    assert deframer.take() is None


def test_a_wrong_checksum_is_never_a_request():
    for index in range(len(MINE)):
        damaged = bytearray(MINE)
        damaged[index] ^= 0x10
        deframer, traffic = fresh()
        deframer.put(bytes(damaged), 100)
        assert deframer.take() is None
        deframer.put(b"", 100)
        assert traffic.since_boot(BAD) == 1


def test_an_unknown_function_for_us_is_handed_on_for_its_exception():
    deframer, _ = fresh()
    for pdu in (bytes([43, 14, 1, 0]), bytes([7]), bytes([23]) + bytes(12)):
        deframer.put(rtu.frame(2, pdu), 100)
        assert deframer.take() == (2, pdu)


def test_a_broadcast_is_handed_on_with_its_address():
    deframer, _ = fresh()
    pdu = rtu.write_request(200, [1, 2, 3, 0])
    deframer.put(rtu.frame(0, pdu), 100)
    assert deframer.take() == (0, pdu)


def test_a_babbling_node_fills_no_memory():
    deframer, traffic = fresh()
    for _ in range(100):
        deframer.put(b"\x55" * 64, 0)
    assert traffic.since_boot(BAD) > 5
    deframer.put(MINE, 100)
    assert deframer.take() == (2, READ)


def test_a_hundred_thousand_random_bytes_are_never_a_request():
    random.seed(116002)
    deframer, traffic = fresh()
    sent = 0
    while sent < 100000:
        size = 1 + random.getrandbits(6)
        deframer.put(bytes([random.getrandbits(8) for _ in range(size)]), random.getrandbits(5))
        assert deframer.take() is None
        sent += size
    assert traffic.since_boot(BAD) > 100
    deframer.put(MINE, 100)
    assert deframer.take() == (2, READ)


def test_random_bytes_between_requests_hide_none_that_follows_silence():
    random.seed(2)
    deframer, _ = fresh()
    for _ in range(500):
        deframer.put(bytes([random.getrandbits(8) for _ in range(1 + random.getrandbits(7))]), 5)
        deframer.take()
        deframer.put(MINE, 25)
        assert deframer.take() == (2, READ)


trial.run(globals())
