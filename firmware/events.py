"""The logger's own diary: what happened to it, appended to the same ring as its readings (seepline/wire/event.py).

Nothing here raises for lack of flash, and nothing said a thousand times can wear the flash out or push readings
out of the ring:

* the same event (code, detail, and the slot where an event is about one) is written once a minute at most;
* events of one code come to 32 at once (strong motion 96) and 24 a day from then on. A master that refuses no
  chance to be refused costs a ring 24 records a day for each of the three codes that it can provoke, beside 96 and
  more of readings.
* What was held back is counted, and the count is an event itself (HELD_BACK), an hour later at most.

An event whose record would have to wait for the erasure of a flash block (up to 400 ms) is written by `flush`,
in quiet time, with the time at which it was said; so are those said before the ring is there.
"""

import struct

from firmware.settings import Block
from seepline.wire.event import EVENT_BLOCK, FAST_SCAN, HELD_BACK, INSTRUMENT, STRONG_MOTION, Event, encode_event
from seepline.wire.record import PAYLOAD_EVENT, encode

AGAIN_S = 60
BURST = 32
REFILL_S = 3600
_BURSTS = {STRONG_MOTION: 96}  # aftershocks follow each other, and nobody on the line can make them
MOST_WAITING = 32
MOST_OF_ONE = 12  # waiting, of one code
_MOST_RECENT = 64
_CARRIED = ">BBIH"  # code, events left, uptime in s of the last refill, events held back
_CARRIED_BYTES = 8
_MOST_CARRIED = 8
_WHERE = {INSTRUMENT: 2, FAST_SCAN: 2, STRONG_MOTION: 2}  # how many first values say where, or when, it happened


class Guard:
    """Tells which events are let through; `held` counts the others by their code."""

    def __init__(self) -> None:
        self.held: dict[int, int] = {}
        self._recent: dict[tuple, int] = {}  # event -> uptime in s when it was let through
        self._allowance: dict[int, tuple[int, int]] = {}  # code -> (events left, uptime in s of the last refill)

    def lets(self, event: Event, now_s: int) -> bool:
        """Tell whether an event is written; if not, count it."""
        same = (event.code, event.detail) + tuple(event.values[: _WHERE.get(event.code, 0)])
        if self._is_recent(same, now_s) or not self._spend(event.code, now_s):
            self.held[event.code] = self.held.get(event.code, 0) + 1
            return False
        self._recent[same] = now_s
        return True

    def carry(self) -> bytes:
        """Return the allowances and counts of eight codes, for a logger that goes to sleep."""
        found = []
        for code, (left, since_s) in list(self._allowance.items())[:_MOST_CARRIED]:
            found.append(struct.pack(_CARRIED, code, left, since_s, min(self.held.get(code, 0), 0xFFFF)))
        return b"".join(found)

    def resume(self, data: bytes) -> None:
        for at in range(0, len(data), _CARRIED_BYTES):
            code, left, since_s, held = struct.unpack_from(_CARRIED, data, at)
            self._allowance[code] = (left, since_s)
            if held:
                self.held[code] = held

    def _is_recent(self, same: tuple, now_s: int) -> bool:
        self._recent = {key: at_s for key, at_s in self._recent.items() if now_s - at_s < AGAIN_S}
        if same not in self._recent:
            return len(self._recent) >= _MOST_RECENT
        return now_s - self._recent[same] < AGAIN_S

    def _spend(self, code: int, now_s: int) -> bool:
        burst = _BURSTS.get(code, BURST)
        left, since_s = self._allowance.get(code, (burst, now_s))
        refills = (now_s - since_s) // REFILL_S
        left, since_s = min(burst, left + refills), since_s + refills * REFILL_S
        self._allowance[code] = (max(0, left - 1), now_s if left == burst else since_s)
        return left > 0


class Events:
    """Events of this boot; `ring` and `image` may come later, by `open`. `lost` counts what was not taken."""

    def __init__(self, ring, image, keeper) -> None:
        self._ring = ring
        self._image = image
        self._keeper = keeper
        self._guard = Guard()
        self._waiting: list[tuple] = []  # (event, UTC in ms, status, uptime in s) not written yet
        self._counted_s = 0  # uptime at which the counts of what was held back were written last
        self.lost = 0

    def open(self, ring, image) -> None:
        """Write from now on, and first what was said before."""
        self._ring, self._image = ring, image
        self.flush()

    def say(self, code: int, detail: int = 0, values: tuple = ()) -> None:
        """Append an event; see above for when it is later, or only counted."""
        event, now_s = Event(code, detail & 0xFFFF, tuple(values)), self._keeper.uptime_s()
        if not self._guard.lets(event, now_s):
            return
        self._queue(event, now_s)
        if self._ring is not None and self._ring.takes_at_once:
            self.flush()

    def carry(self) -> bytes:
        return struct.pack(">I", self._counted_s) + self._guard.carry()

    def resume(self, data: bytes) -> None:
        self._counted_s = struct.unpack_from(">I", data)[0]
        self._guard.resume(data[4:])

    def flush(self) -> None:
        """Write what waits. Call it about once a second, in quiet time."""
        if self._ring is None:
            return
        self._tell_held()
        while self._waiting:
            waiting = self._waiting.pop(0)
            try:
                self._ring.append(lambda _ring, sequence, waiting=waiting: self._record(waiting, sequence))
            except OSError:  # RingError: the flash is worn out, and readings say so louder than events
                self.lost += 1

    def _queue(self, event: Event, now_s: int) -> None:
        alike = len([1 for waiting in self._waiting if waiting[0].code == event.code])
        if alike >= MOST_OF_ONE or len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            return
        self._waiting.append((event, self._keeper.utc_ms(), self._keeper.quality, now_s))

    def _tell_held(self) -> None:
        now_s = self._keeper.uptime_s()
        if not self._guard.held or now_s - self._counted_s < REFILL_S:
            return
        self._counted_s = now_s
        for code, count in self._guard.held.items():
            self._queue(Event(HELD_BACK, code, (count,)), now_s)
        self._guard.held = {}

    def _record(self, waiting: tuple, sequence: int) -> bytes:
        event, utc_ms, status, uptime_s = waiting
        block = Block(EVENT_BLOCK, PAYLOAD_EVENT, None, event.values)
        return encode(self._image.record(block, encode_event(event), sequence, utc_ms, status, uptime_s))
