"""Loggers that sleep: served while their window is open, woken between their scans only for people and alarms.

Each is served to its end: live blocks, the time, then history from the newest record stored; with others waiting,
to its share of the window. A window that was missed loses nothing: the next one fetches everything since.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from gateway.bus.master import BusError, NoAnswer
from gateway.loggers import window
from gateway.loggers.client import Identity
from gateway.loggers.fill import Fill
from gateway.loggers.reader import Reader, now_s
from gateway.loggers.timekeeping import Timekeeper
from gateway.loggers.unsaved import Unsaved
from gateway.loggers.watch import Watch
from gateway.outbox.intake import Outbox


class Visits:
    """The sleeping loggers of one bus."""

    def __init__(
        self, reader: Reader, fill: Fill, unsaved: Unsaved, outbox: Outbox, timekeeper: Timekeeper
    ) -> None:
        self._reader = reader
        self._fill = fill
        self._unsaved = unsaved
        self._outbox = outbox
        self._timekeeper = timekeeper

    def due(self, watches: Sequence[Watch]) -> list[Watch]:
        """Return the sleeping loggers whose window is open and who were not had in it; longest missed first."""
        now_ms, at_s = self._reader.clock.now_ms(), now_s()
        sleepers = [watch for watch in watches if watch.sleeps]
        for watch in sleepers:
            self._expect(watch, now_ms)
        ready = [watch for watch in sleepers if self._is_ready(watch, now_ms, at_s)]
        return sorted(ready, key=lambda watch: -watch.sleep.missed)

    def _expect(self, watch: Watch, now_ms: int) -> None:
        """Look at the next window, and count those that went by."""
        expected, habit, sleep = watch.sleep.expected, watch.habit, watch.sleep
        coming = window.next_window(now_ms, habit)
        if expected is not None and coming.scan_ms != expected.scan_ms and not sleep.served:
            sleep.missed += window.missed(expected, now_ms, habit)
        if expected is None or coming.scan_ms != expected.scan_ms:
            sleep.calls, sleep.served = 0, False
        sleep.expected = coming

    def _is_ready(self, watch: Watch, now_ms: int, at_s: float) -> bool:
        sleep = watch.sleep
        if sleep.expected is None or sleep.served or at_s < watch.retry_at_s:
            return False
        is_open = sleep.expected.opens_ms <= now_ms <= sleep.expected.closes_ms
        return is_open and sleep.calls < window.calls_in_window(sleep.missed)

    def next_s(self, watches: Sequence[Watch]) -> float | None:
        """Return in how many real seconds the next window opens, None when no logger sleeps."""
        now_ms, rate = self._reader.clock.now_ms(), self._reader.clock.rate
        opens = [one.sleep.expected.opens_ms for one in watches if one.sleeps and one.sleep.expected]
        later = [(ms - now_ms) / 1000 / rate for ms in opens if ms > now_ms]
        again = [one.retry_at_s - now_s() for one in watches if one.sleeps and one.retry_at_s > now_s()]
        return min([*later, *again], default=None)

    async def serve(self, watch: Watch, waiting: int) -> None:
        """Serve one logger to its end while `waiting` others listen for us."""
        until_s = now_s() + window.stay_s(watch.client.logger.window_s, waiting, self._reader.clock.rate)
        scan_ms = watch.sleep.expected.scan_ms if watch.sleep.expected else 0
        watch.sleep.calls += 1
        try:
            await self._call(watch)
            arrivals = await self._reader.live(watch)
        except BusError as error:
            watch.last_error = str(error)
            watch.retry_at_s = now_s() + window.AGAIN_S
            return
        self._unsaved.take(arrivals, hurry=True)
        self._was_had(watch, scan_ms)
        await self._timekeeper.tell([watch])
        self._fill.look_ahead()
        while watch.can_fill(now_s()) and not watch.is_asleep(now_s()) and now_s() < until_s:
            await self._fill.read(watch)

    def _was_had(self, watch: Watch, scan_ms: int) -> None:
        """Take note that the window after this scan was had, unless the logger has that scan still before it."""
        told, sleep = watch.identity, watch.sleep
        sleep.served = told is None or told.next_scan_ms == 0 or told.next_scan_ms > scan_ms
        if sleep.missed:
            text = (
                f"{watch.name} is had again after {sleep.missed} missed windows; what it stored meanwhile follows"
            )
            self._outbox.note("window_again", watch.name, text, self._reader.clock.now_ms())
            sleep.missed = 0

    async def _call(self, watch: Watch) -> Identity:
        """Read the identification, with the tries of the protocol."""
        for _ in range(window.TRIES - 1):
            with suppress(NoAnswer):
                return await self._reader.identify(watch, retries=0)
            await asyncio.sleep(window.TRIES_APART_S)
        return await self._reader.identify(watch, retries=0)

    async def wake(self, watch: Watch) -> None:
        """Make sure that a logger listens: through the late door, when it sleeps.

        Raises
        ------
        BusError
            When it does not wake: its door is shut after eight wakings, until its next scan.
        """
        if not watch.is_asleep(now_s()):
            return
        await self._reader.master.preamble(window.PREAMBLE_S)
        await asyncio.sleep(window.AFTER_PREAMBLE_S)
        try:
            await self._call(watch)
        except NoAnswer:
            await asyncio.sleep(window.SECOND_CALL_S)
            await self._call(watch)
