"""The logger's memory: a ring of records on raw flash that no power cut can break.

    block (4096 bytes) = header (16, as in ring_blocks.py) + 34 records of 120 bytes, as in seepline.wire.record

Why it holds, operation by operation:

* A record is acknowledged (`append` returns) only after it was read back. Sequence numbers rise by one per
  acknowledged record and never restart while the ring lives; a record torn by a cut was never acknowledged, so
  its number is given again, and its slot is filled with zeros, lest weak bits read as a record some day.
* A block gets its header before its first record. The newest block is the one with the highest first sequence;
  blocks follow each other in flash order, so mounting reads the headers and then one block. Nothing is kept per
  block: a ring of 12 MB takes as little memory as one of 12 KB, and a record is found by reading a few headers.
* A logger that wakes from deep sleep gives the `hint` that it took along: five headers are read then, and when
  they are not what the hint says, all of them.
* A block is retired by overwriting its header with zeros before it is erased: a torn erase leaves a block
  without header, never half a block that looks whole.
* Only blocks without a valid header of this ring are ever formatted; a fresh ring draws a random id.
"""

import struct

from firmware.ring_blocks import HEADER_BYTES, Blocks, header
from firmware.unload import unload
from seepline.wire.crc import crc32
from seepline.wire.record import RECORD_BYTES

SLOTS = 34
_AHEAD_SLOT = 30  # from here on the next block may be erased while the line is quiet (7/8 full)
_HINT = ">HHIHI"  # ring id, newest block and its first sequence, oldest block and its first sequence
_TRIES = 2 * SLOTS


class RingError(OSError):
    """The flash does not take a record any more: the part is worn out or not a NOR flash."""


def record_sequence(data: bytes, ring: int) -> int:
    """Return the sequence of a whole record of this ring, or -1 for any other 120 bytes."""
    owner, _, sequence = struct.unpack_from(">HHI", data, 8)
    if owner != ring or struct.unpack_from(">I", data, RECORD_BYTES - 4)[0] != crc32(memoryview(data)[:-4]):
        return -1
    return sequence


class Ring:
    """The records held: `oldest` to `newest`, none when oldest is newest + 1.

    `flash` is a block device as esp32.Partition (readblocks, writeblocks with offset, ioctl); `random16` draws
    the id of a fresh ring; `hint` is what `hint()` gave before a sleep.
    """

    def __init__(self, flash, random16, hint: bytes = b"") -> None:
        self._blocks = Blocks(flash)
        self._count = self._blocks.count
        if self._count < 3:
            raise RingError("the flash has %d blocks, a ring needs 3" % self._count)
        self.capacity = (self._count - 2) * SLOTS  # held at every moment: one block in writing, one erased ahead
        self._scratch = bytearray(RECORD_BYTES)
        self._ready = False  # the block after the newest is blank
        self._near = (-1, 0)  # a block and its first sequence, from which the next search begins
        self.is_new = not (self._take_hint(hint) or self._survey())
        if self.is_new:
            self.ring = random16()
            self._head, self._slot, self.newest = self._count - 1, SLOTS, 0
            self._tail, self.oldest = -1, 1
        else:
            self._slot, self.newest = self._end_of(self._head)

    def hint(self) -> bytes:
        """Return what lets the next mounting read five headers instead of all, b"" while nothing is held."""
        if self._tail < 0:
            return b""
        return struct.pack(
            _HINT, self.ring, self._head, self._first_of(self._head), self._tail, self._first_of(self._tail)
        )

    @property
    def takes_at_once(self) -> bool:
        """Tell whether the next record goes without erasing a block first, in milliseconds."""
        return self._slot < SLOTS or self._ready

    def append(self, build) -> int:
        """Store `build(ring id, sequence)`, 120 bytes, and return its sequence once it is read back.

        Raises
        ------
        RingError
            When the flash does not take it.
        """
        sequence = self.newest + 1
        data = build(self.ring, sequence)
        for _ in range(_TRIES):
            if self._slot == SLOTS:
                self._open_next_block()
            place = HEADER_BYTES + self._slot * RECORD_BYTES
            self._slot += 1
            if self._blocks.put(self._head, place, data):
                self.newest = sequence
                return sequence
            self._blocks.void(self._head, place, RECORD_BYTES)
        raise RingError("the flash took no record in %d slots" % _TRIES)

    def read(self, sequence: int) -> bytes | None:
        """Return the 120 bytes of a record, or None when it is not held."""
        if not self.oldest <= sequence <= self.newest:
            return None
        block, first = self._block_of(sequence)
        slot = sequence - first
        while True:
            data = self._search(block, slot, sequence)
            block, slot = (block + 1) % self._count, 0
            if data or block == (self._head + 1) % self._count or self._first_of(block):
                return data  # where the next block has lost its header, the record may be in that one

    def erase_ahead(self) -> None:
        """Erase the next block when the newest is nearly full; 45 to 400 ms on hardware, so in quiet time."""
        if self._slot >= _AHEAD_SLOT and not self._ready:
            self._clear((self._head + 1) % self._count)
            self._ready = True

    def _search(self, block: int, slot: int, sequence: int) -> bytes | None:
        """Return a record from a block, from where it stands when no slot before it was torn."""
        for at in range(slot, SLOTS):
            data = self._blocks.get(block, HEADER_BYTES + at * RECORD_BYTES, self._scratch)
            if record_sequence(data, self.ring) == sequence:
                return bytes(data)
        return None

    def _open_next_block(self) -> None:
        for _ in range(self._count - 1):
            if not self._ready:
                self._clear((self._head + 1) % self._count)
            self._head, self._slot, self._ready = (self._head + 1) % self._count, 0, False
            if self._blocks.put(self._head, 0, header(self.ring, self.newest + 1)):
                if self._tail < 0:
                    self._tail, self.oldest = self._head, self.newest + 1
                return
        self._slot = SLOTS  # no record without a header before it, should the flash recover
        raise RingError("no block of the flash takes a header")

    def _clear(self, block: int) -> None:
        if self._first_of(block):
            self._blocks.void(block, 0, HEADER_BYTES)
            self._near = (-1, 0)
            if block == self._tail:
                self._retire_tail()
        self._blocks.make_blank(block)

    def _retire_tail(self) -> None:
        """Make the next block with a header the oldest one."""
        for step in range(1, self._count):
            block = (self._tail + step) % self._count
            first = self._first_of(block)
            if first:
                self._tail, self.oldest = block, first
                return
        self._tail, self.oldest = -1, self.newest + 1

    def _take_hint(self, hint: bytes) -> bool:
        """Take a hint for true when the flash says the same."""
        if len(hint) != struct.calcsize(_HINT):
            return False
        self.ring, head, first, tail, oldest = struct.unpack(_HINT, hint)
        if max(head, tail) >= self._count or (self._first_of(head), self._first_of(tail)) != (first, oldest):
            return False
        after = [self._first_of((head + ahead) % self._count) for ahead in range(1, min(4, self._count))]
        if not first or not oldest or max(after) >= first:
            return False
        self._head, self._tail, self.oldest = head, tail, oldest
        return True

    def _survey(self) -> bool:
        from firmware.ring_survey import survey

        found = survey(self._blocks)
        unload("firmware.ring_survey")
        if found:
            self.ring, self._head, self._tail, self.oldest = found
        return bool(found)

    def _end_of(self, block: int) -> tuple[int, int]:
        """Return (next free slot, newest sequence) of the newest block; torn slots at its end are voided."""
        newest, free = self._first_of(block) - 1, 0
        torn: list[int] = []
        blank, void = b"\xff" * RECORD_BYTES, bytes(RECORD_BYTES)
        for slot in range(SLOTS):
            data = self._blocks.get(block, HEADER_BYTES + slot * RECORD_BYTES, self._scratch)
            if data == blank:
                continue
            free, sequence = slot + 1, record_sequence(data, self.ring)
            if sequence > newest:
                newest, torn = sequence, []
            elif data != void:
                torn.append(slot)
        for slot in torn:
            self._blocks.void(block, HEADER_BYTES + slot * RECORD_BYTES, RECORD_BYTES)
        return free, newest

    def _block_of(self, sequence: int) -> tuple[int, int]:
        """Return the last block with a header whose first sequence is not above a held one, and that first one.

        Blocks hold 34 records, fewer where slots were torn: the block is never nearer than the difference says.
        """
        block, first = self._near
        if block < 0 or first > sequence:
            block, first = self._tail, self.oldest
        while True:
            ahead = (self._head - block) % self._count
            found = self._with_header(block, min((sequence - first) // SLOTS, ahead), 0, -1)
            if not found:
                found = self._with_header(block, (sequence - first) // SLOTS + 1, ahead + 1, 1)
            if not found or found[1] > sequence:
                self._near = (block, first)
                return self._near
            block, first = found

    def _with_header(self, block: int, start: int, end: int, step: int) -> tuple[int, int] | None:
        """Return the first block that has a header, of those `start` to before `end` steps after `block`."""
        for ahead in range(start, end, step):
            first = self._first_of((block + ahead) % self._count)
            if first:
                return (block + ahead) % self._count, first
        return None

    def _first_of(self, block: int) -> int:
        return self._blocks.first_of(block, self.ring)
