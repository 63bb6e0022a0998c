"""MicroPython for a board, with the partitions that a logger needs: the image's own table, cut again.

A stock image for the ESP32 begins at 0x1000 with the boot loader; its partition table stands at 0x8000 of the
flash: entries of 32 bytes (magic AA 50, type, subtype, offset, size, label, flags), then EB EB and their MD5.
The file system `vfs` gives the end of the flash to `romfs`, which holds both slots of the program and is executed
in place, and to `log`, which holds the ring and nothing else.

Source: ESP-IDF programming guide, "Partition Tables" (0x8000, at most 0xC00 bytes, MD5 after the entries).
"""

import hashlib
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from fieldtool.connection import FieldError

START = 0x1000  # of the image, in flash
TABLE = 0x8000  # in flash
TABLE_BYTES = 0xC00
_ENTRY = "<2sBBLL16sL"
_ENTRY_BYTES = 32
_MAGIC = b"\xaa\x50"
_MD5_MAGIC = b"\xeb\xeb" + b"\xff" * 14
_IMAGE_MAGIC = 0xE9
_DATA, _UNDEFINED, _ROMFS = 1, 6, 0x8F  # partition type and subtypes; MicroPython looks for `romfs` by its name
_MB = 1024 * 1024
# MB of flash -> bytes of `log`: 4 MB leave half a MB; 16 MB hold a year and more of 8 wires every 15 minutes
LOG_BYTES = MappingProxyType({4: _MB // 2, 16: 12 * _MB})
ROMFS_BYTES = 384 * 1024  # two slots of 192 KiB, as on the desk: a program is at most 120 kB, and grows
_LEAST_VFS_BYTES = _MB // 2  # what is staged, and room


@dataclass(frozen=True, slots=True)
class Partition:
    """One row of a partition table."""

    kind: int
    subtype: int
    offset: int
    size: int
    name: str
    flags: int = 0

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True)
class Image:
    """What is written from START on, and the table in it."""

    data: bytes
    partitions: tuple[Partition, ...]
    flash_mb: int


def image(file: Path, flash_mb: int) -> Image:
    """Return a stock image with the partitions `romfs` and `log`.

    Raises
    ------
    FieldError
        When the file is no image for the ESP32, or the flash has no size that is known here.
    """
    if flash_mb not in LOG_BYTES:
        raise FieldError(
            f"A flash of {flash_mb} MB is not known here, expected one of {', '.join(map(str, LOG_BYTES))}."
        )
    try:
        data = file.read_bytes()
    except OSError as error:
        raise FieldError(f"{file} cannot be read ({error.strerror}).") from error
    at = TABLE - START
    rows = parse(data[at : at + TABLE_BYTES]) if data[:1] == bytes([_IMAGE_MAGIC]) else []
    if not any(row.name == "vfs" for row in rows):
        raise FieldError(
            f"{file} is no MicroPython image for the ESP32 (build one from firmware/port/SEEPLINE_LOGGER)."
        )
    cut = with_ours(rows, flash_mb)
    return Image(data[:at] + table(cut) + data[at + TABLE_BYTES :], tuple(cut), flash_mb)


def parse(data: bytes) -> list[Partition]:
    """Return the rows of a partition table, up to the first that is none."""
    rows = []
    for at in range(0, len(data) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        magic, kind, subtype, offset, size, name, flags = struct.unpack_from(_ENTRY, data, at)
        if magic != _MAGIC:
            break
        rows.append(Partition(kind, subtype, offset, size, name.rstrip(b"\0").decode("ascii", "replace"), flags))
    return rows


def with_ours(rows: Sequence[Partition], flash_mb: int) -> list[Partition]:
    """Return the rows with `romfs` and `log` at the end of the flash and `vfs` before them.

    >>> stock = [Partition(0, 0, 0x10000, 0x1F0000, "factory"), Partition(1, 0x81, 0x200000, 0x200000, "vfs")]
    >>> [(row.name, hex(row.offset), hex(row.size)) for row in with_ours(stock, 4)[1:]]
    [('vfs', '0x200000', '0x120000'), ('romfs', '0x320000', '0x60000'), ('log', '0x380000', '0x80000')]
    """
    log = Partition(_DATA, _UNDEFINED, flash_mb * _MB - LOG_BYTES[flash_mb], LOG_BYTES[flash_mb], "log")
    romfs = Partition(_DATA, _ROMFS, log.offset - ROMFS_BYTES, ROMFS_BYTES, "romfs")
    kept = [row for row in rows if row.name not in ("vfs", "romfs", "log")]
    vfs = next(row for row in rows if row.name == "vfs")
    if romfs.offset - vfs.offset < _LEAST_VFS_BYTES or any(row.end > vfs.offset for row in kept):
        raise FieldError("This image leaves too little room for a logger: build one from firmware/port/.")
    return [*kept, replace(vfs, size=romfs.offset - vfs.offset), romfs, log]


def table(rows: Sequence[Partition]) -> bytes:
    """Return the bytes of a partition table."""
    entries = b"".join(
        struct.pack(
            _ENTRY, _MAGIC, row.kind, row.subtype, row.offset, row.size, row.name.encode("ascii"), row.flags
        )
        for row in rows
    )
    whole = entries + _MD5_MAGIC + hashlib.md5(entries, usedforsecurity=False).digest()
    return whole + b"\xff" * (TABLE_BYTES - len(whole))


def commands(path: Path, flash_mb: int, port: str | None) -> list[list[str]]:
    """Return the esptool commands that erase the board and write the image at `path`."""
    base = [sys.executable, "-m", "esptool", "--chip", "esp32", *(["--port", port] if port else [])]
    return [[*base, "erase-flash"], [*base, "write-flash", "--flash-size", f"{flash_mb}MB", hex(START), str(path)]]


def write(found: Image, port: str | None) -> None:
    """Erase the board and write the image.

    Raises
    ------
    FieldError
        When esptool does not reach the board.
    """
    with tempfile.TemporaryDirectory(prefix="seepline-image-") as scratch:
        path = Path(scratch) / "micropython.bin"
        path.write_bytes(found.data)
        for command in commands(path, found.flash_mb, port):
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode:
                raise FieldError(f"The board cannot be written: {_reason(done.stdout + done.stderr)}")


def _reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if "error" in line.lower()]
    return lines[0] if lines else "esptool gives no reason; hold BOOT while it connects, and try another cable."
