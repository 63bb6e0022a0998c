import struct

import desk
import trial

from firmware.identity import device_identification
from firmware.traffic import EXCEPTIONS, SERVED
from seepline.wire import record, registers, rtu, status
from seepline.wire.crc import crc32


def scanned(scans=1):
    logger = desk.Logger()
    for scan in range(scans):
        logger.store(scan)
        logger.clock.advance(900)
    logger.clock.advance(-900)
    return logger


def read(logger, register, count, function=3):
    answer = logger.slave.answer(rtu.read_request(function, register, count))
    assert answer[0] == function, answer
    assert answer[1] == 2 * count == len(answer) - 2
    return answer[2:]


def refused(logger, pdu, code):
    assert logger.slave.answer(pdu) == bytes([pdu[0] | 0x80, code]), (pdu, code)


def test_identification_says_who_and_what_is_held():
    logger = scanned(3)
    logger.clock.advance(5)
    words = struct.unpack(">60H", read(logger, 0, 60))
    expected = {
        "magic": 0x53454550,
        "logger_id": 116002,
        "ring": 0xBEEF,
        "boot": 7,
        "oldest_sequence": 1,
        "newest_sequence": 6,
        "capacity": 68,
        "uptime_s": 1805,
        "utc_s": 1450425600 + 1805,
        "time_quality": status.TIME_RTC,
        "scan_s": 900,
        "block_count": 2,
        "reset_cause": 1,
        "frames_served": 1,
    }
    for name, value in expected.items():
        assert registers.field(words, name) == value, name
    assert words[23:26] == (0x0102, 0x0203, 0xFFFF)


def test_every_part_of_every_area_reads_as_the_whole_does():
    logger = scanned()
    for base, size in ((0, 40), (1000, 62), (1064, 62)):  # 40 counts the reads
        whole = read(logger, base, size)
        for start in range(size):
            for count in (1, 2, size - start):
                if start + count <= size:
                    assert read(logger, base + start, count, 4) == whole[2 * start : 2 * (start + count)]


def test_registers_without_a_name_are_exception_2():
    logger = scanned()
    gaps = ((60, 1), (59, 2), (100, 1), (200, 4), (210, 1), (999, 1), (999, 2), (1062, 1), (1061, 2), (1000, 125))
    for register, count in gaps + ((1126, 1), (1128, 60), (65535, 1), (65535, 2)):
        refused(logger, rtu.read_request(3, register, count), 2)
        refused(logger, rtu.read_request(4, register, count), 2)


def test_a_count_of_none_or_too_many_is_exception_3():
    logger = scanned()
    for count in (0, 126, 65535):
        refused(logger, rtu.read_request(3, 0, count), 3)


def test_a_live_block_is_the_stored_record_with_heartbeat_and_age():
    logger = scanned(2)
    logger.clock.advance(120)
    block = read(logger, 1064, 62)
    assert block[:120] == logger.ring.read(4)
    assert struct.unpack(">HH", block[120:]) == (1020, 120)


def test_before_the_first_scan_a_live_block_is_missing_throughout():
    stand_in = record.decode(read(desk.Logger(), 1000, 60))
    assert (stand_in.sequence, stand_in.logger_id, stand_in.ring) == (0, 116002, 0xBEEF)
    assert record.decode_vw(stand_in.payload, 2) == [record.missing_vw(status.MISSING)] * 2
    assert read(desk.Logger(), 1061, 1) == b"\xff\xff"


def test_a_scan_older_than_two_intervals_is_never_shown_as_live():
    logger = scanned()
    logger.clock.advance(1800)
    assert record.decode(read(logger, 1064, 60)).sequence == 2
    logger.clock.advance(1)
    block = read(logger, 1064, 62)
    stand_in = record.decode(block[:120])
    assert stand_in.sequence == 0
    assert stand_in.utc_s == logger.clock.now_ms // 1000
    assert record.decode_scalar(stand_in.payload, 3) == [record.missing_scalar(status.TOO_OLD)] * 3
    assert struct.unpack(">H", block[122:])[0] == 1801


def test_after_a_restart_the_newest_records_are_live_with_their_true_age():
    before = scanned(3)
    before.clock.advance(60)
    clock = desk.Clock(before.clock.now_ms)
    after = desk.Logger(before.flash, clock, boot=8)
    block = read(after, 1064, 62)
    assert block[:120] == before.ring.read(6)
    assert struct.unpack(">H", block[122:])[0] == 60
    unset = desk.Logger(before.flash, desk.Clock(0, status.TIME_NEVER_SET), boot=9)
    assert record.decode(read(unset, 1064, 60)).sequence == 0


def test_history_answers_two_records_byte_for_byte():
    logger = scanned(40)
    for first in (logger.ring.oldest, 50, 79):
        pdu = rtu.file_request([registers.history_address(number) + (60,) for number in (first, first + 1)])
        answer = logger.slave.answer(pdu)
        assert len(answer) + 3 <= rtu.MAX_FRAME
        assert rtu.file_groups(answer) == [logger.ring.read(first), logger.ring.read(first + 1)]


def test_history_that_is_not_held_is_exception_2():
    logger = scanned(80)
    assert logger.ring.oldest > 1
    for number in (0, 1, logger.ring.oldest - 1, 161):
        refused(logger, rtu.file_request([registers.history_address(number) + (60,)]), 2)
    held = registers.history_address(160) + (60,)
    refused(logger, rtu.file_request([held, registers.history_address(161) + (60,)]), 2)
    for place in ((0, 0, 60), (2, 0, 59), (2, 0, 61), (2, 1, 60), (2, 9600, 60)):
        refused(logger, rtu.file_request([place]), 2)
    refused(logger, b"\x14\x07\x05" + struct.pack(">HHH", 2, 0, 60), 2)


def test_a_history_request_that_contradicts_itself_is_exception_3():
    logger = scanned(3)
    place = registers.history_address(1) + (60,)
    refused(logger, rtu.file_request([place] * 3), 3)
    refused(logger, b"\x14\x00", 3)
    refused(logger, b"\x14\x06" + bytes(6), 3)
    refused(logger, b"\x14\x07" + bytes(6), 3)


def test_the_identity_string_stands_between_two_ff():
    answer = desk.Logger().slave.answer(b"\x11")
    assert answer == bytes([17, 25, 0x53, 0xFF]) + b"Seepline logger 116002" + b"\xff"


def test_diagnostics_count_and_are_cleared():
    logger = desk.Logger()
    assert logger.slave.answer(b"\x08\x00\x00\xa5\x37") == b"\x08\x00\x00\xa5\x37"
    refused(logger, b"\x08\x00\x01\x00\x00", 1)
    assert logger.slave.answer(b"\x08\x00\x0d\x00\x00") == b"\x08\x00\x0d\x00\x01"
    assert logger.slave.answer(b"\x08\x00\x0e\x00\x00") == b"\x08\x00\x0e\x00\x04"
    assert logger.slave.answer(b"\x08\x00\x0a\x00\x00") == b"\x08\x00\x0a\x00\x00"
    assert logger.slave.answer(b"\x08\x00\x0d\x00\x00") == b"\x08\x00\x0d\x00\x00"
    assert logger.traffic.since_boot(EXCEPTIONS) == 1
    assert logger.traffic.since_boot(SERVED) == 6
    for sub_function in (2, 11, 12, 15, 16, 17, 18):
        assert logger.slave.answer(bytes([8, 0, sub_function, 0, 0]))[:3] == bytes([8, 0, sub_function])
        refused(logger, bytes([8, 0, sub_function, 0, 1]), 3)
    for sub_function in (1, 3, 4, 9, 19, 20, 256):
        refused(logger, struct.pack(">BHH", 8, sub_function, 0), 1)


def test_functions_that_do_not_exist_are_exception_1():
    logger = desk.Logger()
    for function in (0, 1, 2, 5, 7, 11, 12, 15, 20 + 1, 22, 23, 24, 100):
        refused(logger, bytes([function, 0, 0, 0, 1]), 1)


def test_device_identification_is_listed_in_full():
    objects = b"\x00\x08Seepline" + b"\x01\x0fSeepline logger" + b"\x02\x030.1"
    for code in (1, 2, 3):
        for first in (0, 3, 0x80, 255):
            answer = desk.Logger().slave.answer(bytes([43, 14, code, first]))
            assert answer == bytes([43, 14, code, 0x81, 0, 0, 3]) + objects
    assert desk.Logger().slave.answer(b"\x2b\x0e\x01\x02") == b"\x2b\x0e\x01\x81\0\0\x01\x02\x030.1"


def test_device_identification_answers_one_object():
    assert desk.Logger().slave.answer(b"\x2b\x0e\x04\x02") == b"\x2b\x0e\x04\x81\0\0\x01\x02\x030.1"
    for number in (3, 4, 127, 128, 255):
        refused(desk.Logger(), bytes([43, 14, 4, number]), 2)


def test_device_identification_that_fits_no_frame_says_that_more_follows():
    objects = (b"a" * 100, b"b" * 100, b"c" * 100)
    answer = device_identification(objects, b"\x2b\x0e\x01\x00")
    assert answer[:7] == bytes([43, 14, 1, 0x81, 0xFF, 2, 2])
    assert len(answer) == 7 + 2 * 102
    assert device_identification(objects, b"\x2b\x0e\x01\x02")[4:] == b"\0\0\x01\x02\x64" + b"c" * 100


def test_another_encapsulated_kind_is_exception_1_and_a_wrong_code_3():
    for pdu in (b"\x2b", b"\x2b\x0d\x00\x00", b"\x2b\x0f"):
        refused(desk.Logger(), pdu, 1)
    for pdu in (b"\x2b\x0e", b"\x2b\x0e\x01", b"\x2b\x0e\x00\x00", b"\x2b\x0e\x05\x00", b"\x2b\x0e\x01\x00\x00"):
        refused(desk.Logger(), pdu, 3)


def test_a_write_outside_the_named_registers_changes_nothing():
    logger = scanned()
    before = read(logger, 0, 40), read(logger, 1000, 62), crc32(logger.flash.cells), logger.clock.now_ms
    for register, words in (
        (0, [1]),
        (199, [1]),
        (201, [1]),
        (200, [1, 2]),
        (200, [0] * 5),
        (210, [1, 1]),
        (1000, [7]),
    ):
        refused(logger, rtu.write_request(register, words), 2)
    for register in (0, 200, 209, 211, 1000):
        refused(logger, struct.pack(">BHH", 6, register, 1), 2)
    assert (read(logger, 0, 40), read(logger, 1000, 62), crc32(logger.flash.cells), logger.clock.now_ms) == before


def test_a_write_that_contradicts_itself_is_exception_3():
    logger = desk.Logger()
    refused(logger, struct.pack(">BHHB", 16, 200, 0, 0), 3)
    refused(logger, struct.pack(">BHHB", 16, 200, 124, 248) + bytes(248), 3)
    refused(logger, struct.pack(">BHHB4H", 16, 200, 3, 8, 1, 2, 3, 4), 3)
    refused(logger, struct.pack(">BHHB3H", 16, 200, 4, 8, 1, 2, 3), 3)
    refused(logger, b"\x10\x00", 3)


def test_time_may_be_written_and_broadcast():
    logger = desk.Logger(clock=desk.Clock(0, status.TIME_NEVER_SET))
    pdu = rtu.write_request(200, [1451606400 >> 16, 1451606400 & 0xFFFF, 250, 0])
    logger.slave.hear(pdu)
    assert logger.clock.now_ms == 1451606400250
    assert logger.keeper.quality == status.TIME_SYNCED
    assert logger.slave.answer(pdu) == pdu[:5]
    refused(logger, rtu.write_request(200, [1451606400 >> 16, 1451606400 & 0xFFFF, 1000, 0]), 3)
    refused(logger, rtu.write_request(200, [0, 0, 0, 0]), 3)


def test_a_broadcast_moves_nothing_but_the_clock():
    logger = desk.Logger()
    logger.slave.hear(struct.pack(">BHH", 6, 210, 5))
    logger.slave.hear(rtu.write_request(210, [5]))
    logger.slave.hear(rtu.write_request(200, [0, 0, 0, 0]))
    logger.slave.hear(b"\x10")
    assert not logger.fast.on()
    assert logger.keeper.stepped is False


def test_fast_scan_is_asked_for_by_function_6_and_16():
    logger = desk.Logger()
    assert logger.slave.answer(struct.pack(">BHH", 6, 210, 5)) == struct.pack(">BHH", 6, 210, 5)
    assert logger.fast.on()
    assert logger.slave.answer(rtu.write_request(210, [5]))[0] == 16
    refused(logger, struct.pack(">BHH", 6, 210, 51), 3)


trial.run(globals())
