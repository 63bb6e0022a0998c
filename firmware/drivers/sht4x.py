"""SHT4x (SHT40, SHT41, SHT45): humidity and temperature in the enclosure, on I2C.

Source: Sensirion SHT4x data sheet: measurement at high precision FDh, longest 8.3 ms, answer T, CRC, RH, CRC;
T = -45 + 175 S / 65535 degC, RH = -6 + 125 S / 65535 %, to be cut to 0 and 100; -40 to 125 degC. Command, formulas
and pseudo code were read in public copies of the sheet, CRC-8 (polynomial 31h from FFh, CRC of BEEFh = 92h) in the
SHT3x sheet, version 5, table 20. That a reading during the conversion is not acknowledged, and 320 uA while it
measures, are from memory and from shops that quote the sheet.

Humidity beyond 0 or 100 % is shown as the end of the range and marked: at 100 % there is water in the enclosure. A
chip below its dew point for days reads some percent too high for a while (creep); its heater is not used.
"""

import errno

from firmware.drivers.driver import BAD_CRC, SELF_TEST, STUCK, Driver, NoReadingError, channel, rounded
from seepline.wire.status import CLIPPED

ADDRESS = 0x44  # 0x45 and 0x46 for other order codes
CONVERSION_MS = 10
LOWEST_MDEGC, HIGHEST_MDEGC = -40000, 125000
FULL_SCALE = 65535
WET = 100000  # 1/1000 %

_MEASURE = 0xFD


def crc8(data: bytes) -> int:
    """Return the CRC of a word.

    >>> hex(crc8(bytes([0xBE, 0xEF])))
    '0x92'
    """
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x31) & 0xFF if crc & 0x80 else crc << 1
    return crc


class Sht4x(Driver):
    """Relative humidity and temperature."""

    CHANNELS = ("humidity", "temperature")
    WARM_UP_MS = 1
    MEASURE_MS = CONVERSION_MS
    SUPPLY_UA = 320

    def __init__(self, i2c, pause, address: int = ADDRESS) -> None:
        self._i2c = i2c
        self._pause = pause
        self._address = address

    async def read(self) -> list:
        self._i2c.writeto(self._address, bytes([_MEASURE]))
        await self._pause(CONVERSION_MS)
        answer = self._answer()
        temperature = rounded(175000 * _word(answer, 0), FULL_SCALE) - 45000
        if not LOWEST_MDEGC <= temperature <= HIGHEST_MDEGC:
            raise NoReadingError(SELF_TEST, temperature)
        humidity = rounded(125000 * _word(answer, 3), FULL_SCALE) - 6000
        shown = max(0, min(humidity, WET))
        return [channel(shown, 0 if shown == humidity else CLIPPED), channel(temperature)]

    def _answer(self) -> bytes:
        try:
            return self._i2c.readfrom(self._address, 6)
        except OSError as error:
            if error.args[0] == errno.ENODEV:  # it took the command: it is there and does not end
                raise NoReadingError(STUCK) from None
            raise


def _word(answer: bytes, at: int) -> int:
    if crc8(answer[at : at + 2]) != answer[at + 2]:
        raise NoReadingError(BAD_CRC)
    return answer[at] << 8 | answer[at + 1]
