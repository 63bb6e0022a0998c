import os

import nor_flash
import trial

from firmware import ring
from seepline.wire import record

BLOCKS = 4
RING_ID = 0xBEEF


def content(sequence, mark):
    fields = (116001, 0, 1, 1, RING_ID, 1, sequence, 1450425600 + sequence, 0, sequence, 2, 1)
    return record.encode(record.Record(*fields, bytes([mark]) * 6))


def appended(log, mark):
    return log.append(lambda _, sequence: content(sequence, mark))


def filled(count, ahead=True):
    flash = nor_flash.Flash(BLOCKS)
    log = ring.Ring(flash, lambda: RING_ID)
    for _ in range(count):
        appended(log, 1)
        if ahead:
            log.erase_ahead()
    return flash


def check_all(log, marks, acknowledged):
    """Every record from oldest to newest reads back as it was written, and nothing acknowledged is gone."""
    kept = min(acknowledged, (BLOCKS - 2) * ring.SLOTS)
    assert acknowledged <= log.newest <= acknowledged + 1, (log.newest, acknowledged)
    assert log.oldest <= acknowledged - kept + 1, (log.oldest, acknowledged)
    for sequence in range(log.oldest, log.newest + 1):
        assert log.read(sequence) == content(sequence, marks(sequence)), sequence
    assert log.read(log.oldest - 1) is None
    assert log.read(log.newest + 1) is None


def kept(flash):
    """Put the content of a flash away, for `taken_up`."""
    with open("flash.tmp", "wb") as file:
        file.write(flash.cells)


def taken_up():
    flash = nor_flash.Flash(BLOCKS)
    with open("flash.tmp", "rb") as file:
        file.readinto(flash.cells)
    return flash


def garbled(cells):
    for place in range(0, len(cells), 256):
        cells[place : place + 256] = os.urandom(256)


def cut_everywhere(level, tear, appends):
    """Cut the power in every operation of `appends` appends, once each; return how many cuts there were."""
    kept(filled(level))
    cuts = 0
    while True:
        flash = taken_up()
        log = ring.Ring(flash, None)
        acknowledged = log.newest
        flash.cut_at, flash.tear = cuts, tear
        try:
            for _ in range(appends):
                acknowledged = appended(log, 2)
                log.erase_ahead()
        except nor_flash.PowerCutError:
            cuts += 1
        else:
            return cuts
        flash.cut_at = -1
        restarted(flash, level, acknowledged)


def restarted(flash, level, acknowledged):
    log = ring.Ring(flash, None)
    assert log.ring == RING_ID
    check_all(log, lambda sequence: 1 if sequence <= level else 2, acknowledged)
    last = log.newest
    assert appended(log, 3) == last + 1
    again = ring.Ring(flash, None)
    assert again.newest == last + 1
    assert again.read(last + 1) == content(last + 1, 3)
    if last:
        assert again.read(last) == content(last, 1 if last <= level else 2)


def test_a_power_cut_in_any_operation_loses_nothing_that_was_acknowledged():
    cuts = 0
    for level in range(1, 210, 2):
        for tear in range(5):
            cuts += cut_everywhere(level, tear, 5)
    assert cuts > 2000, cuts
    print("power cuts:", cuts)


def test_power_cuts_while_a_blank_flash_gets_its_first_record():
    for tear in range(5):
        for cut in range(4):
            flash = nor_flash.Flash(BLOCKS)
            flash.cut_at, flash.tear = cut, tear
            acknowledged = 0
            try:
                acknowledged = appended(ring.Ring(flash, lambda: RING_ID), 2)
            except nor_flash.PowerCutError:
                pass
            flash.cut_at = -1
            log = ring.Ring(flash, lambda: RING_ID)
            assert acknowledged <= log.newest <= 1
            assert appended(log, 3) == log.newest


def test_a_power_cut_while_torn_slots_are_voided_at_mount():
    for tear in range(5):
        flash = filled(40)
        flash.cut_at, flash.tear = 0, 1
        trial.raises(nor_flash.PowerCutError, appended, ring.Ring(flash, None), 2)
        flash.cut_at, flash.tear = 0, tear
        trial.raises(nor_flash.PowerCutError, ring.Ring, flash, None)
        flash.cut_at = -1
        restarted(flash, 40, 40)


def test_forty_power_cuts_one_after_the_other():
    flash, marks = filled(60), {}
    for cut in range(40):
        log = ring.Ring(flash, None)
        flash.cut_at, flash.tear = cut % 7, cut % 5
        acknowledged = log.newest
        try:
            for _ in range(5):
                marks[log.newest + 1] = cut
                acknowledged = appended(log, cut)
                log.erase_ahead()
        except nor_flash.PowerCutError:
            pass
        flash.cut_at = -1
        log = ring.Ring(flash, None)
        check_all(log, lambda sequence: marks.get(sequence, 1), acknowledged)


def test_a_blank_flash_becomes_an_empty_ring_with_the_drawn_id():
    log = ring.Ring(nor_flash.Flash(BLOCKS), lambda: 0x1234)
    assert (log.ring, log.oldest, log.newest, log.capacity) == (0x1234, 1, 0, 68)
    assert log.read(0) is None
    assert log.read(1) is None


def test_the_ring_wraps_and_keeps_at_least_its_capacity():
    flash = nor_flash.Flash(BLOCKS)
    log = ring.Ring(flash, lambda: RING_ID)
    for count in range(1, 500):
        assert appended(log, 1) == count
        log.erase_ahead()
        assert log.newest - log.oldest + 1 >= min(count, log.capacity)
    check_all(log, lambda _: 1, 499)
    check_all(ring.Ring(flash, None), lambda _: 1, 499)


def test_without_quiet_time_the_erase_happens_in_the_append():
    check_all(ring.Ring(filled(300, ahead=False), None), lambda _: 1, 300)


def test_garbage_in_the_flash_is_formatted_but_a_valid_ring_is_kept():
    garbage = nor_flash.Flash(BLOCKS)
    garbled(garbage.cells)
    log = ring.Ring(garbage, lambda: RING_ID)
    assert (log.oldest, log.newest) == (1, 0)
    for count in range(1, 200):
        assert appended(log, 1) == count
    check_all(ring.Ring(garbage, None), lambda _: 1, 199)
    damaged = filled(40)
    garbled(damaged.cells[2 * 4096 :])
    log = ring.Ring(damaged, None)
    check_all(log, lambda _: 1, 40)
    for _ in range(100):
        appended(log, 1)
    check_all(log, lambda _: 1, 140)


def test_a_flipped_bit_makes_one_record_missing_and_no_wrong_one():
    for sequence, bit in ((1, 0), (17, 3), (34, 7)):
        flash = filled(40)
        flash.cells[16 + 120 * (sequence - 1) + 40] ^= 1 << bit
        log = ring.Ring(flash, None)
        held = [log.read(number) is not None for number in range(1, 41)]
        assert held == [number != sequence for number in range(1, 41)]


def test_a_lost_header_hides_no_record():
    flash = filled(100)
    flash.cells[4096] ^= 0xFF
    log = ring.Ring(flash, None)
    assert (log.oldest, log.newest) == (1, 100)
    check_all(log, lambda _: 1, 100)


def test_a_slot_that_does_not_read_back_is_skipped():
    flash = filled(10)
    flash.stuck = (16 + 120 * 10 + 5,)
    log = ring.Ring(flash, None)
    assert appended(log, 2) == 11
    assert appended(log, 2) == 12
    for remounted in (log, ring.Ring(flash, None)):
        check_all(remounted, lambda sequence: 1 if sequence <= 10 else 2, 12)


def test_a_block_without_a_good_slot_is_passed_over_and_known_after_a_restart():
    flash = filled(34)
    flash.stuck = range(4096 + 16 + 5, 2 * 4096, 120)
    assert appended(ring.Ring(flash, None), 2) == 35
    log = ring.Ring(flash, None)
    check_all(log, lambda sequence: 1 if sequence <= 34 else 2, 35)
    assert appended(log, 2) == 36
    check_all(ring.Ring(flash, None), lambda sequence: 1 if sequence <= 34 else 2, 36)


def test_a_flash_that_takes_nothing_is_an_error_not_a_hang():
    flash = filled(10)
    log = ring.Ring(flash, None)
    flash.writeblocks = lambda block, data, offset: None
    trial.raises(ring.RingError, appended, log, 2)


def test_a_flash_too_small_for_a_ring_is_refused():
    assert "needs 3" in trial.raises(ring.RingError, ring.Ring, nor_flash.Flash(2), None)


trial.run(globals())
