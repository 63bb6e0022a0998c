"""A simulated TMP117 thermometer: SNOSD82D, 7.6 (registers), 7.4.3 (one-shot), 7.3.1 (-256 degC at first)."""

from simulator.chips.buses import I2cChip
from simulator.chips.desk_time import DeskTime

_ONE_SHOT, _DATA_READY = 0x0C00, 0x2000
_CONVERSION_US = 124000  # eight averages


class Tmp117Chip(I2cChip):
    """Set `code` (7.8125 m degC a step). Faults: `dead`; `never_ready`; `other_chip` (another device id)."""

    def __init__(self, time: DeskTime) -> None:
        self._time = time
        self.code = 0x0C80  # 25 degC
        self.never_ready = False
        self.other_chip = False
        self._pointer = 0
        self._ready_us: int | None = None

    def write(self, data: bytes) -> None:
        """Set the pointer; begin a conversion when the configuration asks for one."""
        self._pointer = data[0]
        if self._pointer == 1 and len(data) == 3 and data[1] << 8 & _ONE_SHOT == _ONE_SHOT:
            self._ready_us = None if self.never_ready else self._time.now_us + _CONVERSION_US

    def read(self, count: int) -> bytes:
        """Give the register at the pointer."""
        ready = self._ready_us is not None and self._time.now_us >= self._ready_us
        registers = {
            0x00: self.code & 0xFFFF if ready else 0x8000,
            0x01: 0x0220 | (_DATA_READY if ready else 0),
            0x0F: 0x0118 if self.other_chip else 0x0117,
        }
        return registers.get(self._pointer, 0).to_bytes(2, "big")[:count]
