"""The bundle that was committed and is not installed yet: what a start looks for before it loads the program."""

import struct

_PENDING = "update"  # store item: tries left u8, length u32, SHA-256 of the bundle
_PENDING_FORM = ">BI32s"
_PENDING_BYTES = 37


def parse_pending(store) -> tuple[int, int, bytes] | None:
    """Return (tries left, length, SHA-256) of a committed bundle that is not installed yet, else None."""
    data = store.get(_PENDING)
    if data is None or len(data) != _PENDING_BYTES:
        return None
    tries, length, digest = struct.unpack(_PENDING_FORM, data)
    return tries, length, digest


def keep_pending(store, tries: int, length: int, digest: bytes) -> None:
    """Keep what is to be installed at the next start; no digest: nothing is."""
    store.put(_PENDING, struct.pack(_PENDING_FORM, tries, length, digest) if digest else b"")
