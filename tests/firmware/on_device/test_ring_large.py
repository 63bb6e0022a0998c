"""The ring of a 16 MB module: how it is mounted and read, in how many reads and how much memory."""

import gc

import nor_flash
import trial

from firmware import ring, ring_blocks
from seepline.wire import record

SMALL, LARGE = 128, 3072  # blocks: 512 KiB of a 4 MB module, 12 MiB of a 16 MB one
RING_ID = 0xBEEF
SLOTS = ring.SLOTS
YEAR_SCANS = 366 * 96


def content(sequence, mark=1):
    fields = (116001, 0, 1, 1, RING_ID, 1, sequence, 1450425600 + sequence, 0, sequence, 2, 1)
    return record.encode(record.Record(*fields, bytes([mark]) * 6))


class Long(nor_flash.Made):
    """A flash of `blocks` after a ring wrote block number `head` of all that it ever wrote, `filled` slots of it.

    Every `thin`-th block holds four records less: slots were torn there.
    """

    def __init__(self, blocks, head, filled, thin=10):
        super().__init__(blocks)
        self.head, self.filled, self.thin = head, filled, thin
        self.newest = self.first(head) + filled - 1
        self.oldest = self.first(max(0, head - blocks + 2))  # the block after the newest is erased ahead
        self.lost = ()  # blocks whose header is gone

    def first(self, number):
        return 1 + SLOTS * number - 4 * ((number + self.thin - 1) // self.thin)

    def held(self, number):
        return self.filled if number == self.head else SLOTS - 4 * (number % self.thin == 0)

    def number(self, block):
        """Return the number of what stands in a block of the flash, -1 when it is blank."""
        number = self.head - (self.head - block) % self.blocks
        return -1 if number == self.head - self.blocks + 1 else number

    def made(self, block, offset, size):
        number = self.number(block)
        if number < 0:
            return b"\xff" * size
        if (offset, size) == (0, ring_blocks.HEADER_BYTES):
            return bytes(size) if block in self.lost else ring_blocks.header(RING_ID, self.first(number))
        slot, rest = divmod(offset - ring_blocks.HEADER_BYTES, record.RECORD_BYTES)
        if rest or size != record.RECORD_BYTES:
            return None
        if slot < SLOTS - self.held(number) if number != self.head else slot >= self.filled:
            return bytes(size) if number != self.head else b"\xff" * size
        return content(self.first(number) + slot - (SLOTS - self.held(number) if number != self.head else 0))


def heads(blocks):
    """A first pass, just come round, and long in use, with the newest block anywhere in flash."""
    return (0, 1, 5, blocks // 2, blocks - 2, blocks - 1, blocks, blocks + 1, 7 * blocks - 1, 9 * blocks + 77)


def check(log, flash):
    assert (log.ring, log.oldest, log.newest) == (RING_ID, flash.oldest, flash.newest), (log.oldest, log.newest)
    span = log.newest - log.oldest
    for part in range(9):
        sequence = log.oldest + span * part // 8
        assert log.read(sequence) == content(sequence), sequence
    assert log.read(log.oldest - 1) is None
    assert log.read(log.newest + 1) is None


def test_it_mounts_wherever_the_newest_block_is_and_reads_each_header_once():
    for blocks in (SMALL, LARGE):
        most = 0
        for head in heads(blocks):
            flash = Long(blocks, head, 17)
            log = ring.Ring(flash, None)
            most = max(most, flash.reads)
            check(log, flash)
        print("mounting", blocks, "blocks:", most, "reads")
        assert most <= blocks + SLOTS + 1


def test_a_hint_mounts_it_in_forty_reads():
    for blocks in (SMALL, LARGE):
        for head in heads(blocks):
            flash = Long(blocks, head, 34)
            hint = ring.Ring(flash, None).hint()
            assert len(hint) == 14
            flash.reads = 0
            log = ring.Ring(flash, None, hint)
            assert flash.reads <= SLOTS + 7, flash.reads
            check(log, flash)
        print("with a hint:", SLOTS + 7, "reads at most")


def test_a_hint_that_is_not_true_any_more_is_not_believed():
    flash = Long(LARGE, 4000, 34)
    hint = ring.Ring(flash, None).hint()
    for later in (Long(LARGE, 4001, 1), Long(LARGE, 4000 + LARGE, 3), Long(LARGE, 9000, 20), Long(LARGE, 3999, 9)):
        check(ring.Ring(later, None, hint), later)
    for wrong in (b"", hint[:-1], bytes(14), b"\xff" * 14, b"\x12\x34" + hint[2:]):
        check(ring.Ring(flash, None, wrong), flash)
    flash.lost = (4000 % LARGE,)
    assert (
        ring.Ring(flash, None, hint).newest == flash.first(4000) - 1
    )  # and that is why headers are not rewritten


def test_a_record_is_found_in_few_reads_and_the_next_one_in_two():
    flash = Long(LARGE, 9999, 20)
    log = ring.Ring(flash, None)
    most = 0
    for sequence in range(log.oldest, log.newest, 9973):
        flash.reads = 0
        assert log.read(sequence) == content(sequence)
        most = max(most, flash.reads)
    print("a record anywhere:", most, "reads at most")
    assert most <= 60, most
    start = log.oldest + 5000
    log.read(start)
    flash.reads = 0
    for sequence in range(start, start + 340):
        assert log.read(sequence) == content(sequence)
    print("records in order:", flash.reads / 340, "reads each")
    assert flash.reads <= 340 * 7


def test_lost_headers_hide_no_record():
    for lost in ((7000,), (7000, 7001, 7002), tuple(range(7000, 7040)), (9998,), (6930, 6932)):
        flash = Long(LARGE, 9999, 20)
        flash.lost = tuple([block % LARGE for block in lost])
        log = ring.Ring(flash, None)
        assert (log.oldest, log.newest) == (flash.oldest, flash.newest)
        for number in (6929, 6930, 6931, 6932, 6999, 7000, 7001, 7002, 7020, 7039, 7040, 9997, 9998):
            for sequence in (flash.first(number), flash.first(number + 1) - 1):
                assert log.read(sequence) == content(sequence), (lost, number)


def test_it_takes_as_little_memory_as_a_small_one():
    def taken(blocks):
        flash = Long(blocks, 5 * blocks, 17)
        gc.collect()
        before = gc.mem_alloc()
        log = ring.Ring(flash, None)
        gc.collect()
        return gc.mem_alloc() - before, log

    if hasattr(gc, "mem_alloc"):
        small, large = taken(SMALL)[0], taken(LARGE)[0]
        print("memory:", small, large)
        assert abs(large - small) <= 64
        assert large < 1000


def test_a_year_of_eight_wires_every_quarter_of_an_hour_fits_a_module_of_16_mb():
    two_blocks = 2 * YEAR_SCANS
    assert ring.Ring(Long(LARGE, 4000, 1), None).capacity >= two_blocks
    assert ring.Ring(Long(SMALL, 4000, 1), None).capacity >= 22 * 96 * 2  # days, in 512 KiB


def test_it_goes_on_across_the_end_of_the_flash_through_power_cuts():
    for tear in range(5):
        for cut in range(12):
            flash = Long(LARGE, 2 * LARGE - 1, 32)
            log = ring.Ring(flash, None)
            oldest, acknowledged = log.oldest, log.newest
            flash.cut_at, flash.tear = cut, tear
            try:
                for _ in range(5):
                    acknowledged = log.append(lambda _, sequence: content(sequence, 2))
                    log.erase_ahead()
            except nor_flash.PowerCutError:
                pass
            flash.cut_at = -1
            log = ring.Ring(flash, None)
            assert acknowledged <= log.newest <= acknowledged + 1
            assert oldest <= log.oldest <= oldest + 2 * SLOTS
            for sequence in range(log.newest - 8, log.newest + 1):
                assert log.read(sequence) == content(sequence, 1 if sequence <= flash.newest else 2), sequence
            assert log.read(log.oldest) == content(log.oldest)
            assert log.append(lambda _, sequence: content(sequence, 3)) == log.newest


trial.run(globals())
