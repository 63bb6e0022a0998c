"""One destination as a task: its connection and its uplink, until cancelled."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog
from gateway.pulse import Beat
from gateway.settings import Destination
from gateway.uplink.lines import SiteNames
from gateway.uplink.uplink import Uplink, open_client


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """All that a link is made of: when one of these differs after a reload, the link is started anew."""

    gateway: str
    destination: Destination
    token: str = field(repr=False)
    names: SiteNames


@dataclass(frozen=True, slots=True)
class LinkTask:
    """One destination."""

    client: AbstractAsyncContextManager[object]
    uplink: Uplink

    async def run(self) -> None:
        """Send until cancelled."""
        async with self.client:
            await self.uplink.run()

    def beat(self) -> Beat:
        """Return what changes while the uplink tries, and until when it waits."""
        link = self.uplink.link
        return Beat((link.rounds, link.batches, link.failures), link.quiet_until_s)


def link_task(plan: LinkPlan, backlog: Backlog, clock: Clock) -> LinkTask:
    """Return the task of one destination."""
    client = open_client(plan.destination.url.rstrip("/"), plan.token)
    return LinkTask(client, Uplink(client, plan.gateway, backlog, plan.names, clock))
