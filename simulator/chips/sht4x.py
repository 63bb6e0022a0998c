"""A simulated SHT4x: one command, six bytes of answer; source as `firmware/drivers/sht4x.py`."""

import errno

from simulator.chips.buses import I2cChip
from simulator.chips.desk_time import DeskTime

_CONVERSION_US = 8300


class Sht4xChip(I2cChip):
    """Set `code_humidity` and `code_temperature`. Faults: `dead`; `never_ready`; `flip_bit` (of the answer)."""

    def __init__(self, time: DeskTime) -> None:
        self._time = time
        self.code_humidity = 26738
        self.code_temperature = 25091
        self.never_ready = False
        self.flip_bit: int | None = None
        self._ready_us: int | None = None

    def write(self, data: bytes) -> None:
        """Take a command; one of a length that the chip does not know does nothing."""
        if bytes(data) == b"\xfd":
            self._ready_us = self._time.now_us + _CONVERSION_US

    def read(self, count: int) -> bytes:
        """Give the result once; while there is none the address is not acknowledged."""
        if self._ready_us is None or self.never_ready or self._time.now_us < self._ready_us:
            raise OSError(errno.ENODEV)
        self._ready_us = None
        answer = bytearray(_sealed(self.code_temperature) + _sealed(self.code_humidity))
        if self.flip_bit is not None:
            answer[self.flip_bit // 8] ^= 1 << self.flip_bit % 8
        return bytes(answer[:count])


def _sealed(word: int) -> bytes:
    rest = word << 8 ^ 0xFF0000
    for bit in range(23, 7, -1):  # long division, as the sheet draws it; the driver goes by bytes
        if rest >> bit & 1:
            rest ^= 0x131 << (bit - 8)
    return bytes([word >> 8, word & 0xFF, rest])
