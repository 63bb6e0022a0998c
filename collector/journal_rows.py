"""Writing one raw row into the journal's open transaction: new, duplicate or conflict, channel by channel."""

import sqlite3

from collector.raw_lines import TQ_ARRIVAL, RawRow, RawValue
from collector.raw_table import RawTable
from seepline.alarm import is_ahead

LINE = (
    "INSERT INTO lines (kind, arrival_ms, writer, logger, block, time_ms, ring, boot, seq, tq, identity_conflict)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_READINGS = 0  # collector.journal_entries.Kind.READINGS
_JUDGED, _AHEAD = 1, -1  # ranks 0 and up: current and conflicts; -1 and down: dated ahead, never judged
_COUNT = "INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET number = number + excluded.number"


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

    def write(self, row: RawRow, writer: str, arrival_ms: int) -> None:
        """Write a row, unless everything it says is known.

        A row with an identity that is not known is always written, even when its values are: it is a record of a
        logger and must be accounted for.
        """
        time_ms = arrival_ms if row.time_ms is None else row.time_ms
        known, step = self._is_known(row), _AHEAD if is_ahead(time_ms, arrival_ms) else _JUDGED
        steps = (step, -step) if known else (step,)
        ranked = [(value, self._rank(row.logger, value, time_ms, steps)) for value in row.values]
        fresh = [(value, rank) for value, rank in ranked if rank is not None]
        if not fresh and (known or row.ring is None):
            self._count("duplicates", 1)
            return
        tq = TQ_ARRIVAL if row.time_ms is None else row.tq
        about = (row.logger, row.block, time_ms, row.ring, row.boot, row.seq, tq, known)
        line = self._connection.execute(LINE, (_READINGS, arrival_ms, writer, *about)).lastrowid
        for value, rank in fresh:
            number = self._channel(f"{row.logger}/{value.channel}")
            kept = (line, number, time_ms, rank, value.value, value.status)
            self._connection.execute("INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?)", kept)
        self._count("journal_rows", 1)
        self._count("raw_records", int(row.ring is not None and not known))
        self._count("conflicts", sum(rank > 0 for _, rank in fresh))

    def _count(self, name: str, number: int) -> None:
        if number:
            self._connection.execute(_COUNT, (name, number))

    def _rank(self, logger: str, value: RawValue, time_ms: int, steps: tuple[int, ...]) -> int | None:
        """Return where a value goes: on the first side of zero in `steps`, None when a side has it already."""
        number = self._raw.channel_number(f"{logger}/{value.channel}")
        free = [self._free_rank(number, value, time_ms, step) for step in steps]
        return None if None in free else free[0]

    def _free_rank(self, number: int | None, value: RawValue, time_ms: int, step: int) -> int | None:
        """Return the first free rank of 0, 1, 2 ... (step 1) or -1, -2 ... (step -1), None for a known value."""
        rank = min(step, 0)
        sql = "SELECT value, status FROM readings WHERE channel = ? AND time_ms = ? AND rank = ?"
        while row := self._connection.execute(sql, (number, time_ms, rank)).fetchone():
            if row == (value.value, value.status):
                return None
            rank += step
        return rank

    def _is_known(self, row: RawRow) -> bool:
        if row.ring is None:
            return False
        sql = "SELECT 1 FROM lines WHERE logger = ? AND ring = ? AND seq = ? LIMIT 1"
        return self._connection.execute(sql, (row.logger, row.ring, row.seq)).fetchone() is not None

    def _channel(self, name: str) -> int:
        self._connection.execute("INSERT OR IGNORE INTO channels (name) VALUES (?)", (name,))
        number: int = self._connection.execute("SELECT id FROM channels WHERE name = ?", (name,)).fetchone()[0]
        return number
