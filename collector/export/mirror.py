"""Keeping InfluxDB a copy of the store: what is new goes out in order, and is sent only when it was taken."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from collector.export.client import AwayError, ExportError, OperatorError, Refusal
from collector.export.lanes import Lane

BATCH = 1000
_POLL_S = 1.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 30.0
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
        """Send for ever, with back-off and jitter while the server is away or needs a person."""
        wait_s, held = _FIRST_WAIT_S, ""
        while True:
            try:
                sent = [await self.send(lane) for lane in all_lanes]
            except ExportError as error:
                held = await self._told(held, str(error) if isinstance(error, OperatorError) else held)
                asked_s = error.retry_after_s if isinstance(error, AwayError) else 0.0
                pause_s = max(asked_s, wait_s * random.uniform(0.5, 1.0))  # noqa: S311
                _log.warning("%s; the next try is in %.1f s.", error, pause_s)
                await asyncio.sleep(pause_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
                continue
            wait_s, held = _FIRST_WAIT_S, await self._told(held, "")
            if not any(sent):
                await asyncio.sleep(_POLL_S)

    async def _told(self, before: str, now: str) -> str:
        """Tell when a person is needed, and when no more."""
        if bool(before) != bool(now):
            await self.ledger.held(now)
        return now
