"""The slots as two halves of the flash partition `romfs`, out of which code is executed where it lies.

    half  = block 0: magic "SPLR" | version u32 | length u32 | SHA-256 of the image (32) | 4 bytes of theirs
            blocks 1...: ROMFS image (MicroPython's, docs "romfs"), made by firmware/rom_image.py

The first block is erased before anything else of a half is touched and written when all else has been read back.
An image is mounted only when its SHA-256 is right: MicroPython walks a ROMFS without looking where its lengths
lead, and reads a .mpy file that is cut short without end. The starter has its own copy of this module.
"""

import hashlib
import struct

MOUNTED = "/app"
HEAD_BYTES = 48

_MAGIC = b"SPLR"
_HEAD = ">4sII32s"
_SUM_BYTES = 4
_COUNT, _SIZE = 4, 5  # operations of ioctl


def head(version: int, length: int, sha256: bytes) -> bytes:
    """Return what a half begins with once it is whole."""
    data = struct.pack(_HEAD, _MAGIC, version, length, sha256)
    return data + hashlib.sha256(data).digest()[:_SUM_BYTES]


class Halves:
    """Both slots of one partition. `flash`: block device as esp32.Partition; `memory`: its bytes, mapped."""

    def __init__(self, flash, memory) -> None:
        self.flash = flash
        self.block_bytes = flash.ioctl(_SIZE, 0)
        self.blocks = flash.ioctl(_COUNT, 0) // 2  # of a half
        self._memory = memoryview(memory)

    def first_block(self, slot: int) -> int:
        """Return the number of a half's first block."""
        return slot * self.blocks

    def version(self, slot: int) -> int:
        """Return the version of the program in a slot, 0 when there is none that is whole."""
        version, image = self._found(slot)
        return version if image else 0

    def enter(self, slot: int) -> str:
        """Mount a slot and return what stands in sys.path for it. Raises OSError when nothing whole is there."""
        import vfs

        _, image = self._found(slot)
        if not image:
            raise OSError("there is no whole program in slot %s" % "AB"[slot])
        vfs.mount(vfs.VfsRom(image), MOUNTED)  # pyright: ignore[reportAttributeAccessIssue] - not of every build
        return MOUNTED

    def _found(self, slot: int):
        """Return (version, image) of a half, image None where it is not what the head says."""
        start = self.first_block(slot) * self.block_bytes
        data = bytes(self._memory[start : start + HEAD_BYTES])
        _, version, length, sha256 = struct.unpack(_HEAD, data[:-_SUM_BYTES])
        start += self.block_bytes
        whole = data == head(version, length, sha256) and length <= (self.blocks - 1) * self.block_bytes
        image = self._memory[start : start + length] if whole else None
        return version, image if image and hashlib.sha256(image).digest() == sha256 else None
