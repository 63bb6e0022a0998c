"""The engineering values as series, on the store's writing connection: what quality tests look back over.

Beside each value of a series that has tests stand its own flags: those of its scan and its instrument, without
what the series says. So the series' flags can be made again without its raw readings.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from collector.json_list import json_list
from collector.reading_table import RecentReadings
from collector.store import READING_COLUMNS, StoredReading, stored_from
from collector.store_pending import Pending
from seepline.quality import Sample
from seepline.reading import Quality, Reading

SCHEMA = """
CREATE TABLE IF NOT EXISTS own_flags (point TEXT NOT NULL, quantity TEXT NOT NULL, time_ms INTEGER NOT NULL,
  quality INTEGER NOT NULL, reasons TEXT NOT NULL, PRIMARY KEY (point, quantity, time_ms)) WITHOUT ROWID;
"""
_CURRENT_VALUES = (
    "WHERE point = ? AND quantity = ? AND current = 1 AND value IS NOT NULL AND time_ms BETWEEN ? AND ?"
    " ORDER BY time_ms"
)


class Flagged(NamedTuple):
    """A current reading, and the flags that it has without its series."""

    reading: StoredReading
    own_quality: Quality
    own_reasons: tuple[str, ...]


class SeriesTable:
    """Current values by (point, quantity) and time, and their own flags.

    Parameters
    ----------
    pending
        What the store's writer holds back; used from its thread and inside its transactions.
    readings
        The current readings, the newest of them in memory.
    """

    def __init__(self, pending: Pending, readings: RecentReadings) -> None:
        self._pending = pending
        self._readings = readings
        pending.settled().executescript(SCHEMA)

    def samples(self, point: str, quantity: str, from_ms: int, to_ms: int) -> Sequence[Sample]:
        """Return the values from one time to another, both inclusive, oldest first; no withheld ones."""
        found = self._readings.between((point, quantity), from_ms, to_ms)
        return [Sample(one.time_ms, one.value) for one in found if one.value is not None]

    def has_others(self, point: str, quantity: str, from_ms: int, to_ms: int, but_ms: int | None) -> bool:
        """Tell whether there are readings from one time to another, both inclusive, but for one at `but_ms`."""
        return any(at_ms != but_ms for at_ms in self._readings.times((point, quantity), from_ms, to_ms))

    def flagged(self, point: str, quantity: str, from_ms: int, to_ms: int) -> list[Flagged]:
        """Return the current readings with a value from one time to another, both inclusive, oldest first."""
        cursor = self._pending.settled().cursor()
        cursor.row_factory = sqlite3.Row
        sql = f"SELECT {READING_COLUMNS} FROM readings {_CURRENT_VALUES}"  # noqa: S608
        rows = cursor.execute(sql, (point, quantity, from_ms, to_ms)).fetchall()
        return [self._with_own(stored_from(row)) for row in rows]

    def _with_own(self, reading: StoredReading) -> Flagged:
        """Return a reading with its own flags: all that it has, where it came before its series had a test."""
        sql = "SELECT quality, reasons FROM own_flags WHERE point = ? AND quantity = ? AND time_ms = ?"
        row = self._pending.settled().execute(sql, (reading.point, reading.quantity, reading.time_ms)).fetchone()
        if row is None:
            return Flagged(reading, reading.quality, reading.reasons)
        return Flagged(reading, Quality(row[0]), tuple(json.loads(row[1])))

    def keep_own(self, reading: Reading) -> None:
        """Keep a reading's own flags, in place of those before."""
        values = (reading.point, reading.quantity, reading.time_ms, int(reading.quality))
        self._pending.own_flags((*values, json_list(reading.reasons)))
