"""Powers up a simulated logger whose program lies in slots, as on an ESP32: what `firmware/power_on.py` is there.

    micropython -m simulator.device.power_on simulator.device.board CONFIG.json

The slots are the file <flash>.romfs, what is staged is in the folder <flash>.program. A crash ends with the board's
RESTART_CODE: the program is to be started again.
"""

import json
import sys

from firmware import starter
from simulator.device import slot_flash
from simulator.device.store import Store

RESTART_CODE = 75


def start(arguments: list[str]) -> None:
    """Run the program of the slot in force on a board of the desk, as `firmware.main` is told."""
    with open(arguments[1]) as file:
        flash = json.load(file)["flash"]
    starter.enter(Store(flash + ".nvs"), slot_flash.halves(flash))
    try:
        __import__("firmware.main")
        sys.modules["firmware.main"].start(arguments)
    except Exception as error:
        sys.print_exception(error)
        sys.exit(RESTART_CODE)


if __name__ == "__main__":
    start(sys.argv[1:])
