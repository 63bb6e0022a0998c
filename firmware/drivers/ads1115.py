"""ADS1115: 16-bit converter on I2C, in the place of an ADS1220; loops and thermistors: `inputs.py`.

Source: Texas Instruments SBAS444E (ADS1115). Registers 00h conversion, 01h config: OS bit 15 (write 1: start one
conversion, only when powered down; read 0: it converts), MUX 14:12 (1nn: input n against GND), PGA 11:9 (001:
+-4.096 V, 010: +-2.048 V), MODE bit 8 (1: single shot), DR 7:5 (000: 8 samples/s), comparator off 00011b; address
48h to 4Bh by ADDR; two's complement, 0x7FFF and 0x8000 at the ends. Electrical characteristics: data rate +-10 %,
gain error 0.15 % at most at 25 degC, gain drift 5 ppm/K (40 at most), match between two ranges 0.1 % at most,
offset 3 codes, 6 Mohm from an input to ground in both ranges, 150 uA. No input may exceed the chip's supply by
0.3 V.

Against the ADS1220: 8 samples/s of an oscillator of 10 % have no notch at 50 or 60 Hz, mains is damped 20 times
(reckoned: a mean over 125 ms); a code of a loop over 90.9 ohm is 0.7 uA; 6 Mohm beside a thermistor read 1.6 % low
at 100 kohm (0.3 K at -40 degC) and 0.05 % at 3 kohm. The chip has no reference input: the bridges' supply is
measured at input 3, in the same range, so that the chip's reference and gain cancel; inputs 0 to 2 are left.

No conversion is believed by itself. A loop is measured in two ranges: who gives one code for ever gives twice the
voltage in the wider one. A bridge's supply is held to what the configuration says.
"""

import asyncio

from firmware.drivers.driver import FOREIGN, SELF_TEST, STUCK, NoReadingError, signed

ADDRESS = 0x48  # ADDR at GND; 0x49 to 0x4B: at VDD, SDA, SCL
CONVERSION_MS = 140  # 125 ms, the oscillator 10 % slow, and a tick
GRACE_MS = 15
SUPPLY_INPUT = 3

_CONVERSION, _CONFIG = 0x00, 0x01
_OS = 0x8000  # written: convert once; read: no conversion is going on
_SINGLE_SHOT = 0x0103  # 8 samples/s, comparator off
_INPUT_TO_GROUND = 0x4000
_4096_MV, _2048_MV = 0x0200, 0x0400
_NEAR_CODES, _NEAR_SHARE = 20, 50  # two ranges agree within so many codes and a fiftieth of the value
_SUPPLY_TOLERANCE = 10  # a tenth


class Ads1115:
    """The chip: one conversion at a time."""

    FULL_SCALE = 1 << 15
    REFERENCE_UV = 2048000
    SUPPLY_UA = 150

    def __init__(self, i2c, pause, address: int, supply_uv: int) -> None:
        self._i2c = i2c
        self._pause = pause
        self._address = address
        self._supply_uv = supply_uv
        self.lock = asyncio.Lock()  # a setup for one input would end the conversion of another

    @staticmethod
    def loops_ms(count: int) -> int:
        """Return the longest time for some loops: each in two ranges."""
        return CONVERSION_MS * 2 * count

    @staticmethod
    def bridges_ms(count: int) -> int:
        """Return the longest time for some thermistors: their supply, then each input."""
        return CONVERSION_MS * (count + 1)

    async def prepare(self) -> None:
        """Let a conversion end that somebody has left: its result would be taken for the next one's."""
        if not self._word(_CONFIG) & _OS:
            self._write(_SINGLE_SHOT)
            await self._pause(CONVERSION_MS)

    async def loop(self, number: int) -> int:
        """Return the code of an input, FULL_SCALE being REFERENCE_UV; a second range has to agree."""
        code = await self.code(number, _2048_MV)
        wide = await self.code(number, _4096_MV)
        apart = abs(code - min(2 * wide, self.FULL_SCALE - 1))
        if apart > _NEAR_CODES + abs(code) // _NEAR_SHARE or wide == self.FULL_SCALE - 1:
            raise NoReadingError(SELF_TEST, wide)
        return code

    async def whole(self) -> int:
        """Return the code of the bridges' supply."""
        code = await self.bridge(SUPPLY_INPUT)
        uv = code * 2 * self.REFERENCE_UV // self.FULL_SCALE
        if abs(uv - self._supply_uv) > self._supply_uv // _SUPPLY_TOLERANCE:
            raise NoReadingError(SELF_TEST, uv // 1000)
        return code

    async def bridge(self, number: int) -> int:
        """Return the code of an input in the range of the bridges' supply."""
        return await self.code(number, _4096_MV)

    async def code(self, number: int, span: int) -> int:
        """Return the signed code of one single-shot conversion."""
        setup = _OS | _INPUT_TO_GROUND | number << 12 | span | _SINGLE_SHOT
        self._write(setup)
        await self._pause(CONVERSION_MS)
        told = self._word(_CONFIG)
        if told == setup ^ _OS:
            await self._pause(GRACE_MS)
            told = self._word(_CONFIG)
            if told == setup ^ _OS:
                raise NoReadingError(STUCK)
        if told != setup:
            raise NoReadingError(FOREIGN, told)  # another chip, or another master that set this one up
        return signed(self._word(_CONVERSION), 16)

    def _write(self, setup: int) -> None:
        self._i2c.writeto_mem(self._address, _CONFIG, bytes([setup >> 8, setup & 0xFF]))

    def _word(self, register: int) -> int:
        found = self._i2c.readfrom_mem(self._address, register, 2)
        return found[0] << 8 | found[1]
