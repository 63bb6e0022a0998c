"""A simulated ADS1115 with its four inputs; source as `firmware/drivers/ads1115.py`."""

from simulator.chips.buses import I2cChip
from simulator.chips.desk_time import DeskTime

_FULL = 1 << 15
_CONVERSION_US = 125000
_CONVERSION, _CONFIG = 0, 1
_OS, _MODE = 0x8000, 0x0100
_FULL_SCALE_UV = (6144000, 4096000, 2048000, 1024000, 512000, 256000, 256000, 256000)


class Ads1115Chip(I2cChip):
    """Set `input_uv`, or `ratio` for an input of a bridge (its voltage over `supply_uv`, in 1e-9).

    Faults: `dead`; `never_ready` (no conversion ends); `stuck_code` (the modulator gives one code for ever);
    `slow_percent` (the oscillator is slow); `other_chip` (it does not keep what is written to it);
    `leave_converting()` (another program has left it in continuous mode).
    """

    def __init__(self, time: DeskTime, supply_uv: int = 3300000) -> None:
        self._time = time
        self.supply_uv = supply_uv
        self.input_uv: list[float] = [0, 0, 0, 0]
        self.ratio: dict[int, int] = {}
        self.never_ready = False
        self.stuck_code: int | None = None
        self.slow_percent = 0
        self.other_chip = False
        self._pointer = 0
        self._config = 0x8583  # after power-on
        self._code = 0
        self._next = 0
        self._ready_us: int | None = None

    def leave_converting(self) -> None:
        """Convert all the time, input 0 in the widest range."""
        self._config = 0x4003
        self._begin()

    def write(self, data: bytes) -> None:
        """Set the pointer, and the register that it points to."""
        self._pointer = data[0]
        if len(data) == 3 and self._pointer == _CONFIG:
            self._end()
            self._set_up(data[1] << 8 | data[2])

    def read(self, count: int) -> bytes:
        """Give the register that the pointer points to."""
        self._end()
        word = self._code & 0xFFFF
        if self._pointer == _CONFIG:
            idle = self._ready_us is None
            word = 0x0C20 if self.other_chip else self._config | (_OS if idle else 0)
        return word.to_bytes(2, "big")[:count]

    def _set_up(self, setup: int) -> None:
        """Take a setup; a conversion that goes on keeps its own and is not begun anew."""
        busy = self._ready_us is not None
        self._config = setup & ~_OS
        if setup & _OS and not busy:
            self._begin()

    def _begin(self) -> None:
        self._next = self._convert()
        self._ready_us = self._time.now_us + _CONVERSION_US * 100 // (100 - self.slow_percent)

    def _end(self) -> None:
        if self._ready_us is None or self.never_ready or self._time.now_us < self._ready_us:
            return
        self._code, self._ready_us = self._next, None
        if not self._config & _MODE:
            self._begin()

    def _convert(self) -> int:
        if self.stuck_code is not None:
            return self.stuck_code
        multiplexer = self._config >> 12 & 7
        if multiplexer < 4:
            raise ValueError("the desk simulates inputs against ground only")
        number = multiplexer - 4
        uv = self.input_uv[number]
        if number in self.ratio:
            uv = self.ratio[number] * self.supply_uv / 1000000000
        uv = min(uv, self.supply_uv + 300000)  # its own diodes
        return max(-_FULL, min(_FULL - 1, round(uv * _FULL / _FULL_SCALE_UV[self._config >> 9 & 7])))
