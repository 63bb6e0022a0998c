"""Starts a logger program out of a ROMFS image, executed in place as on an ESP32.

    micropython -m rom IMAGE MODULE [ARGUMENTS ...]

A test file ends the program itself, when it is imported.
The image is mapped beside the heap, as the ESP32 maps its flash partition `romfs`.
"""

import os
import sys

import ffi
import uctypes
import vfs
from micropython import const

_READ = const(1)
_PRIVATE = const(2)


def mapped(path):
    """Return the bytes of a file in memory that the heap knows nothing of."""
    libc = ffi.open("libc.so.6")
    size = os.stat(path)[6]
    number = libc.func("i", "open", "si")(path, 0)
    address = libc.func("P", "mmap", "PIiiii")(0, size, _READ, _PRIVATE, number, 0)
    return uctypes.bytearray_at(address, size)


vfs.mount(vfs.VfsRom(mapped(sys.argv[1])), "/rom")
sys.path[:0] = ["/rom", "/rom/tests/firmware/on_device"]
module = sys.argv[2]
__import__(module)
sys.modules[module].start(sys.argv[3:])
