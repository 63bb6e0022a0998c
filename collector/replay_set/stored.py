"""Stored readings as arrays: one pass over the file where much is asked for, one look-up a series where little is.

Rows lie in the order in which they were stored, so a series is spread over the whole file: a pass in that order
reads each page once, a look-up by the index one page a reading.
"""

import sqlite3
from collections.abc import Callable, Collection
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from collector.store import READING_COLUMNS, stored_from
from seepline.reading import Reading
from seepline.replay.search import Series, Times, Values
from seepline.thresholds import Key

_JUDGED = "current = 1 AND judged = 1 AND value IS NOT NULL AND time_ms >= ? AND time_ms < ?"
_ONE = f"SELECT time_ms, value FROM readings WHERE point = ? AND quantity = ? AND {_JUDGED} ORDER BY time_ms"  # noqa: S608
_WANTED = (
    "CREATE TEMP TABLE IF NOT EXISTS wanted (point TEXT, quantity TEXT, number INTEGER,"
    " PRIMARY KEY (point, quantity)) WITHOUT ROWID; DELETE FROM wanted;"
)
_ALL = (
    "SELECT w.number, r.time_ms, r.value FROM readings r NOT INDEXED CROSS JOIN wanted w"  # noqa: S608
    f" ON w.point = r.point AND w.quantity = r.quantity WHERE {_JUDGED}"
)
_WHOLE = f"SELECT {READING_COLUMNS} FROM readings WHERE point = ? AND quantity = ? AND time_ms = ? AND current = 1"  # noqa: S608
_SPAN = "SELECT min(time_ms), max(time_ms) FROM readings WHERE point = ? AND quantity = ? AND current = 1"
_LITTLE = 0.15  # of the time that the store holds: below, looking up reads less (bench/replay_set.py)
_AT_ONCE = 50_000

Progress = Callable[[float], None]  # 0 to 1


def stored_series(
    connection: sqlite3.Connection, keys: Collection[Key], from_ms: int, to_ms: int, progress: Progress
) -> dict[Key, Series]:
    """Return the judged readings of some quantities with from_ms <= time < to_ms, oldest first."""
    connection.row_factory = None
    if _share(connection, keys, from_ms, to_ms) < _LITTLE:
        return _looked_up(connection, keys, (from_ms, to_ms), progress)
    return _in_one_pass(connection, keys, (from_ms, to_ms), progress)


def _share(connection: sqlite3.Connection, keys: Collection[Key], from_ms: int, to_ms: int) -> float:
    """Return how much of the time that the first few series cover is asked for."""
    spans = [connection.execute(_SPAN, key).fetchone() for key in islice(keys, 5)]
    known = [(first, last) for first, last in spans if first is not None and last > first]
    return max(((min(to_ms, last) - max(from_ms, first)) / (last - first) for first, last in known), default=1.0)


def _looked_up(
    connection: sqlite3.Connection, keys: Collection[Key], window: tuple[int, int], progress: Progress
) -> dict[Key, Series]:
    found = {}
    for number, key in enumerate(keys, 1):
        rows = connection.execute(_ONE, (*key, *window)).fetchall()
        found[key] = Series(
            np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.float64)
        )
        progress(number / len(keys))
    return found


def _in_one_pass(
    connection: sqlite3.Connection, keys: Collection[Key], window: tuple[int, int], progress: Progress
) -> dict[Key, Series]:
    connection.executescript(_WANTED)
    connection.executemany(
        "INSERT INTO wanted VALUES (?, ?, ?)", [(*key, number) for number, key in enumerate(keys)]
    )
    most = connection.execute("SELECT max(id) FROM readings").fetchone()[0] or 1
    rows = connection.execute(_ALL, window)
    parts: list[tuple[NDArray[np.int32], Times, Values]] = []
    done = 0
    while several := rows.fetchmany(_AT_ONCE):
        owners, times, values = zip(*several, strict=True)
        parts.append((np.array(owners, np.int32), np.array(times, np.int64), np.array(values, np.float64)))
        done += len(several)
        progress(min(1.0, done / most))
    return _divided(list(keys), parts)


def _divided(keys: list[Key], parts: list[tuple[NDArray[np.int32], Times, Values]]) -> dict[Key, Series]:
    """Return the series of each key out of the parts of one pass."""
    if not parts:
        return {key: Series(np.array([], np.int64), np.array([])) for key in keys}
    owners, times, values = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    parts.clear()
    order = np.argsort(owners, kind="stable")
    ends = np.cumsum(np.bincount(owners, minlength=len(keys))).tolist()
    times, values = times[order], values[order]
    return {
        key: _ordered(times[begin:end], values[begin:end])
        for key, begin, end in zip(keys, (0, *ends), ends, strict=False)
    }


def _ordered(at: Times, of: Values) -> Series:
    """Return a series in the order of its times: what came late stands behind what was later."""
    if bool((at[1:] > at[:-1]).all()):
        return Series(at, of)
    order = np.argsort(at, kind="stable")
    return Series(at[order], of[order])


def reading_at(connection: sqlite3.Connection, key: Key) -> Callable[[int], Reading]:
    """Return a function that reads one whole reading of a quantity by its time."""

    def read(time_ms: int) -> Reading:
        cursor = connection.cursor()
        cursor.row_factory = sqlite3.Row
        stored = stored_from(cursor.execute(_WHOLE, (*key, time_ms)).fetchone())
        return Reading(
            point=stored.point,
            instrument=stored.instrument,
            quantity=stored.quantity,
            time_ms=stored.time_ms,
            value=stored.value,
            quality=stored.quality,
            calibration=stored.calibration,
            judged=stored.judged,
            reasons=stored.reasons,
            inputs=stored.inputs,
            bound=stored.bound,
        )

    return read
