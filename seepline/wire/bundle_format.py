"""An update bundle: one file that carries a whole logger program, compiled, with its signature.

    bundle    = manifest | Ed25519 signature (64) | contents of the files, in the manifest's order
    manifest  = head (16) | one entry per file
    head      = magic "SPLB" | format u8 | spare u8 | .mpy ABI u16 | version u32 | files u16 | manifest bytes u16
    entry     = name length u8 | length u32 | SHA-256 (32) | name, ASCII, as firmware/app.mpy

The signature is over "seepline-bundle" and the SHA-256 of the manifest: the manifest names every file's own. The
ABI is that of `sys.implementation._mpy` on the logger: .mpy version, sub-version and architecture. Versions only
rise; they stay below 2^31, for event records carry them.
"""

import hashlib
import struct
from collections import namedtuple

MAGIC = b"SPLB"
FORMAT = 1
SIGNATURE_BYTES = 64
MOST_VERSION = (1 << 31) - 1
MOST_FILES = 200
ABI = {"xtensawin": 0x2B06, "x64": 0x0B06, "x86": 0x0706}  # .mpy 6.3; MicroPython 1.23 to 1.29

_HEAD = ">4sBBHIHH"
HEAD_BYTES = 16
_ENTRY = ">BI32s"
_ENTRY_BYTES = 37
_MOST_NAME = 63
_CHARACTERS = b"abcdefghijklmnopqrstuvwxyz0123456789_/."

Head = namedtuple("Head", ("abi", "version", "files", "manifest_bytes"))
Entry = namedtuple("Entry", ("name", "length", "sha256"))


class BundleError(ValueError):
    """These bytes are no bundle: says what is wrong with them."""


def manifest(abi: int, version: int, entries: list[Entry]) -> bytes:
    """Return the manifest of a program.

    Raises
    ------
    BundleError
        When a version or a name is none that a logger takes.
    """
    if not 1 <= version <= MOST_VERSION:
        raise BundleError("the version is %d, expected 1 to %d" % (version, MOST_VERSION))
    for entry in entries:
        _checked(entry.name.encode(), entry.name)
    rows = [
        struct.pack(_ENTRY, len(entry.name), entry.length, entry.sha256) + entry.name.encode() for entry in entries
    ]
    body = b"".join(rows)
    return struct.pack(_HEAD, MAGIC, FORMAT, 0, abi, version, len(rows), HEAD_BYTES + len(body)) + body


def signed_message(digest: bytes) -> bytes:
    """Return what the release key signs; `digest` is the SHA-256 of the manifest."""
    return b"seepline-bundle" + digest


def read_head(file) -> Head:
    """Return the head at the start of an open bundle. Raises BundleError."""
    data = file.read(HEAD_BYTES)
    if len(data) != HEAD_BYTES or data[:5] != MAGIC + bytes((FORMAT,)):
        raise BundleError("no bundle of this format")
    head = Head(*struct.unpack(_HEAD, data)[3:])
    least = HEAD_BYTES + head.files * (_ENTRY_BYTES + 1)
    if not 1 <= head.files <= MOST_FILES or not least <= head.manifest_bytes:
        raise BundleError("a manifest of %d bytes for %d files" % (head.manifest_bytes, head.files))
    return head


def read_entries(file, head: Head):
    """Yield the entries that follow the head; every name is one that stays inside the slot. Raises BundleError."""
    left = head.manifest_bytes - HEAD_BYTES
    for _ in range(head.files):
        data = file.read(_ENTRY_BYTES)
        if len(data) != _ENTRY_BYTES:
            raise BundleError("the manifest is cut short")
        size, length, sha256 = struct.unpack(_ENTRY, data)
        left -= _ENTRY_BYTES + size
        if left < 0:
            raise BundleError("the manifest is longer than it says")
        yield Entry(_checked(file.read(size), size), length, sha256)
    if left:
        raise BundleError("the manifest is shorter than it says")


def manifest_sha256(file, head: Head) -> bytes:
    """Return the SHA-256 of the manifest of an open bundle; the file then stands at the signature."""
    file.seek(0)
    digest, left = hashlib.sha256(), head.manifest_bytes
    while left:
        piece = file.read(min(left, 256))
        if not piece:
            raise BundleError("the manifest is cut short")
        digest.update(piece)
        left -= len(piece)
    return digest.digest()


def _checked(name: bytes, shown: object) -> str:
    parts = name.split(b"/")
    if (
        not 1 <= len(name) <= _MOST_NAME
        or not name.endswith(b".mpy")
        or any([not part.strip(b".") for part in parts])
        or any([character not in _CHARACTERS for character in name])
    ):
        raise BundleError("%r is no name of a file in a bundle" % (shown,))
    return name.decode()
