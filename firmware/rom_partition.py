"""The flash partition `romfs` of this ESP32, which holds both slots: for the starter and for the program."""

import esp32
import vfs


def flash_and_memory() -> tuple:
    """Return (block device, its bytes as they are mapped). OSError: this MicroPython or flash has none."""
    found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="romfs")
    if not found or not hasattr(vfs, "rom_ioctl"):
        raise OSError("this ESP32 executes nothing in place: firmware/README.md says which MicroPython it needs")
    return found[0], vfs.rom_ioctl(2, 0)
