"""Instruments on the simulated board itself, each one chip. A chip is imported by the board that has it."""

from seepline.wire.status import INSTRUMENT_FAULT
from simulator.device.sensor import Sensor, value_of

_INCLINOMETER, _ACCELEROMETER = 2, 3  # select lines


class Tilt(Sensor):
    """An SCL3300 in the logger's own box."""

    def __init__(self, bench, options: dict) -> None:
        from simulator.chips.scl3300 import Scl3300Chip

        self._chip = Scl3300Chip(bench.time)
        bench.add_select(_INCLINOMETER, self._chip)

    def feel(self, channels: list) -> None:
        x, y, temperature = [value_of(channel) for channel in channels]
        self._chip.dead = x is None and y is None and temperature is None
        self._chip.status = 0x20 if any([channel.status & INSTRUMENT_FAULT for channel in channels]) else 0
        self._chip.code_x, self._chip.code_y = [((tilt or 0) * 16384 // 9000000) & 0xFFFF for tilt in (x, y)]
        self._chip.code_temperature = ((temperature or 0) + 273000) * 189 // 10000


class Mass(Sensor):
    """An ADXL355 at rest: the input table knows no shaking."""

    def __init__(self, bench, options: dict) -> None:
        from simulator.chips.adxl355 import Adxl355Chip

        self._chip = Adxl355Chip(bench.sampling_time)
        bench.add_select(_ACCELEROMETER, self._chip)

    def feel(self, channels: list) -> None:
        temperature = value_of(channels[0])
        self._chip.dead = temperature is None
        self._chip.code_temperature = 1885 + (25000 - (temperature or 0)) * 905 // 100000


class Weather(Sensor):
    """An MS5611."""

    def __init__(self, bench, options: dict) -> None:
        from simulator.chips.ms5611 import Ms5611Chip

        self._chip = Ms5611Chip(bench.time)
        bench.i2c_bus.attach(options["address"], self._chip)

    def feel(self, channels: list) -> None:
        pressure, temperature = [value_of(channel) for channel in channels]
        self._chip.dead = pressure is None and temperature is None
        self._chip.never_converts = bool(channels[0].status & INSTRUMENT_FAULT)
        self._chip.put((pressure or 1013250) // 10, (20000 if temperature is None else temperature) // 10)


class Air(Sensor):
    """An SHT4x in the enclosure."""

    def __init__(self, bench, options: dict) -> None:
        from simulator.chips.sht4x import Sht4xChip

        self._chip = Sht4xChip(bench.time)
        bench.i2c_bus.attach(options["address"], self._chip)

    def feel(self, channels: list) -> None:
        humidity, temperature = [value_of(channel) for channel in channels]
        self._chip.dead = humidity is None and temperature is None
        self._chip.code_humidity = _within(((humidity or 0) + 6000) * 65535 // 125000)
        self._chip.code_temperature = _within(((temperature or 0) + 45000) * 65535 // 175000)


def _within(code: int) -> int:
    return max(0, min(65535, code))
