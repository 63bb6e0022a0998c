"""Store and forward, the way out: which records the collector still lacks.

Rows stay after they were sent, so that a collector restored from a backup can be filled again. Only
`delete_sent` removes any: sent, and older than the operator wants to keep.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.outbox.file import OutboxFile

UNSENT, SENT, DEAD = 0, 1, 2


class Row(NamedTuple):
    """A stored record on its way out."""

    outbox_sequence: int
    raw: bytes
    estimated_ms: int | None
    line: str = ""


class DeadLetter(NamedTuple):
    """A record that the collector refused: its row, the line that was sent, and why."""

    outbox_sequence: int
    line: str
    reason: str


class Backlog:
    """The sending side of one outbox file."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._db = file.db
        self.id: str = file.id

    def pending(self, limit: int) -> list[Row]:
        """Return unsent rows, oldest first: the backlog lane."""
        rows = self._db.execute(
            "SELECT outbox_sequence, raw, estimated_ms FROM record"
            " WHERE state = 0 ORDER BY outbox_sequence LIMIT ?",
            (limit,),
        )
        return [Row(*found) for found in rows]

    def pending_live(self, after: int, limit: int) -> list[Row]:
        """Return the newest unsent live rows stored after row `after`, in order: the live lane."""
        query = (
            "SELECT outbox_sequence, raw, estimated_ms FROM record"
            " WHERE state = 0 AND live = 1 AND outbox_sequence > ? ORDER BY outbox_sequence DESC LIMIT ?"
        )
        return [Row(*found) for found in self._db.execute(query, (after, limit))][::-1]

    def stored_after(self, after: int, limit: int) -> list[Row]:
        """Return rows behind row `after`, sent or not, oldest first."""
        query = (
            "SELECT outbox_sequence, raw, estimated_ms FROM record"
            " WHERE outbox_sequence > ? ORDER BY outbox_sequence LIMIT ?"
        )
        return [Row(*found) for found in self._db.execute(query, (after, limit))]

    def dead_rows(self, limit: int) -> list[int]:
        """Return dead letters above the collector's watermark; the next batch names them, so that it can pass."""
        query = "SELECT outbox_sequence FROM record WHERE state = 2 AND outbox_sequence > ? ORDER BY 1 LIMIT ?"
        return [row for (row,) in self._db.execute(query, (self.committed() or 0, limit))]

    def unsent(self) -> int:
        """Return how many rows wait."""
        return int(self._db.execute("SELECT COUNT(*) FROM record WHERE state = 0").fetchone()[0])

    def last_row(self) -> int:
        """Return the number of the newest row, 0 in an empty outbox."""
        return int(self._db.execute("SELECT COALESCE(MAX(outbox_sequence), 0) FROM record").fetchone()[0])

    def settle(self, sent: Sequence[int], dead: Sequence[DeadLetter], at_ms: int) -> None:
        """Mark rows as sent, and rows that the collector refused as dead letters, in one commit."""
        update = "UPDATE record SET state = ? WHERE outbox_sequence = ? AND state = 0"
        with self._file.commit():
            self._db.executemany(update, [(SENT, row) for row in sent])
            self._db.executemany(update, [(DEAD, letter.outbox_sequence) for letter in dead])
            for letter in dead:
                self._db.execute("INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?)", (*letter, at_ms))
                text = f"the collector refused a record: {letter.reason}"
                self._file.note("dead_letter", f"row {letter.outbox_sequence}", text, at_ms)

    def committed(self) -> int | None:
        """Return the collector's watermark as last heard: all rows up to it are on its disk."""
        return self._file.recall("committed")

    def heard(self, committed: int | None, at_ms: int) -> None:
        """Keep the collector's watermark; rows above one that moved back go again."""
        known = self.committed()
        if committed is None or committed == known:
            return
        if known is not None and committed < known:
            self._send_again(committed, f"the collector's watermark moved back from {known} to {committed}", at_ms)
        self._file.remember("committed", committed)

    def send_missing_again(self, at_ms: int) -> bool:
        """With all rows sent, send those again that the collector still lacks; once per place of its watermark.

        A watermark that stands before a dead letter only waits for the next batch to name it.
        """
        committed = self.committed()
        if committed is None or committed == self._file.recall("sent_again"):
            return False
        found = self._db.execute("SELECT state FROM record WHERE outbox_sequence = ?", (committed + 1,)).fetchone()
        if found is None or found[0] != SENT:
            return False
        self._file.remember("sent_again", committed)
        text = f"everything is sent, but the collector's watermark stands at {committed}"
        return self._send_again(committed, text, at_ms) > 0

    def _send_again(self, after: int, text: str, at_ms: int) -> int:
        update = "UPDATE record SET state = ? WHERE outbox_sequence > ? AND state = ?"
        with self._file.commit():
            again = self._db.execute(update, (UNSENT, after, SENT)).rowcount
            if again:
                self._file.note("sent_again", "collector", f"{text}: {again} records go again", at_ms)
        return again

    def delete_sent(self, received_before_ms: int) -> int:
        """Delete sent rows that came before a time and stand below the watermark; back-fill does not miss them."""
        committed = self.committed()
        last = self.last_row() if committed is None else committed
        with self._file.commit():
            query = "DELETE FROM record WHERE state = ? AND received_ms < ? AND outbox_sequence <= ?"
            return self._db.execute(query, (SENT, received_before_ms, last)).rowcount
