"""The blocks of the ring's flash: headers, and reading and programming so that what was written is known.

header (16 bytes) = magic "SEEP", format u8, spare u8, ring id u16, first sequence u32, CRC-32 of those
"""

import struct

from seepline.wire.crc import crc32

BLOCK_BYTES = 4096
HEADER_BYTES = 16

_COUNT, _ERASE = 4, 6  # operations of a block device's ioctl
_MAGIC = b"SEEP"
_FORMAT = 1
_PIECE = 128


def header(ring: int, first: int) -> bytes:
    """Return the 16 bytes that open a block of ring `ring` whose first record has sequence `first`."""
    body = struct.pack(">4sBBHI", _MAGIC, _FORMAT, 0xFF, ring, first)
    return body + struct.pack(">I", crc32(body))


def parse_header(data) -> tuple[int, int] | None:
    """Return (ring id, first sequence) of a valid header, else None."""
    if data[:4] != _MAGIC:
        return None
    _, layout, _, ring, first, check = struct.unpack(">4sBBHII", data)
    valid = layout == _FORMAT and check == crc32(memoryview(data)[:12])
    return (ring, first) if valid else None


class Blocks:
    """A block device as esp32.Partition: readblocks, writeblocks with offset, ioctl."""

    def __init__(self, flash) -> None:
        self._flash = flash
        self.count = flash.ioctl(_COUNT, 0)
        self._header = bytearray(HEADER_BYTES)

    def get(self, block: int, offset: int, buffer: bytearray) -> bytearray:
        self._flash.readblocks(block, buffer, offset)
        return buffer

    def put(self, block: int, offset: int, data: bytes) -> bool:
        """Program bytes and tell whether they read back."""
        self._flash.writeblocks(block, data, offset)
        return self.get(block, offset, bytearray(len(data))) == data

    def void(self, block: int, offset: int, size: int) -> None:
        """Fill with zeros, which no header and no record is (their CRC would not be zero)."""
        self._flash.writeblocks(block, bytes(size), offset)

    def make_blank(self, block: int) -> None:
        """Erase a block that is not blank."""
        piece, blank = bytearray(_PIECE), b"\xff" * _PIECE
        for offset in range(0, BLOCK_BYTES, _PIECE):
            if self.get(block, offset, piece) != blank:
                self._flash.ioctl(_ERASE, block)
                return

    def first_of(self, block: int, ring: int) -> int:
        """Return the first sequence in a block of this ring, 0 when it is none."""
        found = parse_header(self.get(block, 0, self._header))
        return found[1] if found and found[0] == ring else 0
