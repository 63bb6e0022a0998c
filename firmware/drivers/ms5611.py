"""MS5611-01BA03: barometer on I2C.

Source: TE Connectivity (MEAS) MS5611-01BA03 data sheet: commands (RESET 1Eh, PROM A0h-AEh, D1 48h, D2 58h, ADC
00h), conversion 9.04 ms at most at OSR 4096, first and second order compensation with the worked example C1..C6
= 40127 36924 23317 23282 33464 28312, D1 9085466, D2 8569150 -> 20.07 degC, 1000.09 mbar. CRC-4 and its
example: application note AN520. Both examples were read in public tests that quote them, and are tests here. An
ADC read during a conversion gives 0. From memory: 2.8 ms PROM reload, supply current.

A PROM of zeros has a right CRC of 0, so it is refused by itself.
"""

from firmware.drivers.driver import BAD_CRC, SELF_TEST, STUCK, Driver, NoReadingError, channel

ADDRESS = 0x77  # 0x76 with CSB high
RESET_MS = 3
CONVERSION_MS = 10
LOWEST_PA, HIGHEST_PA = 1000, 120000  # 10 to 1200 mbar

_RESET, _PROM, _PRESSURE, _TEMPERATURE, _ADC = 0x1E, 0xA0, 0x48, 0x58, 0x00


def crc4(prom: list) -> int:
    """Return the CRC-4 of eight PROM words, the CRC's own four bits left out.

    >>> hex(crc4([0x3132, 0x3334, 0x3536, 0x3738, 0x3940, 0x4142, 0x4344, 0x4500]))
    '0xb'
    """
    rest = 0
    for number in range(16):
        word = prom[number >> 1] & (0xFF00 if number == 14 or number == 15 else 0xFFFF)
        rest ^= word & 0xFF if number & 1 else word >> 8
        for _ in range(8):
            rest = (rest << 1 ^ 0x3000) & 0xFFFF if rest & 0x8000 else rest << 1
    return rest >> 12


def compensated(prom: list, d1: int, d2: int) -> tuple:
    """Return (pressure in Pa, temperature in 0.01 degrees Celsius), second order included.

    >>> compensated([0, 40127, 36924, 23317, 23282, 33464, 28312, 0], 9085466, 8569150)
    (100009, 2007)
    """
    difference = d2 - (prom[5] << 8)
    temperature = 2000 + (difference * prom[6] >> 23)
    offset = (prom[2] << 16) + (prom[4] * difference >> 7)
    sensitivity = (prom[1] << 15) + (prom[3] * difference >> 8)
    if temperature < 2000:
        cold = (temperature - 2000) ** 2
        offset2, sensitivity2 = 5 * cold >> 1, 5 * cold >> 2
        if temperature < -1500:
            very_cold = (temperature + 1500) ** 2
            offset2 += 7 * very_cold
            sensitivity2 += 11 * very_cold >> 1
        temperature -= difference * difference >> 31
        offset -= offset2
        sensitivity -= sensitivity2
    return ((d1 * sensitivity >> 21) - offset) >> 15, temperature


class Ms5611(Driver):
    """Station pressure and the chip's temperature."""

    CHANNELS = ("pressure", "temperature")
    WARM_UP_MS = 0
    MEASURE_MS = RESET_MS + 2 * CONVERSION_MS
    SUPPLY_UA = 1400  # from memory: while converting

    def __init__(self, i2c, pause, address: int = ADDRESS) -> None:
        self._i2c = i2c
        self._pause = pause
        self._address = address

    async def read(self) -> list:
        """Reset, read the PROM and convert: a chip that was swapped or lost its supply is read rightly."""
        self._i2c.writeto(self._address, bytes([_RESET]))
        await self._pause(RESET_MS)
        prom = [self._word(number) for number in range(8)]
        if crc4(prom) != prom[7] & 0xF or not any(prom[1:7]):
            raise NoReadingError(BAD_CRC)
        d1 = await self._converted(_PRESSURE)
        d2 = await self._converted(_TEMPERATURE)
        pressure_pa, temperature = compensated(prom, d1, d2)
        if not LOWEST_PA <= pressure_pa <= HIGHEST_PA:
            raise NoReadingError(SELF_TEST, pressure_pa)
        return [channel(10 * pressure_pa), channel(10 * temperature)]

    def _word(self, number: int) -> int:
        return int.from_bytes(self._i2c.readfrom_mem(self._address, _PROM + 2 * number, 2), "big")

    async def _converted(self, command: int) -> int:
        self._i2c.writeto(self._address, bytes([command]))
        await self._pause(CONVERSION_MS)
        code = int.from_bytes(self._i2c.readfrom_mem(self._address, _ADC, 3), "big")
        if code in (0, 0xFFFFFF):  # 0: no conversion has ended
            raise NoReadingError(STUCK)
        return code
