"""Current loops over a shunt and thermistors in a bridge, at the inputs of a converter.

Current loop: I = code / full scale * reference / shunt. Thermistor from the input to ground, fixed resistor from
the bridge's supply to the input: R = fixed * code / (whole - code); the supply itself cancels, that is the point
of it.

A converter (`ads1220.py`, `ads1115.py`) has

    adc.FULL_SCALE, adc.REFERENCE_UV    what the code of a loop counts to, and the voltage that it is
    adc.lock                            a setup for one input would end the conversion of another
    await adc.prepare()                 before each measurement: is it there, does it convert rightly
    await adc.loop(number)              code of an input
    await adc.bridge(number)            code of an input, in the unit of
    await adc.whole()                   the code of the bridges' supply
    adc.loops_ms(n), adc.bridges_ms(n)  the longest time for n inputs; static, as is
    adc.SUPPLY_UA                       typical while it converts
"""

from firmware.drivers.driver import Driver, channel, rounded
from seepline.wire.record import missing_scalar
from seepline.wire.status import CLIPPED, LOOP_FAULT, THERMISTOR_OPEN, THERMISTOR_SHORT


class _Inputs(Driver):
    """Some of the four inputs, one after the other."""

    WARM_UP_MS = 1  # ADS1220 8.4.1: 50 us after power-on reset; ADS1115: from memory

    def __init__(self, adc, inputs: tuple, kind: str, longest_ms: int) -> None:
        if not inputs or not all([0 <= number <= 3 for number in inputs]):
            raise ValueError("a converter has inputs 0 to 3, not %s" % (inputs,))
        self._adc = adc
        self._inputs = inputs
        self.CHANNELS = (kind,) * len(inputs)
        self.MEASURE_MS = longest_ms
        self.SUPPLY_UA = adc.SUPPLY_UA

    async def read(self) -> list:
        found = []
        async with self._adc.lock:
            await self._adc.prepare()
            whole = await self.whole()
            for number in self._inputs:
                found.append(self.converted(await self.code(number), whole))
        return found

    async def whole(self) -> int:
        raise NotImplementedError

    async def code(self, number: int) -> int:
        raise NotImplementedError

    def converted(self, code: int, whole: int):
        raise NotImplementedError


class CurrentLoops(_Inputs):
    """Loop currents over one shunt each, kind `current`, with the internal reference.

    The fault currents have no default (NAMUR NE 43: usually 3600 and 21000 uA; the probe's sheet decides). The
    range must reach beyond the upper one, or a fault could not be told from a full probe: 100 ohm reaches 20.48
    mA.
    """

    def __init__(self, adc, inputs: tuple, shunt_mohm: int, fault_low_ua: int, fault_high_ua: int) -> None:
        super().__init__(adc, inputs, "current", adc.loops_ms(len(inputs)))
        range_ua = adc.REFERENCE_UV * 1000 // shunt_mohm
        if range_ua <= fault_high_ua:
            raise ValueError(
                "a shunt of %d mohm reaches %d uA only, below the fault current of %d uA: take a smaller shunt"
                % (shunt_mohm, range_ua, fault_high_ua)
            )
        self._shunt_mohm = shunt_mohm
        self._fault_low = 100 * fault_low_ua
        self._fault_high = 100 * fault_high_ua

    async def whole(self) -> int:
        return self._adc.FULL_SCALE

    async def code(self, number: int) -> int:
        return await self._adc.loop(number)

    def converted(self, code: int, whole: int):
        """Return the current in 10 nA; a fault current keeps its value beside LOOP_FAULT."""
        value = rounded(code * self._adc.REFERENCE_UV * 100000, self._shunt_mohm * whole)
        status = CLIPPED if code in (whole - 1, -whole) else 0
        if not self._fault_low < value < self._fault_high:
            status |= LOOP_FAULT
        return channel(value, status)


class ThermistorBridges(_Inputs):
    """Thermistors to ground below a fixed resistor, kind `resistance`, measured against the bridge's supply.

    Outside `short_mohm` and `open_mohm` it is the cable that is measured, not the bead.
    """

    def __init__(self, adc, inputs: tuple, fixed_mohm: int, short_mohm: int, open_mohm: int) -> None:
        super().__init__(adc, inputs, "resistance", adc.bridges_ms(len(inputs)))
        self._fixed_mohm = fixed_mohm
        self._short_mohm = short_mohm
        self._open_mohm = open_mohm

    async def whole(self) -> int:
        return await self._adc.whole()

    async def code(self, number: int) -> int:
        return await self._adc.bridge(number)

    def converted(self, code: int, whole: int):
        """Return the resistance in milliohm, or the evidence that there is no bead at the end of the cable."""
        code = max(code, 0)  # offset and noise around a short
        mohm = rounded(self._fixed_mohm * code, whole - code) if code < whole else self._open_mohm + 1
        if mohm > self._open_mohm:
            return missing_scalar(THERMISTOR_OPEN)
        return channel(mohm, THERMISTOR_SHORT if mohm < self._short_mohm else 0)
