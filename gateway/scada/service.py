"""The SCADA task: serves the registers, which are written every second from what is judged."""

import asyncio
import logging
from collections.abc import Callable

from gateway.clock import Clock
from gateway.modbus_tcp.server import Door, ReadOnlyServer, ServerError
from gateway.scada.board import LIMITS_BUNDLE, Board, InForce
from gateway.scada.follow import Following
from seepline.site import Site

log = logging.getLogger(__name__)

_EVERY_S = 1.0
_AGAIN_S = 30.0


class Scada:
    """Values and levels of one gateway's points for the plant's SCADA.

    Parameters
    ----------
    following
        Judges what the outbox gets; somebody else keeps it going.
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
        following: Following,
        is_polling: Callable[[], bool],
    ) -> None:
        self._door = door
        self._clock = clock
        self._following = following
        self._is_polling = is_polling
        self.board = Board(site, gateway)
        self.limits = InForce()
        self.clients = 0
        self.port = door.address()[1]

    def use(self, number: int) -> None:
        """Show that a signed bundle judges from now on; the map stays that of SITE.toml."""
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
        while True:
            self.refresh()
            self.clients = server.clients
            await asyncio.sleep(_EVERY_S)

    def refresh(self) -> None:
        """Write the registers of this second."""
        self.board.refresh(self._following.evaluator, self.limits, self._clock.now_ms(), self._is_polling())

    def status(self) -> dict[str, object]:
        """Return this task's part of the status file."""
        return {
            "port": self.port,
            "clients": self.clients,
            "unread_rows": self._following.unread,
            "limits": ("none", "site", "bundle")[self.limits.source],
            "bundle": self.limits.bundle,
            "bundle_refused": self.limits.refused,
        }
