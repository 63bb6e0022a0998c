"""What a database will never take: the line, why, and since when; a person looks, nothing waits for it."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE IF NOT EXISTS export_refused (
  lane TEXT NOT NULL, line BLOB NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
  PRIMARY KEY (lane, line)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """One line in quarantine."""

    lane: str
    line: bytes
    reason: str
    at_ms: int


class RefusedTable:
    """The quarantine, on the store's writing connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(SCHEMA)

    def add(self, refused: Iterable[Refused]) -> None:
        """Keep lines, inside the store's open transaction; one that is kept already stays as it is."""
        rows = [(one.lane, one.line, one.reason, one.at_ms) for one in refused]
        self._connection.executemany("INSERT OR IGNORE INTO export_refused VALUES (?, ?, ?, ?)", rows)


def refused_lines(connection: sqlite3.Connection) -> list[Refused]:
    """Return everything in quarantine, oldest first."""
    return [Refused(*row) for row in connection.execute("SELECT * FROM export_refused ORDER BY at_ms, lane, line")]
