"""A simulated ADXL355 that fills its FIFO by the desk's time; source as `firmware/drivers/adxl355.py`."""

from simulator.chips.buses import SpiChip
from simulator.chips.desk_time import DeskTime

try:
    from collections.abc import Callable

    Motion = Callable[[int], tuple[float, float, float]]
except ImportError:  # MicroPython does not need to know
    pass

RATE = 250  # samples/s at FILTER = 4
_FIFO_ENTRIES = 96
_LIMIT = 1 << 19
_PER_G = {1: 256000, 2: 128000, 3: 64000}
_RESPONSE_G = (0.3, 0.3, 1.5)
_STANDBY = 1


class Adxl355Chip(SpiChip):
    """What it feels is `motion(sample) -> (x, y, z)` in g, the sample counted from `origin`, set to 0 by `quake`.

    At rest it lies flat: 0, 0, 1 g, with `noise_lsb` of uniform noise. Faults: `dead`; `frozen` (the same sample
    again and again); `other_chip`; `broken_axis` (does not answer the self-test); `loses_entry` (an entry of the
    next sample is missing); `clock_permille` (its own time to ours); `brown_out()`; `become_another()`. A FIFO
    that is not drained overruns and loses the oldest entries.
    """

    def __init__(self, time: DeskTime, motion: "Motion | None" = None) -> None:
        self._time = time
        self.motion = motion
        self.noise_lsb = 100
        self.code_temperature = 1885
        self.frozen = False
        self.other_chip = False
        self.broken_axis = -1
        self.loses_entry = False
        self.clock_permille = 1000
        self.samples = 0  # made since the last `quake`
        self._seed = 1
        self._address: int | None = None
        self.brown_out()

    def brown_out(self) -> None:
        """Lose the supply for a moment: everything is as after power-on."""
        self._registers = {0x28: 0, 0x2C: 0x81, 0x2D: _STANDBY, 0x2E: 0}
        self._fifo: list[bytes] = []
        self._overrun = False
        self._due_us = 0
        self._last: tuple[int, ...] = (0, 0, 0)

    def become_another(self) -> None:
        """Be exchanged for another chip, which begins without supply."""
        self.other_chip = True
        self.brown_out()

    def quake(self, motion: "Motion") -> None:
        """Begin a motion at the next sample."""
        self._make()
        self.motion, self.samples = motion, 0

    def select(self) -> None:
        """Begin a frame: the first byte is the register and the direction."""
        self._address = None
        self._given = 0
        self._make()

    def shift(self, byte: int) -> int:
        """Exchange one byte; the address counts up, except at the FIFO."""
        if self._address is None:
            self._address, self._reads = byte >> 1, bool(byte & 1)
            return 0
        if self._reads:
            value = self._read(self._address)
        else:
            value = 0
            self._write(self._address, byte)
        if self._address != 0x11:
            self._address += 1
        return value

    def _read(self, register: int) -> int:
        if register == 0x11:
            return self._fifo_byte()
        if register == 0x04:
            status = 1 | (4 if self._overrun else 0)
            self._overrun = False
            return status
        if 0x08 <= register <= 0x10:
            return _three(self._last[(register - 8) // 3])[(register - 8) % 3]
        identity = (0xAD, 0x1D, 0xEC if self.other_chip else 0xED, 1)
        if register < 4:
            return identity[register]
        fixed = {
            0x05: len(self._fifo),
            0x06: self.code_temperature >> 8,
            0x07: self.code_temperature & 0xFF,
        }
        return fixed.get(register, self._registers.get(register, 0))

    def _fifo_byte(self) -> int:
        if not self._fifo:
            return 0x02 if self._given % 3 == 2 else 0
        entry = self._fifo[0]
        value = entry[self._given % 3]
        self._given += 1
        if self._given % 3 == 0:
            self._fifo.pop(0)
        return value

    def _write(self, register: int, value: int) -> None:
        if register == 0x2F and value == 0x52:
            self.brown_out()
        elif register == 0x28 and not self._registers[0x2D] & _STANDBY:
            return  # the filter can only be set at rest
        elif register == 0x2D and value == 0 and self._registers[0x2D] & _STANDBY:
            self._fifo, self._due_us = [], self._time.now_us + self._period_us()
        self._registers[register] = value

    def _period_us(self) -> int:
        return (250 << self._registers[0x28]) * self.clock_permille // 1000

    def _make(self) -> None:
        """Take the samples that have become due."""
        if self._registers[0x2D] & _STANDBY:
            return
        while self._due_us <= self._time.now_us:
            self._due_us += self._period_us()
            if not self.frozen:
                self._last = self._felt()
            self.samples += 1
            entries = [_three(value) for value in self._last]
            entries[0] = entries[0][:2] + bytes([entries[0][2] | 1])
            if self.loses_entry:
                self.loses_entry = False
                entries.pop(1)
            self._fifo += entries
            while len(self._fifo) > _FIFO_ENTRIES:
                self._fifo.pop(0)
                self._overrun = True

    def _felt(self) -> tuple[int, ...]:
        x, y, z = self.motion(self.samples) if self.motion else (0, 0, 0)
        values = []
        for number, g in enumerate((x, y, z + 1)):
            if self._registers[0x2E] & 2 and number != self.broken_axis:
                g += _RESPONSE_G[number]
            code = round(g * _PER_G[self._registers[0x2C] & 3]) + self._noise()
            values.append(max(-_LIMIT, min(code, _LIMIT - 1)))
        return tuple(values)

    def _noise(self) -> int:
        """Return uniform noise of a standard deviation of about `noise_lsb` / 1.7, the same in every run."""
        self._seed = (self._seed * 1103 + 12345) % 65521
        return (self._seed * 2 * self.noise_lsb) // 65521 - self.noise_lsb


def _three(value: int) -> bytes:
    word = (value & 0xFFFFF) << 4
    return bytes([word >> 16, word >> 8 & 0xFF, word & 0xFF])
