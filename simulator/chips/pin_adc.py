"""A simulated ESP32 converter pin: `read_uv` with noise, and the ends of its range."""

_LOWEST_UV, _TOP_UV = 142000, 3100000


class PinAdc:
    """Set `pin_uv`. Faults: `noise_uv` (every other sample lies so much higher), `spike_uv` (one sample does)."""

    def __init__(self, pin_uv: int) -> None:
        self.pin_uv = pin_uv
        self.noise_uv = 0
        self.spike_uv = 0
        self._reads = 0

    def read_uv(self) -> int:
        """Return microvolts, in whole millivolts as the chip does; a low pin reads the converter's offset."""
        self._reads += 1
        uv = self.pin_uv + (self.noise_uv if self._reads % 2 else 0)
        if self._reads == 3:
            uv += self.spike_uv
        if uv < _LOWEST_UV:
            return 0
        return min(uv, _TOP_UV) // 1000 * 1000
