"""A NOR flash in a file: programming only clears bits, erasing sets a whole block, nothing is buffered.

The same block device as `esp32.Partition`, so a logger that was killed finds its memory where it left it.
"""

import os

BLOCK_BYTES = 4096
_COUNT, _SIZE, _ERASE = 4, 5, 6  # operations of ioctl


def _write_blank(file) -> None:
    piece = b"\xff" * 256  # a logger's heap has better uses for a whole block
    for _ in range(BLOCK_BYTES // len(piece)):
        file.write(piece)


def _size(path: str) -> int:
    try:
        return os.stat(path)[6]
    except OSError:
        return -1


class Nor:
    """Block device over a file of `blocks` times 4096 bytes, made blank when it is missing."""

    def __init__(self, path: str, blocks: int) -> None:
        if _size(path) < 0:
            with open(path, "wb") as file:
                for _ in range(blocks):
                    _write_blank(file)
        if _size(path) != blocks * BLOCK_BYTES:
            raise ValueError("%s has %d bytes, expected %d blocks of 4096" % (path, _size(path), blocks))
        self._file = open(path, "r+b", 0)
        self._blocks = blocks

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        self._file.seek(block * BLOCK_BYTES + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block: int, data: bytes, offset: int = 0) -> None:
        """Program: bits go from 1 to 0 and never back."""
        cells = bytearray(len(data))
        self.readblocks(block, cells, offset)
        for index, byte in enumerate(data):
            cells[index] &= byte
        self._file.seek(block * BLOCK_BYTES + offset)
        self._file.write(cells)

    def ioctl(self, operation: int, block: int) -> int:
        if operation == _ERASE:
            self._file.seek(block * BLOCK_BYTES)
            _write_blank(self._file)
        return {_COUNT: self._blocks, _SIZE: BLOCK_BYTES}.get(operation, 0)
