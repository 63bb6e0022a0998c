"""The driver of one vibrating-wire channel. It receives its bus, so it runs the same on a bench and in a test.

The bus
-------
``await bus.excite(half_periods)``   drive the coil with half-periods in microseconds; returns at the end
``await bus.pause_ms(ms)``           let others run
``await bus.capture(count)``         array('h') of that many samples at 16 kHz, coil at the amplifier
``await bus.thermistor()``           (milliohm, status bits)

A capture is worked on before the next is taken: one buffer of 8 KB at a time. The calculation holds the
processor for 0.1 to 0.35 s (bench/vw_estimator.md), which a gateway's time-out covers.
"""

from firmware.vibrating_wire import plan, reading
from firmware.vibrating_wire.estimate import CAPTURE, Ringing, Room, estimate
from seepline.wire.record import VwChannel


class VibratingWire:
    """One wire: its band, the front end's scale, and the last good frequency.

    `room` is the estimator's memory, shared by the channels of a logger; `mains_hz` is 50 or 60.
    """

    def __init__(self, bus, room: Room, band_hz: tuple[int, int], nanovolt_per_count: int, mains_hz: int) -> None:
        self._bus = bus
        self._room = room
        self._band_hz = band_hz
        self._nanovolt_per_count = nanovolt_per_count
        self._mains_hz = mains_hz
        self._last_mhz: int | None = None

    async def read(self) -> VwChannel:
        """Sweep, wait, capture and estimate, twice; the second sweep is around what the first one heard."""
        first = await self._once(self._last_mhz)
        second = await self._once(first.frequency_uhz // 1000 if first else self._last_mhz)
        found = reading.channel(first, second, self._nanovolt_per_count, await self._bus.thermistor())
        self._last_mhz = found.frequency_mhz if reading.is_good(found) else None
        return found

    async def _once(self, expected_mhz: int | None) -> Ringing | None:
        sweep = plan.sweep(expected_mhz, *self._band_hz)
        await self._bus.excite(plan.half_periods(sweep))
        await self._bus.pause_ms(plan.DEAD_MS)
        samples = await self._bus.capture(CAPTURE)
        return estimate(samples, sweep.low_hz, sweep.high_hz, self._mains_hz, self._room)
