"""The one writing connection of the embedded series store.

Readings, alarm states, events and the number of the last journal entry judged go into one transaction, so a kill
at any moment leaves the store as after some whole entry, and the journal is taken up behind it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from collector import sqlite_file
from collector.export.refused import RefusedTable
from collector.hand import table as hand_table
from collector.json_list import json_list
from collector.judged import Marks
from collector.reading_table import RecentReadings
from collector.recompute import runs
from collector.series_table import SeriesTable
from collector.state_json import State
from collector.store import READING_COLUMNS, SCHEMA, StoredEvent, StoredReading, read_states, stored_from
from collector.store_pending import Pending
from collector.word_table import SCHEMA as WORDS_SCHEMA
from collector.word_table import WordTable
from collector.works import table as work_table
from seepline.derive.evaluation import Key, Sample
from seepline.reading import Reading

# What makes a new version when it differs from the current one (arrival and lateness alone do not).
_COMPARED = (
    "instrument, value, quality, judged, level, limit_yellow, limit_orange, limit_red, threshold_set, calibration,"
    " bound, inputs, reasons"
)

_LEVEL = _COMPARED.split(", ").index("level")
_CURRENT = "point = ? AND quantity = ? AND time_ms = ? AND current = 1"
_INSERT = (
    "INSERT INTO readings (point, quantity, time_ms, version, current, late, arrived_ms,"  # noqa: S608
    f" {_COMPARED}) VALUES (?, ?, ?, ?, 1, ?, ?{', ?' * len(_COMPARED.split(','))})"
)
_EVENT = (
    "INSERT OR IGNORE INTO events (id, kind, time_ms, arrived_ms, point, quantity, logger, level_from,"
    " level_to, value, limit_value, threshold_set, direction, late, text)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


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


_MORE_TABLES = (hand_table.SCHEMA, runs.SCHEMA, work_table.SCHEMA, WORDS_SCHEMA)


class StoreWriter:
    """The one writer of the store's file. All methods belong to one thread, and so do `series` and `readings`.

    Readings are held back until the transaction ends or the tables are asked; the newest stand in memory too.

    Parameters
    ----------
    path
        The SQLite file; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        connection = sqlite_file.open_for_writing(path, SCHEMA + "".join(_MORE_TABLES))
        self._pending = Pending(connection, _INSERT)
        self.readings = RecentReadings(self._pending.settled)
        self.series = SeriesTable(self._pending, self.readings)
        self.refused = RefusedTable(connection)
        self.hand = hand_table.HandTable(connection)
        self.recomputes = runs.RunTable(connection)
        self.works = work_table.WorkTable(connection)
        self.words = WordTable(connection)

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._pending.settled()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything written inside at its end, or nothing of it."""
        if self._pending.is_changed_by_others():
            self.readings.forget()
        try:
            with sqlite_file.transaction(self._pending.settled()):
                yield
                self._pending.settled()
        except BaseException:
            self._pending.drop()
            self.readings.forget()
            raise

    def current(self, point: str, quantity: str, time_ms: int) -> Current | None:
        """Return what stands in the store at a point, quantity and time, or None."""
        if not self.readings.is_known((point, quantity), time_ms):
            return None
        sql = f"SELECT version, {_COMPARED} FROM readings WHERE {_CURRENT}"  # noqa: S608
        row = self._connection.execute(sql, (point, quantity, time_ms)).fetchone()
        return None if row is None else Current(row[0], row[2], bool(row[4]), tuple(row[1:]))

    def currents(self, series: Key, from_ms: int, to_ms: int) -> dict[int, Current]:
        """Return what stands at each time of a (point, quantity) from one time to another, both inclusive."""
        which = "point = ? AND quantity = ? AND current = 1 AND time_ms BETWEEN ? AND ?"
        sql = f"SELECT time_ms, version, {_COMPARED} FROM readings WHERE {which}"  # noqa: S608
        rows = self._connection.execute(sql, (*series, from_ms, to_ms)).fetchall()
        return {row[0]: Current(row[1], row[3], bool(row[5]), tuple(row[2:])) for row in rows}

    def put(self, reading: StoredReading, before: Current | None) -> bool:
        """Store a reading as the newest version unless `before` says the same; tell whether it was stored."""
        limits = (reading.level, reading.limit_yellow, reading.limit_orange, reading.limit_red)
        return self._put(
            reading, (*limits, reading.threshold_set), (int(reading.late), reading.arrived_ms), before
        )

    def put_judged(
        self, reading: Reading, marks: Marks, late: bool, arrived_ms: int, before: Current | None
    ) -> bool:
        """Store a reading with what the limits say of it, as `put` does."""
        return self._put(reading, marks, (int(late), arrived_ms), before)

    def _put(
        self,
        reading: Reading | StoredReading,
        marks: tuple[object, ...],
        arrival: tuple[int, int],
        before: Current | None,
    ) -> bool:
        point, quantity, time_ms, value = reading.point, reading.quantity, reading.time_ms, reading.value
        flag, bound = reading.quality, reading.bound
        texts = (json_list(reading.inputs), json_list(reading.reasons))
        judged = (reading.instrument, value, int(flag), int(reading.judged))
        compared = (*judged, *marks, reading.calibration, bound, *texts)
        if before is not None and before.compared == compared:
            return False
        version, key = before.version + 1 if before else 1, (point, quantity, time_ms)
        self._pending.reading(key, (*key, version, *arrival, *compared), supersedes=before is not None)
        known = None if value is None else value + 0.0  # as SQLite gives it back: no -0.0, no int
        self.readings.note((point, quantity), Sample(time_ms, known, flag, bound))
        return True

    def withdraw(self, point: str, quantity: str, time_ms: int) -> None:
        """Let nothing be current at a point, quantity and time; what stood there stays, as version 0 and below.

        So that what comes there again is version 1, and the order in which all of them came is kept.
        """
        key, which = (point, quantity, time_ms), "point = ? AND quantity = ? AND time_ms = ?"
        sql = f"SELECT max(version) - min(version) + 1 FROM readings WHERE {which}"  # noqa: S608
        (span,) = self._connection.execute(sql, key).fetchone()
        sql = f"UPDATE readings SET current = 0, version = version - ? WHERE {which}"  # noqa: S608
        self._pending.write(sql, [(span, *key)])
        self.readings.forget()

    def version(self, point: str, quantity: str, time_ms: int, number: int) -> StoredReading:
        """Return one version of a reading, current or superseded."""
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        where = "WHERE point = ? AND quantity = ? AND time_ms = ? AND version = ?"
        sql = f"SELECT {READING_COLUMNS} FROM readings {where}"  # noqa: S608
        return stored_from(cursor.execute(sql, (point, quantity, time_ms, number)).fetchone())

    def add_event(self, event: StoredEvent) -> None:
        """Store an event; one that is known by its id stays as it is."""
        self._pending.write(_EVENT, [astuple(event)])

    def states(self, kind: str, form: type[State]) -> dict[str, State]:
        """Return the kept states of one kind by name."""
        return read_states(self._connection, kind, form)

    def keep_states(self, kind: str, states: Iterable[tuple[str, str]]) -> None:
        """Keep the JSON texts of some states by name, in place of those before."""
        rows = [(kind, name, state) for name, state in states]
        self._pending.write("INSERT OR REPLACE INTO states VALUES (?, ?, ?)", rows)

    def drop_states(self, kind: str, names: Iterable[str]) -> None:
        """Forget some states."""
        rows = [(kind, name) for name in names]
        self._pending.write("DELETE FROM states WHERE kind = ? AND name = ?", rows)

    def mark(self, name: str) -> int:
        """Return a kept number, 0 when it was never kept."""
        row = self._connection.execute("SELECT number FROM marks WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def keep_mark(self, name: str, number: int) -> None:
        """Keep a number by name."""
        self._pending.write("INSERT OR REPLACE INTO marks VALUES (?, ?)", [(name, number)])
