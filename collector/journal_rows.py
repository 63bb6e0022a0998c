"""Writing raw rows into the journal's open transaction: new, duplicate or conflict, channel by channel.

A batch is worked out row by row and written table by table. What is newer than everything known of its channel or
its logger's ring can be neither duplicate nor conflict, and costs no question.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from collector.raw_lines import TQ_ARRIVAL, RawRow, RawValue
from collector.raw_table import RawTable
from seepline.alarm import is_ahead

LINE = (
    "INSERT INTO lines (kind, arrival_ms, writer, logger, block, time_ms, ring, boot, seq, tq, identity_conflict)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_NUMBERED_LINE = (
    "INSERT INTO lines (id, kind, arrival_ms, writer, logger, block, time_ms, ring, boot, seq, tq,"
    " identity_conflict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_READINGS = 0  # collector.journal_entries.Kind.READINGS
_JUDGED, _AHEAD = 1, -1  # ranks 0 and up: current and conflicts; -1 and down: dated ahead, never judged
_COUNT = "INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET number = number + excluded.number"
_NEXT_RANK = "SELECT rank FROM readings WHERE channel = ? AND rank > ? ORDER BY rank LIMIT 1"
_MOST_KNOWN = 2**20
_BEFORE_ALL = -(2**62)

Ring = tuple[str, int]


class RowWriter:
    """Writes rows through the journal's connection.

    Parameters
    ----------
    connection, raw
        The journal's own connection, and the look-ups on it.
    """

    def __init__(self, connection: sqlite3.Connection, raw: RawTable) -> None:
        self._connection = connection
        self._raw = raw
        self._newest_ms: dict[int, int] = {}  # by channel number, of any rank
        self._newest_seq: dict[Ring, int] = {}
        self._lines: list[Sequence[object]] = []
        self._readings: list[Sequence[object]] = []
        self._places: set[tuple[int, int]] = set()  # (channel number, time) among the readings not written yet
        self._counts: dict[str, int] = {}

    def forget(self) -> None:
        """Forget what is held in memory: its transaction was rolled back."""
        for held in (self._newest_ms, self._newest_seq, self._lines, self._readings, self._places, self._counts):
            held.clear()

    def write(self, rows: Iterable[RawRow], writer: str, arrival_ms: int) -> None:
        """Write rows, each unless everything it says is known.

        A row with an identity that is not known is always written, even when its values are: it is a record of a
        logger and must be accounted for.
        """
        if len(self._newest_ms) > _MOST_KNOWN or len(self._newest_seq) > _MOST_KNOWN:
            self.forget()
        next_line = self._next_line()
        for row in rows:
            next_line += self._take(row, next_line, writer, arrival_ms)
        self._flush()
        self._connection.executemany(_COUNT, list(self._counts.items()))
        self._counts.clear()

    def _next_line(self) -> int:
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'lines'").fetchone()
        return 1 if row is None else int(row[0]) + 1

    def _take(self, row: RawRow, line: int, writer: str, arrival_ms: int) -> bool:
        """Take a row as the line of a number; tell whether it is one."""
        time_ms = arrival_ms if row.time_ms is None else row.time_ms
        known, step = self._is_known(row), _AHEAD if is_ahead(time_ms, arrival_ms) else _JUDGED
        steps = (step, -step) if known else (step,)
        fresh = list(self._fresh(row, line, time_ms, steps))
        if not fresh and (known or row.ring is None):
            self._count("duplicates", 1)
            return False
        tq = TQ_ARRIVAL if row.time_ms is None else row.tq
        about = (row.logger, row.block, time_ms, row.ring, row.boot, row.seq, tq, known)
        self._lines.append((line, _READINGS, arrival_ms, writer, *about))
        self._readings += fresh
        self._places.update((number, time_ms) for _, number, *_ in fresh)
        self._count("journal_rows", 1)
        self._count("raw_records", int(row.ring is not None and not known))
        self._count("conflicts", sum(one[3] > 0 for one in fresh))
        return True

    def _fresh(
        self, row: RawRow, line: int, time_ms: int, steps: tuple[int, ...]
    ) -> Iterable[tuple[int, int, int, int, float | None, int]]:
        """Yield a row of the table for each value that is not known."""
        for value in row.values:
            number = self._channel(f"{row.logger}/{value.channel}")
            rank = self._rank(number, value, time_ms, steps)
            if rank is not None:
                yield line, number, time_ms, rank, value.value, value.status

    def _count(self, name: str, number: int) -> None:
        if number:
            self._counts[name] = self._counts.get(name, 0) + number

    def _flush(self) -> None:
        self._connection.executemany(_NUMBERED_LINE, self._lines)
        self._connection.executemany("INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?)", self._readings)
        for rows in (self._lines, self._readings, self._places):
            rows.clear()

    def _rank(self, number: int, value: RawValue, time_ms: int, steps: tuple[int, ...]) -> int | None:
        """Return where a value goes: on the first side of zero in `steps`, None when a side has it already."""
        newest_ms = self._newest_ms.get(number)
        if newest_ms is None:
            newest_ms = self._newest_of(number)
        if time_ms > newest_ms:
            self._newest_ms[number] = time_ms
            return min(steps[0], 0)
        self._newest_ms[number] = newest_ms
        if (number, time_ms) in self._places:
            self._flush()
        free = [self._free_rank(number, value, time_ms, step) for step in steps]
        return None if None in free else free[0]

    def _newest_of(self, number: int) -> int:
        """Return the newest time of a channel's readings of all ranks."""
        newest_ms, rank = _BEFORE_ALL, _BEFORE_ALL
        while found := self._connection.execute(_NEXT_RANK, (number, rank)).fetchone():
            rank = found[0]
            sql = "SELECT max(time_ms) FROM readings WHERE channel = ? AND rank = ?"
            newest_ms = max(newest_ms, self._connection.execute(sql, (number, rank)).fetchone()[0])
        return newest_ms

    def _free_rank(self, number: int, value: RawValue, time_ms: int, step: int) -> int | None:
        """Return the first free rank of 0, 1, 2 ... (step 1) or -1, -2 ... (step -1), None for a known value."""
        rank = min(step, 0)
        sql = "SELECT value, status FROM readings WHERE channel = ? AND time_ms = ? AND rank = ?"
        while row := self._connection.execute(sql, (number, time_ms, rank)).fetchone():
            if row == (value.value, value.status):
                return None
            rank += step
        return rank

    def _is_known(self, row: RawRow) -> bool:
        if row.ring is None or row.seq is None:
            return False
        ring = (row.logger, row.ring)
        newest = self._newest_seq.get(ring)
        if newest is None:
            sql = "SELECT max(seq) FROM lines WHERE logger = ? AND ring = ?"
            newest = self._connection.execute(sql, ring).fetchone()[0]
        self._newest_seq[ring] = row.seq if newest is None else max(newest, row.seq)
        if newest is None or row.seq > newest:
            return False
        if self._lines:
            self._flush()
        sql = "SELECT 1 FROM lines WHERE logger = ? AND ring = ? AND seq = ? LIMIT 1"
        return self._connection.execute(sql, (*ring, row.seq)).fetchone() is not None

    def _channel(self, name: str) -> int:
        number = self._raw.channel_number(name)
        if number is None:
            self._connection.execute("INSERT INTO channels (name) VALUES (?)", (name,))
            number = self._raw.channel_number(name)
        assert number is not None  # noqa: S101 - it was made just now
        return number
