"""Whether the database still holds what it acknowledged, counted on both sides by UTC day.

Readings are counted by series, events by kind. Raw values, profiles and the site's state are not counted: the
first stand in the journal only, the second are made of readings, the third was never stored.

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
from collector.export.event_counts import count_there, event_points, lines_of
from collector.export.lines import reading_line, summary_line
from collector.export.refused import refused_lines
from collector.store import READING_COLUMNS, StoreReader, stored_from
from seepline.site import Site
from seepline.thresholds import Key

_AT_ONCE = 1000
_DAYS = (
    "SELECT min(first), max(last) FROM ("
    "SELECT min(time_ms) AS first, max(time_ms) AS last FROM readings WHERE current = 1"
    " UNION ALL SELECT min(time_ms), max(time_ms) FROM events)"
)
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
    """A day of which the database holds another number than the store: of a series, or of a kind of event."""

    start_ms: int
    here: int
    there: int
    series: Key = ("", "")
    event: str = ""


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Store and database of one site."""

    site: Site
    reader: StoreReader
    bucket: InfluxBucket

    def days(self) -> list[int]:
        """Return the beginnings of all UTC days from the first reading or event to the last."""
        with self.reader.connected() as connection:
            first_ms, last_ms = connection.execute(_DAYS).fetchone()
        return [] if first_ms is None else list(range(first_ms - first_ms % DAY_MS, last_ms + 1, DAY_MS))

    def differences(self, start_ms: int) -> list[Difference]:
        """Return the series and kinds of event that differ on one UTC day.

        Raises
        ------
        ExportError
            When the database cannot be asked.
        """
        here, there = self._here(start_ms), self._there(start_ms)
        differing = (key for key in sorted(here) if here[key] != there[key])
        readings = [Difference(start_ms, here[key], there[key], series=key) for key in differing]
        return [*readings, *self._events(start_ms)]

    def _events(self, start_ms: int) -> Iterator[Difference]:
        with self.reader.connected() as connection:
            refused = {one.line for one in refused_lines(connection)}
            points = event_points(self.site, connection, _span(start_ms))
        here = Counter(kind for (kind, _, _), line in points.items() if line not in refused)
        there = count_there(self.site, self.bucket, _span(start_ms))
        for kind in sorted(here):
            if here[kind] != there[kind]:
                yield Difference(start_ms, here[kind], there[kind], event=kind)

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
        """Send a day of a series or of a kind of event once more; return how many lines.

        Raises
        ------
        ExportError
            When they have to be sent again later.
        """
        with self.reader.connected() as connection:
            lines = list(self._lines(connection, difference))
        for begin in range(0, len(lines), _AT_ONCE):
            self.bucket.write(lines[begin : begin + _AT_ONCE])
        return len(lines)

    def _lines(self, connection: sqlite3.Connection, of: Difference) -> Iterator[bytes]:
        if of.event:
            return lines_of(of.event, self.site, connection, _span(of.start_ms))
        return self._readings(connection, of)

    def _readings(self, connection: sqlite3.Connection, of: Difference) -> Iterator[bytes]:
        for row in connection.execute(_SERIES, (*of.series, *_span(of.start_ms))).fetchall():
            yield reading_line(self.site, stored_from(row))
        for measurement, width_ms in WIDTHS_MS.items():
            buckets: list[Bucket] = [(*of.series, at) for at in range(*_span(of.start_ms), width_ms)]
            for summary in summaries(connection, buckets, width_ms):
                yield summary_line(self.site, measurement, summary)


def _span(start_ms: int) -> tuple[int, int]:
    return start_ms, start_ms + DAY_MS
