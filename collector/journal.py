"""The raw journal: everything that came, in commit order, on disk before anyone is told so.

    lines     one row per scan of a block that came (or tick of the collector's clock): what the engine replays
    readings  one row per channel of a line; rank 0 is current, higher ranks are conflicting values that came later
    acts      one row per act of a named person (collector.acts.table), beside its line
    ranges    which rows of which gateway outbox are on disk

Nothing is ever changed or deleted. Exactly one connection of one process has the file open (SQLite before 3.51.3
can corrupt a WAL that two connections write and checkpoint at once).
"""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector import sqlite_file
from collector.acts import table as act_table
from collector.journal_entries import Entry, Kind, entries_after
from collector.journal_rows import LINE, RowWriter
from collector.outbox_ranges import Ranges, merged, watermark
from collector.raw_lines import RawRow
from collector.raw_table import RawTable
from seepline.acts.chain import policy_text

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
COUNT_NAMES = ("journal_rows", "raw_records", "duplicates", "conflicts")


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


class Journal:
    """The one writer of a journal file. All methods belong to one thread.

    Parameters
    ----------
    path
        The SQLite file; made when it is not there. See collector.journal_file for a damaged one.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite_file.open_for_writing(path, SCHEMA + act_table.SCHEMA)
        if self._connection.execute("SELECT id FROM birth").fetchone() is None:
            self._connection.execute("INSERT INTO birth VALUES (?)", (secrets.token_hex(8),))
        self.birth: str = self._connection.execute("SELECT id FROM birth").fetchone()[0]
        self.raw = RawTable(self._connection)
        self._rows = RowWriter(self._connection, self.raw)
        self.acts = act_table.ActTable(self._connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what is written inside, durably, or nothing of it."""
        try:
            with sqlite_file.transaction(self._connection):
                yield
        except BaseException as error:
            self.raw.forget()
            self._rows.forget()
            if isinstance(error, sqlite3.Error) and sqlite_file.is_outside(error):
                raise JournalUnavailableError(f"nothing was stored: {error}") from error
            raise

    def append(self, batch: Batch) -> int:
        """Commit a batch in one durable transaction and return the watermark of its outbox (0 without one).

        Raises
        ------
        JournalUnavailableError
            When it could not be committed: then none of it is stored.
        """
        refused = [(batch.writer, text, reason, batch.arrival_ms) for text, reason in batch.refused]
        with self._transaction():
            self._rows.write(batch.rows, batch.writer, batch.arrival_ms)
            self._connection.executemany("INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?)", refused)
            return self._append_ranges(batch) if batch.outbox else 0

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

    def committed(self, writer: str, outbox: str) -> int:
        """Return the highest n with all rows 1..n of this outbox on disk, 0 for one that never came."""
        return watermark(self._ranges(writer, outbox))

    def has_reading(self, channel: str, time_ms: int) -> bool:
        """Tell whether a reading of a channel and time is on disk, whether or not it was judged."""
        number = self.raw.channel_number(channel)
        sql = "SELECT 1 FROM readings WHERE channel = ? AND time_ms = ? LIMIT 1"
        return self._connection.execute(sql, (number, time_ms)).fetchone() is not None

    def tick(self, kind: Kind, now_ms: int) -> None:
        """Commit that the collector's clock read `now_ms`, so that a replay sees the same deadlines pass."""
        with self._transaction():
            self._connection.execute(LINE, (kind, now_ms, "", "", None, now_ms, None, None, None, None, 0))

    def append_act(self, act_id: str, text: str, arrival_ms: int) -> bool:
        """Commit an accepted act, durably; False when it is kept already."""
        with self._transaction():
            if self.acts.knows(act_id):
                return False
            about = (Kind.ACT, arrival_ms, "", "", None, arrival_ms, None, None, None, None, 0)
            self.acts.add(int(self._connection.execute(LINE, about).lastrowid or 0), act_id, text)
            return True

    def append_policy(self, text: str, arrival_ms: int) -> bool:
        """Commit that `text` is the policy from now on, durably; False when it was already."""
        if self.acts.last_policy() == text:
            return False
        with self._transaction():
            about = (Kind.POLICY, arrival_ms, "", "", None, arrival_ms, None, None, None, None, 0)
            line = int(self._connection.execute(LINE, about).lastrowid or 0)
            self.acts.add(line, f"policy {line}", policy_text(text, arrival_ms))
            return True

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for questions; the thread is the journal's own."""
        yield self._connection

    def entries_after(self, line: int, limit: int) -> list[Entry]:
        """Return up to `limit` entries that were committed after entry `line`, in commit order."""
        return entries_after(self._connection, line, limit)

    def counts(self) -> dict[str, int]:
        """Return how many rows, distinct logger records, duplicate rows and conflicting values there are."""
        known = dict(self._connection.execute("SELECT name, number FROM counts"))
        return {name: known.get(name, 0) for name in COUNT_NAMES}

    def identities(self, logger: str) -> list[tuple[int, int]]:
        """Return (ring, sequence) of every record of a logger, once each, in order."""
        sql = "SELECT DISTINCT ring, seq FROM lines WHERE logger = ? AND ring IS NOT NULL ORDER BY ring, seq"
        return self._connection.execute(sql, (logger,)).fetchall()
