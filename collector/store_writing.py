"""The one writing connection of the embedded series store.

Readings, alarm states, events and the number of the last journal entry judged go into one transaction, so a kill
at any moment leaves the store as after some whole entry, and the journal is taken up behind it.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from collector import sqlite_file
from collector.export.refused import RefusedTable
from collector.reading_table import ReadingTable
from collector.recompute import runs
from collector.series_table import SeriesTable
from collector.state_json import State
from collector.store import READING_COLUMNS, SCHEMA, StoredEvent, StoredReading, read_states, stored_from
from collector.word_table import SCHEMA as WORDS_SCHEMA
from collector.word_table import WordTable
from collector.works import table as work_table

# What makes a new version when it differs from the current one (arrival and lateness alone do not).
_COMPARED = (
    "instrument, value, quality, judged, level, limit_yellow, limit_orange, limit_red, threshold_set, calibration,"
    " bound, inputs, reasons"
)

_LEVEL = _COMPARED.split(", ").index("level")
_CURRENT = "point = ? AND quantity = ? AND time_ms = ? AND current = 1"


@dataclass(frozen=True, slots=True)
class Current:
    """What stands in the store for one (point, quantity, time): its version and what it was judged with."""

    version: int
    value: float | None
    judged: bool
    compared: tuple[object, ...]

    @property
    def level(self) -> object:
        """Return the level that its value reaches by the limits beside it."""
        return self.compared[_LEVEL]


def _compared(reading: StoredReading) -> tuple[object, ...]:
    return (
        reading.instrument,
        reading.value,
        int(reading.quality),
        int(reading.judged),
        reading.level,
        reading.limit_yellow,
        reading.limit_orange,
        reading.limit_red,
        reading.threshold_set,
        reading.calibration,
        reading.bound,
        json.dumps(reading.inputs),
        json.dumps(reading.reasons),
    )


class StoreWriter:
    """The one writer of the store's file. All methods belong to one thread, and so does `series`.

    Parameters
    ----------
    path
        The SQLite file; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite_file.open_for_writing(
            path, SCHEMA + runs.SCHEMA + work_table.SCHEMA + WORDS_SCHEMA
        )
        self.recomputes = runs.RunTable(self._connection)
        self.words = WordTable(self._connection)
        self.works = work_table.WorkTable(self._connection)
        self.series = SeriesTable(self._connection)
        self.readings = ReadingTable(self._connection)
        self.refused = RefusedTable(self._connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything written inside at its end, or nothing of it."""
        with sqlite_file.transaction(self._connection):
            yield

    def current(self, point: str, quantity: str, time_ms: int) -> Current | None:
        """Return what stands in the store at a point, quantity and time, or None."""
        sql = f"SELECT version, {_COMPARED} FROM readings WHERE {_CURRENT}"  # noqa: S608
        row = self._connection.execute(sql, (point, quantity, time_ms)).fetchone()
        return None if row is None else Current(row[0], row[2], bool(row[4]), tuple(row[1:]))

    def put(self, reading: StoredReading, before: Current | None) -> bool:
        """Store a reading as the newest version unless `before` says the same; tell whether it was stored."""
        compared = _compared(reading)
        if before is not None and before.compared == compared:
            return False
        key = (reading.point, reading.quantity, reading.time_ms)
        if before is not None:
            sql = (
                "UPDATE readings SET current = 0 WHERE point = ? AND quantity = ? AND time_ms = ? AND current = 1"
            )
            self._connection.execute(sql, key)
        self._connection.execute(
            "INSERT INTO readings (point, quantity, time_ms, version, current, late, arrived_ms,"  # noqa: S608
            f" {_COMPARED}) VALUES (?, ?, ?, ?, 1, ?, ?{', ?' * len(compared)})",
            (
                *key,
                before.version + 1 if before else self._next_version(key),
                int(reading.late),
                reading.arrived_ms,
                *compared,
            ),
        )
        return True

    def _next_version(self, key: tuple[str, str, int]) -> int:
        """Return the number of a version where nothing is current: what was withdrawn may stand there."""
        sql = "SELECT coalesce(max(version), 0) + 1 FROM readings WHERE point = ? AND quantity = ? AND time_ms = ?"
        number: int = self._connection.execute(sql, key).fetchone()[0]
        return number

    def withdraw(self, point: str, quantity: str, time_ms: int) -> None:
        """Let nothing be current at a point, quantity and time; what stood there stays as a superseded version."""
        self._connection.execute(f"UPDATE readings SET current = 0 WHERE {_CURRENT}", (point, quantity, time_ms))  # noqa: S608

    def version(self, point: str, quantity: str, time_ms: int, number: int) -> StoredReading:
        """Return one version of a reading, current or superseded."""
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        where = "WHERE point = ? AND quantity = ? AND time_ms = ? AND version = ?"
        sql = f"SELECT {READING_COLUMNS} FROM readings {where}"  # noqa: S608
        return stored_from(cursor.execute(sql, (point, quantity, time_ms, number)).fetchone())

    def add_event(self, event: StoredEvent) -> None:
        """Store an event; one that is known by its id stays as it is."""
        sql = (
            "INSERT OR IGNORE INTO events (id, kind, time_ms, arrived_ms, point, quantity, logger, level_from,"
            " level_to, value, limit_value, threshold_set, direction, late, text)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        self._connection.execute(sql, astuple(event))

    def states(self, kind: str, form: type[State]) -> dict[str, State]:
        """Return the kept states of one kind by name."""
        return read_states(self._connection, kind, form)

    def keep_state(self, kind: str, name: str, state: str) -> None:
        """Keep the JSON text of a state, in place of the one before."""
        self._connection.execute("INSERT OR REPLACE INTO states VALUES (?, ?, ?)", (kind, name, state))

    def drop_state(self, kind: str, name: str) -> None:
        """Forget a state."""
        self._connection.execute("DELETE FROM states WHERE kind = ? AND name = ?", (kind, name))

    def mark(self, name: str) -> int:
        """Return a kept number, 0 when it was never kept."""
        row = self._connection.execute("SELECT number FROM marks WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def keep_mark(self, name: str, number: int) -> None:
        """Keep a number by name."""
        self._connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, number))
