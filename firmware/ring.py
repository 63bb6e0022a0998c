"""The logger's memory: a ring of records on raw flash that no power cut can break.

    block (4096 bytes) = header (16) + 34 records of 120 bytes, the bytes of seepline.wire.record
    header             = magic "SEEP", format u8, spare u8, ring id u16, first sequence u32, CRC-32 of those

Why it holds, operation by operation:

* A record is acknowledged (`append` returns) only after it was read back. Sequence numbers rise by one per
  acknowledged record and never restart while the ring lives; a record torn by a cut was never acknowledged, so
  its number is given again, and its slot is filled with zeros, lest weak bits read as a record some day.
* A block gets its header before its first record. The newest block is the one with the highest first sequence;
  blocks follow each other in flash order, so mounting reads the headers and then one block.
* A block is retired by overwriting its header with zeros before it is erased: a torn erase leaves a block
  without header, never half a block that looks whole.
* Only blocks without a valid header of this ring are ever formatted; a fresh ring draws a random id.
"""

import struct
from array import array

from seepline.wire.crc import crc32
from seepline.wire.record import RECORD_BYTES

BLOCK_BYTES = 4096
HEADER_BYTES = 16
SLOTS = 34
_AHEAD_SLOT = 30  # from here on the next block may be erased while the line is quiet (7/8 full)

_COUNT, _ERASE = 4, 6  # operations of a block device's ioctl
_MAGIC = b"SEEP"
_FORMAT = 1
_BLANK = b"\xff" * RECORD_BYTES
_TRIES = 2 * SLOTS


class RingError(OSError):
    """The flash does not take a record any more: the part is worn out or not a NOR flash."""


def header(ring: int, first: int) -> bytes:
    """Return the 16 bytes that open a block of ring `ring` whose first record has sequence `first`."""
    body = struct.pack(">4sBBHI", _MAGIC, _FORMAT, 0xFF, ring, first)
    return body + struct.pack(">I", crc32(body))


def parse_header(data: bytes) -> tuple[int, int] | None:
    """Return (ring id, first sequence) of a valid header, else None."""
    magic, layout, _, ring, first, check = struct.unpack(">4sBBHII", data)
    valid = magic == _MAGIC and layout == _FORMAT and check == crc32(data[:12])
    return (ring, first) if valid else None


def record_sequence(data: bytes, ring: int) -> int:
    """Return the sequence of a whole record of this ring, or -1 for any other 120 bytes."""
    owner, _, sequence = struct.unpack_from(">HHI", data, 8)
    if owner != ring or struct.unpack_from(">I", data, RECORD_BYTES - 4)[0] != crc32(memoryview(data)[:-4]):
        return -1
    return sequence


class Ring:
    """The records held: `oldest` to `newest`, none when oldest is newest + 1.

    `flash` is a block device as esp32.Partition (readblocks, writeblocks with offset, ioctl); `random16` draws
    the id of a fresh ring.
    """

    def __init__(self, flash, random16) -> None:
        self._flash = flash
        self._count = flash.ioctl(_COUNT, 0)
        if self._count < 3:
            raise RingError("the flash has %d blocks, a ring needs 3" % self._count)
        self.capacity = (self._count - 2) * SLOTS  # held at every moment: one block in writing, one erased ahead
        self._first = array("I", [0] * self._count)  # first sequence per block, 0 = no block of this ring
        self._scratch = bytearray(RECORD_BYTES)
        self._ready = False  # the block after the newest is blank
        self.ring = self._find_ring()
        if self.ring < 0:
            self.ring = random16()
            self._head, self._slot, self.newest = self._count - 1, SLOTS, 0
        else:
            self._head = self._newest_block()
            self._slot, self.newest = self._end_of(self._head)
        self._tail = self._oldest_block()

    @property
    def oldest(self) -> int:
        return self._first[self._tail] or 1

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
            if self._put(self._head, place, data):
                self.newest = sequence
                return sequence
            self._void(self._head, place, RECORD_BYTES)
        raise RingError("the flash took no record in %d slots" % _TRIES)

    def read(self, sequence: int) -> bytes | None:
        """Return the 120 bytes of a record, or None when it is not held."""
        if not self.oldest <= sequence <= self.newest:
            return None
        block = self._block_of(sequence)
        for slot in range(max(0, sequence - self._first[block]) if self._first[block] else 0, SLOTS):
            data = self._get(block, HEADER_BYTES + slot * RECORD_BYTES, self._scratch)
            if record_sequence(data, self.ring) == sequence:
                return bytes(data)
        return None

    def erase_ahead(self) -> None:
        """Erase the next block when the newest is nearly full; 45 to 400 ms on hardware, so in quiet time."""
        if self._slot >= _AHEAD_SLOT and not self._ready:
            self._clear((self._head + 1) % self._count)
            self._ready = True

    def _open_next_block(self) -> None:
        for _ in range(self._count):
            if not self._ready:
                self._clear((self._head + 1) % self._count)
            self._head, self._slot, self._ready = (self._head + 1) % self._count, 0, False
            if self._put(self._head, 0, header(self.ring, self.newest + 1)):
                self._first[self._head] = self.newest + 1
                self._tail = self._oldest_block()
                return
        raise RingError("no block of the flash takes a header")

    def _clear(self, block: int) -> None:
        if self._first[block]:
            self._void(block, 0, HEADER_BYTES)
            self._first[block] = 0
            self._tail = self._oldest_block()
        if not self._is_blank(block):
            self._flash.ioctl(_ERASE, block)

    def _find_ring(self) -> int:
        """Read all headers; return the id that most blocks carry, or -1."""
        votes: dict[int, int] = {}
        for block in range(self._count):
            found = self._header_of(block)
            if found:
                votes[found[0]] = votes.get(found[0], 0) + 1
        ring = max(votes, key=lambda ring: votes[ring]) if votes else -1
        for block in range(self._count if votes else 0):
            found = self._header_of(block)
            if found and found[0] == ring:
                self._first[block] = found[1]
        return ring

    def _newest_block(self) -> int:
        """Return the last block that starts with the highest sequence; one without a good slot shares it."""
        highest = max(self._first)
        for block in range(self._count - 1):
            if self._first[block] == highest != self._first[block + 1]:
                return block
        return self._count - 1

    def _oldest_block(self) -> int:
        for step in range(1, self._count + 1):
            block = (self._head + step) % self._count
            if self._first[block]:
                return block
        return self._head

    def _end_of(self, block: int) -> tuple[int, int]:
        """Return (next free slot, newest sequence) of the newest block; torn slots at its end are voided."""
        newest, last = self._first[block] - 1, -1
        for slot in range(SLOTS):
            data = self._get(block, HEADER_BYTES + slot * RECORD_BYTES, self._scratch)
            sequence = record_sequence(data, self.ring)
            if sequence > newest:
                newest, last = sequence, slot
        free = last + 1
        for slot in range(last + 1, SLOTS):
            place = HEADER_BYTES + slot * RECORD_BYTES
            if self._get(block, place, self._scratch) != _BLANK:
                self._void(block, place, RECORD_BYTES)
                free = slot + 1
        return free, newest

    def _block_of(self, sequence: int) -> int:
        """Return the block that must hold a sequence: blocks hold 34 records, fewer where slots were torn."""
        held = (self._head - self._tail) % self._count
        step = min(held, (sequence - self._first[self._tail]) // SLOTS)
        for later in range(step + 1, held + 1):
            first = self._first[(self._tail + later) % self._count]
            if first > sequence:
                break
            if first:  # 0: a header that got lost
                step = later
        return (self._tail + step) % self._count

    def _is_blank(self, block: int) -> bool:
        ends = range(0, BLOCK_BYTES - RECORD_BYTES, RECORD_BYTES)
        get, scratch = self._get, self._scratch
        return all(get(block, place, scratch) == _BLANK for place in ends) and (
            get(block, BLOCK_BYTES - RECORD_BYTES, scratch) == _BLANK
        )

    def _header_of(self, block: int) -> tuple[int, int] | None:
        return parse_header(bytes(self._get(block, 0, bytearray(HEADER_BYTES))))

    def _get(self, block: int, offset: int, buffer: bytearray) -> bytearray:
        self._flash.readblocks(block, buffer, offset)
        return buffer

    def _put(self, block: int, offset: int, data: bytes) -> bool:
        """Program bytes and tell whether they read back."""
        self._flash.writeblocks(block, data, offset)
        return self._get(block, offset, bytearray(len(data))) == data

    def _void(self, block: int, offset: int, size: int) -> None:
        """Fill with zeros, which no header and no record is (their CRC would not be zero)."""
        self._flash.writeblocks(block, bytes(size), offset)
