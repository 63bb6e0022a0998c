"""A simulated TCA9535 expander; source as `firmware/expander.py`."""

from simulator.chips.buses import I2cChip

_OUTPUTS, _DIRECTIONS = 2, 6


class Tca9535Chip(I2cChip):
    """Set `pins_in`, the levels that others drive. `driven` is (mask, levels) of what the chip drives.

    `seen` keeps every change of what is driven. Faults: `dead`; `brown_out()` makes every pin an input again.
    """

    def __init__(self) -> None:
        self.pins_in = 0
        self.seen: list[tuple[int, int]] = []
        self._pointer = 0
        self.brown_out()

    def brown_out(self) -> None:
        """Lose the supply for a moment."""
        self._registers = bytearray(b"\x00\x00\xff\xff\x00\x00\xff\xff")

    @property
    def driven(self) -> tuple[int, int]:
        """Return (mask of driven pins, their levels)."""
        mask = ~self._word(_DIRECTIONS) & 0xFFFF
        return mask, self._word(_OUTPUTS) & mask

    def write(self, data: bytes) -> None:
        """Set the pointer and write; it goes round within a pair of registers."""
        self._pointer = data[0]
        for byte in data[1:]:
            self._registers[self._pointer] = byte
            self._pointer ^= 1
        if not self.seen or self.seen[-1] != self.driven:
            self.seen.append(self.driven)

    def read(self, count: int) -> bytes:
        """Give the pair of registers at the pointer; an input register shows the pins themselves."""
        mask, levels = self.driven
        if self._pointer < _OUTPUTS:
            return (levels | self.pins_in & ~mask).to_bytes(2, "little")[:count]
        return bytes(self._registers[self._pointer : self._pointer + count])

    def _word(self, register: int) -> int:
        return int.from_bytes(self._registers[register : register + 2], "little")
