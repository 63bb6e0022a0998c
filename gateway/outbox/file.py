"""The outbox on disk: opening it, its rows, and what is done when the disk is full or a file is damaged.

    OutboxError                 the outbox cannot be used: one sentence that says what to do
    `- OutboxFull               the disk takes nothing now: full, read-only or failing; what is stored stays

One object of one process owns a directory; a lock file beside it holds others off. Rows lie in segment files
(segments.py), everything else in a small state file (state.py).
"""

import logging
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from gateway.commit_times import CommitTimes
from gateway.outbox import migration, opening, repair
from gateway.outbox.accounts import Accounts
from gateway.outbox.database import Damaged, NoSpace, OutboxError, OutboxFull
from gateway.outbox.packing import Row, Unpacked, identity_of, pack_up
from gateway.outbox.ranges import Range
from gateway.outbox.room import DAY_MS, LIMITS, Ballast, Limits, Room, Told
from gateway.outbox.segment import segment_path

__all__ = ["OutboxError", "OutboxFile", "OutboxFull"]

log = logging.getLogger(__name__)

T = TypeVar("T")


class OutboxFile:
    """The open outbox. `commit_took`, when set, is told the seconds of every commit of readings.

    Raises
    ------
    OutboxError
        When it cannot be opened.
    """

    def __init__(self, directory: Path, now_ms: int, limits: Limits = LIMITS) -> None:
        self._lock = opening.own(directory)
        try:
            migration.bring_over(directory, now_ms)
            opened = opening.open_all(directory / "outbox", now_ms, limits.segment_bytes)
        except BaseException:
            os.close(self._lock)
            raise
        self._state, self.segments, self.id = opened.state, opened.segments, opened.segments.outbox
        self.limits, self._now_ms = limits, now_ms
        self.accounts = Accounts(opened.state)
        self.ballast = Ballast(directory / "outbox", limits.ballast_bytes)
        self._room = Room(
            (self._remove_old, self.ballast.stop_history, self._remove_young, self._thin, self.ballast.give_up),
            self.ballast.give_up_last,
            lambda told: self._note(told.kind, "outbox", told.text, self._now_ms),
        )
        self._unread = 0  # the first row of the segment that could not be read
        self.commit_times = CommitTimes()
        self.commit_took: Callable[[float], None] = self.commit_times.took
        try:
            self._put_in_order(opened)
        except BaseException:
            self.close()
            raise

    def _put_in_order(self, opened: opening.Opened) -> None:
        for text in opened.texts:
            self.note("damaged", "outbox", text, self._now_ms)
        for first, why in opened.damaged:
            self._put_aside(first, why)
        if opened.texts:
            self._write_off(list(opening.gaps(self.segments)))
        last = self._state.highest_stretch()
        lost = list(self.accounts.gone.missing(self.segments.last + 1, last))
        self.segments.last = max(last, self.segments.last)
        if lost:
            self._write_off(lost)
            text = f"rows {lost[0][0]} to {last} are not on this disk any more: the loggers are read again"
            self.note("damaged", "outbox", text, self._now_ms)

    def _put_aside(self, first: int, why: str) -> None:
        closed = self.segments.closed.get(first)
        if (
            closed
            and self.accounts.release(closed.last)
            and not segment_path(self.segments.directory, first).exists()
        ):
            del self.segments.closed[first]  # a crash between removing it and saying so
            self._write_off([(closed.first, closed.last)], [first])
        else:
            self._quarantine(first, why)

    def close(self) -> None:
        """Close the files and let others have the directory."""
        self.segments.close()
        self._state.close()
        os.close(self._lock)

    def events(self, after: int = 0) -> list[tuple[int, int, str, str, str]]:
        """Return events as (number, at_ms, kind, subject, text), oldest first."""
        return self._state.events(after)

    def event_counts(self) -> dict[str, int]:
        """Return how many events of each kind there were."""
        return self._state.event_counts()

    def dead_letters(self, destination: str = "collector") -> list[tuple[int, str, str, int]]:
        """Return (row, line, reason, at_ms) of what a destination refused, in order."""
        return self._state.dead_letters(destination)

    def thinned_rows(self) -> int:
        """Return how many rows were ever dropped without having been sent: 0 unless thinning was allowed."""
        return int(self._state.text("thinned") or 0)

    def note(self, kind: str, subject: str, text: str, at_ms: int) -> None:
        """Record an event in a commit of its own, and log it."""
        self._now_ms = max(self._now_ms, at_ms)
        self.insist(lambda: self._note(kind, subject, text, at_ms))

    def _note(self, kind: str, subject: str, text: str, at_ms: int) -> None:
        with self._state.commit():
            self._state.note(kind, subject, text, at_ms)
        log.warning("%s, %s: %s", kind, subject, text)

    def insist(self, action: Callable[[], T], *, account: bool = True) -> T:
        """Do something that writes, making room on a full disk as long as there is a way.

        What is no `account` of what is stored and sent leaves the last reserve alone.

        Raises
        ------
        OutboxFull
            When there is none, or the disk fails.
        """
        while True:
            try:
                done = action()
            except NoSpace:
                if not self._room.make(account=account):
                    raise
            else:
                with suppress(NoSpace):  # what is still to be told is told when there is room
                    self._room.catch_up()
                return done

    def append(self, rows: Sequence[Unpacked], now_ms: int) -> None:
        """Store rows in one commit, numbered on from the newest; a damaged segment makes place for a new one."""
        self._now_ms = max(self._now_ms, now_ms)
        begun_s = time.monotonic()
        self._with_newest(lambda: self.segments.append(pack_up(rows, self.segments.last + 1), now_ms))
        self.commit_took(time.monotonic() - begun_s)

    def keep_holdings(self) -> None:
        """Put on disk what is held of each ring."""
        self._with_newest(lambda: self.segments.keep_holdings(self._now_ms))

    def _with_newest(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Damaged as error:
            if self.segments.open is None:
                raise OutboxFull(f"no segment can be made ({error}): replace the disk") from error
            self._quarantine(self.segments.open.first, str(error))
            action()

    def rows(self, first: int, last: int) -> Iterator[Row]:
        """Return the rows of first..last that are here, in order."""
        while first <= last and (segment := self.segments.segment_of(first)) is not None:
            end = dict(self.segments.spans())[segment]
            try:
                found = self.segments.rows_from(segment, first)
            except Damaged as error:
                self._quarantine(segment, str(error))
                continue
            except OutboxFull as error:
                self._unreadable(segment, error)
                continue
            self._unread = 0
            yield from (row for row in found if first <= row.outbox_sequence <= last)
            first = (found[-1].outbox_sequence if found else end) + 1

    def _unreadable(self, segment: int, error: OutboxFull) -> None:
        """Put a closed segment aside that the disk would not give twice: a bad sector must not hold the rest."""
        self.segments.let_go()
        if segment not in self.segments.closed or self._unread != segment:
            self._unread = segment
            raise error
        self._unread = 0
        self._quarantine(segment, str(error))

    def records_like(self, identity: tuple[int, int, int]) -> Iterator[bytes]:
        """Return the records stored under an identity that are still here, the newest first."""
        for segment in self.segments.holders(*identity):
            try:
                yield from (raw for raw in self.segments.records(segment) if identity_of(raw) == identity)
            except Damaged as error:
                self._quarantine(segment, str(error))

    def remove_sent(self, received_before_ms: float, most: int | None = None) -> int:
        """Remove segments that every destination has and whose rows all came before a time; return the rows."""
        removed: list[Range] = []
        for closed in list(self.segments.closed.values())[:most]:
            is_newest = closed.last == self.segments.last  # it knows what is held
            if is_newest or closed.newest_ms >= received_before_ms or not self.accounts.release(closed.last):
                break
            self.segments.remove(closed.first)
            removed.append((closed.first, closed.last))
        rows = sum(last - first + 1 for part in removed for first, last in self.accounts.gone.missing(*part))
        if removed:
            self._write_off(removed, [first for first, _ in removed])
        return rows

    def forget(self, destination: str, at_ms: int) -> None:
        """Let a destination that is no more hold back nothing.

        Raises
        ------
        OutboxError
            When nothing was ever sent there.
        """
        sent = self.insist(lambda: self.accounts.forget(destination))
        unsent = self.segments.last - len(sent.settled)
        text = f"{destination} is no destination any more; {unsent} rows were not sent there"
        self.note("forgotten", destination, text, at_ms)

    def recover(self) -> None:
        """Read history on when the disk has room again."""
        told = self.ballast.recover()
        if told is not None:
            self.note(told.kind, "outbox", told.text, self._now_ms)

    def _write_off(self, rows: Sequence[Range], removed: Sequence[int] = ()) -> None:
        self.insist(lambda: self.accounts.write_off(rows, removed))

    def _quarantine(self, first: int, why: str) -> None:
        done = repair.quarantine(self.segments, self.accounts, self._state, first, self._now_ms)
        text = f"the segment from row {first} is damaged ({why}): {done}"
        self.note("damaged", f"row {first}", text, self._now_ms)

    def _remove_old(self) -> Told | None:
        rows = self.remove_sent(self._now_ms - self.limits.keep_days * DAY_MS)
        text = f"the disk is full: {rows} sent rows older than {self.limits.keep_days} days removed"
        return Told("removed", text) if rows else None

    def _remove_young(self) -> Told | None:
        rows = self.remove_sent(math.inf, 1)
        text = f"the disk is full: {rows} sent rows removed though younger than {self.limits.keep_days} days"
        return Told("removed_early", text) if rows else None

    def _thin(self) -> Told | None:
        if self.limits.when_full != "thin":
            return None
        with self.ballast.lent():
            thinned = repair.thin_oldest(self.segments, self.accounts, self._state)
        text = f"the disk is full of rows not sent yet: {thinned} rows dropped by the rule of ten minutes"
        return Told("thinned", text) if thinned else None
