"""Two places for the logger's program, A and B, and the record of which of them runs.

    record (store item "slots") = "SLT1" | active u8 | tries u8 | spare u16 | version A, B u32 | floor u32
                                  | fell u32 | first 4 bytes of SHA-256 of those

    tries  0: the active slot is good. 1 + n: it is on trial and has n starts left to prove itself
    version of a slot, 0: nothing whole is there      floor: highest version that ever proved itself
    fell   the version that did not, until it was told as an event

The starter (firmware/starter.py), which no update replaces, carries its own copy of this module: whatever changes
here must still read and write this record.
"""

import hashlib
import struct
from collections import namedtuple

ITEM = "slots"
TRIES = 4  # three starts

_MAGIC = b"SLT1"
_RECORD = ">4sBBHIIII"
_RECORD_BYTES = 24
_SUM_BYTES = 4

Slots = namedtuple("Slots", ("active", "tries", "versions", "floor", "fell"))
UNKNOWN = Slots(0, 0, (0, 0), 0, 0)


def load(store) -> Slots:
    """Return the record as kept, UNKNOWN when there is none that is whole."""
    data = store.get(ITEM) or b""
    if len(data) != _RECORD_BYTES + _SUM_BYTES or data[:4] != _MAGIC or _sum(data[:-4]) != data[-4:]:
        return UNKNOWN
    _, active, tries, _, a, b, floor, fell = struct.unpack(_RECORD, data[:-_SUM_BYTES])
    return Slots(active & 1, tries, (a, b), floor, fell)


def keep(store, slots: Slots) -> None:
    """Keep a record, at once and whole."""
    a, b = slots.versions
    data = struct.pack(_RECORD, _MAGIC, slots.active, slots.tries, 0, a, b, slots.floor, slots.fell)
    store.put(ITEM, data + _sum(data))


def counted(slots: Slots) -> Slots:
    """Return the record for one more start: a slot on trial has one start less, or none and is left."""
    if slots.tries == 1:
        return fallen(slots)
    return Slots(slots.active, max(0, slots.tries - 1), slots.versions, slots.floor, slots.fell)


def fallen(slots: Slots) -> Slots:
    """Return the record after the active slot failed: the other one is active, if there is a program in it."""
    other = 1 - slots.active
    if not slots.versions[other]:
        return Slots(slots.active, 0, slots.versions, slots.floor, slots.fell)
    left = with_version(slots, slots.active, 0)
    return Slots(other, 0, left.versions, slots.floor, slots.versions[slots.active])


def with_version(slots: Slots, slot: int, version: int) -> Slots:
    """Return a record with another version in one slot."""
    versions = (slots.versions[0], version) if slot else (version, slots.versions[1])
    return Slots(slots.active, slots.tries, versions, slots.floor, slots.fell)


def found(places) -> Slots:
    """Return a record made from what is in the slots: the newer whole one, on trial where there is another.

    For a board that was just flashed, and for one whose record was lost.
    """
    versions = (places.version(0), places.version(1))
    active = 1 if versions[1] > versions[0] else 0
    return Slots(active, TRIES if min(versions) else 0, versions, 0, 0)


def _sum(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_SUM_BYTES]
