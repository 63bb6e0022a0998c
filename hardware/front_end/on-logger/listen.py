"""What the logger says of captures: its own driver over them. Run by the logger's MicroPython, not imported.

listen.py half_periods HZ               the half-periods of a sweep about a wire of that frequency, in us
listen.py read NANOVOLT HZ FILE FILE    one reading from two captures: the channel that the driver made
"""

import asyncio
import sys
from array import array

from firmware.vibrating_wire import plan
from firmware.vibrating_wire.driver import VibratingWire
from firmware.vibrating_wire.estimate import Room


class Bus:
    """The coil's bus (firmware/vibrating_wire/driver.py), with captures from files."""

    def __init__(self, files):
        self._files = list(files)

    async def excite(self, half_periods):
        pass

    async def pause_ms(self, ms):
        await asyncio.sleep(0)

    async def capture(self, count):
        samples = array("h", bytes(2 * count))
        with open(self._files.pop(0), "rb") as file:
            file.readinto(samples)
        return samples

    async def thermistor(self):
        return 5967600, 0


def read(nanovolt, hz, *files):
    """Print the channel: status, frequency in mHz, amplitude in uV, ratio, decay, other line, agreement."""
    band = max(400, int(0.85 * float(hz))), min(6000, int(1.15 * float(hz)))
    wire = VibratingWire(Bus(files), Room(), band, int(nanovolt), 50)
    [channel] = asyncio.run(wire.measure())
    print(*channel)


def half_periods(hz):
    """Print the half-periods of the sweep of the own band."""
    print(*plan.half_periods(plan.sweep(int(1000 * float(hz)), 400, 6000)))


{"read": read, "half_periods": half_periods}[sys.argv[1]](*sys.argv[2:])
