"""Vibrating-wire gauges at the coils of a simulated board."""

from seepline.wire.record import MISSING_U16, MISSING_U32
from simulator.chips.coil import WireCoil
from simulator.device.converter_sensors import OPEN, hear_supply, ratio_of
from simulator.device.sensor import Sensor


class Wire(Sensor):
    """A vibrating-wire gauge: coil and thermistor on one cable."""

    def __init__(self, bench, options: dict) -> None:
        self.number = options["coil"]
        self.socket = _Coil(bench, options)
        self._fixed_mohm = options["fixed_mohm"]

    def feel(self, channels: list) -> None:
        shown, coil = channels[0], self.socket
        coil.frequency_mhz = None if shown.frequency_mhz == MISSING_U32 else shown.frequency_mhz
        coil.rms_uv = _or(shown.amplitude_uv, 900)
        coil.decay = _or(shown.decay_e4, 4000) / 10000
        coil.hum_hz = _or(shown.noise_tenth_hz, 500) / 10
        coil.hum_uv = coil.rms_uv * 10 / max(1, _or(shown.snr_tenth, 2000))
        coil.apart_mhz = _or(shown.agreement_mhz, 0)
        mohm = None if shown.thermistor_mohm == MISSING_U32 else shown.thermistor_mohm
        coil.ratio = ratio_of(shown.status, mohm, self._fixed_mohm)


def _or(number: int, instead: int) -> int:
    return instead if number == MISSING_U16 else number


class _Coil(WireCoil):
    def __init__(self, bench, options: dict) -> None:
        super().__init__(bench.time, options["nanovolt_per_count"])
        self.ratio = OPEN
        self._look = bench.look
        self._converter = bench.converter(options["converter"])
        hear_supply(self._converter, options)

    async def excite(self, half_periods) -> None:
        self._look()
        await super().excite(half_periods)

    def turn_thermistor(self) -> None:
        self._look()
        self._converter.ratio[0] = self.ratio
