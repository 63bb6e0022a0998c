"""Store and forward, the way out: which rows one destination still lacks.

Rows stay after they were sent, so that a destination restored from a backup can be filled again. Several
destinations have their own account over the same rows: what one refused or lost is nothing to the others.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from gateway.outbox.file import OutboxError, OutboxFile
from gateway.outbox.packing import Row
from gateway.outbox.ranges import Range
from gateway.outbox.sent import DeadLetter

__all__ = ["Backlog", "DeadLetter", "Row"]

_MOST_STRETCHES = 200  # of row numbers in one batch: the header that names them stays short
_MOST_DEAD_ROWS = 100_000


class Backlog:
    """The sending side of one outbox, for one destination; a new one begins with the oldest row that is here.

    Raises
    ------
    OutboxError
        When the name holds anything but letters, digits, dot, underscore and hyphen.
    """

    def __init__(self, file: OutboxFile, destination: str = "collector") -> None:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", destination):
            raise OutboxError(f"destination {destination!r}: expected letters, digits, dot, underscore and hyphen")
        self._file = file
        self._sent = file.insist(lambda: file.accounts.begin(destination))
        self.id: str = file.id

    def pending(self, limit: int) -> list[Row]:
        """Return unsent rows, oldest first: the backlog lane."""
        return list(islice(self._pending(), limit))

    def _pending(self) -> Iterator[Row]:
        for first, last in list(islice(self._missing(1, self.last_row()), _MOST_STRETCHES)):
            yield from self._file.rows(first, last)

    def pending_live(self, after: int, limit: int) -> list[Row]:
        """Return the newest unsent live rows stored after row `after`, in order: the live lane.

        It looks at the newest 256 packs of live rows; what is older waits in the backlog.
        """
        found: list[Row] = []
        for first, last in reversed(list(self._file.segments.live)):
            if last <= after or len(found) >= limit:
                break
            parts = list(self._missing(max(first, after + 1), last))
            found += [row for part in reversed(parts) for row in list(self._file.rows(*part))[::-1]]
        return found[:limit][::-1]

    def stored_after(self, after: int, limit: int) -> list[Row]:
        """Return rows behind row `after`, sent or not, oldest first."""
        return list(islice(self._file.rows(after + 1, self.last_row()), limit))

    def sent_rows(self) -> Iterator[Row]:
        """Yield the rows that are here and that the destination acknowledged, oldest first."""
        dead = {row for row, *_ in self._file.dead_letters(self._sent.name)}
        for row in self._file.rows(1, self.last_row()):
            if row.outbox_sequence in self._sent.settled and row.outbox_sequence not in dead:
                yield row

    def unsendable(self, limit: int) -> list[Range]:
        """Return stretches above the watermark that will never be sent; batches name them, so that it can pass."""
        return self._sent.unsendable(self._file.accounts.gone, self.last_row(), limit)

    def unsent(self) -> int:
        """Return how many rows wait."""
        return self.last_row() - len(self._sent.settled)

    def oldest_unsent_ms(self) -> int | None:
        """Return when the oldest waiting row came, None when none waits."""
        oldest = self.pending(1)
        return oldest[0].received_ms if oldest else None

    def last_row(self) -> int:
        """Return the number of the newest row, 0 in an empty outbox."""
        return self._file.segments.last

    def settle(self, sent: Sequence[int], dead: Sequence[DeadLetter], at_ms: int) -> None:
        """Mark rows as sent, and rows that the destination refused as dead letters, in one commit."""
        self._file.insist(lambda: self._sent.settle(sent, dead, at_ms))

    def committed(self) -> int | None:
        """Return the destination's watermark as last heard: all rows up to it are on its disk."""
        return self._sent.committed

    def heard(self, committed: int | None, at_ms: int) -> None:
        """Keep the destination's watermark; rows above one that moved back go again."""
        known = self.committed()
        if committed is None or committed == known:
            return
        if known is not None and committed < known:
            self._send_again(committed, f"its watermark moved back from {known} to {committed}", at_ms)
        self._file.insist(lambda: self._sent.hear(committed))

    def send_missing_again(self, at_ms: int) -> bool:
        """With all rows sent, send those again that the destination still lacks; once per place of its watermark.

        A watermark that stands before a dead letter only waits for the next batch to name it.
        """
        committed = self.committed()
        if committed is None or committed == self._sent.sent_again:
            return False
        row = committed + 1
        if row not in self._sent.settled or any(first <= row <= last for first, last in self.unsendable(1)):
            return False
        again = self._send_again(committed, f"everything is sent, but its watermark stands at {committed}", at_ms)
        self._file.insist(lambda: self._sent.keep_sent_again(committed))
        return again > 0

    def _send_again(self, after: int, text: str, at_ms: int) -> int:
        gone, last = self._file.accounts.gone, self.last_row()
        again = self._file.insist(lambda: self._sent.again(after, gone, last))
        if again:
            self._file.note("sent_again", self._sent.name, f"{text}: {again} rows go again", at_ms)
        return again

    def delete_sent(self, received_before_ms: int) -> int:
        """Remove segments that every destination has and whose rows all came before a time; return the rows."""
        return self._file.remove_sent(received_before_ms)

    def _missing(self, first: int, last: int) -> Iterator[Range]:
        return self._sent.settled.missing(first, last)
