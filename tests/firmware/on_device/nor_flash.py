"""NOR flash in memory that can lose power in the middle of any operation, and one too large for memory."""

from arena import ARENA

_BLANK = b"\xff" * 4096


class PowerCutError(Exception):
    pass


class Flash:
    """NOR flash: program clears bits; power fails inside operation `cut_at`, leaving what `tear` says.

    Tear 0: nothing was done, 1: the first half, 2: all of it but nobody heard, 3: every third byte,
    4: the second half, so that an erase leaves a header over half a block.
    All flashes share one piece of memory: a new one is blank and takes the place of the one before.
    """

    def __init__(self, blocks):
        self.cells = memoryview(ARENA)[: 4096 * blocks]
        for block in range(blocks):
            self.cells[4096 * block : 4096 * (block + 1)] = _BLANK
        self.blocks = blocks
        self.cut_at = -1
        self.tear = 0
        self.stuck = ()  # places of bytes that do not take zeros
        self.erases = 0

    def _touched(self, size):
        if self.cut_at < 0:
            return range(size), False
        self.cut_at -= 1
        if self.cut_at >= 0:
            return range(size), False
        return (range(0), range(size // 2), range(size), range(0, size, 3), range(size // 2, size))[
            self.tear
        ], True

    def readblocks(self, block, buffer, offset=0):
        start = 4096 * block + offset
        buffer[:] = self.cells[start : start + len(buffer)]

    def writeblocks(self, block, data, offset=0):
        touched, cut = self._touched(len(data))
        start = 4096 * block + offset
        for index in touched:
            if start + index not in self.stuck:
                self.cells[start + index] &= data[index]
        if cut:
            raise PowerCutError

    def ioctl(self, operation, block):
        if operation == 4:
            return self.blocks
        if operation == 6:
            self._erase(4096 * block)
        return 0

    def _erase(self, start):
        touched, cut = self._touched(4096)
        self.erases += 1
        if not cut:
            self.cells[start : start + 4096] = _BLANK
            return
        for index in touched:
            self.cells[start + index] = 0xFF
        raise PowerCutError


class Made:
    """NOR flash of any size that counts reads: `made(block, offset, size)` is what it holds until it is written.

    `made` may return None for a piece that is no header and no record; then the block is put together. What was
    programmed or erased is kept: a few blocks at most.
    """

    def __init__(self, blocks):
        self.blocks = blocks
        self.kept = {}
        self.reads = 0
        self.erases = 0
        self.cut_at = -1
        self.tear = 0

    _touched = Flash._touched

    def made(self, block, offset, size):
        raise NotImplementedError

    def readblocks(self, block, buffer, offset=0):
        self.reads += 1
        if block not in self.kept:
            piece = self.made(block, offset, len(buffer))
            if piece is not None:
                buffer[:] = piece
                return
        buffer[:] = memoryview(self._block(block))[offset : offset + len(buffer)]

    def _block(self, block):
        if block in self.kept:
            return self.kept[block]
        cells = bytearray(4096)
        cells[:16] = self.made(block, 0, 16)
        for place in range(16, 4096, 120):
            cells[place : place + 120] = self.made(block, place, 120)
        return cells

    def writeblocks(self, block, data, offset=0):
        touched, cut = self._touched(len(data))
        self.kept[block] = self._block(block)
        for index in touched:
            self.kept[block][offset + index] &= data[index]
        if cut:
            raise PowerCutError

    def ioctl(self, operation, block):
        if operation == 4:
            return self.blocks
        if operation == 6:
            touched, cut = self._touched(4096)
            self.kept[block] = self._block(block)
            self.erases += 1
            for index in touched:
                self.kept[block][index] = 0xFF
            if cut:
                raise PowerCutError
        return 0
