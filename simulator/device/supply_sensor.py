"""The supply of a simulated board, behind its divider."""

from simulator.chips.pin_adc import PinAdc
from simulator.device.sensor import Sensor, value_of


class Battery(Sensor):
    """The supply behind its divider."""

    def __init__(self, bench, options: dict) -> None:
        self.socket = _Pin(bench.look)
        self._upper_ohm, self._lower_ohm = options["upper_ohm"], options["lower_ohm"]

    def feel(self, channels: list) -> None:
        uv = value_of(channels[0]) or 0
        self.socket.pin_uv = uv * self._lower_ohm // (self._upper_ohm + self._lower_ohm)


class _Pin(PinAdc):
    def __init__(self, look) -> None:
        super().__init__(0)
        self._look = look

    def read_uv(self) -> int:
        self._look()
        return super().read_uv()
