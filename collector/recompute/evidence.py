"""The raw journal as a recompute reads it: by a read-only connection of its own, as far as it has been judged."""

import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from collector.raw_table import RawTable

_NEWEST_FIRST = (
    "SELECT time_ms FROM readings WHERE channel = ? AND rank = 0 AND time_ms >= ? AND time_ms < ? AND line <= ?"
    " ORDER BY time_ms DESC LIMIT ?"
)
_IDENTITY = "SELECT 1 FROM lines WHERE logger = ? AND ring = ? AND seq = ? LIMIT 1"


class Evidence:
    """The raw readings of a journal file that another connection writes. Belongs to one thread.

    Parameters
    ----------
    path
        The journal's file; collector.journal makes it.
    """

    def __init__(self, path: Path) -> None:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False)
        self._folder = path.parent
        self.raw = RawTable(self._connection)
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
