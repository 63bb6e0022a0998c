"""The outbox's file: opening it, checking it, putting a damaged one aside, and owning it alone.

    OutboxError                 the outbox cannot be used: one sentence that says what to do
    `- OutboxFull               the disk is full; what is stored stays

SQLite 3.40 (Debian 12) can corrupt a WAL that two connections write at the same moment, so exactly one connection
of one process owns the file; a lock file beside it holds others off.
"""

import fcntl
import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.commit_times import CommitTimes

log = logging.getLogger(__name__)

# A row is what a logger said. `variant` counts other bytes under the same identity; `estimated_ms` stands in for a
# time that the logger's clock never had; `state` is 0 unsent, 1 sent, 2 dead letter. No row number is used twice.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS record (
    outbox_sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    logger INTEGER NOT NULL, ring INTEGER NOT NULL, sequence INTEGER NOT NULL, variant INTEGER NOT NULL,
    raw BLOB NOT NULL, received_ms INTEGER NOT NULL, estimated_ms INTEGER, live INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    UNIQUE (logger, ring, sequence, variant)
) STRICT;
CREATE INDEX IF NOT EXISTS unsent ON record (outbox_sequence) WHERE state = 0;
CREATE INDEX IF NOT EXISTS unsent_live ON record (outbox_sequence) WHERE state = 0 AND live = 1;
CREATE INDEX IF NOT EXISTS dead ON record (outbox_sequence) WHERE state = 2;
CREATE TABLE IF NOT EXISTS pointer (
    logger INTEGER NOT NULL, ring INTEGER NOT NULL, wanted INTEGER NOT NULL, PRIMARY KEY (logger, ring)
) STRICT;
CREATE TABLE IF NOT EXISTS dead_letter (
    outbox_sequence INTEGER PRIMARY KEY, line TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
"""
_APPLICATION_ID = 0x534C4F58  # "SLOX"


# What the machine under the file can do to it; every other error is a mistake in this program and must be seen.
_OUTSIDE = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    )
)


class OutboxError(Exception):
    """The outbox cannot be used: one sentence that says what to do."""


class OutboxFull(OutboxError):  # noqa: N818 - says what it is
    """The disk under the outbox is full."""


class OutboxFile:
    """The open file, with commits, events and a few remembered numbers; one object owns one directory."""

    def __init__(self, directory: Path, now_ms: int) -> None:
        self._lock = _own(directory)
        self.commit_times = CommitTimes()
        try:
            self.db, damage = _connect_or_set_aside(directory / "outbox.db", now_ms)
        except BaseException:
            os.close(self._lock)
            raise
        (self.id,) = self.db.execute("SELECT value FROM meta WHERE key = 'outbox'").fetchone()
        if damage:
            with self.commit():
                self.note("damaged", "outbox", damage, now_ms)

    def close(self) -> None:
        """Close the file and let others have the directory."""
        self.db.close()
        os.close(self._lock)

    @contextmanager
    def commit(self) -> Iterator[None]:
        """Put what happens inside on disk as one, or leave everything as it was.

        Raises
        ------
        OutboxFull
            When the disk is full.
        """
        try:
            begun_s = time.monotonic()
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
                self.commit_times.took(time.monotonic() - begun_s)
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _OUTSIDE:
                raise
            raise OutboxFull(
                f"the outbox cannot be written ({error}): free space; nothing stored is lost"
            ) from error

    def note(self, kind: str, subject: str, text: str, at_ms: int) -> None:
        """Record an event, inside a commit, and log it."""
        log.warning("%s, %s: %s", kind, subject, text)
        values = (at_ms, kind, subject, text)
        self.db.execute("INSERT INTO event (at_ms, kind, subject, text) VALUES (?, ?, ?, ?)", values)

    def events(self, after: int = 0) -> list[tuple[int, int, str, str, str]]:
        """Return events as (number, at_ms, kind, subject, text), oldest first."""
        query = "SELECT number, at_ms, kind, subject, text FROM event WHERE number > ? ORDER BY number"
        return list(self.db.execute(query, (after,)))

    def event_counts(self) -> dict[str, int]:
        """Return how many events of each kind there were."""
        return dict(self.db.execute("SELECT kind, COUNT(*) FROM event GROUP BY kind ORDER BY kind"))

    def recall(self, key: str) -> int | None:
        """Return a number kept under a name, None when there is none."""
        found = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return int(found[0]) if found else None

    def remember(self, key: str, number: int) -> None:
        """Keep a number under a name, in a commit of its own."""
        with self.commit():
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(number)))


def _own(directory: Path) -> int:
    """Make `directory` and lock it for this process; return the descriptor that holds the lock."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / "outbox.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise OutboxError(
            f"{directory} cannot hold the outbox ({error.strerror}): choose another --data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise OutboxError(f"{directory} is in use by another gateway: stop it or choose another --data") from error
    return lock


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        _check(db)
        db.executescript(f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION_ID}; {_SCHEMA} COMMIT;")
        db.execute("INSERT OR IGNORE INTO meta VALUES ('outbox', ?)", (secrets.token_hex(8),))
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
    (application_id,) = db.execute("PRAGMA application_id").fetchone()
    if application_id not in (0, _APPLICATION_ID):
        raise sqlite3.DatabaseError("it is another program's file")


def _connect_or_set_aside(path: Path, at_ms: int) -> tuple[sqlite3.Connection, str]:
    """Return (connection, '' or a sentence about the damaged file that was put aside)."""
    try:
        return _connect(path), ""
    except sqlite3.OperationalError as error:  # full disk, no rights: the file itself may be good
        raise OutboxError(f"{path} cannot be opened ({error}): free space or correct its owner") from error
    except sqlite3.DatabaseError as error:
        aside = path.with_name(f"{path.stem}.damaged-{at_ms}{path.suffix}")
        for end in ("", "-wal", "-shm"):
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
        text = f"{path} is damaged ({error}): kept as {aside.name}; a new outbox reads the loggers again"
        return _connect(path), text
