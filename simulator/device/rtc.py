"""The I2C bus of a simulated board with a DS3231 on it, whose time is the site's."""

import time

from simulator.chips.buses import I2cBus
from simulator.chips.ds3231 import Ds3231Chip

ADDRESS = 0x68
_TIME, _STATUS = 0x00, 0x0F


class _SiteTime:
    """The site's time as the chips of a desk count it."""

    def __init__(self, clock) -> None:
        self._clock = clock
        self._start_ms = clock.true_ms()

    @property
    def now_us(self) -> int:
        return 1000 * (self._clock.true_ms() - self._start_ms)


def bus_with_clock(clock, wrong_s: int | str) -> I2cBus:
    """Return a bus whose clock is wrong by so many seconds, or stood still when it is "stopped"."""
    bus, chip = I2cBus(), Ds3231Chip(_SiteTime(clock))
    bus.attach(ADDRESS, chip)
    if wrong_s == "stopped":
        chip.stop()
        return bus
    year, month, day, hour, minute, second, weekday = time.gmtime(clock.true_ms() // 1000 + int(wrong_s))[:7]
    fields = (second, minute, hour, weekday + 1, day, month, year % 100)
    chip.write(bytes((_TIME,) + tuple([value // 10 << 4 | value % 10 for value in fields])))
    chip.write(bytes((_STATUS, 0)))
    return bus
