"""Raw readings of a CSV file, in a temporary SQLite file: sorted access in flat memory, however many rows.

RAW.csv has the header `time,logger,channel,value`: time in ISO 8601 with an offset, value in the channel's unit,
empty = missing. Rows may stand in any order.
"""

import csv
import math
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType

from seepline.reading import RawReading
from seepline.wire import status

HEADER = ["time", "logger", "channel", "value"]
_MOST_FAULTS = 20

_EXACT = "SELECT * FROM raw WHERE channel = :channel AND time_ms = :at"
_NEAR = (
    "SELECT * FROM (SELECT * FROM raw WHERE channel = :channel AND time_ms BETWEEN :at - :age AND :at"
    " AND value IS NOT NULL ORDER BY time_ms DESC LIMIT 1) UNION ALL SELECT * FROM (SELECT * FROM raw WHERE"
    " channel = :channel AND time_ms BETWEEN :at AND :at + :age AND value IS NOT NULL ORDER BY time_ms LIMIT 1)"
)

Row = tuple[str, int, float | None]


class RawFileError(Exception):
    """RAW.csv has faults; `faults` says of each which line, field and value, and what was expected."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _time_ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return round(moment.timestamp() * 1000)


def _value(text: str) -> float | None:
    number = float(text) if text else None
    if number is not None and not math.isfinite(number):
        raise ValueError(text)
    return number


def _row(cells: list[str], channels: Collection[str]) -> Row:
    """Return one parsed row, or raise ValueError with the field, what was found and what was expected."""
    if len(cells) != len(HEADER):
        raise ValueError(f"{len(cells)} fields, expected {len(HEADER)}: {','.join(HEADER)}")
    channel = f"{cells[1]}/{cells[2]}"
    if channel not in channels:
        raise ValueError(f"channel: found '{channel}', expected a logger and channel of the site file")
    try:
        time_ms = _time_ms(cells[0])
    except ValueError:
        expected = "ISO 8601 with an offset, as 2016-01-01T07:45:00Z"
        raise ValueError(f"time: found '{cells[0]}', expected {expected}") from None
    try:
        return channel, time_ms, _value(cells[3])
    except ValueError:
        raise ValueError(f"value: found '{cells[3]}', expected a finite number or nothing") from None


def read_rows(path: Path, channels: Collection[str]) -> Iterator[Row]:
    """Yield (channel, time_ms, value) of each row.

    Raises
    ------
    RawFileError
        At the end of the file, with the first twenty faults found in it.
    """
    faults: list[str] = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            if (header := next(lines, [])) != HEADER:
                raise RawFileError([f"{path} line 1: found '{','.join(header)}', expected '{','.join(HEADER)}'"])
            for cells in lines:
                try:
                    yield _row(cells, channels)
                except ValueError as error:
                    faults.append(f"{path} line {lines.line_num}: {error}")
                    if len(faults) == _MOST_FAULTS:
                        break
    except UnicodeDecodeError as error:
        raise RawFileError([f"{path}: byte {error.start} is not UTF-8"]) from error
    except OSError as error:
        raise RawFileError([f"{path}: {error.strerror}"]) from error
    if faults:
        raise RawFileError(faults)


class RawTable:
    """Raw readings by channel and time, on disk in `folder` until the `with` block ends."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
        self._connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE; PRAGMA cache_size=-32000;"
            "CREATE TABLE raw (channel TEXT, time_ms INTEGER, value REAL, PRIMARY KEY (channel, time_ms))"
            " WITHOUT ROWID;"
        )

    def __enter__(self) -> "RawTable":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._connection.close()

    def fill(self, rows: Iterator[Row], path: Path) -> int:
        """Take in all rows; returns how many different (channel, time) there are.

        Raises
        ------
        RawFileError
            When one channel has two values at one time: which of them is true cannot depend on the order of rows.
        """
        self._connection.execute("BEGIN")
        for channel, time_ms, value in rows:
            self._add(path, channel, time_ms, value)
        self._connection.execute("COMMIT")
        self._connection.execute("CREATE INDEX by_time ON raw (time_ms, channel)")
        return int(self._connection.execute("SELECT count(*) FROM raw").fetchone()[0])

    def _add(self, path: Path, channel: str, time_ms: int, value: float | None) -> None:
        done = self._connection.execute("INSERT OR IGNORE INTO raw VALUES (?, ?, ?)", (channel, time_ms, value))
        if done.rowcount == 1:
            return
        sql = "SELECT value FROM raw WHERE channel = ? AND time_ms = ?"
        known = self._connection.execute(sql, (channel, time_ms)).fetchone()[0]
        if known != value:
            raise RawFileError([f"{path}: {channel} has two values at {time_ms} ms: {known} and {value}"])

    def times(self, channels: Collection[str]) -> Iterator[tuple[int, str]]:
        """Yield (time_ms, channel) of all readings of these channels in order of time, then name."""
        marks = ",".join("?" * len(channels))
        sql = f"SELECT time_ms, channel FROM raw WHERE channel IN ({marks}) ORDER BY time_ms, channel"  # noqa: S608
        yield from self._connection.execute(sql, tuple(channels))

    def nearest(self, channel: str, time_ms: int, max_age_ms: int) -> RawReading | None:
        """Return the reading at `time_ms`, else the nearest with a value within `max_age_ms` (ties: earlier)."""
        values = {"channel": channel, "at": time_ms, "age": max_age_ms}
        found = self._connection.execute(_EXACT, values).fetchone()
        if found is None or found[2] is None:
            near = self._connection.execute(_NEAR, values).fetchall()
            found = min(near, key=lambda row: (abs(row[1] - time_ms), row[1]), default=found)
        return _reading(found) if found else None

    def previous(self, channel: str, time_ms: int, count: int) -> list[RawReading]:
        """Return up to `count` readings before `time_ms`, newest first."""
        sql = "SELECT * FROM raw WHERE channel = ? AND time_ms < ? ORDER BY time_ms DESC LIMIT ?"
        return [_reading(row) for row in self._connection.execute(sql, (channel, time_ms, count))]


def _reading(row: Row) -> RawReading:
    channel, time_ms, value = row
    return RawReading(channel, time_ms, value, 0 if value is not None else status.MISSING)
