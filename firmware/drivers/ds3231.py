"""DS3231: battery-backed clock on I2C. It keeps UTC; it measures no channel.

Source: Analog Devices (Maxim) DS3231 data sheet, 19-5170: time-keeping registers 00h-06h in BCD, 12/24 bit,
century bit 05h.7, control 0Eh (EOSC.7, CONV.5, INTCN.2), status 0Fh (OSF.7), aging offset 10h (signed, about
0.1 ppm a step at 25 degC, positive slows the clock), temperature 11h-12h in 0.25 degC. Registers and OSF were
read in public drivers; the size of an aging step and the reset of the second's countdown by a write to 00h are
from memory.

OSF set means that the oscillator stood still at some time: whatever the registers show, it is not the time.
"""

from firmware.drivers.driver import MALFORMED, SELF_TEST, NoReadingError, signed

ADDRESS = 0x68
AGING_STEP_PPB = 100

_TIME, _CONTROL, _STATUS, _AGING, _TEMPERATURE = 0x00, 0x0E, 0x0F, 0x10, 0x11
_STOPPED = 0x80
_CONVERT = 0x20
_INTCN = 0x04  # no square wave on INT/SQW; EOSC 0: the oscillator also runs on the battery
_CENTURY = 0x80
_TWELVE_HOURS = 0x40
_DAY_S = 86400
_RANGES = ((0, 59), (0, 59), (0, 23), (1, 7), (1, 31), (1, 12), (0, 99))


def days(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01, in any epoch of time.time().

    >>> days(1970, 1, 1), days(2000, 3, 1), days(2026, 11, 20)
    (0, 11017, 20777)
    """
    year -= month < 3
    era_year = year % 400
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year // 400 * 146097 + era_year * 365 + era_year // 4 - era_year // 100 + day_of_year - 719468


def date(day_number: int) -> tuple:
    """Return (year, month, day) of days since 1970-01-01.

    >>> date(20777), date(11016)
    ((2026, 11, 20), (2000, 2, 29))
    """
    shifted = day_number + 719468
    era, of_era = divmod(shifted, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    part = (5 * of_year + 2) // 153
    month = part + 3 if part < 10 else part - 9
    return era * 400 + year + (month < 3), month, of_year - (153 * part + 2) // 5 + 1


def utc_of(registers: bytes) -> int:
    """Return UTC seconds since 1970 of registers 00h-06h.

    Raises
    ------
    NoReadingError
        MALFORMED when they hold no time: a bus that reads all ones, a wrong digit, a day that the month lacks.
    """
    if registers[2] & _TWELVE_HOURS:
        raise NoReadingError(MALFORMED, registers[2])  # this driver sets 24 hours, somebody else set this
    fields = [_from_bcd(byte) for byte in registers[:5]]
    fields.append(_from_bcd(registers[5] & ~_CENTURY))
    fields.append(_from_bcd(registers[6]))
    for (low, high), value in zip(_RANGES, fields):
        if not low <= value <= high:
            raise NoReadingError(MALFORMED, value)
    second, minute, hour, _, day, month, year = fields
    year += 2100 if registers[5] & _CENTURY else 2000
    number = days(year, month, day)
    if date(number) != (year, month, day):
        raise NoReadingError(MALFORMED, day)
    return number * _DAY_S + 3600 * hour + 60 * minute + second


def registers_of(utc_s: int) -> bytes:
    """Return registers 00h-06h of UTC seconds from 2000 to 2199."""
    number, rest = divmod(utc_s, _DAY_S)
    year, month, day = date(number)
    if not 2000 <= year <= 2199:
        raise ValueError("a DS3231 holds the years 2000 to 2199, not %d" % year)
    weekday = (number + 3) % 7 + 1  # 1970-01-01 was a Thursday; Monday is 1
    century = _CENTURY if year >= 2100 else 0
    fields = [rest % 60, rest // 60 % 60, rest // 3600, weekday, day]
    return bytes([_bcd(value) for value in fields] + [_bcd(month) | century, _bcd(year % 100)])


def aging_after(present: int, fast_ppb: int) -> int:
    """Return the aging offset that takes away a gain of `fast_ppb`; at the end of its range it stays there.

    >>> aging_after(0, 1250), aging_after(-3, -1000), aging_after(120, 5000)
    (12, -13, 127)
    """
    steps = fast_ppb // AGING_STEP_PPB if fast_ppb >= 0 else -(-fast_ppb // AGING_STEP_PPB)
    return max(-128, min(127, present + steps))


class Ds3231:
    """The clock. OSError: it does not acknowledge. NoReadingError: it holds no time."""

    def __init__(self, i2c, address: int = ADDRESS) -> None:
        self._i2c = i2c
        self._address = address

    def utc_s(self) -> int:
        """Return the time; SELF_TEST when the oscillator stood still since it was set."""
        status = self._read(_STATUS, 1)[0]
        if status & _STOPPED:
            raise NoReadingError(SELF_TEST, status)
        return utc_of(self._read(_TIME, 7))  # one read: the chip holds the time still from the start condition on

    def set(self, utc_s: int) -> None:
        """Set the time at the beginning of a second, keep the oscillator on the battery, and clear OSF last."""
        self._write(_CONTROL, bytes([_INTCN]))
        self._write(_TIME, registers_of(utc_s))
        self._write(_STATUS, bytes([self._read(_STATUS, 1)[0] & ~_STOPPED]))

    def aging(self) -> int:
        return signed(self._read(_AGING, 1)[0], 8)

    def set_aging(self, steps: int) -> None:
        """Write the aging offset and convert, so that it holds at once."""
        if not -128 <= steps <= 127:
            raise ValueError("an aging offset is -128 to 127, not %d" % steps)
        self._write(_AGING, bytes([steps & 0xFF]))
        self._write(_CONTROL, bytes([self._read(_CONTROL, 1)[0] | _CONVERT]))

    def temperature_mdegc(self) -> int:
        high, low = self._read(_TEMPERATURE, 2)
        return 1000 * signed(high, 8) + 250 * (low >> 6)

    def _read(self, register: int, count: int) -> bytes:
        return self._i2c.readfrom_mem(self._address, register, count)

    def _write(self, register: int, data: bytes) -> None:
        self._i2c.writeto_mem(self._address, register, data)


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def _from_bcd(byte: int) -> int:
    """Return a BCD byte's number, or one out of every range."""
    return byte // 16 * 10 + byte % 16 if byte & 0xF < 10 and byte >> 4 < 10 else 255
