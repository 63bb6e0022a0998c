"""The entries of the works diary in the store, made from the acts of the journal."""

import sqlite3
from dataclasses import astuple, dataclass, fields

SCHEMA = """
CREATE TABLE IF NOT EXISTS works (id TEXT PRIMARY KEY, work TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER,
  section TEXT NOT NULL, points TEXT NOT NULL, text TEXT NOT NULL, person TEXT NOT NULL, withdrawn TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One entry; `points` are separated by spaces, '' with a section or for the whole dam.

    `to_ms` None: the works go on. `withdrawn` says why an entry was taken back, '' where it was not.
    """

    id: str
    work: str
    from_ms: int
    to_ms: int | None
    section: str
    points: str
    text: str
    person: str
    withdrawn: str = ""


class WorkTable:
    """The diary of one store, on a connection that writes it or reads it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, work: Work) -> None:
        """Keep an entry; one that is known by its id stays."""
        self._connection.execute(f"INSERT OR IGNORE INTO works VALUES ({', '.join('?' * 9)})", astuple(work))  # noqa: S608

    def end(self, entry: str, to_ms: int) -> bool:
        """Keep when the works of an entry ended; tell whether there is such an entry that had begun before."""
        sql = "UPDATE works SET to_ms = ? WHERE id = ? AND from_ms < ?"
        return self._connection.execute(sql, (to_ms, entry, to_ms)).rowcount == 1

    def withdraw(self, entry: str, reason: str) -> bool:
        """Keep why an entry was taken back; tell whether there is such an entry."""
        sql = "UPDATE works SET withdrawn = ? WHERE id = ?"
        return self._connection.execute(sql, (reason, entry)).rowcount == 1

    def all(self, *, withdrawn: bool = False) -> list[Work]:
        """Return the entries by beginning, those that were taken back only if asked for."""
        names = [one.name for one in fields(Work)]
        where = "" if withdrawn else "WHERE withdrawn = ''"
        sql = f"SELECT {', '.join(names)} FROM works {where} ORDER BY from_ms, id"  # noqa: S608
        return [Work(**dict(zip(names, row, strict=True))) for row in self._connection.execute(sql).fetchall()]
