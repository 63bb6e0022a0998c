"""What all headers of the ring's flash say together: read at a mounting without a hint, and then forgotten."""

from firmware.ring_blocks import HEADER_BYTES, Blocks, parse_header


class Found:
    """What a survey of the headers knows of one ring, with the blocks that share its ends."""

    def __init__(self) -> None:
        self.blocks = 0
        self.lowest, self.highest = 0xFFFFFFFF, -1
        self.lows: list[int] = []
        self.highs: list[int] = []

    def add(self, block: int, first: int) -> None:
        self.blocks += 1
        if first < self.lowest:
            self.lowest, self.lows = first, []
        if first > self.highest:
            self.highest, self.highs = first, []
        if first == self.lowest:
            self.lows.append(block)
        if first == self.highest:
            self.highs.append(block)


def widest_gap(blocks: list[int], count: int) -> int:
    """Return the index of the block before the widest gap between blocks in flash order, which is a circle.

    >>> widest_gap([0, 1, 7], 8), widest_gap([2, 4], 8), widest_gap([5], 8)
    (1, 1, 0)
    """
    gaps = [(blocks[(n + 1) % len(blocks)] - block - 1) % count for n, block in enumerate(blocks)]
    return gaps.index(max(gaps))


def survey(blocks: Blocks) -> tuple | None:
    """Read all headers; return (id, newest block, oldest block, its first sequence) of the ring with most."""
    rings: dict[int, Found] = {}
    head = bytearray(HEADER_BYTES)
    for block in range(blocks.count):
        header_of = parse_header(blocks.get(block, 0, head))
        if header_of:
            ring, first = header_of
            rings.setdefault(ring, Found()).add(block, first)
    if not rings:
        return None
    ring = max(rings, key=lambda ring: rings[ring].blocks)
    found = rings[ring]
    newest = found.highs[widest_gap(found.highs, blocks.count)]  # the last: one without a good slot shares it
    oldest = found.lows[(widest_gap(found.lows, blocks.count) + 1) % len(found.lows)]
    return ring, newest, oldest, found.lowest
