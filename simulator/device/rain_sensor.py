"""A tipping bucket at a counter of a simulated board."""

from seepline.wire.status import INSTRUMENT_FAULT
from simulator.chips.rain_switch import RainSwitch
from simulator.device.sensor import Sensor, value_of


class Rain(Sensor):
    """A tipping bucket: the tips of a row fall at its time."""

    def __init__(self, bench, options: dict) -> None:
        self.number = options["counter"]
        self.socket = _RainSocket(bench)

    def feel(self, channels: list) -> None:
        self.socket.closed_for_good = bool(channels[0].status & INSTRUMENT_FAULT)

    def count(self, channels: list) -> None:
        self.socket.tip(value_of(channels[0]) or 0)


class _RainSocket(RainSwitch):
    """The switch as board.counter() gives it; a hardware counter and the listener of a bare switch both see it."""

    def __init__(self, bench) -> None:
        super().__init__(bench.time)
        self._look = bench.look
        self._time = bench.time

    def listen(self, listener) -> None:
        self._listener = listener

    def ticks_diff(self, new: int, old: int) -> int:
        return new - old

    def closed(self) -> bool:
        self._look()
        return super().closed()

    def tip(self, times: int = 1) -> None:
        for _ in range(times):
            self._time.now_us += 1000000  # tips do not fall together
            super().tip()
