"""ADS1220: 24-bit converter on SPI, for current loops over a shunt and for thermistors in a ratiometric bridge.

Source: Texas Instruments SBAS501 (ADS1220). Registers 8.6, commands 8.5.3 (RESET 06h, START 08h, POWERDOWN 02h,
RDATA 10h, RREG 2xh, WREG 4xh), SPI mode 1 (8.5.1), data format two's complement, full scale +-Vref/gain
(8.5.2), single-shot conversion 8.4.2.1. Conversion time at 20 samples/s: 50.01 ms in the table of its sister
ADS122C04 (SBAS751, "actual conversion time"); the row of the ADS1220 itself and the tolerance of its oscillator
(2 %) were not read and stand on the bench list, as does the system monitor (8.3.11).

Current loop: I = code / 2^23 * reference / shunt. Thermistor from the input to ground, fixed resistor from the
reference to the input: R = fixed * code / (2^23 - code); the reference itself cancels, that is the point of it.

Every measurement begins with a conversion of a quarter of the chip's own supply: a converter that is stuck, or
has lost its reference or supply, fails it and is not believed.
"""

import asyncio

from firmware.drivers.driver import ABSENT, SELF_TEST, STUCK, Driver, NoReadingError, channel, rounded, signed
from seepline.wire.record import missing_scalar
from seepline.wire.status import CLIPPED, LOOP_FAULT, THERMISTOR_OPEN, THERMISTOR_SHORT

SPI_BAUD = 1000000
SPI_PHASE = 1
RESET_MS = 1  # 8.5.3.1: 50 us and 32 clocks
CONVERSION_MS = 53  # 50.01 ms, and the oscillator 2 % slow, and a tick
GRACE_MS = 6
FULL_SCALE = 1 << 23
INTERNAL_REFERENCE_UV = 2048000

_RESET, _START, _RDATA, _RREG, _WREG = 0x06, 0x08, 0x10, 0x23, 0x43
_SUPPLY_QUARTER = 0xD1  # multiplexer 1101, PGA bypassed
_INPUT_TO_GROUND = 0x81  # multiplexer 10nn: input n against AVSS, gain 1, PGA bypassed
_INTERNAL = 0x10  # internal reference, 50 and 60 Hz both rejected
_EXTERNAL = 0x50  # REFP0 - REFN0, likewise
_SUPPLY_TOLERANCE = 10  # a tenth


class Ads1220:
    """The chip: one conversion at a time. `ready` is the DRDY pin, 0 when a result waits."""

    def __init__(self, device, pause, ready, supply_uv: int) -> None:
        self._device = device
        self._pause = pause
        self._ready = ready
        self._supply_uv = supply_uv
        self.lock = asyncio.Lock()  # a setup for one input would end the conversion of another

    async def prepare(self) -> None:
        """Reset the chip and check that it is there and converts rightly."""
        self._device.exchange(bytes([_RESET]))
        await self._pause(RESET_MS)
        uv = await self.code(_SUPPLY_QUARTER, _INTERNAL) * INTERNAL_REFERENCE_UV * 4 // FULL_SCALE
        if abs(uv - self._supply_uv) > self._supply_uv // _SUPPLY_TOLERANCE:
            raise NoReadingError(SELF_TEST, uv // 1000)

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


class _Inputs(Driver):
    """What both uses share: some of the four inputs, one after the other."""

    WARM_UP_MS = 1  # 8.4.1: 50 us after power-on reset
    SUPPLY_UA = 600  # from memory: 415 uA typical in normal mode with the PGA, plus references

    _reference = _INTERNAL

    def __init__(self, adc: Ads1220, inputs: tuple, kind: str) -> None:
        if not inputs or not all([0 <= number <= 3 for number in inputs]):
            raise ValueError("an ADS1220 has inputs 0 to 3, not %s" % (inputs,))
        self._adc = adc
        self._inputs = inputs
        self.CHANNELS = (kind,) * len(inputs)
        self.MEASURE_MS = RESET_MS + CONVERSION_MS * (len(inputs) + 1)

    async def read(self) -> list:
        found = []
        async with self._adc.lock:
            await self._adc.prepare()
            for number in self._inputs:
                code = await self._adc.code(_INPUT_TO_GROUND | number << 4, self._reference)
                found.append(self.converted(code))
        return found

    def converted(self, code: int):
        raise NotImplementedError


def _at_end(code: int) -> bool:
    return code in (FULL_SCALE - 1, -FULL_SCALE)


class CurrentLoops(_Inputs):
    """Loop currents over one shunt each, kind `current`, with the internal reference.

    The fault currents have no default (NAMUR NE 43: usually 3600 and 21000 uA; the probe's sheet decides). The
    range must reach beyond the upper one, or a fault could not be told from a full probe: 100 ohm reaches 20.48
    mA.
    """

    def __init__(
        self, adc: Ads1220, inputs: tuple, shunt_mohm: int, fault_low_ua: int, fault_high_ua: int
    ) -> None:
        super().__init__(adc, inputs, "current")
        range_ua = INTERNAL_REFERENCE_UV * 1000 // shunt_mohm
        if range_ua <= fault_high_ua:
            raise ValueError(
                "a shunt of %d mohm reaches %d uA only, below the fault current of %d uA: take a smaller shunt"
                % (shunt_mohm, range_ua, fault_high_ua)
            )
        self._shunt_mohm = shunt_mohm
        self._fault_low = 100 * fault_low_ua
        self._fault_high = 100 * fault_high_ua

    def converted(self, code: int):
        """Return the current in 10 nA; a fault current keeps its value beside LOOP_FAULT."""
        value = rounded(code * INTERNAL_REFERENCE_UV * 100000, self._shunt_mohm * FULL_SCALE)
        status = CLIPPED if _at_end(code) else 0
        if not self._fault_low < value < self._fault_high:
            status |= LOOP_FAULT
        return channel(value, status)


class ThermistorBridges(_Inputs):
    """Thermistors to ground below a fixed resistor, kind `resistance`, with the bridge's supply as reference.

    Outside `short_mohm` and `open_mohm` it is the cable that is measured, not the bead.
    """

    _reference = _EXTERNAL

    def __init__(self, adc: Ads1220, inputs: tuple, fixed_mohm: int, short_mohm: int, open_mohm: int) -> None:
        super().__init__(adc, inputs, "resistance")
        self._fixed_mohm = fixed_mohm
        self._short_mohm = short_mohm
        self._open_mohm = open_mohm

    def converted(self, code: int):
        """Return the resistance in milliohm, or the evidence that there is no bead at the end of the cable."""
        code = max(code, 0)  # offset and noise around a short
        mohm = rounded(self._fixed_mohm * code, FULL_SCALE - code)
        if mohm > self._open_mohm:
            return missing_scalar(THERMISTOR_OPEN)
        return channel(mohm, THERMISTOR_SHORT if mohm < self._short_mohm else 0)
