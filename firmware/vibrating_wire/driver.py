"""The driver of one vibrating-wire channel (contract: firmware/drivers/driver.py), over a bus that it is given.

The bus
-------
``await bus.excite(half_periods)``   drive the coil with half-periods in microseconds; returns at the end
``await bus.pause_ms(ms)``           let others run
``await bus.capture(count)``         array('h') of that many samples at 16 kHz, coil at the amplifier
``await bus.thermistor()``           (milliohm, status bits)

A capture is worked on, and spoilt, before the next is asked for, so a bus may fill and hand out one buffer of 8 KB
again and again. The calculation goes in slices of at most 5 ms with `pause_ms(0)` between (bench/vw_estimator.md).
A bus that fails raises OSError: the channel is then missing as the driver's `fault` says. A thermistor that cannot
be asked leaves the frequency its reading.

Supply: 5 V through 160 + 100 ohm for 260 of 1,500 ms are 3.3 mA in the mean, a stereo audio converter and the
amplifier about 12 mA [from memory, no datasheet read].
"""

from firmware.drivers.driver import Driver
from firmware.vibrating_wire import plan, reading
from firmware.vibrating_wire.estimate import Ringing, Room, estimate, is_clipped
from firmware.vibrating_wire.kernels import CAPTURE
from seepline.wire.record import MISSING_U32, VwChannel, missing_vw
from seepline.wire.status import CLIPPED


class VibratingWire(Driver):
    """One wire: its band, the front end's scale, and the last good frequency.

    `room` is the estimator's memory, shared by the channels of a logger; `mains_hz` is 50 or 60.
    """

    CHANNELS = ("vw",)
    WARM_UP_MS = 10  # the amplifier's high-pass settles [from memory of RC values, bench check-list]
    STABILISE_MS = 0
    MEASURE_MS = 1500
    SUPPLY_UA = 15000

    def __init__(self, bus, room: Room, band_hz: tuple[int, int], nanovolt_per_count: int, mains_hz: int) -> None:
        self._bus = bus
        self._room = room
        self._band_hz = band_hz
        self._nanovolt_per_count = nanovolt_per_count
        self._mains_hz = mains_hz
        self._last_mhz: int | None = None
        self._clipped = False

    async def read(self) -> list[VwChannel]:
        """Sweep, wait, capture and estimate, twice; the second sweep is around what the first one heard."""
        expected_mhz, self._last_mhz = self._last_mhz, None  # the full band after anything that fails on the way
        self._clipped = False
        first = await self._once(expected_mhz)
        second = await self._once(first.frequency_uhz // 1000 if first else expected_mhz)
        found = reading.channel(
            first, second, self._nanovolt_per_count, await self._thermistor(), CLIPPED if self._clipped else 0
        )
        self._last_mhz = found.frequency_mhz if reading.is_good(found) else None
        return [found]

    def missing(self, status: int) -> VwChannel:
        return missing_vw(status)

    async def _once(self, expected_mhz: int | None) -> Ringing | None:
        sweep = plan.sweep(expected_mhz, *self._band_hz)
        await self._bus.excite(plan.half_periods(sweep))
        await self._bus.pause_ms(plan.DEAD_MS)
        samples = await self._bus.capture(CAPTURE)
        self._clipped = self._clipped or is_clipped(samples)
        return await estimate(samples, sweep.low_hz, sweep.high_hz, self._mains_hz, self._room, self._bus.pause_ms)

    async def _thermistor(self) -> tuple[int, int]:
        try:
            return await self._bus.thermistor()
        except OSError as error:
            self.detail = error.args[0]
            return MISSING_U32, 0
