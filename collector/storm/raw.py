"""Raw readings of two stretches of time, read from the journal by a connection of its own that cannot write."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from collector.sqlite_file import open_for_reading
from seepline.storm.signs import Scan
from seepline.storm.wire import Before

MOST_SCANS = 20_000  # of one channel and stretch: 208 days at 15 minutes; the newest count
_STRETCH = (
    "SELECT r.value, r.status FROM readings r JOIN channels c ON c.id = r.channel"
    " WHERE c.name = ? AND r.rank = 0 AND r.time_ms >= ? AND r.time_ms < ? ORDER BY r.time_ms DESC LIMIT ?"
)


class RawStretches:
    """The readings of a journal file by channel and time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def around(self, channel: str, from_ms: int, storm_ms: int, to_ms: int) -> Before:
        """Return the scans of a channel before a storm, from `from_ms` on, and since, up to `to_ms`."""
        return Before(self._scans(channel, from_ms, storm_ms), self._scans(channel, storm_ms, to_ms + 1))

    def _scans(self, channel: str, from_ms: int, below_ms: int) -> list[Scan]:
        rows = self._connection.execute(_STRETCH, (channel, from_ms, below_ms, MOST_SCANS))
        return [Scan(*row) for row in rows]


@contextmanager
def raw_stretches(path: Path) -> Iterator[RawStretches]:
    """Open a journal file for reading."""
    with closing(open_for_reading(path)) as connection:
        yield RawStretches(connection)
