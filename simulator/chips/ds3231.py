"""A simulated DS3231 that counts in BCD as the chip does; source as `firmware/drivers/ds3231.py`."""

from simulator.chips.buses import I2cChip
from simulator.chips.desk_time import DeskTime

_OSF = 0x80
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Ds3231Chip(I2cChip):
    """Registers 00h-12h; the time runs with the desk's, faster by `fast_ppb` less 100 for each aging step.

    Faults: `dead`; `stop()` (the oscillator stood still, OSF); `all_ones` (every register reads FFh).
    """

    def __init__(self, time: DeskTime) -> None:
        self._time = time
        self.registers = bytearray(0x13)
        self.registers[:7] = bytes([0, 0, 0, 6, 1, 1, 0])  # Saturday 2000-01-01
        self.registers[0x0E], self.registers[0x0F] = 0x1C, 0x88
        self.registers[0x11], self.registers[0x12] = 0x19, 0x40  # 25.25 degC
        self.fast_ppb = 0
        self.all_ones = False
        self._pointer = 0
        self._counted_us = time.now_us
        self._rest_ns = 0

    def stop(self) -> None:
        """Let the battery go flat."""
        self.registers[0x0F] |= _OSF

    def write(self, data: bytes) -> None:
        """Set the pointer and write registers from there on."""
        self._run()
        self._pointer = data[0]
        for byte in data[1:]:
            if self._pointer == 0:
                self._rest_ns = 0  # the second begins anew
            self._put(byte)
            self._pointer = (self._pointer + 1) % 0x13

    def _put(self, byte: int) -> None:
        if self._pointer == 0x0F:  # OSF can be cleared, not set
            byte = byte & 0x7F | self.registers[0x0F] & byte & _OSF
        self.registers[self._pointer] = byte

    def read(self, count: int) -> bytes:
        """Give registers from the pointer on."""
        self._run()
        given = [self.registers[(self._pointer + number) % 0x13] for number in range(count)]
        return b"\xff" * count if self.all_ones else bytes(given)

    def _run(self) -> None:
        aging = self.registers[0x10] - 256 if self.registers[0x10] & 0x80 else self.registers[0x10]
        passed_us, self._counted_us = self._time.now_us - self._counted_us, self._time.now_us
        self._rest_ns += passed_us * 1000 + passed_us * (self.fast_ppb - 100 * aging) // 1000000
        seconds, self._rest_ns = divmod(self._rest_ns, 1000000000)
        for _ in range(seconds):
            self._tick()

    def _tick(self) -> None:
        for register, limit in ((0, 60), (1, 60), (2, 24)):
            value = (_binary(self.registers[register]) + 1) % limit
            self.registers[register] = _bcd(value)
            if value:
                return
        self._next_day()

    def _next_day(self) -> None:
        self.registers[3] = self.registers[3] % 7 + 1
        month, year = _binary(self.registers[5] & 0x1F), _binary(self.registers[6])
        leap = 1 if month == 2 and year % 4 == 0 else 0  # the chip knows no century's exception
        day = _binary(self.registers[4]) % (_MONTHS[month - 1] + leap) + 1
        self.registers[4] = _bcd(day)
        if day > 1:
            return
        month = month % 12 + 1
        century = self.registers[5] & 0x80
        if month == 1:
            year = (year + 1) % 100
            century ^= 0 if year else 0x80
        self.registers[5], self.registers[6] = _bcd(month) | century, _bcd(year)


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def _binary(byte: int) -> int:
    return (byte >> 4) * 10 + (byte & 0xF)
