"""The ring on a flash that wears out while its power fails again and again, mounted with a hint and without."""

import contextlib
import random
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from firmware.ring import SLOTS, Ring, RingError  # noqa: E402
from seepline.wire import record  # noqa: E402

RING_ID = 0xBEEF
ROUNDS = 40


class PowerCutError(Exception):
    pass


class Worn:
    """NOR flash of which some bytes never become zero, and whose power fails inside operation `cut_at`."""

    def __init__(self, blocks: int, worn: frozenset[int]) -> None:
        self.cells = bytearray(b"\xff" * 4096 * blocks)
        self.blocks, self.worn, self.cut_at, self.tear = blocks, worn, -1, 0

    def _touched(self, size: int) -> tuple[range, bool]:
        whole, half = range(size), size // 2
        if self.cut_at < 0:
            return whole, False
        self.cut_at -= 1
        if self.cut_at >= 0:
            return whole, False
        torn = (range(0), range(half), whole, range(0, size, 3), range(half, size))
        return torn[self.tear], True

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        start = 4096 * block + offset
        buffer[:] = self.cells[start : start + len(buffer)]

    def writeblocks(self, block: int, data: bytes, offset: int = 0) -> None:
        touched, cut = self._touched(len(data))
        for index in touched:
            place = 4096 * block + offset + index
            self.cells[place] &= 0xFF if place in self.worn else data[index]
        if cut:
            raise PowerCutError

    def ioctl(self, operation: int, block: int) -> int:
        if operation == 4:
            return self.blocks
        touched, cut = self._touched(4096)
        for index in touched:
            self.cells[4096 * block + index] = 0xFF
        if cut:
            raise PowerCutError
        return 0


def content(sequence: int, mark: int) -> bytes:
    fields = (116001, 0, 1, 1, RING_ID, 1, sequence, 1450425600 + sequence, 0, sequence, 2, 1)
    return record.encode(record.Record(*fields, bytes([mark]) * 6))


class Life:
    """A ring with what was written into it and what of that was acknowledged, sequence -> mark."""

    def __init__(self, flash: Worn, chance: random.Random) -> None:
        self.flash, self.chance = flash, chance
        self.log = Ring(flash, lambda: RING_ID)
        self.written: dict[int, set[int]] = {}
        self.acknowledged: dict[int, int] = {}

    def write(self, mark: int) -> bool:
        """Append some records; False when the power failed meanwhile."""
        self.flash.cut_at = self.chance.choice([-1, -1, self.chance.randrange(30)])
        self.flash.tear = self.chance.randrange(5)
        try:
            for _ in range(self.chance.randrange(40)):
                self.written.setdefault(self.log.newest + 1, set()).add(mark)
                self.acknowledged[self.log.append(lambda _, sequence: content(sequence, mark))] = mark
                if self.chance.random() < 0.5:
                    self.log.erase_ahead()
        except PowerCutError:
            return False
        finally:
            self.flash.cut_at = -1
        return True

    def check(self) -> None:
        assert self.log.newest >= max(self.acknowledged, default=0)
        for sequence in range(self.log.oldest, self.log.newest + 1):
            marks = {self.acknowledged[sequence]} if sequence in self.acknowledged else self.written[sequence]
            assert self.log.read(sequence) in [content(sequence, mark) for mark in marks]


@pytest.mark.parametrize("seed", range(60))
def test_what_was_acknowledged_is_there_and_a_hint_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    blocks = chance.choice([3, 4, 5, 8])
    worn = frozenset(chance.randrange(4096 * blocks) for _ in range(chance.choice([0, 0, 1, 3, 30])))
    flash, hint = Worn(blocks, worn), b""
    life = Life(flash, chance)
    with contextlib.suppress(RingError):  # worn out, and says so
        for mark in range(ROUNDS):
            slept = life.write(mark)
            hint = life.log.hint() if slept else hint  # or an old one, which must be found out
            life.log, plain = (Ring(flash, lambda: RING_ID, one) for one in (chance.choice([hint, b""]), b""))
            assert (life.log.ring, life.log.oldest, life.log.newest) == (RING_ID, plain.oldest, plain.newest)
            life.check()
            if not worn:
                count = life.log.newest - life.log.oldest + 1
                assert count >= min(len(life.acknowledged), (blocks - 2) * SLOTS)
