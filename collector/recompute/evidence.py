"""The raw journal as a recompute reads it: by a read-only connection of its own, as far as it has been judged.

A turn asks for one stretch of time, many times over: each channel of it is read once, whole, and held in memory.
"""

import shutil
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from collector.acts.table import ActTable
from collector.raw_table import KNOWN_READINGS, RawTable
from collector.recent import Window
from collector.sqlite_file import open_for_reading
from seepline.convert import MAX_AGE_MS
from seepline.reading import RawReading

_NEWEST_FIRST = (
    "SELECT time_ms FROM readings WHERE channel = ? AND rank = 0 AND time_ms >= ? AND time_ms < ? AND line <= ?"
    " ORDER BY time_ms DESC LIMIT ?"
)
_STRETCH = f"{KNOWN_READINGS} r.time_ms BETWEEN ? AND ? ORDER BY r.time_ms"
_IDENTITY = "SELECT 1 FROM lines WHERE logger = ? AND ring = ? AND seq = ? LIMIT 1"
_AROUND_MS = 2 * MAX_AGE_MS  # an input, and an input of that


class Stretch(RawTable):
    """Look-ups that are answered from memory within one stretch of time, and by the table beyond it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._from_ms = self._to_ms = 0
        self._held: dict[str, Window[RawReading]] = {}

    def show(self, line: int, from_ms: int, to_ms: int) -> None:
        """Show what was known at a line of the journal, and expect questions from one time to another."""
        self.up_to_line = line
        self._from_ms, self._to_ms = from_ms - _AROUND_MS, to_ms + _AROUND_MS
        self._held.clear()

    def _stretch(self, channel: str, from_ms: int, to_ms: int) -> Window[RawReading] | None:
        """Return what is held of a channel, None where a question reaches beyond it."""
        if from_ms < self._from_ms or to_ms > self._to_ms:
            return None
        window = self._held.get(channel)
        if window is None:
            items = self._ask(_STRETCH, channel, self._from_ms, self._to_ms)
            window = self._held[channel] = Window(items, len(items) + 1)
        return window

    def with_value_at(self, channel: str, time_ms: int) -> RawReading | None:
        """As in RawTable."""
        window = self._stretch(channel, time_ms, time_ms)
        found = None if window is None else window.at(time_ms)
        return None if found is None or found.value is None else found

    def nearest(self, channel: str, time_ms: int, max_age_ms: int) -> RawReading | None:
        """As in RawTable."""
        window = self._stretch(channel, time_ms - max_age_ms, time_ms + max_age_ms)
        if window is None:
            return self._nearest_asked(channel, time_ms, max_age_ms)
        return window.nearest(time_ms, max_age_ms)

    def times(self, channel: str, from_ms: int, to_ms: int) -> list[int]:
        """As in RawTable."""
        window = self._stretch(channel, from_ms, to_ms)
        return super().times(channel, from_ms, to_ms) if window is None else window.times_between(from_ms, to_ms)

    def previous(self, channel: str, time_ms: int, count: int) -> tuple[RawReading, ...]:
        """As in RawTable."""
        window = self._stretch(channel, time_ms, time_ms)
        if window is None or bisect_left(window.times, time_ms) < count:
            return super().previous(channel, time_ms, count)
        return window.before(time_ms, count)


class Evidence:
    """The raw readings of a journal file that another connection writes. Belongs to one thread.

    Parameters
    ----------
    path
        The journal's file; collector.journal makes it.
    """

    def __init__(self, path: Path) -> None:
        self._connection = open_for_reading(path)
        self._folder = path.parent
        self.raw = Stretch(self._connection)
        self.acts = ActTable(self._connection)
        self.birth: str = self._connection.execute("SELECT id FROM birth").fetchone()[0]
        self.mark = f"journal {self.birth}"  # under which the engine keeps how far it has judged

    def free_bytes(self) -> int:
        """Return how much room its disk has, which is the store's too."""
        return shutil.disk_usage(self._folder).free

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def times_back(self, channel: str, from_ms: int, below_ms: int, limit: int) -> list[int]:
        """Return the newest times of a channel with from_ms <= time < below_ms, newest first."""
        number = self.raw.channel_number(channel)
        if number is None:
            return []
        rows = self._connection.execute(_NEWEST_FIRST, (number, from_ms, below_ms, self.raw.up_to_line, limit))
        return [row[0] for row in rows]

    def holds(self, identities: Iterable[str], channels: Iterable[str], time_ms: int) -> bool:
        """Tell whether the raw reading behind a stored value is in this journal.

        By the records that the value names; without any, whether some channel has a reading at its time. A journal
        that was damaged and set aside leaves values whose raw reading is not at hand.
        """
        named = [one.rsplit(":", 2) for one in identities]
        if named:
            return all(self._connection.execute(_IDENTITY, parts).fetchone() for parts in named)
        return any(self.raw.times(channel, time_ms, time_ms) for channel in channels)
