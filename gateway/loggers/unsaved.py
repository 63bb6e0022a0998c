"""Records that were read and are not on disk yet: written while the next answer is on its way.

A commit waits for the disk, 20 ms on an SD card and sometimes a second; the wire needs longer than that for one
answer. So records are held for a moment and written right after a request was sent. A record counts as read only
when it is on disk: what is held here when the power goes is asked for again.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from gateway.outbox.file import OutboxFull
from gateway.outbox.intake import Arrival, Outbox
from seepline.wire import record as wire

HOLD_S = 0.25


class Unsaved:
    """What waits for its commit. `stored` is called after each one that brought something new."""

    def __init__(self, outbox: Outbox, stored: Callable[[], None]) -> None:
        self._outbox = outbox
        self._stored = stored
        self._held: dict[tuple[int, int, int], Arrival] = {}
        self._since_s = 0.0
        self._full = False

    def take(self, arrivals: Iterable[Arrival], *, hurry: bool = False) -> None:
        """Hold records until the next commit, with `hurry` only until the next request is sent."""
        if hurry:
            self._since_s = -HOLD_S
        elif not self._held:
            self._since_s = asyncio.get_running_loop().time()
        for arrival in arrivals:
            record = wire.decode(arrival.raw)
            self._held[record.logger_id, record.ring, record.sequence] = arrival

    def holds(self, logger: int, ring: int) -> frozenset[int]:
        """Return the sequences of a ring that are read and not on disk yet."""
        return frozenset(key[2] for key in self._held if key[:2] == (logger, ring))

    def commit(self) -> None:
        """Write what is held.

        Raises
        ------
        gateway.outbox.file.OutboxFull
            When the disk is full; it stays held.
        """
        if self._held:
            self._full = True
            new = self._outbox.append(list(self._held.values()))
            self._held.clear()
            if new:
                self._stored()
        self._full = False

    def commit_meanwhile(self) -> None:
        """Write what was held long enough, while an answer is awaited; a full disk is told by `check`."""
        if self._held and not self._full and asyncio.get_running_loop().time() - self._since_s >= HOLD_S:
            with suppress(OutboxFull):
                self.commit()

    def check(self) -> None:
        """Write again what could not be written.

        Raises
        ------
        gateway.outbox.file.OutboxFull
            When the disk is still full.
        """
        if self._full:
            self.commit()
