"""The raw journal: everything that came, in commit order, on disk before anyone is told so.

    lines     one row per scan of a block that came (or tick of the collector's clock): what the engine replays
    readings  one row per channel of a line; rank 0 is current, higher ranks are conflicting values that came later
    ranges    which rows of which gateway outbox are on disk

Nothing is ever changed or deleted. Exactly one connection of one process has the file open (SQLite before 3.51.3
can corrupt a WAL that two connections write and checkpoint at once).
"""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from collector.outbox_ranges import Ranges, merged, watermark
from collector.raw_lines import TQ_ARRIVAL, RawRow, RawValue
from collector.raw_table import RawTable, identity_text
from seepline.reading import RawReading

SCHEMA = """
CREATE TABLE IF NOT EXISTS lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, arrival_ms INTEGER NOT NULL, writer TEXT NOT NULL,
  logger TEXT NOT NULL, block INTEGER, time_ms INTEGER NOT NULL, ring INTEGER, boot INTEGER, seq INTEGER,
  tq INTEGER, identity_conflict INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS line_identity ON lines (logger, ring, seq) WHERE ring IS NOT NULL;
CREATE TABLE IF NOT EXISTS channels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS readings (
  line INTEGER NOT NULL, channel INTEGER NOT NULL, time_ms INTEGER NOT NULL, rank INTEGER NOT NULL, value REAL,
  status INTEGER NOT NULL, PRIMARY KEY (line, channel)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS reading_time ON readings (channel, rank, time_ms);
CREATE TABLE IF NOT EXISTS ranges (gateway TEXT NOT NULL, outbox TEXT NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, PRIMARY KEY (gateway, outbox, first)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outboxes (gateway TEXT PRIMARY KEY, outbox TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (writer TEXT NOT NULL, text BLOB NOT NULL, reason TEXT NOT NULL,
  arrival_ms INTEGER NOT NULL, PRIMARY KEY (writer, text)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS birth (id TEXT NOT NULL);
"""
_LINE = (
    "INSERT INTO lines (kind, arrival_ms, writer, logger, block, time_ms, ring, boot, seq, tq, identity_conflict)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COUNT = "INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET number = number + excluded.number"
COUNT_NAMES = ("journal_rows", "raw_records", "duplicates", "conflicts")


class Kind(IntEnum):
    """What a line of the journal is."""

    READINGS = 0
    TICK = 1  # the collector's clock passed a deadline
    START = 2  # a collector began to listen


class JournalUnavailableError(Exception):
    """Nothing could be committed, so nothing may be acknowledged (disk full, input/output error)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one request brings: rows, lines of a gateway's outbox that were refused, and its outbox ranges."""

    arrival_ms: int
    writer: str
    rows: Sequence[RawRow] = ()
    refused: Sequence[tuple[bytes, str]] = ()
    outbox: str = ""
    ranges: Ranges = ()


@dataclass(frozen=True, slots=True)
class KeptValue:
    """One channel of a journal line; rank 0 is current, a higher one a conflicting value that came later."""

    reading: RawReading
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal, as the engine reads it. `tq` as in seepline.wire.status, or 3 = arrival time."""

    id: int
    kind: Kind
    arrival_ms: int
    logger: str
    time_ms: int
    tq: int | None
    identity: str
    identity_conflict: bool
    values: tuple[KeptValue, ...]


class Journal:
    """The one writer of a journal file. All methods belong to one thread.

    Parameters
    ----------
    path
        The SQLite file; made when it is not there. See collector.journal_file for a damaged one.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)
        if self._connection.execute("SELECT id FROM birth").fetchone() is None:
            self._connection.execute("INSERT INTO birth VALUES (?)", (secrets.token_hex(8),))
        self.birth: str = self._connection.execute("SELECT id FROM birth").fetchone()[0]
        self.raw = RawTable(self._connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def append(self, batch: Batch) -> int:
        """Commit a batch in one durable transaction and return the watermark of its outbox (0 without one).

        Raises
        ------
        JournalUnavailableError
            When it could not be committed: then none of it is stored.
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for row in batch.rows:
                self._append_row(batch, row)
            for text, reason in batch.refused:
                self._connection.execute(
                    "INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?)",
                    (batch.writer, text, reason, batch.arrival_ms),
                )
            committed = self._append_ranges(batch) if batch.outbox else 0
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            raise JournalUnavailableError(f"nothing was stored: {error}") from error
        return committed

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self.raw.forget()

    def _count(self, name: str, number: int = 1) -> None:
        self._connection.execute(_COUNT, (name, number))

    def _append_row(self, batch: Batch, row: RawRow) -> None:
        time_ms = batch.arrival_ms if row.time_ms is None else row.time_ms
        ranked = [(value, self._rank(f"{row.logger}/{value.channel}", time_ms, value)) for value in row.values]
        fresh = [(value, rank) for value, rank in ranked if rank is not None]
        known = self._is_known(row)
        if not fresh and (known or row.ring is None):
            self._count("duplicates")
            return
        tq = TQ_ARRIVAL if row.time_ms is None else row.tq
        about = (row.logger, row.block, time_ms, row.ring, row.boot, row.seq, tq, known)
        line = self._connection.execute(_LINE, (Kind.READINGS, batch.arrival_ms, batch.writer, *about)).lastrowid
        for value, rank in fresh:
            number = self._channel(f"{row.logger}/{value.channel}")
            kept = (line, number, time_ms, rank, value.value, value.status)
            self._connection.execute("INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?)", kept)
        self._count("journal_rows")
        self._count("raw_records", int(row.ring is not None and not known))
        self._count("conflicts", sum(rank > 0 for _, rank in fresh))

    def _rank(self, channel: str, time_ms: int, value: RawValue) -> int | None:
        """Return 0 for the first value of a channel and time, n for the nth other one, None for one known."""
        number = self.raw.channel_number(channel)
        if number is None:
            return 0
        rank = 0
        sql = "SELECT value, status FROM readings WHERE channel = ? AND time_ms = ? AND rank = ?"
        while row := self._connection.execute(sql, (number, time_ms, rank)).fetchone():
            if row == (value.value, value.status):
                return None
            rank += 1
        return rank

    def _is_known(self, row: RawRow) -> bool:
        if row.ring is None:
            return False
        sql = "SELECT 1 FROM lines WHERE logger = ? AND ring = ? AND seq = ? LIMIT 1"
        return self._connection.execute(sql, (row.logger, row.ring, row.seq)).fetchone() is not None

    def _channel(self, name: str) -> int:
        self._connection.execute("INSERT OR IGNORE INTO channels (name) VALUES (?)", (name,))
        number: int = self._connection.execute("SELECT id FROM channels WHERE name = ?", (name,)).fetchone()[0]
        return number

    def _append_ranges(self, batch: Batch) -> int:
        key = (batch.writer, batch.outbox)
        whole = merged((*self._ranges(*key), *batch.ranges))
        self._connection.execute("DELETE FROM ranges WHERE gateway = ? AND outbox = ?", key)
        self._connection.executemany("INSERT INTO ranges VALUES (?, ?, ?, ?)", [(*key, *one) for one in whole])
        self._connection.execute("INSERT OR REPLACE INTO outboxes VALUES (?, ?)", key)
        return watermark(whole)

    def _ranges(self, gateway: str, outbox: str) -> Ranges:
        sql = "SELECT first, last FROM ranges WHERE gateway = ? AND outbox = ? ORDER BY first"
        return tuple(self._connection.execute(sql, (gateway, outbox)).fetchall())

    def watermark(self, gateway: str) -> tuple[str, int] | None:
        """Return (outbox id, highest n with all rows 1..n on disk) of a gateway's latest outbox, or None."""
        row = self._connection.execute("SELECT outbox FROM outboxes WHERE gateway = ?", (gateway,)).fetchone()
        return None if row is None else (row[0], watermark(self._ranges(gateway, row[0])))

    def tick(self, kind: Kind, now_ms: int) -> None:
        """Commit that the collector's clock read `now_ms`, so that a replay sees the same deadlines pass."""
        nothing = ("", "", None, now_ms, None, None, None, None, 0)
        try:
            self._connection.execute(_LINE, (kind, now_ms, *nothing))
        except sqlite3.OperationalError as error:
            raise JournalUnavailableError(f"the clock could not be journalled: {error}") from error

    def entries_after(self, line: int, limit: int) -> Iterator[Entry]:
        """Yield up to `limit` entries that were committed after entry `line`, in commit order."""
        sql = (
            "SELECT id, kind, arrival_ms, logger, time_ms, tq, ring, seq, identity_conflict FROM lines"
            " WHERE id > ? ORDER BY id LIMIT ?"
        )
        for row in self._connection.execute(sql, (line, limit)).fetchall():
            number, kind, arrival_ms, logger, time_ms, tq, ring, seq, conflict = row
            identity = identity_text(logger, ring, seq)
            yield Entry(
                id=number, kind=Kind(kind), arrival_ms=arrival_ms, logger=logger, time_ms=time_ms, tq=tq,
                identity=identity, identity_conflict=bool(conflict),
                values=self._values(number, time_ms, identity),
            )  # fmt: skip

    def _values(self, line: int, time_ms: int, identity: str) -> tuple[KeptValue, ...]:
        sql = (
            "SELECT c.name, r.value, r.status, r.rank FROM readings r JOIN channels c ON c.id = r.channel"
            " WHERE r.line = ? ORDER BY c.name"
        )
        return tuple(
            KeptValue(RawReading(name, time_ms, value, status, identity), rank)
            for name, value, status, rank in self._connection.execute(sql, (line,))
        )

    def counts(self) -> dict[str, int]:
        """Return how many rows, distinct logger records, duplicate rows and conflicting values there are."""
        known = dict(self._connection.execute("SELECT name, number FROM counts"))
        return {name: known.get(name, 0) for name in COUNT_NAMES}

    def newest_line(self) -> int:
        """Return the number of the newest entry, 0 in an empty journal."""
        newest: int = self._connection.execute("SELECT coalesce(max(id), 0) FROM lines").fetchone()[0]
        return newest

    def identities(self, logger: str) -> list[tuple[int, int]]:
        """Return (ring, sequence) of every record of a logger, once each, in order."""
        sql = "SELECT DISTINCT ring, seq FROM lines WHERE logger = ? AND ring IS NOT NULL ORDER BY ring, seq"
        return self._connection.execute(sql, (logger,)).fetchall()
