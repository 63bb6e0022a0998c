"""ADS1220: 24-bit converter on SPI; what loops and thermistors make of its codes stands in `inputs.py`.

Source: Texas Instruments SBAS501 (ADS1220). Registers 8.6, commands 8.5.3 (RESET 06h, START 08h, POWERDOWN 02h,
RDATA 10h, RREG 2xh, WREG 4xh), SPI mode 1 (8.5.1), data format two's complement, full scale +-Vref/gain
(8.5.2), single-shot conversion 8.4.2.1. Conversion time at 20 samples/s: 50.01 ms in the table of its sister
ADS122C04 (SBAS751, "actual conversion time"); the row of the ADS1220 itself and the tolerance of its oscillator
(2 %) were not read and stand on the bench list, as does the system monitor (8.3.11).

Loops are measured with the internal reference; a bridge's supply is the reference of its own conversions.

Every measurement begins with a conversion of a quarter of the chip's own supply: a converter that is stuck, or
has lost its reference or supply, fails it and is not believed.
"""

import asyncio

from firmware.drivers.driver import ABSENT, SELF_TEST, STUCK, NoReadingError, signed

SPI_BAUD = 1000000
SPI_PHASE = 1
RESET_MS = 1  # 8.5.3.1: 50 us and 32 clocks
CONVERSION_MS = 53  # 50.01 ms, and the oscillator 2 % slow, and a tick
GRACE_MS = 6

_RESET, _START, _RDATA, _RREG, _WREG = 0x06, 0x08, 0x10, 0x23, 0x43
_SUPPLY_QUARTER = 0xD1  # multiplexer 1101, PGA bypassed
_INPUT_TO_GROUND = 0x81  # multiplexer 10nn: input n against AVSS, gain 1, PGA bypassed
_INTERNAL = 0x10  # internal reference, 50 and 60 Hz both rejected
_EXTERNAL = 0x50  # REFP0 - REFN0, likewise
_SUPPLY_TOLERANCE = 10  # a tenth


class Ads1220:
    """The chip: one conversion at a time. `ready` is the DRDY pin, 0 when a result waits."""

    FULL_SCALE = 1 << 23
    REFERENCE_UV = 2048000
    SUPPLY_UA = 600  # from memory: 415 uA typical in normal mode with the PGA, plus references

    def __init__(self, device, pause, ready, supply_uv: int) -> None:
        self._device = device
        self._pause = pause
        self._ready = ready
        self._supply_uv = supply_uv
        self.lock = asyncio.Lock()  # a setup for one input would end the conversion of another

    @staticmethod
    def loops_ms(count: int) -> int:
        """Return the longest time for some loops: the chip's own test, then each input."""
        return RESET_MS + CONVERSION_MS * (count + 1)

    bridges_ms = loops_ms

    async def prepare(self) -> None:
        """Reset the chip and check that it is there and converts rightly."""
        self._device.exchange(bytes([_RESET]))
        await self._pause(RESET_MS)
        uv = await self.code(_SUPPLY_QUARTER, _INTERNAL) * self.REFERENCE_UV * 4 // self.FULL_SCALE
        if abs(uv - self._supply_uv) > self._supply_uv // _SUPPLY_TOLERANCE:
            raise NoReadingError(SELF_TEST, uv // 1000)

    async def loop(self, number: int) -> int:
        """Return the code of an input, FULL_SCALE being REFERENCE_UV."""
        return await self.code(_INPUT_TO_GROUND | number << 4, _INTERNAL)

    async def whole(self) -> int:
        """Return what `bridge` gives at the supply of the bridges."""
        return self.FULL_SCALE

    async def bridge(self, number: int) -> int:
        """Return the code of an input against the supply of the bridges."""
        return await self.code(_INPUT_TO_GROUND | number << 4, _EXTERNAL)

    async def code(self, multiplexer: int, reference: int) -> int:
        """Return the signed code of one single-shot conversion."""
        setup = bytes([multiplexer, 0, reference, 0])  # 20 samples/s, single shot
        self._device.exchange(bytes([_WREG]) + setup)
        if bytes(self._device.exchange(bytes([_RREG]) + bytes(4))[1:]) != setup:
            raise NoReadingError(ABSENT)  # a floating line reads all ones or zeros
        self._device.exchange(bytes([_START]))
        await self._pause(CONVERSION_MS)
        if self._ready():
            await self._pause(GRACE_MS)
            if self._ready():
                raise NoReadingError(STUCK)
        answer = self._device.exchange(bytes([_RDATA, 0, 0, 0]))
        return signed(answer[1] << 16 | answer[2] << 8 | answer[3], 24)
