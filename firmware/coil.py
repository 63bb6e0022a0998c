"""A vibrating wire on the front end that all coils of a board share, and its thermistor on the shared converter.

Scans measure all instruments at once, and there is one exciter, one amplifier, one buffer and one memory for the
estimate: a reading has them from its first sweep to its end, whatever way it ends.
"""

from firmware.vibrating_wire.driver import VibratingWire
from seepline.wire.record import MISSING_U32
from seepline.wire.status import THERMISTOR_BITS


class Coil:
    """The bus of one wire: `coil` is of sockets.vibrating_wire_bus, `bridge` a ThermistorBridges of one input.

    A gauge without a thermistor has no bridge (None).
    """

    def __init__(self, coil, bridge) -> None:
        self.excite = coil.excite
        self.pause_ms = coil.pause_ms
        self.capture = coil.capture
        self.open = coil.open
        self._turn = coil.turn_thermistor
        self._bridge = bridge

    async def thermistor(self) -> tuple[int, int]:
        """Return (milliohm, status); a converter that fails leaves the wire its reading."""
        if self._bridge is None:
            return MISSING_U32, 0
        self._turn()
        status, mohm = (await self._bridge.measure())[0]
        return mohm if mohm >= 0 else MISSING_U32, status & THERMISTOR_BITS


class CoilWire(VibratingWire):
    """A wire that waits for the front end and leaves it open."""

    def __init__(self, coil: Coil, lock, *options) -> None:
        super().__init__(coil, *options)
        self._coil = coil
        self._lock = lock

    async def read(self) -> list:
        async with self._lock:
            try:
                return await super().read()
            finally:
                self._coil.open()
