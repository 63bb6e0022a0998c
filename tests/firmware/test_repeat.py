"""Scans at once and the self-check, over the line of the whole program."""

import struct
import time
from itertools import pairwise

from seepline.wire import registers, rtu


def _write(node, register: int, value: int) -> int:
    """Write one register and return the function code of the answer."""
    return node.ask(struct.pack(">BHH", rtu.WRITE_SINGLE, register, value))[0]


def test_repeats_are_made_at_once_and_no_more_than_three(node) -> None:
    node.start()
    node.wait_ready()
    before = node.identification("newest_sequence")
    refused = rtu.WRITE_SINGLE | 0x80
    assert _write(node, registers.REPEAT_REGISTER, 4) == refused
    assert _write(node, registers.REPEAT_REGISTER, 0) == refused
    assert _write(node, registers.REPEAT_REGISTER, 3) == rtu.WRITE_SINGLE
    records: list = []
    while len(records) < 3:
        time.sleep(0.1)
        records = [one for one in node.history() if one.sequence > before and one.block == 1 and one.utc_ms % 2]
    times = [1000 * one.utc_s + one.utc_ms for one in records]
    assert all(later - earlier >= 999 for earlier, later in pairwise(times))  # the odd millisecond
    assert _write(node, registers.FAST_SCAN_REGISTER, 58) == refused
    assert _write(node, registers.FAST_SCAN_REGISTER, 57) == rtu.WRITE_SINGLE


def test_the_self_check_tells_of_each_channel(node) -> None:
    node.start()
    node.wait_ready()
    words = node.words(registers.SELF_CHECK_BASE, 5 * registers.SELF_CHECK_WORDS)
    entries = [
        words[at : at + registers.SELF_CHECK_WORDS] for at in range(0, len(words), registers.SELF_CHECK_WORDS)
    ]
    assert [entry[0] for entry in entries] == [0x0000, 0x0001, 0x0100, 0x0101, 0x0102]
    assert [entry[1] for entry in entries[:4]] == [registers.CHECK_PASS] * 4
    assert entries[4][1] == registers.CHECK_FAIL  # the table holds nothing for it
    assert entries[4][4] > 0
