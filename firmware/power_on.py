"""What main.py of an ESP32 calls first: the starter with this chip's store and flash. Not updated, as the starter.

It has its own few lines for NVS: `firmware/board.py` lies in the slots, and nothing there can be relied upon yet.
"""

import esp32
import machine

from firmware import starter
from firmware.rom_partition import flash_and_memory
from firmware.rom_slots import Halves

WATCHDOG_MS = 60000  # as in firmware/board.py
_MOST_BYTES = 64


class Store:
    """Short blobs in the NVS namespace of `firmware/board.py`."""

    def __init__(self) -> None:
        self._nvs = esp32.NVS("seepline")

    def get(self, name: str) -> bytes | None:
        buffer = bytearray(_MOST_BYTES)
        try:
            return bytes(buffer[: self._nvs.get_blob(name, buffer)])
        except OSError:  # there is none
            return None

    def put(self, name: str, data: bytes) -> None:
        self._nvs.set_blob(name, data)
        self._nvs.commit()


def enter() -> None:
    """Make the next import of `firmware` one out of the slot in force.

    The watchdog is there from the beginning: a program may hang before it has one of its own.
    """
    machine.WDT(timeout=WATCHDOG_MS)
    starter.enter(Store(), Halves(*flash_and_memory()))
