"""What is written into the store, held back until the transaction ends or somebody asks SQL for it.

Many rows in one call cost a fraction of as many calls. Nothing is ever asked of the tables before what is held
back stands in them, so no answer depends on when it was written.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

Key = tuple[str, str, int]  # point, quantity, time_ms

_SUPERSEDE = "UPDATE readings SET current = 0 WHERE point = ? AND quantity = ? AND time_ms = ? AND current = 1"


class Pending:
    """Rows on their way into the tables of one connection.

    Parameters
    ----------
    connection
        The store's writing connection.
    insert
        The SQL that puts one reading into the table.
    """

    def __init__(self, connection: sqlite3.Connection, insert: str) -> None:
        self._connection = connection
        self._insert = insert
        self._readings: list[Sequence[Any]] = []
        self._superseded: list[Key] = []
        self._keys: set[Key] = set()
        self._series: set[tuple[str, str]] = set()
        self._own_flags: list[Sequence[Any]] = []
        self._written = self._others = 0

    def reading(self, key: Key, values: Sequence[Any], *, supersedes: bool) -> None:
        """Write a reading as the current one, in place of that before."""
        if supersedes:
            if key in self._keys:
                self._flush()
            self._superseded.append(key)
        self._readings.append(values)
        self._keys.add(key)
        self._series.add(key[:2])

    def own_flags(self, values: Sequence[Any]) -> None:
        """Write the own flags of a reading."""
        self._own_flags.append(values)

    def settled(self, series: tuple[str, str] | None = None) -> sqlite3.Connection:
        """Return the connection, with everything written that was held back, or all readings of one series."""
        if series is not None and series not in self._series:
            return self._connection
        if self._readings or self._own_flags:
            self._flush()
        return self._connection

    def drop(self) -> None:
        """Forget what is held back: its transaction was rolled back."""
        for rows in (self._readings, self._superseded, self._keys, self._series, self._own_flags):
            rows.clear()

    def is_changed_by_others(self) -> bool:
        """Tell whether somebody wrote through the connection past this class since it was asked last."""
        others, self._others = self._others, self._connection.total_changes - self._written
        return others != self._others

    def write(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Write rows at once."""
        before = self._connection.total_changes
        self._connection.executemany(sql, rows)
        self._written += self._connection.total_changes - before

    def _flush(self) -> None:
        superseded = (
            "UPDATE readings SET current = 0 WHERE point = ? AND quantity = ? AND time_ms = ? AND current = 1"
        )
        self.write(superseded, self._superseded)
        self.write(self._insert, self._readings)
        self.write("INSERT OR REPLACE INTO own_flags VALUES (?, ?, ?, ?, ?)", self._own_flags)
        self.drop()
