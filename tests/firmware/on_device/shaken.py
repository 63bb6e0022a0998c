"""The logger program on a desk whose accelerometer is shaken once: a sine of 0.2 g and 4 Hz, from 6 s on for 3 s.

micropython -m shaken simulator.device.board CONFIG.json
"""

import math
import sys

from firmware import app
from simulator.chips.adxl355 import RATE, Adxl355Chip
from simulator.device.board import open_board

START, END = 6 * RATE, 9 * RATE


def motion(sample: int) -> tuple:
    if not START <= sample < END:
        return (0, 0, 0)
    return (0.2 * math.sin(2 * math.pi * 4 * (sample - START) / RATE), 0, 0)


def start(arguments: list[str]) -> None:
    """Run the logger as `firmware.main` does, on a ground that is not quiet."""
    make = Adxl355Chip.__init__

    def shaken(self, time) -> None:
        make(self, time, motion)

    Adxl355Chip.__init__ = shaken
    app.run(open_board(arguments[1:]))


if __name__ == "__main__":
    start(sys.argv[1:])
