"""A simulated MS5611 with PROM, conversions and command set; source as `firmware/drivers/ms5611.py`."""

from simulator.chips.buses import I2cChip
from simulator.chips.desk_time import DeskTime

_CONVERSION_US = 9040
_RELOAD_US = 2800
EXAMPLE_PROM = (
    0x0042,
    40127,
    36924,
    23317,
    23282,
    33464,
    28312,
    0x0009,
)  # the data sheet's example, CRC made here
EXAMPLE_D1, EXAMPLE_D2 = 9085466, 8569150


class Ms5611Chip(I2cChip):
    """Set `d1`, `d2` and `prom`. Faults: `dead`; a changed or empty `prom`; `never_converts`; `saturated`."""

    def __init__(self, time: DeskTime) -> None:
        self._time = time
        self.prom = list(EXAMPLE_PROM)
        self.d1 = EXAMPLE_D1
        self.d2 = EXAMPLE_D2
        self.never_converts = False
        self.saturated = False
        self._command = 0
        self._busy_until_us = 0
        self._result = 0
        self._loaded = False

    def put(self, pressure_pa: int, temperature_cdegc: int) -> None:
        """Set d1 and d2 to what the chip converts then: the formulas of the sheet backwards."""
        low, high = 0, 1 << 24
        while low + 1 < high:  # temperature rises with d2
            middle = (low + high) // 2
            low, high = (middle, high) if self._compensation(middle)[0] <= temperature_cdegc else (low, middle)
        self.d2 = low
        _, offset, sensitivity = self._compensation(low)
        self.d1 = -(-((pressure_pa << 15) + offset << 21) // sensitivity)

    def _compensation(self, d2: int) -> tuple[int, int, int]:
        """Return temperature in 0.01 degC, offset and sensitivity, as the sheet computes them."""
        _, c1, c2, c3, c4, c5, c6, _ = self.prom
        away = d2 - c5 * 256
        temperature = 2000 + away * c6 // (1 << 23)
        offset, sensitivity = c2 * 65536 + c4 * away // 128, c1 * 32768 + c3 * away // 256
        if temperature >= 2000:
            return temperature, offset, sensitivity
        cold = 5 * (temperature - 2000) ** 2
        colder = (temperature + 1500) ** 2 if temperature < -1500 else 0
        offset -= cold // 2 + 7 * colder
        sensitivity -= cold // 4 + 11 * colder // 2
        return temperature - away**2 // (1 << 31), offset, sensitivity

    def write(self, data: bytes) -> None:
        """Take a command; one that comes during the PROM reload is lost."""
        if self._command == 0x1E and self._time.now_us < self._busy_until_us:
            return
        self._command = data[0]
        if self._command == 0x1E:
            self._busy_until_us = self._time.now_us + _RELOAD_US
            self._loaded = True
        elif self._command & 0xE0 == 0x40:
            self._busy_until_us = self._time.now_us + _CONVERSION_US
            code = self.d2 if self._command & 0x10 else self.d1
            self._result = 0 if self.never_converts else 0xFFFFFF if self.saturated else code

    def read(self, count: int) -> bytes:
        """Give a PROM word or the result; a result that is read too early, or twice, is 0."""
        if self._command & 0xF0 == 0xA0:
            word = self.prom[self._command >> 1 & 7] if self._loaded else 0
            return word.to_bytes(2, "big")[:count]
        result, self._result = self._result, 0
        if self._time.now_us < self._busy_until_us:
            result = 0
        return result.to_bytes(3, "big")[:count]
