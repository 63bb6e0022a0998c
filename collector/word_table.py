"""What engineers said of the commissioning of points, in the store: made from the acts of the journal."""

import sqlite3
from dataclasses import astuple, dataclass, fields

SCHEMA = """
CREATE TABLE IF NOT EXISTS commissioning_words (id TEXT PRIMARY KEY, point TEXT NOT NULL, from_ms INTEGER NOT NULL,
  begins INTEGER NOT NULL, text TEXT NOT NULL, person TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    """From `from_ms` on a point is in commissioning (`begins`), or its readings count; `text` says why."""

    id: str
    point: str
    from_ms: int
    begins: bool
    text: str
    person: str


class WordTable:
    """The words of one store, on a connection that writes it or reads it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, word: SpokenWord) -> None:
        """Keep a word; one that is known by its id stays."""
        sql = "INSERT OR IGNORE INTO commissioning_words VALUES (?, ?, ?, ?, ?, ?)"
        self._connection.execute(sql, astuple(word))

    def all(self) -> list[SpokenWord]:
        """Return all words in the order in which they were spoken."""
        names = [one.name for one in fields(SpokenWord)]
        sql = f"SELECT {', '.join(names)} FROM commissioning_words ORDER BY rowid"  # noqa: S608
        rows = (dict(zip(names, row, strict=True)) for row in self._connection.execute(sql).fetchall())
        return [SpokenWord(**{**row, "begins": bool(row["begins"])}) for row in rows]
