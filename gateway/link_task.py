"""One destination as a task: its connection and its uplink, until cancelled."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog
from gateway.pulse import Beat
from gateway.uplink.connection import Connection, open_connection
from gateway.uplink.destination import Destination
from gateway.uplink.lines import SiteNames
from gateway.uplink.uplink import Hooks, Uplink

Visit = Callable[[Any], Coroutine[Any, Any, None]]  # with the HTTP client of the collector that was reached


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """All that a link is made of: when one of these differs after a reload, the link is started anew."""

    gateway: str
    destination: Destination
    names: SiteNames


@dataclass(frozen=True, slots=True)
class LinkTask:
    """One destination."""

    connection: Connection
    uplink: Uplink

    async def run(self) -> None:
        """Send until cancelled."""
        async with self.connection:
            await self.uplink.run()

    def beat(self) -> Beat:
        """Return what changes while the uplink tries, and until when it waits."""
        link = self.uplink.link
        return Beat((link.rounds, link.batches, link.failures), link.quiet_until_s)


def link_task(plan: LinkPlan, backlog: Backlog, clock: Clock, visit: Visit) -> LinkTask:
    """Return the task of one destination; a collector is visited after a contact."""
    connection = open_connection(plan.destination)
    hooks = Hooks(on_contact=visit if plan.destination.kind == "seepline" else None)
    return LinkTask(connection, Uplink(connection, plan.gateway, backlog, plan.names, clock, hooks))
