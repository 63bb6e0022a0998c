"""The SCADA task: follows the outbox, judges a few rows at a time, writes the registers every second, serves them.

It reads what is on disk already, so it is never in the poller's way: between two slices of rows the buses, the
uplink and the clients have their turn.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from gateway.clock import Clock
from gateway.modbus_tcp.server import Door, ReadOnlyServer, ServerError
from gateway.scada import register_map
from gateway.scada.board import LIMITS_BUNDLE, Board, InForce
from gateway.scada.evaluate import Evaluator, Target
from gateway.scada.rows import StoredRow, raw_readings
from gateway.uplink.lines import names_of
from seepline.reading import RawReading
from seepline.site import Site

log = logging.getLogger(__name__)

ROWS_BEHIND = 6_000  # of the outbox that are judged again after a start: a day of 30 loggers with two blocks
_ROWS_AT_ONCE = 64  # a scan of 30 loggers with two blocks is one batch, so that corrections are at hand
_JUDGED_AT_ONCE = 10  # some milliseconds, then the buses have their turn
_EVERY_S = 1.0
_AGAIN_S = 30.0

# (row, limit) -> the rows behind that row, oldest first
StoredAfter = Callable[[int, int], Sequence[StoredRow]]


class Scada:
    """Values and levels of one gateway's points for the plant's SCADA.

    Parameters
    ----------
    stored_after, newest_row
        The outbox: rows behind a row, and the newest row at the start.
    is_polling
        Tells whether every bus made progress within the last seconds.
    """

    def __init__(
        self,
        site: Site,
        gateway: str,
        door: Door,
        clock: Clock,
        *,
        stored_after: StoredAfter,
        newest_row: int,
        is_polling: Callable[[], bool],
    ) -> None:
        self._gateway = gateway
        self._door = door
        self._clock = clock
        self._stored_after = stored_after
        self._row = max(0, newest_row - ROWS_BEHIND)
        self._is_polling = is_polling
        self._names = names_of(site)
        self._evaluator = Evaluator(register_map.site_of(site, gateway))
        self.board = Board(site, gateway)
        self._due: deque[Target] = deque()
        self.limits = InForce()
        self.clients = 0
        self.unread = 0
        self.port = door.address()[1]

    def use(self, site: Site, number: int) -> None:
        """Judge by the site of a signed bundle from now on; the map stays that of SITE.toml."""
        self._judge(len(self._due))
        self._names = names_of(site)
        self._evaluator.use(register_map.site_of(site, self._gateway))
        self.limits = InForce(LIMITS_BUNDLE, number)

    def refused(self) -> None:
        """Show that a newer bundle was refused."""
        self.limits = InForce(self.limits.source, self.limits.bundle, True)

    async def run(self) -> None:
        """Serve until cancelled; an address that cannot be listened on is said once and tried again."""
        said = ""
        while True:
            try:
                async with ReadOnlyServer(self._door, self.board.read) as server:
                    said, self.port = "", server.port
                    await self._serve(server)
            except ServerError as error:
                if said != str(error):
                    said = str(error)
                    log.warning("%s", error)
                await asyncio.sleep(_AGAIN_S)

    async def _serve(self, server: ReadOnlyServer) -> None:
        loop = asyncio.get_running_loop()
        while True:
            next_s = loop.time() + _EVERY_S
            await self._catch_up(next_s)
            self.refresh()
            self.clients = server.clients
            await asyncio.sleep(max(0.0, next_s - loop.time()))

    async def _catch_up(self, until_s: float) -> None:
        more = True
        while more and asyncio.get_running_loop().time() < until_s:
            more = self.follow()
            await asyncio.sleep(0)

    def follow(self) -> bool:
        """Judge the next few readings of the outbox; tell whether there were any."""
        if not self._due and not self._read_on():
            return False
        self._judge(_JUDGED_AT_ONCE)
        return True

    def _read_on(self) -> bool:
        rows = self._stored_after(self._row, _ROWS_AT_ONCE)
        if not rows:
            return False
        now_ms = self._clock.now_ms()
        self._due.extend(
            self._evaluator.take([one for row in rows for one in self._readings(row, now_ms)], now_ms)
        )
        self._row = rows[-1].outbox_sequence
        return True

    def _judge(self, most: int) -> None:
        for _ in range(min(most, len(self._due))):
            self._evaluator.judge(self._due.popleft())

    def _readings(self, row: StoredRow, now_ms: int) -> list[RawReading]:
        try:
            return raw_readings(row, self._names, now_ms)
        except (ValueError, KeyError) as error:
            self.unread += 1
            if self.unread == 1:
                log.warning("row %d of the outbox is not shown to the SCADA: %s", row.outbox_sequence, error)
            return []

    def refresh(self) -> None:
        """Write the registers of this second."""
        self.board.refresh(self._evaluator, self.limits, self._clock.now_ms(), self._is_polling())

    def status(self) -> dict[str, object]:
        """Return this task's part of the status file."""
        return {
            "port": self.port,
            "clients": self.clients,
            "unread_rows": self.unread,
            "limits": ("none", "site", "bundle")[self.limits.source],
            "bundle": self.limits.bundle,
            "bundle_refused": self.limits.refused,
        }
