"""Writes the files of a bundle into a slot, as a ROMFS image, and reads it back: for updates and the first flash.

Source of the format: MicroPython, tools/mpremote/mpremote/romfs.py and extmod/vfs_rom.c (MIT), read for 1.25 to
1.29: records of kind, length and payload, numbers in groups of seven bits, the highest first.

    image = D2 CD 31 | length | record 2: the files' contents, one after the other | records of the root folder
    file  = 5 | length | name length | name | record 3: bytes of the content, its offset from the first record
    folder = 4 | length | name length | name | records of what is in it
"""

import hashlib

from firmware.rom_slots import HEAD_BYTES, Halves, head

_ROMFS = b"\xd2\xcd\x31"
_VERBATIM, _POINTER, _FOLDER, _FILE = 2, 3, 4, 5
_PIECE_BYTES = 256  # a page of the flash
_ERASE = 6  # operation of ioctl


class ContentError(ValueError):
    """A file of the bundle is not the one that its manifest names."""


def fits(places: Halves, entries: list) -> bool:
    """Tell whether the image of these files is smaller than a slot."""
    start, tree = frame(entries)
    return len(start) + _total(entries) + len(tree) <= (places.blocks - 1) * places.block_bytes


def check(entries: list, bundle) -> None:
    """Read the files of an open bundle, which stands at its contents. Raises ContentError."""
    for entry in entries:
        _copy(bundle, len, entry)


def clear(places: Halves, slot: int) -> None:
    """Make sure that nothing starts out of a slot."""
    places.flash.ioctl(_ERASE, places.first_block(slot))


def fill(places: Halves, slot: int, version: int, entries: list, bundle) -> None:
    """Write the files of an open bundle, which stands at its contents, into a slot.

    Raises
    ------
    ContentError
        When a file is not what its entry says; the slot is then empty.
    OSError
        When the flash does not read back what was written; the slot is then empty.
    """
    clear(places, slot)
    start, tree = frame(entries)
    writer = _Writer(places, places.first_block(slot) + 1)
    writer.write(start)
    for entry in entries:
        _copy(bundle, writer.write, entry)
    writer.write(tree)
    length, sha256 = writer.end()
    if _read_back(places, slot, length) != sha256:
        raise OSError("the flash does not hold what was written")
    last, seen = head(version, length, sha256), bytearray(HEAD_BYTES)
    places.flash.writeblocks(places.first_block(slot), last, 0)
    places.flash.readblocks(places.first_block(slot), seen, 0)
    if seen != last:
        raise OSError("the flash does not hold the head that was written")


def frame(entries: list) -> tuple[bytes, bytes]:
    """Return what stands before and after the contents in the image of these files."""
    total = _total(entries)
    before = bytes((_VERBATIM,)) + number(total)
    rows, offset = [], len(before)
    for entry in entries:
        rows.append((entry.name, entry.length, offset))
        offset += entry.length
    tree = _records(rows)
    return _ROMFS + number(len(before) + total + len(tree)) + before, tree


def number(value: int) -> bytes:
    r"""Return a number as ROMFS writes it.

    >>> number(5), number(300)
    (b'\x05', b'\x82,')
    """
    groups = [value & 0x7F]
    while value >> 7:
        value >>= 7
        groups.insert(0, 0x80 | value & 0x7F)
    return bytes(groups)


def _total(entries: list) -> int:
    return sum([entry.length for entry in entries])


def _records(rows: list) -> bytes:
    """Return the records of one folder out of (path in it, bytes, offset)."""
    parts, folders = [], {}
    for path, length, offset in rows:
        first, rest = path.split("/", 1) if "/" in path else (path, "")
        if rest:
            folders.setdefault(first, []).append((rest, length, offset))
        else:
            parts.append(_record(_FILE, path, _record(_POINTER, "", number(length) + number(offset))))
    for name, inside in folders.items():
        parts.append(_record(_FOLDER, name, _records(inside)))
    return b"".join(parts)


def _record(kind: int, name: str, payload: bytes) -> bytes:
    named = number(len(name)) + name.encode() if name else b""
    return bytes((kind,)) + number(len(named) + len(payload)) + named + payload


def _copy(bundle, take, entry) -> None:
    """Hand a file on, piece by piece, and check it."""
    digest, left = hashlib.sha256(), entry.length
    while left:
        piece = bundle.read(min(left, _PIECE_BYTES))
        if not piece:
            break
        digest.update(piece)
        take(piece)
        left -= len(piece)
    if digest.digest() != entry.sha256:
        raise ContentError("%s is not what the manifest says" % entry.name)


class _Writer:
    """Writes one block after the other, each erased just before; `end` tells how much it was."""

    def __init__(self, places: Halves, block: int) -> None:
        self._flash = places.flash
        self._block_bytes = places.block_bytes
        self._block = block
        self._page = bytearray(_PIECE_BYTES)
        self._filled = self._written = 0
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE_BYTES):
            self._take(data[start : start + _PIECE_BYTES])

    def end(self) -> tuple[int, bytes]:
        """Return (bytes, SHA-256) of what was written."""
        length = self._written + self._filled
        if self._filled:
            self._program(bytes(self._page[: self._filled]))
        return length, self._digest.digest()

    def _take(self, data: bytes) -> None:
        room = _PIECE_BYTES - self._filled
        self._page[self._filled : self._filled + len(data[:room])] = data[:room]
        self._filled += len(data[:room])
        if self._filled == _PIECE_BYTES:
            self._program(bytes(self._page))
            self._filled = 0
            if data[room:]:
                self._take(data[room:])

    def _program(self, page: bytes) -> None:
        block, offset = divmod(self._written, self._block_bytes)
        if not offset:
            self._flash.ioctl(_ERASE, self._block + block)
        self._flash.writeblocks(self._block + block, page, offset)
        self._digest.update(page)
        self._written += len(page)


def _read_back(places: Halves, slot: int, length: int) -> bytes:
    """Return the SHA-256 of an image as the flash itself gives it, past any cache."""
    digest, offset = hashlib.sha256(), 0
    first = places.first_block(slot) + 1
    while offset < length:
        piece = bytearray(min(length - offset, _PIECE_BYTES))
        places.flash.readblocks(first + offset // places.block_bytes, piece, offset % places.block_bytes)
        digest.update(piece)
        offset += len(piece)
    return digest.digest()
