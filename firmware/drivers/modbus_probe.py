"""A Modbus probe or one sensor of a digital string: registers to channels, in integers, sentinels refused.

Sources: Keller series 30/40 communication protocol v3.5 (27 January 2017): high word first, process values read
as a complete pair in one request, NaN or 32767 or 2147483647 for a channel that is inactive or failed, answer
within 100 ms. Geokon 6150F manual, section 3: degrees as float at 0x100, **low word first**. The other
registers of the 6150F (B axis, temperature, trigger, error code) are known from memory only: they have no row
here and are given as settings, from the manual of the string at hand.
"""

from firmware.drivers.driver import (
    SELF_TEST,
    SENTINEL,
    Driver,
    NoReadingError,
    channel,
    missing_of,
    rounded,
    signed,
)
from firmware.drivers.modbus_master import Master
from firmware.drivers.scale import SCALE
from seepline.wire.rtu import READ_HOLDING

F32, F32_LOW_FIRST, I16, I32, I32_LOW_FIRST = range(5)
FORMS = ("f32", "f32_low_first", "i16", "i32", "i32_low_first")  # as configurations call them
_REGISTERS = (2, 2, 1, 2, 2)
_SENTINELS = {I16: (32767, -32768), I32: (2147483647, -2147483648)}

# (kind, register, form, numerator, denominator): value in the kind's unit = number x numerator / denominator
KELLER_TIMEOUT_MS = 130  # 100 ms and the frame at 9600 baud
KELLER_P1_TOB1 = (("pressure", 0x0002, F32, 100, 1), ("temperature", 0x0008, F32, 1, 1))  # bar, degrees Celsius
KELLER_P1_TOB1_INTEGER = (
    ("pressure", 0x0022, I32, 1, 1000),
    ("temperature", 0x0028, I32, 1, 100),
)  # Pa, 0.01 degC
GEOKON_6150F_A = (("tilt", 0x0100, F32_LOW_FIRST, 1, 1),)  # degrees


def float32_times(bits: int, numerator: int, denominator: int) -> int:
    """Return an IEEE 754 single times numerator / denominator, rounded, in integers (no float).

    Raises
    ------
    NoReadingError
        SENTINEL for NaN and infinities.

    >>> float32_times(0x3F75F07B, 1000000, 1)  # 0.960701 bar in microbar, Keller v3.5
    960701
    """
    exponent = bits >> 23 & 0xFF
    if exponent == 0xFF:
        raise NoReadingError(SENTINEL)
    mantissa = bits & 0x7FFFFF | (0x800000 if exponent else 0)
    mantissa = -mantissa if bits >> 31 else mantissa
    power = max(exponent, 1) - 150
    if power >= 0:
        return rounded(mantissa * numerator << power, denominator)
    return rounded(mantissa * numerator, denominator << -power)


def number_times(data: bytes, form: int, numerator: int, denominator: int) -> int:
    """Return the number in the bytes of one or two registers, times numerator / denominator."""
    if form in (F32_LOW_FIRST, I32_LOW_FIRST):
        data, form = data[2:] + data[:2], F32 if form == F32_LOW_FIRST else I32
    bits = int.from_bytes(data, "big")
    if form == F32:
        return float32_times(bits, numerator, denominator)
    value = signed(bits, 16 if form == I16 else 32)
    if value in _SENTINELS[form]:
        raise NoReadingError(SENTINEL)
    return rounded(value * numerator, denominator)


class ModbusProbe(Driver):
    """Some registers of one slave address. Costs come from the instrument's own sheet.

    `trigger` (register, value, wait_ms) starts a measurement first; `error_register` must then read 0.
    """

    def __init__(
        self, master: Master, pause, address: int, fields: tuple, function: int = READ_HOLDING, **more
    ) -> None:
        for kind, _, form, _, denominator in fields:
            if kind not in SCALE or not 0 <= form < len(_REGISTERS) or denominator < 1:
                raise ValueError("expected (kind, register, form, numerator, denominator), not %s" % (fields,))
        self._master = master
        self._pause = pause
        self._address = address
        self._fields = fields
        self._function = function
        self._trigger = more.get("trigger")
        self._error_register = more.get("error_register")
        self.CHANNELS = tuple([field[0] for field in fields])
        self.WARM_UP_MS = more.get("warm_up_ms", 0)
        self.MEASURE_MS = more.get("measure_ms", 0)
        self.SUPPLY_UA = more.get("supply_ua", 0)

    async def read(self) -> list:
        if self._trigger:
            register, value, wait_ms = self._trigger
            await self._master.write(self._address, register, value)
            await self._pause(wait_ms)
        if self._error_register is not None:
            await self._check(self._error_register)
        found = []
        for field in self._fields:
            found.append(await self._field(*field))
        return found

    async def _check(self, register: int) -> None:
        code = int.from_bytes(await self._master.registers(self._address, self._function, register, 1), "big")
        if code:
            raise NoReadingError(SELF_TEST, code)

    async def _field(self, kind: str, register: int, form: int, numerator: int, denominator: int):
        """Return one channel; a sentinel takes its own channel away, not its neighbours."""
        count = _REGISTERS[form]
        data = await self._master.registers(self._address, self._function, register, count)
        try:
            return channel(number_times(data, form, numerator * SCALE[kind], denominator))
        except NoReadingError as error:
            self.fault = error.code
            return missing_of(error.code)
