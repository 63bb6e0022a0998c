"""The embedded series store, read side: what the page, the API and the exporter see.

One SQLite file (WAL). collector.store_writing holds its one writing connection; everything here opens the file
read-only, for one call at a time, so any thread may ask. A reading is never changed: a better one is a new
version, the newest is `current`. Times are UTC ms.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from collector.sqlite_file import open_for_reading
from collector.state_json import State, from_json
from collector.thinning import SeriesPoint as SeriesPoint
from collector.thinning import thinned
from collector.word_table import SpokenWord, WordTable
from seepline.alarm import SilenceState
from seepline.alarm.actions import Plan
from seepline.alarm.standing import Standing
from seepline.quality.air import AirResponse
from seepline.reading import Quality
from seepline.sets.register import Proposal, Register

STORE_NAME = "store.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
  id INTEGER PRIMARY KEY, point TEXT NOT NULL, quantity TEXT NOT NULL, time_ms INTEGER NOT NULL,
  version INTEGER NOT NULL, current INTEGER NOT NULL, instrument TEXT NOT NULL, value REAL,
  quality INTEGER NOT NULL, level INTEGER NOT NULL, limit_yellow REAL, limit_orange REAL, limit_red REAL,
  threshold_set TEXT NOT NULL, calibration TEXT NOT NULL, bound TEXT NOT NULL,
  late INTEGER NOT NULL, judged INTEGER NOT NULL, inputs TEXT NOT NULL, reasons TEXT NOT NULL,
  arrived_ms INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS reading_current ON readings (point, quantity, time_ms) WHERE current = 1;
CREATE UNIQUE INDEX IF NOT EXISTS reading_version ON readings (point, quantity, time_ms, version);
CREATE TABLE IF NOT EXISTS events (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, time_ms INTEGER NOT NULL,
  arrived_ms INTEGER NOT NULL, point TEXT NOT NULL, quantity TEXT NOT NULL, logger TEXT NOT NULL,
  level_from INTEGER, level_to INTEGER, value REAL, limit_value REAL, threshold_set TEXT NOT NULL,
  direction TEXT NOT NULL,  late INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_point ON events (point, number);
CREATE TABLE IF NOT EXISTS states (kind TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """One version of one engineering value, with the limits that were in force at its time.

    `level` is what this value alone reaches (0 green to 3 red), before any delay; the alarm's own level is in
    `AlarmLevel`. Limits are those of a level threshold (above or below) in the quantity's unit, None without one.
    `late`: it came after a newer reading of its series had been judged.
    """

    point: str
    instrument: str
    quantity: str
    time_ms: int
    version: int
    value: float | None
    quality: Quality
    judged: bool
    level: int
    limit_yellow: float | None
    limit_orange: float | None
    limit_red: float | None
    threshold_set: str
    calibration: str
    bound: str
    late: bool
    inputs: tuple[str, ...]
    reasons: tuple[str, ...]
    arrived_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One event. `time_ms` is when it was in the field, `arrived_ms` when the collector knew.

    `kind` is one of collector.events.KINDS; point, quantity, logger, threshold_set and direction are '' where they
    do not apply, the levels and numbers None. `text` is one English sentence with absolute times.
    """

    id: str
    kind: str
    time_ms: int
    arrived_ms: int
    point: str
    quantity: str
    logger: str
    level_from: int | None
    level_to: int | None
    value: float | None
    limit_value: float | None
    threshold_set: str
    direction: str
    late: bool
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The time of the newest reading of a logger."""

    last_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggerSeen:
    """When a logger was last heard. `last_ms` None: never; `silent_since_ms` None: not silent."""

    logger: str
    last_ms: int | None
    silent_since_ms: int | None


@dataclass(frozen=True, slots=True)
class AlarmLevel:
    """The level (0 green to 3 red) of the alarm 'point/quantity/direction', as it stands."""

    name: str
    level: int
    since_ms: int | None


READING_COLUMNS = (
    "point, instrument, quantity, time_ms, version, value, quality, judged, level, limit_yellow, limit_orange,"
    " limit_red, threshold_set, calibration, bound, late, inputs, reasons, arrived_ms"
)
_READING_FIELDS = tuple(one.name for one in fields(StoredReading))
_EVENT_COLUMNS = (
    "id, kind, time_ms, arrived_ms, point, quantity, logger, level_from, level_to, value, limit_value,"
    " threshold_set, direction, late, text"
)
_SERIES_COLUMNS = "time_ms, value, quality, level, limit_yellow, limit_orange, limit_red"


class StoreReader:
    """Questions to the store; every call opens its own read-only connection.

    Parameters
    ----------
    path
        The store's file; collector.store_writing.StoreWriter makes it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Open a connection that can only read."""
        with closing(open_for_reading(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def latest(self) -> dict[tuple[str, str], StoredReading]:
        """Return the newest current reading of every (point, quantity), withheld ones included."""
        sql = (
            f"SELECT {READING_COLUMNS} FROM readings r WHERE current = 1 AND time_ms ="  # noqa: S608
            " (SELECT max(time_ms) FROM readings n"
            " WHERE n.point = r.point AND n.quantity = r.quantity AND n.current = 1)"
        )
        with self.connected() as connection:
            found = [stored_from(row) for row in connection.execute(sql)]
        return {(reading.point, reading.quantity): reading for reading in found}

    def series(self, point: str, quantity: str, from_ms: int, to_ms: int, points: int = 1000) -> list[SeriesPoint]:
        """Return at most `points` current readings with from_ms <= time < to_ms, oldest first.

        When there are more, the time span is cut into equal buckets and the smallest and the largest value of each
        bucket stay (and one gap, where a bucket has nothing but gaps): no peak is thinned away.
        """
        sql = (
            f"SELECT {_SERIES_COLUMNS} FROM readings WHERE point = ? AND quantity = ? AND time_ms >= ?"  # noqa: S608
            " AND time_ms < ? AND current = 1 ORDER BY time_ms"
        )
        with self.connected() as connection:
            rows = connection.execute(sql, (point, quantity, from_ms, to_ms)).fetchall()
        return thinned([SeriesPoint(**dict(row)) for row in rows], points)

    def events(self, limit: int = 200, *, said_by_loggers: bool | None = None) -> list[StoredEvent]:
        """Return the newest events first, in the order in which the collector made them.

        With `said_by_loggers` only what loggers say of themselves (True), or only the others (False).
        """
        chosen = {None: "", True: "WHERE kind = 'logger'", False: "WHERE kind <> 'logger'"}[said_by_loggers]
        sql = f"SELECT {_EVENT_COLUMNS} FROM events {chosen} ORDER BY number DESC LIMIT ?"  # noqa: S608
        with self.connected() as connection:
            return [event_from(row) for row in connection.execute(sql, (limit,))]

    def events_of(self, point: str, limit: int) -> list[StoredEvent]:
        """Return the newest events of a point first."""
        sql = f"SELECT {_EVENT_COLUMNS} FROM events WHERE point = ? ORDER BY number DESC LIMIT ?"  # noqa: S608
        with self.connected() as connection:
            return [event_from(row) for row in connection.execute(sql, (point, limit))]

    def events_between(self, from_ms: int, to_ms: int, point: str = "") -> list[StoredEvent]:
        """Return the events of a time (up to, and not at, `to_ms`), oldest first, without what loggers say."""
        sql = (
            f"SELECT {_EVENT_COLUMNS} FROM events WHERE time_ms >= ? AND time_ms < ? AND kind <> 'logger'"  # noqa: S608
            " AND ? IN ('', point) ORDER BY time_ms, number"
        )
        with self.connected() as connection:
            return [event_from(row) for row in connection.execute(sql, (from_ms, to_ms, point))]

    def readings_after(self, number: int, limit: int) -> list[tuple[int, StoredReading]]:
        """Return (number, reading) of current readings stored after number, in the order of storing."""
        sql = f"SELECT id, {READING_COLUMNS} FROM readings WHERE id > ? AND current = 1 ORDER BY id LIMIT ?"  # noqa: S608
        with self.connected() as connection:
            return [(row["id"], stored_from(row)) for row in connection.execute(sql, (number, limit))]

    def events_after(self, number: int, limit: int) -> list[tuple[int, StoredEvent]]:
        """Return (number, event) of events stored after number, in the order of storing."""
        sql = f"SELECT number, {_EVENT_COLUMNS} FROM events WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608
        with self.connected() as connection:
            return [(row["number"], event_from(row)) for row in connection.execute(sql, (number, limit))]

    def loggers(self) -> list[LoggerSeen]:
        """Return every logger that has been heard or missed: when last heard, whether silent and since when."""
        heard = self._states("heard", Heard)
        return [
            LoggerSeen(
                logger=name,
                last_ms=heard[name].last_ms if name in heard else None,
                silent_since_ms=state.last_ms if state.silent else None,
            )
            for name, state in self._states("silence", SilenceState).items()
        ]

    def alarms(self) -> list[AlarmLevel]:
        """Return the present level of every threshold that has judged a reading."""
        return [AlarmLevel(name, int(one.level), one.since_ms) for name, one in self.standings().items()]

    def standings(self) -> dict[str, Standing]:
        """Return every alarm by 'point/quantity/direction', those at rest included."""
        return self._states("standing", Standing)

    def plans(self) -> dict[str, Plan]:
        """Return what is to be done about alarms, by the same names."""
        return self._states("plan", Plan)

    def words(self) -> list[SpokenWord]:
        """Return what engineers said of the commissioning of points by acts."""
        with self.connected() as connection:
            connection.row_factory = None
            return WordTable(connection).all()

    def air_responses(self) -> list[AirResponse]:
        """Return the answers to the air that engineers accepted, by act."""
        return list(self._states("air", AirResponse).values())

    def register(self) -> Register:
        """Return the register of the site's sets of limits."""
        return Register(tuple(self._states("set", Proposal).values()))

    def _states(self, kind: str, form: type[State]) -> dict[str, State]:
        with self.connected() as connection:
            return read_states(connection, kind, form)


def read_states(connection: sqlite3.Connection, kind: str, form: type[State]) -> dict[str, State]:
    """Return the kept states of one kind by name."""
    rows = connection.execute("SELECT name, state FROM states WHERE kind = ? ORDER BY name", (kind,))
    return {name: from_json(form, state) for name, state in rows}


def event_from(row: sqlite3.Row) -> StoredEvent:
    """Return the event in a row of the table of events."""
    named = {one.name: row[one.name] for one in fields(StoredEvent)}
    return StoredEvent(**{**named, "late": bool(named["late"])})


def stored_from(row: sqlite3.Row) -> StoredReading:
    """Return the reading in a row of `READING_COLUMNS`."""
    named = {name: row[name] for name in _READING_FIELDS}
    return StoredReading(
        **{
            **named,
            "quality": Quality(named["quality"]),
            "judged": bool(named["judged"]),
            "late": bool(named["late"]),
            "inputs": _texts(named["inputs"]),
            "reasons": _texts(named["reasons"]),
        }
    )


def _texts(cell: str) -> tuple[str, ...]:
    return tuple(json.loads(cell)) if cell != "[]" else ()  # most are, and a back-log has millions
