"""Keeping InfluxDB a copy of the store: what is new goes out in order, and is sent only when it was taken."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from collector.export.client import AwayError, ExportError, OperatorError, Refusal
from collector.export.lanes import Lane
from collector.sqlite_file import is_outside

BATCH = 1000
_POLL_S = 1.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 30.0
LONG_AWAY_S = 3600.0  # a restart is over by then; whoever is away longer needs a person
_log = logging.getLogger("collector.export")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the mirror keeps its cursors, what was refused for good, and whether a person is needed ('' not)."""

    mark: Callable[[str], Awaitable[int]]
    sent: Callable[[str, int, list[Refusal]], Awaitable[None]]
    held: Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Mirror:
    """What writes lines (collector.export.client.InfluxBucket.write), and the ledger of what was written."""

    write: Callable[[list[bytes]], list[Refusal]]
    ledger: Ledger
    long_away_s: float = LONG_AWAY_S

    async def send(self, lane: Lane) -> bool:
        """Send one parcel of a lane; tell whether there was one. Raises ExportError when it was not taken."""
        number = await self.ledger.mark(lane.name)
        parcel = await asyncio.to_thread(lane.after, number, BATCH)
        if parcel is None:
            return False
        refused: list[Refusal] = []
        for begin in range(0, len(parcel.lines), BATCH):
            refused += await asyncio.to_thread(self.write, parcel.lines[begin : begin + BATCH])
        await self.ledger.sent(lane.name, parcel.number, refused)
        return True

    async def run(self, all_lanes: tuple[Lane, ...]) -> None:
        """Send for ever, with back-off and jitter while that does not succeed; tell when a person is needed.

        Whatever goes wrong here, the collector goes on: no alarm depends on the copy.
        """
        wait_s, held, clock = _FIRST_WAIT_S, "", asyncio.get_running_loop()
        good_s = clock.time()
        while True:
            try:
                sent = [await self.send(lane) for lane in all_lanes]
                held = await self._told(held, "")
            except Exception as error:  # a mistake in the copy must not end the judgement
                held = await self._told(held, self._needs_a_person(error, clock.time() - good_s) or held)
                await asyncio.sleep(_pause_s(error, wait_s))
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
                continue
            wait_s, good_s = _FIRST_WAIT_S, clock.time()
            if not any(sent):
                await asyncio.sleep(_POLL_S)

    def _needs_a_person(self, error: Exception, away_s: float) -> str:
        """Return what a person has to know of an error after so long without success, '' nothing yet."""
        if isinstance(error, OperatorError):
            return str(error)
        if not isinstance(error, ExportError) and not _is_the_disk(error):
            return f"The copy for InfluxDB cannot be made ({type(error).__name__}: {error})"
        return f"{error}, for {away_s / 3600:.0f} h now" if away_s >= self.long_away_s else ""

    async def _told(self, before: str, now: str) -> str:
        """Tell when a person is needed, and when no more; what cannot be told now is told later."""
        if bool(before) != bool(now):
            try:
                await self.ledger.held(now)
            except Exception as error:  # a full disk, most likely
                _log.warning("That cannot be told: %s", error)
                return before
        return now


def _is_the_disk(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error) and is_outside(error)


def _pause_s(error: Exception, wait_s: float) -> float:
    """Say in the log what went wrong, and return how long to wait, as long as the server asks for at least."""
    asked_s = error.retry_after_s if isinstance(error, AwayError) else 0.0
    pause_s = max(asked_s, wait_s * random.uniform(0.5, 1.0))  # noqa: S311
    mistake = None if isinstance(error, ExportError) or _is_the_disk(error) else error
    _log.warning("%s; the next try is in %.1f s.", error, pause_s, exc_info=mistake)
    return pause_s
