"""Whether the database still holds what it acknowledged: readings counted on both sides by series and UTC day.

A 204 of InfluxDB is no proof for years: a torn file can lose what it stood for. What differs is sent again, which
overwrites itself. Lines in quarantine are not expected there. No cursor moves, so a running collector is not
disturbed.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from collector.export.buckets import DAY_MS, WIDTHS_MS, Bucket, summaries
from collector.export.client import InfluxBucket
from collector.export.lines import reading_line, summary_line
from collector.export.refused import refused_lines
from collector.store import READING_COLUMNS, StoreReader, stored_from
from seepline.site import Site
from seepline.thresholds import Key

_AT_ONCE = 1000
_DAYS = "SELECT min(time_ms), max(time_ms) FROM readings WHERE current = 1"
_COUNTS = (
    "SELECT point, quantity, count(*) FROM readings WHERE current = 1 AND time_ms >= ? AND time_ms < ?"
    " GROUP BY point, quantity"
)
_SERIES = (
    f"SELECT {READING_COLUMNS} FROM readings WHERE point = ? AND quantity = ? AND current = 1"  # noqa: S608
    " AND time_ms >= ? AND time_ms < ? ORDER BY time_ms"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A series' day of which the database holds another number of readings than the store."""

    point: str
    quantity: str
    start_ms: int
    here: int
    there: int


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Store and database of one site."""

    site: Site
    reader: StoreReader
    bucket: InfluxBucket

    def days(self) -> list[int]:
        """Return the beginnings of all UTC days from the first reading to the last."""
        with self.reader.connected() as connection:
            first_ms, last_ms = connection.execute(_DAYS).fetchone()
        return [] if first_ms is None else list(range(first_ms - first_ms % DAY_MS, last_ms + 1, DAY_MS))

    def differences(self, start_ms: int) -> list[Difference]:
        """Return the series that differ on one UTC day. Raises collector.export.client.ExportError."""
        here, there = self._here(start_ms), self._there(start_ms)
        differing = (key for key in sorted(here) if here[key] != there[key])
        return [Difference(*key, start_ms, here[key], there[key]) for key in differing]

    def _here(self, start_ms: int) -> dict[Key, int]:
        """Return how many current readings of each series the database should hold of a day."""
        with self.reader.connected() as connection:
            rows = connection.execute(_COUNTS, _span(start_ms)).fetchall()
            here = {(point, quantity): int(count) for point, quantity, count in rows}
            refused = {one.line for one in refused_lines(connection) if one.line.startswith(b"reading,")}
            for key in here if refused else ():
                readings = connection.execute(_SERIES, (*key, *_span(start_ms)))
                here[key] -= sum(reading_line(self.site, stored_from(row)) in refused for row in readings)
        return here

    def _there(self, start_ms: int) -> Counter[Key]:
        begin_ms, end_ms = _span(start_ms)
        question = (
            f'SELECT COUNT("quality") FROM "reading" WHERE "site" = \'{self.site.info.id}\''  # noqa: S608 - an id
            f' AND time >= {begin_ms}ms AND time < {end_ms}ms GROUP BY "point", "quantity"'
        )
        found: Counter[Key] = Counter()
        for tags, rows in self.bucket.ask(question):
            found[tags["point"], tags["quantity"]] += int(rows[0][1])
        return found

    def send_again(self, difference: Difference) -> int:
        """Send a series' day once more; return how many lines. Raises collector.export.client.ExportError."""
        with self.reader.connected() as connection:
            lines = list(self._lines(connection, difference))
        for begin in range(0, len(lines), _AT_ONCE):
            self.bucket.write(lines[begin : begin + _AT_ONCE])
        return len(lines)

    def _lines(self, connection: sqlite3.Connection, of: Difference) -> Iterator[bytes]:
        for row in connection.execute(_SERIES, (of.point, of.quantity, *_span(of.start_ms))).fetchall():
            yield reading_line(self.site, stored_from(row))
        for measurement, width_ms in WIDTHS_MS.items():
            buckets: list[Bucket] = [(of.point, of.quantity, at) for at in range(*_span(of.start_ms), width_ms)]
            for summary in summaries(connection, buckets, width_ms):
                yield summary_line(self.site, measurement, summary)


def _span(start_ms: int) -> tuple[int, int]:
    return start_ms, start_ms + DAY_MS
