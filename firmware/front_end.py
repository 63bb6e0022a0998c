"""The front end of the vibrating wires: one bridge, one amplifier, one audio converter, and a relay for each coil.

    excite    relay of the coil closed to the bridge, the sweep sent by RMT without jitter, coil to the amplifier
    capture   the converter is started, its first samples (it settles) are thrown away, the rest is kept
    open      no coil is connected: the best protection there is

Relay 3 ms and 4 ms of bounce at most (Omron G6K: from memory); 32 ms of settling is a guess until the bench list's
row S4 is done. Samples are 16-bit counts at 16 kHz, in one buffer for all coils, taken once.
"""

from array import array

from firmware import pins
from firmware.vibrating_wire.kernels import CAPTURE

RELAY_MS = 7
SETTLE_SAMPLES = 512
SAMPLE_HZ = 16000
_SAMPLE_BYTES = 2


class FrontEnd:
    """`sweep` is an RMT channel at 1 us; `converter()` starts the I2S, returns (stream reader, what ends it)."""

    def __init__(self, sweep, converter, switches, pause) -> None:
        self.sweep = sweep
        self.converter = converter
        self.switches = switches
        self.pause = pause
        self.samples = array("h", bytes(_SAMPLE_BYTES * CAPTURE))

    def coil(self, number: int) -> "Coil":
        """Return the bus of one coil."""
        return Coil(self, number)


class Coil:
    """One coil; who uses it has the front end for himself (firmware/coil.py)."""

    def __init__(self, front: FrontEnd, number: int) -> None:
        self._front = front
        self._relay = 1 << pins.FIRST_RELAY + number
        self._thermistor = number << pins.FIRST_THERMISTOR
        self.pause_ms = front.pause

    async def excite(self, half_periods) -> None:
        """Drive the coil; returns when it is at the amplifier."""
        front = self._front
        front.switches.put(pins.RELAYS | pins.TO_AMPLIFIER, self._relay)
        await front.pause(RELAY_MS)
        front.sweep.write_pulses(tuple(half_periods), True)
        await front.pause(sum(half_periods) // 1000)
        while not front.sweep.wait_done(timeout=0):
            await front.pause(1)
        front.switches.put(pins.TO_AMPLIFIER, pins.TO_AMPLIFIER)

    async def capture(self, count: int) -> array:
        """Return `count` samples; the array is the same each time."""
        front = self._front
        reader, end = front.converter()
        try:
            room = memoryview(front.samples)[:count]
            await _fill(reader, room[:SETTLE_SAMPLES])
            await _fill(reader, room)
        finally:
            end()
        return front.samples

    def open(self) -> None:
        self._front.switches.put(pins.RELAYS | pins.TO_AMPLIFIER, 0)

    def turn_thermistor(self) -> None:
        self._front.switches.put(pins.THERMISTORS, self._thermistor)


async def _fill(reader, room) -> None:
    """Read until the room is full; a stream gives what it has."""
    filled = 0
    while filled < len(room):
        filled += await reader.readinto(room[filled:]) // _SAMPLE_BYTES
