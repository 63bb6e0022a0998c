"""A simulated ADS1220 with its four inputs, reference and supply; source as `firmware/drivers/ads1220.py`."""

from simulator.chips.buses import SpiChip
from simulator.chips.desk_time import DeskTime

_FULL = 1 << 23
_INTERNAL_UV = 2048000
_CONVERSION_US = 50010
_RESET, _START, _POWERDOWN, _RDATA = 0x06, 0x08, 0x02, 0x10


class Ads1220Chip(SpiChip):
    """Set `input_uv`, or `ratio` for an input of a bridge (its voltage over the reference's, in 1e-9).

    Faults: `dead`; `never_ready` (no conversion ends); `stuck_code` (the modulator gives one code for ever);
    `reference_broken` (every conversion against it is at its end); `slow_percent` (the oscillator is slow).
    """

    phase = 1

    def __init__(self, time: DeskTime, supply_uv: int = 3300000) -> None:
        self._time = time
        self.supply_uv = supply_uv
        self.input_uv: list[float] = [0, 0, 0, 0]
        self.ratio: dict[int, int] = {}
        self.never_ready = False
        self.stuck_code: int | None = None
        self.reference_broken = False
        self.slow_percent = 0
        self._registers = bytearray(4)
        self._out: list[int] = []
        self._frame: list[int] = []
        self._ready_us: int | None = None
        self._code = 0

    def ready_pin(self) -> int:
        """Return DRDY: 0 when a conversion has ended and was not read."""
        return 0 if self._ended() else 1

    def select(self) -> None:
        """Begin a command."""
        self._frame, self._out = [], []

    def shift(self, byte: int) -> int:
        """Take a command or its data, give what it asks for."""
        given = self._out.pop(0) if self._out else 0
        self._frame.append(byte)
        if len(self._frame) == 1:
            self._command(byte)
        elif self._frame[0] & 0xF0 == 0x40 and len(self._frame) - 2 <= self._frame[0] & 3:
            self._registers[(self._frame[0] >> 2 & 3) + len(self._frame) - 2] = byte
        return given

    def _command(self, byte: int) -> None:
        if byte == _RESET:
            self._registers = bytearray(4)
            self._ready_us = None
        elif byte == _START and not self.never_ready:
            self._ready_us = self._time.now_us + _CONVERSION_US * (100 + self.slow_percent) // 100
            self._code = self._convert()
        elif byte == _RDATA:
            code = self._code if self._ended() else 0
            self._out = list((code & 0xFFFFFF).to_bytes(3, "big"))
            self._ready_us = None
        elif byte & 0xF0 == 0x20:
            first = byte >> 2 & 3
            self._out = list(self._registers[first : first + (byte & 3) + 1])

    def _ended(self) -> bool:
        return self._ready_us is not None and self._time.now_us >= self._ready_us

    def _convert(self) -> int:
        if self.stuck_code is not None:
            return self.stuck_code
        multiplexer, external = self._registers[0] >> 4, self._registers[2] >> 6
        if multiplexer == 0xD:
            return _limited(self.supply_uv // 4 * _FULL // _INTERNAL_UV)
        if multiplexer < 8:
            raise ValueError("the desk simulates inputs against ground only")
        if external:
            if self.reference_broken:
                return _FULL - 1
            return _limited(self.ratio.get(multiplexer - 8, 0) * _FULL // 1000000000)
        return _limited(round(self.input_uv[multiplexer - 8] * _FULL / _INTERNAL_UV))


def _limited(code: int) -> int:
    return max(-_FULL, min(_FULL - 1, code))
