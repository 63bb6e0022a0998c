"""Store and forward, the intake: every record that a logger gave, and what of its memory is still wanted.

A record is stored once per identity (logger, ring, sequence); other bytes under the same identity are kept beside
the first and reported. A call either commits (WAL, synchronous=FULL) or leaves everything as it was.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from gateway.outbox.file import OutboxFile
from seepline.wire import record as wire

_LOOK_AHEAD = 512


class Arrival(NamedTuple):
    """A record as it came from the bus. `estimated_ms` is its time by our clock, when its own never was set."""

    raw: bytes
    received_ms: int
    live: bool
    estimated_ms: int | None = None


class Outbox:
    """The records in one outbox file, by identity, and one back-fill pointer per logger and ring."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._db = file.db
        self.stored: Counter[tuple[int, int]] = Counter()
        for logger, ring, rows in self._db.execute("SELECT logger, ring, COUNT(*) FROM record GROUP BY 1, 2"):
            self.stored[logger, ring] = rows

    def append(self, arrivals: Iterable[Arrival]) -> int:
        """Store records in one commit and advance the back-fill pointers; return how many were new.

        Raises
        ------
        gateway.outbox.file.OutboxFull
            When the disk is full: none of them is stored, those before stay.
        """
        added: Counter[tuple[int, int]] = Counter()
        with self._file.commit():
            for arrival in arrivals:
                record = wire.decode(arrival.raw)
                added[record.logger_id, record.ring] += self._insert(record, arrival)
            for logger, ring in added:
                self._advance(logger, ring, self.wanted_from(logger, ring))
        self.stored.update(added)
        return added.total()

    def _insert(self, record: wire.Record, arrival: Arrival) -> int:
        identity = (record.logger_id, record.ring, record.sequence)
        query = "SELECT raw FROM record WHERE logger = ? AND ring = ? AND sequence = ?"
        known = [raw for (raw,) in self._db.execute(query, identity)]
        if arrival.raw in known:
            return 0
        self._db.execute(
            "INSERT INTO record (logger, ring, sequence, variant, raw, received_ms, estimated_ms, live)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*identity, len(known), arrival.raw, arrival.received_ms, arrival.estimated_ms, arrival.live),
        )
        if known:
            text = f"record {record.sequence} of ring {record.ring} came again with other bytes: both are kept"
            self._file.note("conflict", str(record.logger_id), text, arrival.received_ms)
        return 1

    def wanted_from(self, logger: int, ring: int) -> int:
        """Return the back-fill pointer: the first sequence that is neither stored nor given up."""
        query = "SELECT wanted FROM pointer WHERE logger = ? AND ring = ?"
        found = self._db.execute(query, (logger, ring)).fetchone()
        return int(found[0]) if found else 1

    def wanted(self, logger: int, ring: int, newest: int, limit: int) -> list[int]:
        """Return the next sequences to read from a logger's ring, oldest first, at most `limit`."""
        first = self.wanted_from(logger, ring)
        last = min(newest, first + _LOOK_AHEAD)
        held = self._held(logger, ring, first, last)
        return [sequence for sequence in range(first, last + 1) if sequence not in held][:limit]

    def _held(self, logger: int, ring: int, first: int, last: int) -> set[int]:
        query = "SELECT sequence FROM record WHERE logger = ? AND ring = ? AND sequence BETWEEN ? AND ?"
        return {sequence for (sequence,) in self._db.execute(query, (logger, ring, first, last))}

    def _advance(self, logger: int, ring: int, wanted: int) -> None:
        while wanted in (held := self._held(logger, ring, wanted, wanted + _LOOK_AHEAD)):
            wanted = next(sequence for sequence in range(wanted, wanted + _LOOK_AHEAD + 2) if sequence not in held)
        self._db.execute("INSERT OR REPLACE INTO pointer VALUES (?, ?, ?)", (logger, ring, wanted))

    def give_up(self, logger: int, ring: int, last: int, text: str, at_ms: int) -> None:
        """Move the pointer behind `last` and record what is missing up to there: the logger does not hold it."""
        first = self.wanted_from(logger, ring)
        missing = last + 1 - first - len(self._held(logger, ring, first, last))
        with self._file.commit():
            self._advance(logger, ring, max(last + 1, first))
            self._file.note("gap", str(logger), f"{text}: {missing} records missing from {first} to {last}", at_ms)

    def follow(self, logger: int, ring: int) -> bool:
        """Begin a back-fill pointer for a ring; tell whether the ring is new here."""
        with self._file.commit():
            begin = "INSERT OR IGNORE INTO pointer VALUES (?, ?, 1)"
            return self._db.execute(begin, (logger, ring)).rowcount == 1

    def rings(self, logger: int) -> list[int]:
        """Return the rings of a logger that were ever read."""
        return [ring for (ring,) in self._db.execute("SELECT ring FROM pointer WHERE logger = ?", (logger,))]

    def note(self, kind: str, subject: str, text: str, at_ms: int) -> None:
        """Record an event in a commit of its own."""
        with self._file.commit():
            self._file.note(kind, subject, text, at_ms)
