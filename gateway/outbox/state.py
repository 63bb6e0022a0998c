"""The outbox's small file: its id, events, what each destination has, dead letters, and which segments are closed.

Rows are never kept one by one here: a stretch is a run of rows that a destination needs no more (sent, refused or
gone). The owner '' names rows that are no longer in any segment.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gateway.outbox.database import Database
from gateway.outbox.holdings import ranges_from_text, ranges_to_text
from gateway.outbox.ranges import Range, Ranges

GONE = ""
_PAGE_BYTES = 1024
_LOG_BYTES = 64 << 10  # it must fit into the last reserve
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE closed (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, newest_ms INTEGER NOT NULL, holds TEXT NOT NULL
) STRICT;
CREATE TABLE destination (name TEXT PRIMARY KEY, committed INTEGER, sent_again INTEGER) STRICT;
CREATE TABLE stretch (
    owner TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (owner, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letter (
    destination TEXT NOT NULL, outbox_sequence INTEGER NOT NULL, line TEXT NOT NULL, reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL, PRIMARY KEY (destination, outbox_sequence)
) STRICT;
CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
"""


class Closed(NamedTuple):
    """A segment that takes no more rows: its first and last, when the newest came, what it holds as text."""

    first: int
    last: int
    newest_ms: int
    holds: str


class State:
    """The open state file."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, _SCHEMA, _PAGE_BYTES, _LOG_BYTES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def commit(self, *, durable: bool = True) -> Iterator[None]:
        """Put what happens inside on disk as one; see Database.commit."""
        with self._db.commit(durable=durable):
            yield

    def text(self, key: str) -> str | None:
        """Return a text kept under a name."""
        found = self._db.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else None

    def keep_text(self, key: str, text: str) -> None:
        """Keep a text under a name, inside a commit."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, text))

    def note(self, kind: str, subject: str, text: str, at_ms: int) -> None:
        """Record an event, inside a commit."""
        values = (at_ms, kind, subject, text)
        self._db.execute("INSERT INTO event (at_ms, kind, subject, text) VALUES (?, ?, ?, ?)", values)

    def events(self, after: int = 0) -> list[tuple[int, int, str, str, str]]:
        """Return events as (number, at_ms, kind, subject, text), oldest first."""
        query = "SELECT number, at_ms, kind, subject, text FROM event WHERE number > ? ORDER BY number"
        return self._db.rows(query, (after,))

    def event_counts(self) -> dict[str, int]:
        """Return how many events of each kind there were."""
        return dict(self._db.rows("SELECT kind, COUNT(*) FROM event GROUP BY kind ORDER BY kind"))

    def close_segment(self, closed: Closed) -> None:
        """Take note of a closed segment, inside a commit."""
        self._db.execute("INSERT OR REPLACE INTO closed VALUES (?, ?, ?, ?)", closed)

    def remove_segment(self, first: int) -> None:
        """Forget a closed segment, inside a commit."""
        self._db.execute("DELETE FROM closed WHERE first = ?", (first,))

    def closed(self) -> list[Closed]:
        """Return the closed segments in order, with what they hold left out."""
        return [
            Closed(*row) for row in self._db.rows("SELECT first, last, newest_ms, '' FROM closed ORDER BY first")
        ]

    def holds(self, first: int) -> dict[tuple[int, int], Ranges]:
        """Return which records a closed segment held when it was closed."""
        found = self._db.rows("SELECT holds FROM closed WHERE first = ?", (first,))
        return ranges_from_text(found[0][0]) if found else {}

    def stretches(self, owner: str) -> Ranges:
        """Return the stretches of an owner."""
        return Ranges(self._db.rows("SELECT first, last FROM stretch WHERE owner = ? ORDER BY first", (owner,)))

    def highest_stretch(self) -> int:
        """Return the highest row of any stretch: a row of that number was there once."""
        ((highest,),) = self._db.rows("SELECT MAX(last) FROM stretch")
        return int(highest or 0)

    def put_stretches(self, owner: str, merged: Iterable[Range]) -> None:
        """Write stretches over those that they swallowed, inside a commit."""
        for first, last in merged:
            self._db.execute("DELETE FROM stretch WHERE owner = ? AND first BETWEEN ? AND ?", (owner, first, last))
            self._db.execute("INSERT INTO stretch VALUES (?, ?, ?)", (owner, first, last))

    def replace_stretches(self, owner: str, ranges: Iterable[Range]) -> None:
        """Write all stretches of an owner anew, inside a commit."""
        self._db.execute("DELETE FROM stretch WHERE owner = ?", (owner,))
        self.put_stretches(owner, ranges)

    def destinations(self) -> dict[str, tuple[int | None, int | None]]:
        """Return (watermark, where it stood when everything went again) by destination."""
        rows = self._db.rows("SELECT name, committed, sent_again FROM destination ORDER BY name")
        return {name: (committed, again) for name, committed, again in rows}

    def keep_destination(self, name: str, committed: int | None, sent_again: int | None) -> None:
        """Keep a destination's numbers, inside a commit."""
        self._db.execute("INSERT OR REPLACE INTO destination VALUES (?, ?, ?)", (name, committed, sent_again))

    def forget_destination(self, name: str) -> None:
        """Forget a destination with its stretches; its dead letters stay to be read. Inside a commit."""
        self._db.execute("DELETE FROM destination WHERE name = ?", (name,))
        self._db.execute("DELETE FROM stretch WHERE owner = ?", (name,))

    def bury(self, destination: str, row: int, line: str, reason: str, at_ms: int) -> None:
        """Keep a dead letter, inside a commit."""
        values = (destination, row, line, reason, at_ms)
        self._db.execute("INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?, ?)", values)

    def dead(self, destination: str, after: int, limit: int = -1) -> list[int]:
        """Return the first rows above `after` that a destination refused, in order."""
        query = (
            "SELECT outbox_sequence FROM dead_letter WHERE destination = ? AND outbox_sequence > ?"
            " ORDER BY outbox_sequence LIMIT ?"
        )
        return [row for (row,) in self._db.rows(query, (destination, after, limit))]

    def dead_letters(self, destination: str) -> list[tuple[int, str, str, int]]:
        """Return (row, line, reason, at_ms) of what a destination refused, in order."""
        query = "SELECT outbox_sequence, line, reason, at_ms FROM dead_letter WHERE destination = ? ORDER BY 1"
        return self._db.rows(query, (destination,))


def closing(first: int, last: int, newest_ms: int, holds: dict[tuple[int, int], Ranges]) -> Closed:
    """Return the note of a closed segment."""
    return Closed(first, last, newest_ms, ranges_to_text(holds))
