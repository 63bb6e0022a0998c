"""Loops and thermistors at the converters of a simulated board."""

from seepline.wire.status import THERMISTOR_SHORT
from simulator.device.sensor import Sensor, value_of

ON_I2C = 2  # converters from here on are ADS1115
SUPPLY_INPUT = 3  # of an ADS1115: the bridges' supply
OPEN = 1000000000  # the bridge's whole reference


class Loops(Sensor):
    """Loop currents over the converter's shunts; a loop that is cut carries nothing."""

    def __init__(self, bench, options: dict) -> None:
        self._chip = bench.converter(options["converter"])
        self._chip.supply_uv = 1000 * options["supply_mv"]
        self._inputs = options["inputs"]
        self._shunt_mohm = options["shunt_mohm"]

    def feel(self, channels: list) -> None:
        for number, channel in zip(self._inputs, channels):
            self._chip.input_uv[number] = (value_of(channel) or 0) * self._shunt_mohm / 100000  # of 10 nA


def ratio_of(status: int, mohm: int | None, fixed_mohm: int) -> int:
    """Return a thermistor's voltage over the reference's, in 1e-9."""
    if mohm is None:
        return 0 if status & THERMISTOR_SHORT else OPEN
    return mohm * OPEN // (mohm + fixed_mohm)


def hear_supply(chip, options: dict) -> None:
    """Wire the bridges' supply to the input of an ADS1115 that hears it."""
    if options["converter"] >= ON_I2C:
        chip.ratio[SUPPLY_INPUT] = OPEN


class Bridges(Sensor):
    """Thermistors below a fixed resistor."""

    def __init__(self, bench, options: dict) -> None:
        self._chip = bench.converter(options["converter"])
        self._chip.supply_uv = 1000 * options["supply_mv"]
        self._inputs = options["inputs"]
        self._fixed_mohm = options["fixed_mohm"]
        hear_supply(self._chip, options)

    def feel(self, channels: list) -> None:
        for number, channel in zip(self._inputs, channels):
            self._chip.ratio[number] = ratio_of(channel.status, value_of(channel), self._fixed_mohm)
