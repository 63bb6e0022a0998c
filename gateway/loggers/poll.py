"""One bus: live polls first, then sleepers, what people ask for, and back-fill out of the memories with the rest.

A dead logger is asked less and less often and does not hold the others. Commits wait for the disk while an answer
is on its way. A live poll that failed is repeated once, after all others of its round; every other request is
repeated by the master, at once.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

from gateway.bus.master import BusError, Master
from gateway.clock import Clock
from gateway.loggers import plan
from gateway.loggers.errands import Errands
from gateway.loggers.fill import Fill
from gateway.loggers.reader import Reader, now_s
from gateway.loggers.timekeeping import Timekeeper
from gateway.loggers.unsaved import Unsaved
from gateway.loggers.visits import Visits
from gateway.loggers.watch import Watch
from gateway.loggers.wishes import Granter, Wishes
from gateway.outbox.file import OutboxFull
from gateway.outbox.intake import Arrival, Outbox

SLICE_S = 0.1  # of back-fill, then a look at everything else


@dataclass(frozen=True, slots=True)
class Asked:
    """What others ask of this bus: requests from people, wishes of people and of the alarm engine."""

    errands: Errands = field(default_factory=Errands)
    wishes: Wishes = field(default_factory=Wishes)


class Others(Protocol):
    """Who else is polled on this bus: third-party instruments."""

    def is_due(self) -> bool:
        """Tell whether one of them is to be asked now."""

    def idle_s(self) -> float:
        """Return how long none can become due, in real seconds."""

    async def poll_due(self) -> None:
        """Ask those that are due."""


class Poller:
    """Polls the loggers of one bus into the outbox. `stored` is called after each commit with something new."""

    def __init__(
        self,
        master: Master,
        watches: Sequence[Watch],
        outbox: Outbox,
        clock: Clock,
        stored: Callable[[], None],
        asked: Asked | None = None,
        others: Sequence[Others] = (),
    ) -> None:
        self._master = master
        self._watches = watches
        self._clock = clock
        self._asked = asked or Asked()
        self._others = others
        self._reader = Reader(master, outbox, clock, watches)
        self._unsaved = Unsaved(outbox, stored)
        self._fill = Fill(self._reader, self._unsaved, outbox, watches)
        self._timekeeper = Timekeeper(self._reader, outbox)
        window_time = Timekeeper(self._reader, outbox, daily=True)
        self._visits = Visits(self._reader, self._fill, self._unsaved, outbox, window_time)
        self._granter = Granter(self._asked.wishes, self._visits.wake, master, outbox, clock)
        self._late_s = 0.0
        master.meanwhile = self._while_waiting

    async def run(self) -> None:
        """Poll until the port or the disk fails; what is not on disk by then is asked for again.

        Raises
        ------
        gateway.bus.line.PortError
            When the port is gone.
        gateway.outbox.file.OutboxFull
            When the disk is full.
        """
        while True:
            await self.step()

    async def step(self) -> None:
        """Do what is due: live polls and the time, sleepers, errands, a slice of back-fill; or wait."""
        self._unsaved.check()
        await self._poll_live()
        await self._visit()
        for other in self._others:
            await other.poll_due()
        busy = await self._granter.grant_one(self._watches)
        busy |= await self._asked.errands.do_one(self._master, self._wake)
        busy |= await self._back_fill()
        self._reader.look_for_silence()
        if not busy:
            self._unsaved.commit()
            if not self._is_due():
                await self._asked.errands.wait(self._idle_s())

    def save(self) -> None:
        """Write what was read and is not on disk yet.

        Raises
        ------
        gateway.outbox.file.OutboxFull
            When the disk is full.
        """
        self._unsaved.commit()

    def _while_waiting(self) -> None:
        with suppress(OutboxFull):  # the next step meets it too, and tells
            self._unsaved.commit_meanwhile()
            self._fill.look_ahead()

    def _due(self) -> list[Watch]:
        now_ms, at_s = self._clock.now_ms(), now_s()
        due = [watch for watch in self._watches if watch.live_due(now_ms, at_s, self._clock.rate)]
        return sorted(due, key=lambda watch: watch.doubt)  # who may not answer does not hold the others

    def _is_due(self) -> bool:
        return bool(self._due() or self._visits.due(self._watches) or any(one.is_due() for one in self._others))

    def _idle_s(self) -> float:
        now_ms, at_s, rate = self._clock.now_ms(), now_s(), self._clock.rate
        polls = (plan.idle_s(now_ms, one.interval_s(now_ms), rate) for one in self._watches)
        expected = ((one.expect_ms - now_ms) / 1000 / rate for one in self._watches if one.expect_ms > now_ms)
        retries = (one.retry_at_s - at_s for one in self._watches if one.retry_at_s > at_s)
        opens_s = self._visits.next_s(self._watches)
        windows = () if opens_s is None else (opens_s + 0.001,)
        others = (one.idle_s() for one in self._others)
        return min(chain(polls, expected, retries, windows, others), default=plan.LONGEST_IDLE_S)

    async def _poll_live(self) -> None:
        due = self._due()
        if not due:
            return
        self._late_s = max(watch.late_s(self._clock.now_ms(), self._clock.rate) for watch in due)
        arrivals: list[Arrival] = []
        again = [watch for watch in due if await self._poll_one(watch, arrivals, last=bool(watch.doubt))]
        for watch in again:
            await self._poll_one(watch, arrivals, last=True)
        self._unsaved.take(arrivals, hurry=True)
        await self._timekeeper.tell([watch for watch in self._watches if not watch.sleeps])

    async def _poll_one(self, watch: Watch, arrivals: list[Arrival], *, last: bool) -> bool:
        """Ask a logger once for its live blocks; tell whether to ask again after the others."""
        begun_s = now_s()
        try:
            arrivals += await self._reader.live(watch, retries=0)
        except BusError as error:
            if last:
                self._reader.failed(watch, error, begun_s)
            return not last
        return False

    async def _visit(self) -> None:
        """Serve the sleepers that listen, with live polls of the others between."""
        while due := self._visits.due(self._watches):
            await self._visits.serve(due[0], waiting=len(due) - 1)
            await self._poll_live()

    async def _wake(self, address: int) -> None:
        """Wake the logger at an address, when one that sleeps stands there."""
        for watch in self._watches:
            if watch.client.logger.address == address:
                await self._visits.wake(watch)

    async def _back_fill(self) -> bool:
        """Read history for a slice of time, one answer while people wait; tell whether there was any."""
        self._fill.look_ahead()
        until_s = now_s() + SLICE_S
        busy = False
        while now_s() < until_s and (watch := self._fill.next()):
            busy, begun_s = True, now_s()
            await self._fill.read(watch)
            pause_s = plan.fill_pause_s(now_s() - begun_s, self._late_s, watch.scan_s)
            if pause_s:
                await self._asked.errands.wait(pause_s)
            if self._asked.errands:
                break
        return busy
