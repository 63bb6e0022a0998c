"""What every driver is: it gets its bus, says what it costs, and answers with scaled integers and a status.

    driver = SomeChip(bus, pause, ...)      bus and `async pause(ms)` are given, never opened here
    driver.CHANNELS                         kinds of its channels, in order, as in seepline/channels.py
    driver.WARM_UP_MS                       power on until the first command may be sent
    driver.STABILISE_MS                     and from then until its values can be believed
    driver.MEASURE_MS                       longest time `measure` takes when nothing is wrong
    driver.SUPPLY_UA                        typical current while it measures, at the chip's own supply
    await driver.measure()                  one ScalarChannel per channel, always
    driver.fault                            why the last measurement gave nothing, as below; 0 = it gave

A driver writes `async def read(self)`, which returns the channels or raises NoReadingError. An instrument that
is absent, stuck or lying is an answer and not an error: `measure` turns it into missing channels with the
status of the fault. Programming errors pass through. Nothing is carried over from an earlier measurement.
"""

import errno

from seepline.wire.record import ScalarChannel, missing_scalar
from seepline.wire.status import INSTRUMENT_FAULT, MISSING, NOT_FITTED

NO_FAULT = 0
ABSENT = 1  # nothing acknowledges, or the line floats
NO_ANSWER = 2  # the line is there, the instrument says nothing
BAD_CRC = 3
STUCK = 4  # a conversion that never ends, a bus held low, a switch that stays closed
SELF_TEST = 5  # the instrument's own diagnosis, or a value outside what it can measure at all
SENTINEL = 6  # the maker's number for "no reading"
REFUSED = 7  # a Modbus exception, an SDI-12 sensor without values
MALFORMED = 8  # the checksum fits, the content does not
FOREIGN = 9  # an answer of another instrument, or to another request
BROKEN = 10  # the driver itself failed: a programming error, noted by the scan
BY_STATUS = 11  # the instrument works, and the status of this channel says why it has no reading

_I32_MAX = 0x7FFFFFFF


def status_of(fault: int) -> int:
    """Return the status bit of a fault: nothing there, nothing heard, or an answer that itself proves a fault."""
    if fault == ABSENT:
        return NOT_FITTED
    return INSTRUMENT_FAULT if STUCK <= fault <= REFUSED else MISSING


class NoReadingError(Exception):
    """The instrument gave no reading; `code` is one of the faults above."""

    def __init__(self, code: int, detail: int = 0) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail  # the Modbus exception, the status register: for the event log


class Driver:
    """Base of all drivers; a subclass gives the constants and `read`."""

    CHANNELS: tuple = ()
    WARM_UP_MS = 0
    STABILISE_MS = 0
    MEASURE_MS = 0
    SUPPLY_UA = 0
    IS_SUPPLY = False  # its first channel is the logger's own supply
    fault = NO_FAULT
    detail = 0

    async def read(self) -> list:
        raise NotImplementedError

    async def measure(self) -> list:
        """Return one ScalarChannel per channel; missing with the fault's status when there is no reading."""
        self.fault, self.detail = NO_FAULT, 0
        try:
            return await self.read()
        except NoReadingError as error:
            self.fault, self.detail = error.code, error.detail
        except OSError as error:  # I2C: nobody acknowledged, or a line is held low
            self.fault = ABSENT if error.args[0] == errno.ENODEV else STUCK
            self.detail = error.args[0]
        return [self.missing(status_of(self.fault))] * len(self.CHANNELS)

    def missing(self, status: int) -> tuple:
        """Return a channel without a reading; a driver of another payload than scalar gives its own."""
        return missing_scalar(status)


def missing_of(fault: int) -> ScalarChannel:
    """Return the channel that a fault leaves."""
    return missing_scalar(status_of(fault))


def channel(value: int, status: int = 0) -> ScalarChannel:
    """Return a channel with a value; one that i32 cannot carry, or that means missing, is malformed.

    >>> channel(2056000)
    ScalarChannel(status=0, value=2056000)
    """
    if not -_I32_MAX <= value <= _I32_MAX:
        raise NoReadingError(MALFORMED)
    return ScalarChannel(status, value)


def rounded(numerator: int, denominator: int) -> int:
    """Return numerator / denominator (positive), rounded half away from zero, in integers only.

    >>> rounded(5, 2), rounded(-5, 2), rounded(4, 3)
    (3, -3, 1)
    """
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def signed(value: int, bits: int) -> int:
    """Return the two's complement value of an unsigned number of `bits` bits.

    >>> signed(0xFFFFFF, 24), signed(0x7FFFFF, 24)
    (-1, 8388607)
    """
    return value - (1 << bits) if value >> (bits - 1) else value
