"""ADXL355: three-axis accelerometer on SPI, sampled all the time for strong motion; it also gives its temperature.

Source: Analog Devices ADXL354/ADXL355 data sheet. Registers, identity AD 1D ED, reset code 52h and 5 ms after
it, the entries of the FIFO (96 of 20 bits, left-justified in three bytes, bit 0 = X, bit 1 = empty), overrun =
the oldest is lost, rates of 4000 / 2^n samples/s with a low-pass at a quarter of them, scale 3.9 ug at 2 g, 1885
at 25 degC and -9.05 a degree, self-test 0.1 to 0.6, 0.1 to 0.6 and 0.5 to 3.0 g were read in public drivers that
quote the sheet (Linux, no-OS, PL_ADXL355); the sheet itself was not read. From memory, on the bench list: 3.9 ug
is 1/256000 g, reading STATUS clears the overrun, supply current, time of the self-test, a clock of its own off
by some percent.

The chip knows no 200 samples/s: 250 is the next above, flat to 62 Hz. Its FIFO holds 32 samples = 128 ms; who
drains it later loses the oldest, is told so by `drain`, and has to say so. This SPI has no checksum: markers in
the entries and the identity are all that can be checked.
"""

from firmware.drivers.driver import (
    ABSENT,
    FOREIGN,
    MALFORMED,
    NO_ANSWER,
    NO_FAULT,
    SELF_TEST,
    Driver,
    NoReadingError,
    channel,
    rounded,
    signed,
)

SPI_BAUD = 5000000
SPI_PHASE = 0
SAMPLES_PER_S = 250
FIFO_SAMPLES = 32
UNUSED_SAMPLES = 7  # may wait in `data` for the next drain
SAMPLE_BYTES = 9  # three entries of three bytes
PER_G = {2: 256000, 4: 128000, 8: 64000}
RESET_MS = 5
SELF_TEST_MS = 120

_IDENTITY = b"\xad\x1d\xed"
_DEVID, _STATUS, _TEMPERATURE, _XDATA, _FIFO_DATA = 0x00, 0x04, 0x06, 0x08, 0x11
_FILTER, _RANGE, _POWER, _TEST, _RESET = 0x28, 0x2C, 0x2D, 0x2E, 0x2F
_ODR_250, _MEASURING, _TEST_ON, _RESET_CODE = 0x04, 0x00, 0x03, 0x52
_RANGES = {2: 1, 4: 2, 8: 3}
_TEST_RANGE_G = 8
_OVERRUN, _FLOATING = 0x04, 0xFF
_MARKER = 0x01
# Self-test response per axis, in thousandths of g
_RESPONSE = ((100, 600), (100, 600), (500, 3000))


def axis(data: bytes, at: int) -> int:
    """Return the 20-bit value in three bytes.

    >>> axis(bytes([0x80, 0, 0x0F]), 0), axis(bytes([0, 0, 0x1F]), 0)
    (-524288, 1)
    """
    return signed(data[at] << 12 | data[at + 1] << 4 | data[at + 2] >> 4, 20)


class Adxl355(Driver):
    """Start it, then drain it every 100 ms at the latest; `measure` gives its temperature and its health.

    `range_g` is 2, 4 or 8; `options` are those of the configuration, for `firmware/shake.py`.
    """

    CHANNELS = ("temperature",)
    WARM_UP_MS = 10
    MEASURE_MS = RESET_MS + 2 * SELF_TEST_MS + 10
    SUPPLY_UA = 200
    CONTINUOUS = True  # never switched off between scans

    def __init__(self, device, pause, range_g: int = 2, options=None) -> None:
        self._device = device
        self.options = options
        self.pause = pause
        self.range_g = range_g
        self.per_g = PER_G[range_g]
        self.samples_per_s = SAMPLES_PER_S
        self.sampled = False  # somebody drains it, and starts it again when it must be
        self.last_fault = NO_FAULT  # of the sampling
        self.last_detail = 0
        self._started = self._tested = False
        self._size = 0  # bytes of `data` that nobody has used yet
        self.data = memoryview(bytearray(SAMPLE_BYTES * (FIFO_SAMPLES + UNUSED_SAMPLES + 1)))
        self._out = memoryview(bytearray(1 + SAMPLE_BYTES * FIFO_SAMPLES))
        self._in = memoryview(bytearray(1 + SAMPLE_BYTES * FIFO_SAMPLES))

    async def read(self) -> list:
        """Return the chip's temperature; the fault of the sampling when there is one."""
        if self.sampled and not self._started:
            raise NoReadingError(self.last_fault or NO_ANSWER, self.last_detail)
        if not self._started:
            await self.start()
        code = int.from_bytes(self._registers(_TEMPERATURE, 2), "big") & 0xFFF
        return [channel(25000 - rounded(100000 * (code - 1885), 905))]

    async def start(self) -> None:
        """Reset, check who it is and that it feels, then measure into the FIFO."""
        self._started = False
        self._write(_RESET, _RESET_CODE)
        await self.pause(RESET_MS)
        found = bytes(self._registers(_DEVID, 3))
        if found != _IDENTITY:
            raise NoReadingError(ABSENT if found in (bytes(3), b"\xff\xff\xff") else FOREIGN, found[2])
        self._write(_FILTER, _ODR_250)
        if not self._tested:  # once: where it is started again the ground may shake, and the test would fail
            await self._test()
            self._tested = True
        self._write(_RANGE, _RANGES[self.range_g])
        self._write(_POWER, _MEASURING)
        self._registers(_STATUS, 1)
        self._size, self._started, self.last_fault = 0, True, NO_FAULT

    async def _test(self) -> None:
        """Push the mass with the chip's own electrodes and see how far it moves."""
        self._write(_RANGE, _RANGES[_TEST_RANGE_G])
        self._write(_POWER, _MEASURING)
        await self.pause(SELF_TEST_MS)
        rest = self._now()
        self._write(_TEST, _TEST_ON)
        await self.pause(SELF_TEST_MS)
        moved = self._now()
        self._write(_TEST, 0)
        self._write(_POWER, 1)  # rate and range are set at rest
        for number, (lowest, highest) in enumerate(_RESPONSE):
            milli_g = (moved[number] - rest[number]) * 1000 // PER_G[_TEST_RANGE_G]
            if not lowest <= milli_g <= highest:
                raise NoReadingError(SELF_TEST, number)

    def stop(self, fault: int, detail: int) -> None:
        """Take that the sampling has ended, and why."""
        self._started, self.last_fault, self.last_detail = False, fault, detail

    def drain(self) -> tuple:
        """Add the new samples to `data`; return (whole samples in it, True when some before them were lost).

        Raises
        ------
        NoReadingError
            When the chip lost its supply or speaks nonsense: `start` it again.
        """
        status, entries = self._registers(_STATUS, 2)
        if status == _FLOATING or entries > 3 * FIFO_SAMPLES:
            raise NoReadingError(ABSENT, status)
        lost = bool(status & _OVERRUN)
        size, fresh = 0 if lost else self._size, 3 * entries
        if entries:
            self.data[size : size + fresh] = self._registers(_FIFO_DATA, fresh)
        size += fresh
        self._size = self._from_first_x(size) if lost else size
        samples = self._size // SAMPLE_BYTES
        _check(self.data, samples)
        return samples, lost

    def used(self, samples: int) -> None:
        """Say that `samples` are done with; the others, at most `UNUSED_SAMPLES`, stay at the front of `data`."""
        start = SAMPLE_BYTES * samples
        self.data[: self._size - start] = bytes(self.data[start : self._size])
        self._size -= start

    def _from_first_x(self, size: int) -> int:
        """Move the first whole sample to the front: an overrun takes single entries."""
        skip = 0
        while skip < size and not self.data[skip + 2] & _MARKER:
            skip += 3
        self.data[: size - skip] = bytes(self.data[skip:size])
        return size - skip

    def _now(self) -> list:
        data = self._registers(_XDATA, SAMPLE_BYTES)
        return [axis(data, 0), axis(data, 3), axis(data, 6)]

    def _write(self, register: int, value: int) -> None:
        self._device.exchange(bytes([register << 1, value]))

    def _registers(self, register: int, count: int):
        """Return `count` bytes from a register on, valid until the next exchange."""
        out, answer = self._out[: 1 + count], self._in[: 1 + count]
        out[0] = register << 1 | 1
        self._device.exchange(out, answer)
        return answer[1:]


def _check(data, samples: int) -> None:
    """Raise unless every sample begins with X and nothing was read beyond the end."""
    for at in range(2, SAMPLE_BYTES * samples, SAMPLE_BYTES):
        if (data[at] & 3) << 4 | (data[at + 3] & 3) << 2 | data[at + 6] & 3 != _MARKER << 4:
            raise NoReadingError(MALFORMED, at)
