"""SCL3300-D01: two-axis inclinometer on SPI, for tilt beams and in-place chains.

Source: Murata SCL3300-D01 data sheet (frame and CRC in its SPI chapter, commands Table 15, start-up Table 11,
angle = 90 degrees x code / 2^14, temperature = -273 + code / 18.9). Commands, CRC, start-up order, WHOAMI 0xC1
and the angle formula were read in public drivers that quote the sheet, and the command words' own CRCs agree with
them; the sheet itself was not read. From memory, on the bench list: the bits of STATUS, the settling time.

    32 bits: operation 8 (write 1, address 5, return status 2) | data 16 | CRC-8 (0x1D, from 0xFF, inverted)

The answer to a frame comes with the *next* one (off-frame protocol) and repeats its address; a driver that takes
it for the answer to the frame just sent has every axis swapped. Return status: 0 starting, 1 normal, 2 self-test
running, 3 error. After an error the chip is started again once and read again; then the fault stands.
"""

from firmware.drivers.driver import (
    ABSENT,
    BAD_CRC,
    FOREIGN,
    SELF_TEST,
    Driver,
    NoReadingError,
    channel,
    rounded,
    signed,
)
from seepline.wire.status import CLIPPED

SPI_BAUD = 2000000
SPI_PHASE = 0
START_MS = 10  # after power on
RESET_MS = 1
SETTLE_MS = 100  # modes 3 and 4; 25 ms in mode 1

_READ_ANGLE_X, _READ_ANGLE_Y, _READ_TEMPERATURE = 0x24, 0x28, 0x14
_READ_STATUS, _READ_WHOAMI = 0x18, 0x40
_WRITE_MODE, _WRITE_ANGLES = 0xB4, 0xB0
_SOFTWARE_RESET, _MODE_4, _ANGLES_ON = 0x0020, 0x0003, 0x001F
_WHOAMI = 0xC1
_NORMAL, _ERROR = 1, 3
_ADDRESS_MASK = 0xFC
_SATURATED = 0x0040  # STATUS bit 6: the signal path was at its end
_CODE_90_DEGREES = 1 << 14
_ANGLE_90_DEGREES = 9000000  # 1e-5 degrees


def crc8(data: bytes) -> int:
    """Return the CRC of the first three bytes of a frame.

    >>> hex(crc8(bytes([0x24, 0, 0]))), hex(crc8(bytes([0xB4, 0x00, 0x20])))
    ('0xc7', '0x98')
    """
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x1D) & 0xFF if crc & 0x80 else crc << 1
    return crc ^ 0xFF


def frame(operation: int, data: int = 0) -> bytes:
    """Return the four bytes of a command."""
    body = bytes([operation, data >> 8, data & 0xFF])
    return body + bytes([crc8(body)])


class Scl3300(Driver):
    """Tilt about X and Y and the chip's own temperature, in mode 4 (10 Hz, inclination)."""

    CHANNELS = ("tilt", "tilt", "temperature")
    WARM_UP_MS = START_MS
    MEASURE_MS = RESET_MS + SETTLE_MS + 10
    SUPPLY_UA = 1200  # from memory

    def __init__(self, device, pause) -> None:
        self._device = device
        self._pause = pause
        self._started = False

    async def read(self) -> list:
        if not self._started:
            await self._start()
        try:
            return self._angles()
        except NoReadingError:  # it may have lost its supply since the last scan
            await self._start()
            return self._angles()

    async def _start(self) -> None:
        """Reset, set the mode, switch the angles on, clear the status that every start leaves, check who it is."""
        self._started = False
        self._device.exchange(frame(_WRITE_MODE, _SOFTWARE_RESET))
        await self._pause(RESET_MS)
        self._device.exchange(frame(_WRITE_MODE, _MODE_4))
        self._device.exchange(frame(_WRITE_ANGLES, _ANGLES_ON))
        await self._pause(SETTLE_MS)
        for _ in range(2):
            self._device.exchange(frame(_READ_STATUS))
        if self._answers((_READ_WHOAMI,))[0] & 0xFF != _WHOAMI:
            raise NoReadingError(FOREIGN)
        self._started = True

    def _angles(self) -> list:
        x, y, temperature, status = self._answers((_READ_ANGLE_X, _READ_ANGLE_Y, _READ_TEMPERATURE, _READ_STATUS))
        if status & ~_SATURATED:
            raise NoReadingError(SELF_TEST, status)
        clipped = CLIPPED if status & _SATURATED else 0
        return [
            channel(_angle(x), clipped),
            channel(_angle(y), clipped),
            channel(rounded(10000 * temperature, 189) - 273000),
        ]

    def _answers(self, operations: tuple) -> list:
        """Send reads and one more, and return what each was answered, one frame later."""
        self._device.exchange(frame(operations[0]))
        found = []
        for number, operation in enumerate(operations):
            following = operations[number + 1] if number + 1 < len(operations) else _READ_WHOAMI
            found.append(_data(self._device.exchange(frame(following)), operation))
        return found


def _data(answer: bytes, operation: int) -> int:
    """Return the 16 bits of the answer to `operation`; what an error means, the STATUS that is read last says."""
    if bytes(answer) in (bytes(4), b"\xff" * 4):
        raise NoReadingError(ABSENT)  # the line floats or is held
    if crc8(answer[:3]) != answer[3]:
        raise NoReadingError(BAD_CRC)
    if answer[0] & _ADDRESS_MASK != operation:
        raise NoReadingError(FOREIGN, answer[0])
    state = answer[0] & 3
    if state not in (_NORMAL, _ERROR):
        raise NoReadingError(SELF_TEST, state)
    return answer[1] << 8 | answer[2]


def _angle(code: int) -> int:
    """Return degrees in 1e-5 of a 16-bit angle register.

    >>> _angle(0x4000), _angle(0xFFFF)
    (9000000, -549)
    """
    return rounded(_ANGLE_90_DEGREES * signed(code, 16), _CODE_90_DEGREES)
