"""What the logger knows about each of its channels: does it read, and if not, why and since how many scans.

Served from register 400 in the order of the configuration; a change is said as an event: another fault at once,
well again after three readings, so that a loose wire does not fill the log.
"""

import struct

from firmware.drivers.driver import BY_STATUS, NO_FAULT
from seepline.wire.event import INSTRUMENT
from seepline.wire.registers import (
    CHECK_FAIL,
    CHECK_PASS,
    CHECK_PENDING,
    CHECK_WEAK,
    SELF_CHECK_MOST,
    SELF_CHECK_WORDS,
)
from seepline.wire.status import EXCLUDES, NOT_DUE, NOT_FITTED

WELL_AFTER = 3  # readings
_ENTRY = ">BBHHHH"  # block, slot, check, fault, detail, scans without a reading
_ENTRY_BYTES = 2 * SELF_CHECK_WORDS


class SelfCheck:
    """One entry per configured channel, at most 100; `say(code, detail, values)` as of `firmware.events`."""

    def __init__(self, blocks: list, say) -> None:
        self._say = say
        self._first = {}  # block -> index of its first channel
        places = []
        for block in blocks:
            self._first[block.block] = len(places)
            places += [(block.block, slot) for slot in range(len(block.slots))]
        self._data = bytearray(_ENTRY_BYTES * min(len(places), SELF_CHECK_MOST))
        self._said = bytearray(len(places))  # the fault that was said last
        self._well = bytearray(len(places))  # readings in a row since
        for index in range(len(self._data) // _ENTRY_BYTES):
            struct.pack_into(
                _ENTRY, self._data, _ENTRY_BYTES * index, *places[index], CHECK_PENDING, NO_FAULT, 0, 0
            )

    def registers(self) -> bytes:
        """Return all entries as registers from 400."""
        return bytes(self._data)

    def carry(self) -> bytes:
        """Return what was said of each channel, for a logger that goes to sleep: not to be said again."""
        return bytes([said | well << 4 for said, well in zip(self._said, self._well)][:SELF_CHECK_MOST])

    def resume(self, data: bytes) -> None:
        for index, one in enumerate(data[: len(self._said)]):
            self._said[index], self._well[index] = one & 0xF, one >> 4

    def note(self, place: tuple, status: int, fault: int, detail: int) -> None:
        """Take the status of the channel at (block, slot), and its instrument's fault and detail."""
        index = self._first[place[0]] + place[1]
        if status & NOT_DUE or index >= SELF_CHECK_MOST:
            return
        failed = status & EXCLUDES
        if not failed:  # a fault of one channel is not that of its neighbours
            fault, detail = NO_FAULT, 0
        elif fault == NO_FAULT:
            fault, detail = BY_STATUS, status
        is_empty = status & NOT_FITTED and fault == BY_STATUS  # nothing was ever wired there: no news
        check = CHECK_FAIL if failed else CHECK_WEAK if status else CHECK_PASS
        at = _ENTRY_BYTES * index
        without = (struct.unpack_from(">H", self._data, at + 8)[0] + bool(failed)) & 0xFFFF
        struct.pack_into(_ENTRY, self._data, at, place[0], place[1], check, fault, detail & 0xFFFF, without)
        if not is_empty:
            self._tell(index, place, fault, (detail, without))

    def _tell(self, index: int, place: tuple, fault: int, more: tuple) -> None:
        self._well[index] = 0 if fault else min(self._well[index] + 1, WELL_AFTER)
        if fault == self._said[index] or (not fault and self._well[index] < WELL_AFTER):
            return
        self._said[index] = fault
        self._say(INSTRUMENT, fault, tuple(place) + more)
