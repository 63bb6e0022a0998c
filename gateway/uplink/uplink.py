"""The way out to one destination: two lanes, the link's windows, and patience while it is away.

One object per destination, so that a slow or dead one slows no other. Rows that just came from live blocks go
first, then the backlog in order; a batch is no larger than the line carries in some seconds, so a live row never
waits long. A row is sent when the batch that held it got its 204; it goes again when the collector's watermark
moved back.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog, Row
from gateway.outbox.file import OutboxError
from gateway.uplink.connection import Connection, Unreachable
from gateway.uplink.lines import SiteNames
from gateway.uplink.link import Link, LinkSnapshot
from gateway.uplink.sender import Sender, Unsent
from gateway.uplink.window import opens_in_s, second_of_day
from seepline.wire.event import EVENT_BLOCK

log = logging.getLogger(__name__)

LIVE_ROWS = 200
_LOOK_AGAIN_S = 5.0
_VISIT_BUSY_S = 10.0
_VISIT_IDLE_S = 60.0
_BLOCK_AT = 4  # byte of a record that holds its block


def is_event(row: Row) -> bool:
    """Tell whether a row is what a logger said of itself: shaking, tampering, a clock that was set."""
    return len(row.raw) > _BLOCK_AT and row.raw[_BLOCK_AT] == EVENT_BLOCK


@dataclass(frozen=True, slots=True)
class Hooks:
    """What others add: a visit to the server after each contact, which live rows are urgent, and the dice.

    `on_contact` gets the destination's HTTP client when a batch has arrived (at most every 10 s) and once a minute
    while nothing is to be sent; never while the link's window is closed.
    """

    on_contact: Callable[[Any], Coroutine[Any, Any, None]] | None = None
    urgent: Callable[[Row], bool] = is_event
    dice: random.Random = field(default_factory=random.Random)


class Uplink:
    """Sends one backlog to one destination. `wake` is called when something new was stored."""

    def __init__(
        self,
        connection: Connection,
        gateway: str,
        backlog: Backlog,
        names: SiteNames,
        clock: Clock,
        hooks: Hooks | None = None,
    ) -> None:
        self._connection = connection
        self._destination = connection.destination
        self._gateway = gateway
        self._backlog = backlog
        self._clock = clock
        self._hooks = hooks or Hooks()
        self._sender = Sender(connection, backlog, names, clock, self._hooks.dice)
        self._news = asyncio.Event()
        self._live_done = 0  # rows up to here have had their turn in the live lane
        self._visited_s = float("-inf")

    @property
    def link(self) -> Link:
        """Return the counters of this link."""
        return self._sender.link

    def wake(self) -> None:
        """Say that something new is stored."""
        self._news.set()

    def snapshot(self) -> LinkSnapshot:
        """Return how the link fares now."""
        link, meter, oldest_ms = self.link, self._connection.meter, self._backlog.oldest_unsent_ms()
        return LinkSnapshot(
            destination=self._destination.name, kind=self._destination.kind,
            batches=link.batches, rows=link.rows, duplicates=link.duplicates, refused=link.refused,
            unsent=self._backlog.unsent(),
            oldest_unsent_age_s=None if oldest_ms is None else max(0, self._clock.now_ms() - oldest_ms) / 1000,
            up_bytes=meter.up_bytes, down_bytes=meter.down_bytes,
            rtt_s=link.rtt_s, batch_rows=self._sender.batch_rows,
            quiet_s=round(max(0.0, link.quiet_until_s - _now_s()), 1), failures=link.failures,
            last_error=link.last_error, offline_s=link.offline_s(_now_s()), contact_ms=link.contact_ms,
            opens_in_s=self._opens_in_s(),
        )  # fmt: skip

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._news.clear()
            before, self.link.rounds = self.link.batches, self.link.rounds + 1
            try:
                busy = await self.step()
            except Unsent as error:
                await self._pause(str(error), error.pause_s)
                continue
            except OutboxError as error:
                await self._pause(str(error), _LOOK_AGAIN_S)
                continue
            self.link.well(_now_s())
            await self._visit(self.link.batches > before)
            if not busy:
                await self._wait_for_news()

    async def _wait_for_news(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN_S):
                await self._news.wait()

    async def step(self) -> bool:
        """Send what is live, then one batch of the backlog; tell whether there was any."""
        is_open = self._opens_in_s() == 0
        if is_open and self._sender.lost_touch and self._destination.kind == "seepline":
            await self._sender.ask_watermark(self._gateway)
        live = self._live(is_open)
        while live:
            now, live = live[: self._sender.batch_rows], live[self._sender.batch_rows :]
            await self._sender.send_rows(now)
            self._live_done = now[-1].outbox_sequence
        waiting = self._backlog.pending(self._sender.batch_rows) if is_open else []
        if waiting:
            await self._sender.send_rows(waiting)
            return True
        return is_open and self._backlog.send_missing_again(self._clock.now_ms())

    def _opens_in_s(self) -> int:
        if not self._destination.windows or not self._clock.known:  # at an unknown time no window would ever come
            return 0
        now_s = second_of_day(self._clock.now_ms(), self._destination.timezone)
        return opens_in_s(self._destination.windows, now_s)

    def _live(self, is_open: bool) -> list[Row]:
        """Return what goes before the backlog; a live row that may not go now waits there in order."""
        outside = self._destination.outside
        if not is_open and outside == "nothing":
            return []
        rows = self._backlog.pending_live(self._live_done, LIVE_ROWS)
        return rows if is_open or outside == "live" else [row for row in rows if self._hooks.urgent(row)]

    async def _visit(self, arrived: bool) -> None:
        """Let others ask the server for what they need; what fails there is told and does not stop the sending."""
        due_s = self._visited_s + (_VISIT_BUSY_S if arrived else _VISIT_IDLE_S)
        if self._hooks.on_contact is None or _now_s() < due_s or self._opens_in_s() > 0:
            return
        self._visited_s = _now_s()
        try:
            await self._connection.lend(self._hooks.on_contact)
        except Unreachable as error:
            log.warning("nothing could be fetched: %s", error)

    async def _pause(self, reason: str, pause_s: float) -> None:
        if self.link.failed(reason, pause_s, _now_s()):
            log.warning("%s", reason)
        await asyncio.sleep(pause_s)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
