"""The flash partition `romfs` of this ESP32: both slots of the program. For the starter and for the program itself."""

import esp32
import vfs

from firmware.rom_slots import Halves


def halves() -> Halves:
    """Return the slots of this board. Raises OSError when its MicroPython or its partition table has none."""
    found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="romfs")
    if not found or not hasattr(vfs, "rom_ioctl"):
        raise OSError("this ESP32 executes nothing in place: firmware/README.md says which MicroPython it needs")
    return Halves(found[0], vfs.rom_ioctl(2, 0))
