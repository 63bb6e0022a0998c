"""The gateway's own judgement: which limits are in force here, and what the plant reads of it.

SITE.toml, else the newest good bundle -> Scada -> registers
after a contact with the collector -> Fetcher -> Cache -> Scada.use()
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.bundle.cache import Cache
from gateway.bundle.fetch import Client, Fetcher, Note
from gateway.clock import Clock
from gateway.modbus_tcp.server import Door
from gateway.scada.service import Scada, StoredAfter
from seepline.bundle.policy import Policy
from seepline.bundle.verification import Verified
from seepline.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is judged and shown: without a `door` the plant reads nothing, without a `policy` no bundle comes."""

    site: Site
    gateway: str
    door: Door | None = None
    policy: Policy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What of the running gateway is asked and told; `is_polling` tells whether every bus moves."""

    data: Path
    clock: Clock
    note: Note
    stored_after: StoredAfter
    newest_row: Callable[[], int]
    is_polling: Callable[[], bool]


class Judgement:
    """Runs until cancelled, and is begun anew when its plan is another one: the bundle is on the disk."""

    def __init__(self, plan: Plan, around: Surroundings) -> None:
        self._scada = _scada(plan, plan.door, around) if plan.door else None
        self._fetcher = self._fetching(plan, plan.policy, around) if plan.policy else None

    def _fetching(self, plan: Plan, policy: Policy, around: Surroundings) -> Fetcher:
        cache = Cache(around.data, policy)
        fetcher = Fetcher(plan.gateway, cache, around.clock, around.note, self._accepted, self._refused)
        fetcher.begin()
        return fetcher

    def _accepted(self, found: Verified) -> None:
        if self._scada is not None:
            self._scada.use(found.site, found.bundle.number)

    def _refused(self) -> None:
        if self._scada is not None:
            self._scada.refused()

    async def run(self) -> None:
        """Serve the plant until cancelled."""
        if self._scada is not None:
            await self._scada.run()
        await asyncio.Event().wait()

    async def on_contact(self, client: Client) -> None:
        """Ask the collector for a newer bundle, once a minute at most."""
        if self._fetcher is not None:
            await self._fetcher.fetch(client)

    @property
    def port(self) -> int | None:
        """Where the plant reads, None where it does not."""
        return self._scada.port if self._scada else None

    def status(self) -> dict[str, object]:
        """Return this part of the status file."""
        return {
            "bundle": self._fetcher.status() if self._fetcher else None,
            "scada": self._scada.status() if self._scada else None,
        }


def _scada(plan: Plan, door: Door, around: Surroundings) -> Scada:
    return Scada(
        plan.site,
        plan.gateway,
        door,
        around.clock,
        stored_after=around.stored_after,
        newest_row=around.newest_row(),
        is_polling=around.is_polling,
    )
