"""Which configuration the logger runs with: two stored copies, lest a power cut or a bad one leave it without.

    copy = generation u32 | length u32 | CRC-32 u32 (zlib, of generation, length and JSON) | JSON

* The newer whole copy that passes the checks is used; else the other; else what the factory or the commissioning
  gave (`board.config()`, generation 0).
* `commit` writes over the copy that is not in use, so the one in use stays whole whatever is cut.
* A new configuration is on trial until `healthy` is called. Whoever counts bad boots calls `previous` when a
  configuration on trial has failed too often: it makes what was used before the newest again.
* One that changes how the logger is spoken to (address, baud, parity) is proved only by an answered request.
  When none comes for an hour, `is_lost` goes back by itself: a wrong digit must not cost a journey to the dam.
"""

import binascii
import json
import struct

from seepline.wire import event
from seepline.wire.crc import crc32

MOST_BYTES = 4000  # of JSON: with its head it fits one blob of the store
CONFIRM_S = 3600  # of uptime: a gateway that knows the new address comes by several times
_LINE = ("address", "baud", "parity")
_SLOTS = ("config_a", "config_b")
_PROVED = "config_ok"  # generation u32 of the last configuration under which the logger was healthy
_SAID = "config_said"  # generation and CRC of the configuration that an event record last told of
_HEAD = ">III"
HEAD_BYTES = 12


def room_for(data: bytes) -> bytearray:
    """Return room for the head of a copy, and behind it the JSON or as much of it as there is yet."""
    staged = bytearray(HEAD_BYTES)
    staged.extend(data)
    return staged


def write_head(generation: int, staged: bytearray) -> None:
    """Make what `room_for` returned a whole copy."""
    struct.pack_into(">II", staged, 0, generation, len(staged) - HEAD_BYTES)
    struct.pack_into(">I", staged, 8, _check_of(memoryview(staged)))


def _check_of(copy: memoryview) -> int:
    return binascii.crc32(copy[HEAD_BYTES:], binascii.crc32(copy[:8])) & 0xFFFFFFFF


def parse_copy(stored: bytes | None) -> tuple[int, memoryview] | None:
    """Return (generation, JSON) of a whole copy, None for any other bytes."""
    if stored is None or len(stored) < HEAD_BYTES:
        return None
    view = memoryview(stored)
    generation, length, check = struct.unpack_from(_HEAD, stored, 0)
    whole = length == len(stored) - HEAD_BYTES and check == _check_of(view)
    return (generation, view[HEAD_BYTES:]) if whole and generation else None


class Configuration:
    """The configuration in force: `generation` and `crc` (CRC-32 of its JSON), both 0 for the given one.

    `store` is board.store, `given()` returns what the logger was given at the factory or at commissioning, and
    `check(configuration)` raises an error for one that this program cannot run with.
    """

    def __init__(self, store, given, check) -> None:
        self._store = store
        self._given = given
        self._check = check
        self.generation = self.crc = 0
        self._used = -1  # index of the copy in force, -1 = none
        found = [self._generation(index) for index in (0, 1)]
        self._newest = max(found)
        for index in (0, 1) if found[0] >= found[1] else (1, 0):
            if found[index] and self._use(index):
                break
        self._is_new_line = self.on_trial() and self._changes_line()

    def config(self) -> dict:
        """Return the configuration in force."""
        found = self._copy(self._used)
        return json.loads(bytes(found[1])) if found else self._given()

    def commit(self, staged: bytearray) -> int:
        """Store a configuration, as `room_for` returned it, and return its generation.

        It is in force after the next start, if it passes the checks. OSError from the store: all is as before.
        """
        target = 1 - self._used if self._used >= 0 else self._older()
        return self._put(target, staged)

    def announce(self, say) -> None:
        """Say once, at the first start with it, which configuration is in force now."""
        now = struct.pack(">II", self.generation, self.crc)
        if (self._store.get(_SAID) or bytes(8)) != now:
            say(event.CONFIGURED, self.generation & 0xFFFF, (event.as_i32(self.crc),))
            self._store.put(_SAID, now)

    def healthy(self) -> None:
        """Note that the logger runs well with this configuration: its trial is over."""
        if self.on_trial() and not self._is_new_line:
            self._store.put(_PROVED, struct.pack(">I", self.generation))

    def is_lost(self, is_heard: bool, uptime_s: int) -> bool:
        """Tell whether nobody speaks to the logger on its new line; the next start then is with the one before.

        `is_heard`: a request was answered since boot.
        """
        if self._is_new_line and is_heard:
            self._is_new_line = False
            self.healthy()
        return self._is_new_line and uptime_s >= CONFIRM_S and self.previous()

    def on_trial(self) -> bool:
        """Tell whether the logger was never healthy with this configuration."""
        return self.generation != 0 and self._store.get(_PROVED) != struct.pack(">I", self.generation)

    def previous(self) -> bool:
        """Give up a configuration on trial; True = the one before it is in force after the next start.

        False when this one was healthy before, or the other is the same: then it is not the configuration.
        """
        if not self.on_trial():
            return False
        other = self._copy(1 - self._used)
        if other and crc32(other[1]) == self.crc:
            return False
        if other and self._fits(other[1]):
            self._put(self._used, room_for(other[1]))
        else:
            self._store.put(_SLOTS[self._used], b"")
        return True

    def _copy(self, index: int) -> tuple[int, memoryview] | None:
        return parse_copy(self._store.get(_SLOTS[index])) if index >= 0 else None

    def _generation(self, index: int) -> int:
        found = self._copy(index)
        return found[0] if found else 0

    def _changes_line(self) -> bool:
        """Tell whether the copy before this one has the logger spoken to in another way."""
        other = self._copy(1 - self._used)
        if not other or not self._fits(other[1]):
            return False
        before, now = json.loads(bytes(other[1])), self.config()
        return any([before.get(key) != now.get(key) for key in _LINE])

    def _older(self) -> int:
        return 0 if self._generation(0) <= self._generation(1) else 1

    def _put(self, index: int, staged: bytearray) -> int:
        self._newest += 1
        write_head(self._newest, staged)
        self._store.put(_SLOTS[index], staged)
        return self._newest

    def _use(self, index: int) -> bool:
        found = self._copy(index)
        if not found or not self._fits(found[1]):
            return False
        self.generation, self.crc, self._used = found[0], crc32(found[1]), index
        return True

    def _fits(self, data: memoryview) -> bool:
        try:
            self._check(json.loads(bytes(data)))
        except Exception:  # whatever it is, a start goes on with the next one
            return False
        return True
