"""What one destination has of the outbox's rows: everything below a row, and some stretches above it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from gateway.outbox.holdings import runs
from gateway.outbox.ranges import Range, Ranges
from gateway.outbox.state import State


class DeadLetter(NamedTuple):
    """A row that a destination refused: its number, the line that was sent, and why."""

    outbox_sequence: int
    line: str
    reason: str


class Sent:
    """One destination's account. `settled` are the rows it needs no more: sent, refused, or gone from here."""

    def __init__(self, state: State, name: str, committed: int | None, sent_again: int | None) -> None:
        self._state = state
        self.name = name
        self.committed = committed
        self.sent_again = sent_again
        self.settled = state.stretches(name)

    @classmethod
    def begin(cls, state: State, name: str, gone: Ranges) -> "Sent":
        """Return the account of a new destination, which lacks every row that is still here."""
        with state.commit():
            state.keep_destination(name, None, None)
            state.put_stretches(name, gone)
        return cls(state, name, None, None)

    def releases(self, last: int) -> bool:
        """Tell whether this destination needs no row up to `last` any more, by its own word where it gives one."""
        return self.settled.first_missing() > last and (self.committed is None or self.committed >= last)

    def settle(self, sent: Sequence[int], dead: Sequence[DeadLetter], at_ms: int) -> None:
        """Take rows as sent, and refused ones as dead letters, in one commit.

        A power cut may undo it when there is no dead letter: the rows go again, which the collector takes as
        duplicates.
        """
        rows = sorted({*sent, *(letter.outbox_sequence for letter in dead)})
        with self._commit(durable=bool(dead)):
            for letter in dead:
                self._state.bury(self.name, *letter, at_ms)
                text = f"{self.name} refused a record: {letter.reason}"
                self._state.note("dead_letter", f"row {letter.outbox_sequence}", text, at_ms)
            self.take(runs(rows))

    def take(self, rows: Iterable[Range]) -> None:
        """Take rows as settled, inside a commit of the state."""
        self._state.put_stretches(self.name, [self.settled.add(first, last) for first, last in rows])

    def hear(self, committed: int) -> None:
        """Keep the destination's watermark; a power cut may undo it."""
        with self._commit(durable=False):
            self._state.keep_destination(self.name, committed, self.sent_again)
        self.committed = committed

    def again(self, after: int, gone: Ranges, last: int) -> int:
        """Send rows above `after` again, but for refused ones; return how many."""
        kept = Ranges(gone.within(after + 1, last))
        for first, last_dead in runs(self._state.dead(self.name, after)):
            kept.add(first, last_dead)
        before = len(self.settled)
        with self._commit():
            self.settled.remove(after + 1, last)
            for first, last_kept in kept:
                self.settled.add(first, last_kept)
            self._state.replace_stretches(self.name, self.settled)
        return before - len(self.settled)

    def keep_sent_again(self, committed: int) -> None:
        """Keep where the watermark stood when everything above it went again."""
        with self._commit():
            self._state.keep_destination(self.name, self.committed, committed)
        self.sent_again = committed

    def unsendable(self, gone: Ranges, last: int, limit: int) -> list[Range]:
        """Return the first stretches above the watermark that can never be sent: refused or gone."""
        after = self.committed or 0
        rows = Ranges(islice(gone.within(after + 1, last), limit))
        for first, last_dead in runs(self._state.dead(self.name, after, limit)):
            rows.add(first, last_dead)
        return list(islice(rows, limit))

    @contextmanager
    def _commit(self, *, durable: bool = True) -> Iterator[None]:
        try:
            with self._state.commit(durable=durable):
                yield
        except BaseException:
            self.settled = self._state.stretches(self.name)
            raise
