"""Simulated vibrating wires behind one front end: what is plucked rings down, on top of hum and noise.

The model is that of bench/vw_estimator.py: a wire's first mode is a damped sinusoid; the coil's EMF is one too.
Hum is one mains harmonic, noise is uniform. A sweep excites the wire whose frequency lies inside it, and no other.
"""

import math
from array import array

from simulator.chips.desk_time import DeskTime

SAMPLE_HZ = 16000
_FULL = 32767
_SAMPLES = array("h", bytes(2 * 4096))  # of the one front end, made once: a heap of 100 k has no room for a second


class WireCoil:
    """One coil with its wire: set what the wire does.

    `frequency_mhz` (None: no wire, or a cut cable), `rms_uv` over 4,096 samples, `decay` (end over start
    amplitude), `hum_hz`, `hum_uv` rms, `noise_uv` rms, `apart_mhz` (between two captures). Fault: `dead`, the
    front end does not answer.
    """

    def __init__(self, time: DeskTime, nanovolt_per_count: int) -> None:
        self._time = time
        self._nanovolt_per_count = nanovolt_per_count
        self.frequency_mhz: int | None = None
        self.rms_uv = 900.0
        self.decay = 0.4
        self.hum_hz = 50.0
        self.hum_uv = 5.0
        self.noise_uv = 3.0
        self.apart_mhz = 0
        self.dead = False
        self.captures = 0
        self._rings = False
        self._seed = 1

    async def excite(self, half_periods: "array[int]") -> None:
        """Sweep; the wire answers when its frequency is inside."""
        if self.dead:
            raise OSError(5)
        await self._time.pause(sum(half_periods) // 1000)
        mhz = self.frequency_mhz
        lowest, highest = 500000000 // max(half_periods), 500000000 // min(half_periods)
        self._rings = mhz is not None and lowest <= mhz <= highest

    async def pause_ms(self, ms: int) -> None:
        """Let time pass."""
        await self._time.pause(ms)

    async def capture(self, count: int) -> "array[int]":
        """Return samples from now on."""
        await self._time.pause(1000 * count // SAMPLE_HZ)
        self.captures += 1
        mhz = 0
        if self._rings and self.frequency_mhz is not None:
            mhz = self.frequency_mhz + self.apart_mhz * (1 if self.captures % 2 else -1) // 2
        self._fill(count, mhz)
        return _SAMPLES

    def open(self) -> None:
        """Open the relay: nothing is connected."""

    def turn_thermistor(self) -> None:
        """Turn the multiplexer to this coil's thermistor."""

    def _fill(self, count: int, mhz: int) -> None:
        wire, turn = self._wire(count, mhz)
        hum = complex(0, self.hum_uv * math.sqrt(2) * 1000 / self._nanovolt_per_count)
        hum_turn = _turned(self.hum_hz, 1.0)
        spread = 1 + round(self.noise_uv * math.sqrt(3) * 1000 / self._nanovolt_per_count)
        samples, seed = _SAMPLES, self._seed
        for n in range(count):
            seed ^= seed << 7 & 0xFFFF
            seed ^= seed >> 9
            seed ^= seed << 8 & 0xFFFF
            value = int((wire + hum).imag) + seed % (2 * spread + 1) - spread
            samples[n] = max(-_FULL, min(_FULL, value))
            wire *= turn
            hum *= hum_turn
        self._seed = seed

    def _wire(self, count: int, mhz: int) -> tuple[complex, complex]:
        """Return the wire's first sample and the factor to the next one."""
        if not mhz:
            return 0j, 0j
        ratio = math.exp(math.log(self.decay) / count)
        lost = 2 * math.log(self.decay)
        mean_square = (math.exp(lost) - 1) / lost / 2 if lost else 0.5
        start = self.rms_uv * 1000 / self._nanovolt_per_count / math.sqrt(mean_square)
        return complex(start * 0.8, start * 0.6), _turned(mhz / 1000, ratio)


def _turned(hz: float, ratio: float) -> complex:
    """Return the factor from one sample of a tone to the next."""
    angle = 2 * math.pi * hz / SAMPLE_HZ
    return complex(ratio * math.cos(angle), ratio * math.sin(angle))
