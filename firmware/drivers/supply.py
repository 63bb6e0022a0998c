"""Battery or supply voltage behind a divider, by the ESP32's own converter.

Source: MicroPython `machine.ADC.read_uv` (eFuse-calibrated, millivolt resolution) with 11 dB attenuation: linear
from 150 to 2450 mV at the pin (ESP-IDF, ADC attenuation); near 0 it reads 0. Good enough for a battery, not for
sensors. Pins 32-39 only (ADC1): ADC2 is taken when Wi-Fi is on.

A logger that runs has a supply: a pin below 150 mV is a broken divider or a wrong pin, never an empty battery.
"""

from firmware.drivers.driver import STUCK, Driver, NoReadingError, channel, rounded
from seepline.wire.status import CLIPPED, DISAGREE

LOWEST_UV, HIGHEST_UV = 150000, 2450000
SAMPLES = 9


class Supply(Driver):
    """Median of nine samples. `noise_uv` at the pin is how far they may lie apart before the value is marked."""

    CHANNELS = ("voltage",)
    MEASURE_MS = 10
    SUPPLY_UA = 0
    IS_SUPPLY = True

    def __init__(self, adc, pause, upper_ohm: int, lower_ohm: int, noise_uv: int) -> None:
        self._adc = adc
        self._pause = pause
        self._upper_ohm = upper_ohm
        self._lower_ohm = lower_ohm
        self._noise_uv = noise_uv

    async def read(self) -> list:
        samples = []
        for _ in range(SAMPLES):
            samples.append(self._adc.read_uv())
            await self._pause(1)
        samples.sort()
        pin_uv = samples[SAMPLES // 2]
        if pin_uv < LOWEST_UV:
            raise NoReadingError(STUCK, pin_uv)
        status = CLIPPED if pin_uv > HIGHEST_UV else 0
        if samples[-1] - samples[0] > self._noise_uv:
            status |= DISAGREE
        return [channel(rounded(pin_uv * (self._upper_ohm + self._lower_ohm), self._lower_ohm), status)]
