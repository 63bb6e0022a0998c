"""Following the outbox: a few rows at a time are judged, from where the newest rows begin, or where somebody says.

It reads what is on disk already, so it is never in the poller's way: between two slices of rows the buses, the
uplink and the clients have their turn.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.clock import Clock, now_s
from gateway.outbox.file import OutboxError
from gateway.scada.evaluate import Evaluator, Happened, Target, nobody
from gateway.scada.rows import StoredRow, raw_readings
from gateway.uplink.lines import names_of
from seepline.alarm import AlarmState
from seepline.reading import RawReading
from seepline.site import Site

log = logging.getLogger(__name__)

ROWS_BEHIND = 6_000  # of the outbox that are judged again after a start: a day of 30 loggers with two blocks
_ROWS_AT_ONCE = 64  # a scan of 30 loggers with two blocks is one batch, so that corrections are at hand
_JUDGED_AT_ONCE = 10  # some milliseconds, then the buses have their turn

# (row, limit) -> the rows behind that row, oldest first
StoredAfter = Callable[[int, int], Sequence[StoredRow]]


@dataclass(frozen=True, slots=True)
class Stand:
    """How far the outbox was judged, and the alarm states then: 'point/quantity/direction' -> state."""

    row: int = 0
    states: Mapping[str, AlarmState] = field(default_factory=dict)


class Following:
    """The judgement of one gateway's outbox. `site` is what this gateway sees of it.

    Parameters
    ----------
    stored_after, newest_row
        The outbox: rows behind a row, and the newest row at the start.
    stand
        Where levels were before a start: rows up to there give values, and step no level a second time.
    happened
        Is given the events of each judged reading; `row` is then the newest row whose readings are being judged.
    """

    def __init__(
        self,
        site: Site,
        clock: Clock,
        *,
        stored_after: StoredAfter,
        newest_row: int,
        stand: Stand | None = None,
        happened: Happened = nobody,
    ) -> None:
        self._clock = clock
        self._stored_after = stored_after
        self.row = max(0, newest_row - ROWS_BEHIND)
        self._stepped_to = 0
        self._names = names_of(site)
        self.evaluator = Evaluator(site, happened)
        self._due: deque[Target] = deque()
        self.unread = 0
        self.troubles = ""
        if stand is not None and stand.row <= newest_row:  # else: another outbox
            self.row, self._stepped_to = min(self.row, stand.row), stand.row
            self.evaluator.take_up(stand.states)

    @property
    def stand(self) -> Stand | None:
        """Return how far everything is judged, None in the middle of a slice."""
        return None if self._due or self.row < self._stepped_to else Stand(self.row, self.evaluator.states())

    def use(self, whole: Site, ours: Site) -> None:
        """Judge by another version of the site from now on; `ours` is what this gateway sees of it."""
        self._judge(len(self._due))
        self._names = names_of(whole)
        self.evaluator.use(ours)

    async def catch_up(self, until_s: float) -> None:
        """Judge what is there, until a time of the event loop."""
        more = True
        while more and now_s() < until_s:
            more = self.follow()
            await asyncio.sleep(0)

    def follow(self) -> bool:
        """Judge the next few readings of the outbox; tell whether there were any."""
        if not self._due and not self._read_on():
            return False
        self._judge(_JUDGED_AT_ONCE)
        return True

    def _read_on(self) -> bool:
        rows = self._stored()
        if not rows:
            return False
        now_ms = self._clock.now_ms()
        self.evaluator.is_stepping = rows[-1].outbox_sequence > self._stepped_to
        self._due.extend(self.evaluator.take([one for row in rows for one in self._readings(row, now_ms)], now_ms))
        self.row = rows[-1].outbox_sequence
        return True

    def _stored(self) -> Sequence[StoredRow]:
        """Return the next rows, up to the stand; of a disk that does not give them, none for now."""
        before_stand = self._stepped_to - self.row
        most = min(_ROWS_AT_ONCE, before_stand) if before_stand > 0 else _ROWS_AT_ONCE
        try:
            rows = self._stored_after(self.row, most)
        except OutboxError as error:
            if self.troubles != str(error):
                self.troubles = str(error)
                log.warning("the judgement of this gateway stands still: %s", error)
            return ()
        self.troubles = ""
        return rows

    def _judge(self, most: int) -> None:
        for _ in range(min(most, len(self._due))):
            self.evaluator.judge(self._due.popleft())

    def _readings(self, row: StoredRow, now_ms: int) -> list[RawReading]:
        try:
            return raw_readings(row, self._names, now_ms)
        except (ValueError, KeyError) as error:
            self.unread += 1
            if self.unread == 1:
                log.warning("row %d of the outbox is not judged here: %s", row.outbox_sequence, error)
            return []
