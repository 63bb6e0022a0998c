"""The raw readings of the journal, to be looked up by channel and time.

Of several values for one channel and time the first to come (rank 0) is the current one; the others are kept as
conflicts. What was dated ahead of its arrival has a rank below 0 and is not found here. Nothing here writes.
"""

import sqlite3
from collections.abc import Iterable

from collector.recent import Window, Windows
from seepline.reading import RawReading

_KNOWN = "r.channel = ? AND r.rank = 0 AND r.line <= ? AND"
KNOWN_READINGS = (
    "SELECT r.time_ms, r.value, r.status, l.logger, l.ring, l.seq FROM readings r JOIN lines l ON l.id = r.line"  # noqa: S608
    f" WHERE {_KNOWN}"
)
_TIMES = f"SELECT r.time_ms FROM readings r WHERE {_KNOWN} r.time_ms BETWEEN ? AND ? ORDER BY r.time_ms"  # noqa: S608
_EXACT = KNOWN_READINGS + " r.time_ms = ?"
_AT_OR_BEFORE = (
    KNOWN_READINGS + " r.time_ms BETWEEN ? AND ? AND r.value IS NOT NULL ORDER BY r.time_ms DESC LIMIT 1"
)
_AFTER = KNOWN_READINGS + " r.time_ms BETWEEN ? AND ? AND r.value IS NOT NULL ORDER BY r.time_ms LIMIT 1"
_PREVIOUS = KNOWN_READINGS + " r.time_ms < ? ORDER BY r.time_ms DESC LIMIT ?"
_FOLLOWING = KNOWN_READINGS + " r.time_ms > ? ORDER BY r.time_ms LIMIT ?"
_NEWEST = KNOWN_READINGS.removesuffix(" AND") + " ORDER BY r.time_ms DESC LIMIT ?"
_ALL_LINES = 2**62


def identity_text(logger: str, ring: int | None, seq: int | None) -> str:
    """Return 'logger:ring:sequence', or '' for a writer that gives no identity."""
    return "" if ring is None or seq is None else f"{logger}:{ring}:{seq}"


class RawTable:
    """Look-ups in the raw readings of an open journal.

    Parameters
    ----------
    connection
        The journal's own connection; used from the thread that writes.

    `up_to_line` hides what was committed behind that line: the engine sees what was known at the entry it judges.
    The newest readings up to the line that the engine `follow`s to are held in memory.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}
        self._recent: Windows[str, RawReading] = Windows(self._newest)
        self._recent_line = 0
        self.up_to_line = _ALL_LINES

    def follow(self, after_line: int, line: int, current: Iterable[RawReading]) -> None:
        """Show what is known at `line`, the next one behind `after_line`: its current readings are these."""
        if self._recent_line != after_line:
            self._recent.forget()
        self.up_to_line = self._recent_line = line
        for reading in current:
            window = self._recent.by_name.get(reading.channel)
            if window is not None:
                window.put(reading)

    def is_newest(self, channel: str, time_ms: int) -> bool:
        """Tell whether the newest reading of a channel, as far as it is held in memory, is that of a time."""
        window = self._recent.by_name.get(channel)
        followed = window is not None and self.up_to_line == self._recent_line
        return bool(followed and window and window.times and window.times[-1] == time_ms)

    def times_with_value(self, channel: str, from_ms: int, to_ms: int) -> set[int]:
        """Return times at which a channel has a reading with a value, as far as they are held in memory."""
        window = self._recent.by_name.get(channel)
        if window is None or self.up_to_line != self._recent_line:
            return set()
        return {one.time_ms for one in window.between(from_ms, to_ms) if one.value is not None}

    def with_value_at(self, channel: str, time_ms: int) -> RawReading | None:
        """Return the reading at a time when it is held in memory and has a value; None says nothing."""
        window = self._recent.by_name.get(channel)
        if window is None or self.up_to_line != self._recent_line:
            return None
        newest = window.items[-1] if window.items else None
        if newest is None or newest.time_ms != time_ms:
            newest = window.at(time_ms)
        return None if newest is None or newest.value is None else newest

    def forget_recent(self) -> None:
        """Forget what is held in memory: the engine begins elsewhere."""
        self._recent.forget()

    def _newest(self, channel: str, count: int) -> list[RawReading]:
        return self._ask(_NEWEST, channel, count)[::-1]

    def _window(self, channel: str, from_ms: int) -> Window[RawReading] | None:
        """Return what is held of a channel where that answers a question from a time on."""
        return self._recent.reaching(channel, from_ms) if self._is_followed else None

    @property
    def _is_followed(self) -> bool:
        return self.up_to_line == self._recent_line

    def channel_number(self, channel: str) -> int | None:
        """Return the journal's number of a channel, or None while nothing has come from it."""
        if channel not in self._numbers:
            row = self._connection.execute("SELECT id FROM channels WHERE name = ?", (channel,)).fetchone()
            if row is None:
                return None
            self._numbers[channel] = row[0]
        return self._numbers[channel]

    def _ask(self, sql: str, channel: str, *values: int) -> list[RawReading]:
        number = self.channel_number(channel)
        if number is None:
            return []
        rows = self._connection.execute(sql, (number, self.up_to_line, *values))
        return [
            RawReading(channel, time_ms, value, status, identity_text(logger, ring, seq))
            for time_ms, value, status, logger, ring, seq in rows
        ]

    def nearest(self, channel: str, time_ms: int, max_age_ms: int) -> RawReading | None:
        """Return the reading at `time_ms`, else the nearest with a value within `max_age_ms`, ties to the earlier.

        A scan that reported nothing is bridged by its neighbours (a barometer's gap must not silence a
        piezometer); without any, it is returned itself. The choice depends on what is known, never on what came
        first.
        """
        exact = self._window(channel, time_ms)
        window = exact if exact and exact.has_value(time_ms) else self._window(channel, time_ms - max_age_ms)
        if window is not None:
            return window.nearest(time_ms, max_age_ms)
        return self._nearest_asked(channel, time_ms, max_age_ms)

    def _nearest_asked(self, channel: str, time_ms: int, max_age_ms: int) -> RawReading | None:
        exact = self._ask(_EXACT, channel, time_ms)
        if exact and (exact[0].value is not None or not max_age_ms):
            return exact[0]
        near = self._ask(_AT_OR_BEFORE, channel, time_ms - max_age_ms, time_ms)
        near += self._ask(_AFTER, channel, time_ms + 1, time_ms + max_age_ms)
        return min(near or exact, key=lambda one: abs(one.time_ms - time_ms), default=None)

    def forget(self) -> None:
        """Forget the numbers of channels: a transaction that made some was rolled back."""
        self._numbers.clear()

    def previous(self, channel: str, time_ms: int, count: int) -> tuple[RawReading, ...]:
        """Return up to `count` readings before `time_ms`, newest first."""
        window = self._recent.holding(channel, time_ms, count) if self._is_followed else None
        if window is not None:
            return window.before(time_ms, count)
        return tuple(self._ask(_PREVIOUS, channel, time_ms, count))

    def times(self, channel: str, from_ms: int, to_ms: int) -> list[int]:
        """Return the times of all readings from `from_ms` to `to_ms`, both inclusive, oldest first."""
        window = self._window(channel, from_ms)
        if window is not None:
            return window.times_between(from_ms, to_ms)
        number = self.channel_number(channel)
        if number is None:
            return []
        rows = self._connection.execute(_TIMES, (number, self.up_to_line, from_ms, to_ms))
        return [row[0] for row in rows]

    def following(self, channel: str, time_ms: int, count: int) -> tuple[RawReading, ...]:
        """Return up to `count` readings after `time_ms`, oldest first."""
        window = self._window(channel, time_ms)
        if window is not None:
            return window.after(time_ms, count)
        return tuple(self._ask(_FOLLOWING, channel, time_ms, count))
