"""A simulated SCL3300 with off-frame answers, CRC and return status; source as `firmware/drivers/scl3300.py`."""

from simulator.chips.buses import SpiChip
from simulator.chips.desk_time import DeskTime

_STARTING, _NORMAL, _ERROR = 0, 1, 3
_SETTLE_US = 100000
_STATUS, _WHOAMI, _MODE, _ANGLES = 0x18, 0x40, 0x34, 0x30
_MODE_CHANGE = 0x0002


class Scl3300Chip(SpiChip):
    """Set `code_x`, `code_y`, `code_temperature`. It powers up without angles, with its status to be cleared.

    Faults: `dead`; `flip_bit` (of every answer); `status` (bits that come back after each reading of STATUS:
    0x40 saturated, 0x20 temperature, 0x10 supply, 0x08 memory); `brown_out()`; `swapped_identity`; `frozen_frame`.
    """

    def __init__(self, time: DeskTime) -> None:
        self._time = time
        self.code_x = 0
        self.code_y = 0
        self.code_temperature = 5537
        self.status = 0
        self.flip_bit: int | None = None
        self.swapped_identity = False
        self.frozen_frame: bytes | None = None
        self._frame: list[int] = []
        self.brown_out()

    def brown_out(self) -> None:
        """Lose the supply for a moment: everything is as after power-on."""
        self._mode = 0
        self._angles = False
        self._settled_us = self._time.now_us + _SETTLE_US
        self._latched = _MODE_CHANGE
        self._answer = b"\x00\x00\x00"

    def select(self) -> None:
        """Begin a frame: what goes out is the answer to the one before."""
        self._frame = []
        self._out = self._sealed(self._answer)

    def shift(self, byte: int) -> int:
        """Exchange one byte of the 32 bits."""
        self._frame.append(byte)
        return self._out[len(self._frame) - 1] if len(self._frame) <= 4 else 0

    def deselect(self) -> None:
        """Take the frame when it is whole and its CRC fits; else the next answer says error."""
        if len(self._frame) != 4 or _crc8(self._frame[:3]) != self._frame[3]:
            self._answer = bytes([_ERROR, 0, 0])
            return
        operation, data = self._frame[0], self._frame[1] << 8 | self._frame[2]
        if operation & 0x80:
            self._write(operation & 0x7C, data)
            data = 0
        else:
            data = self._read(operation)
        self._answer = bytes([operation & 0xFC | self._state(), data >> 8 & 0xFF, data & 0xFF])

    def _state(self) -> int:
        if self._time.now_us < self._settled_us:
            return _STARTING
        return _ERROR if self._latched | self.status else _NORMAL

    def _write(self, register: int, data: int) -> None:
        if register == _MODE and data & 0x20:
            self.brown_out()
        elif register == _MODE:
            self._mode = data & 3
            self._latched |= _MODE_CHANGE
            self._settled_us = self._time.now_us + _SETTLE_US
        elif register == _ANGLES:
            self._angles = data == 0x1F

    def _read(self, register: int) -> int:
        if register == _STATUS:
            latched, self._latched = self._latched, 0
            return latched | self.status
        angles = {0x24: self.code_x, 0x28: self.code_y}
        if register in angles:
            return angles[register] & 0xFFFF if self._angles else 0
        identity = 0xC2 if self.swapped_identity else 0xC1
        return {0x14: self.code_temperature, _WHOAMI: identity, _MODE: self._mode}.get(register, 0)

    def _sealed(self, answer: bytes) -> bytes:
        if self.frozen_frame is not None:
            return self.frozen_frame
        out = bytearray(answer + bytes([_crc8(list(answer))]))
        if self.flip_bit is not None:
            out[self.flip_bit // 8] ^= 1 << self.flip_bit % 8
        return bytes(out)


def _crc8(data: list[int]) -> int:
    crc = 0xFF
    for byte in data:
        for bit in range(7, -1, -1):  # bit by bit, as the data sheet has it; the driver goes by bytes
            carry = (crc >> 7 ^ byte >> bit) & 1
            crc = crc << 1 & 0xFF ^ (0x1D if carry else 0)
    return crc ^ 0xFF
