"""The task of one Modbus TCP address: its instruments are polled when due, until the gateway ends."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.instruments.lines import LineStore
from gateway.instruments.poller import Instruments
from gateway.instruments.station import Instrument
from gateway.modbus_tcp.client import LONGEST_BACK_OFF_S, TcpDevice
from gateway.outbox.file import OutboxFull
from seepline.site_rules.values import host_and_port

log = logging.getLogger(__name__)

_FULL_DISK_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class TcpPlan:
    """All that the task of an address is made of: `where` is 'host:port', as SITE.toml has it."""

    site: str
    where: str
    instruments: tuple[Instrument, ...]


@dataclass(slots=True)
class TcpTask:
    """One address. `rounds` counts the looks at what is due; none is expected before `quiet_until_s`."""

    device: TcpDevice
    polled: Instruments
    rounds: int = 0
    quiet_until_s: float = 0.0

    async def run(self) -> None:
        """Poll until cancelled, and close the connection then."""
        try:
            while True:
                await self._step()
                self.rounds += 1
        finally:
            self.device.close()

    def status(self) -> dict[str, object]:
        """Return this address's part of the status file."""
        counters = dict(sorted(self.device.counters.items()))
        return {"open": self.device.is_open, "counters": counters, "stations": self.polled.status()}

    async def _step(self) -> None:
        try:
            await self.polled.poll_due()
        except OutboxFull as error:
            log.warning("%s", error)
            await asyncio.sleep(_FULL_DISK_PAUSE_S)
        else:
            idle_s = self.polled.idle_s()
            self.quiet_until_s = asyncio.get_running_loop().time() + idle_s
            await asyncio.sleep(idle_s)


def tcp_task(
    plan: TcpPlan, outbox: LineStore, clock: Clock, stored: Callable[[], None], time_is_known: Callable[[], bool]
) -> TcpTask:
    """Return the task of one address of a checked site; the connection is made later."""
    where = host_and_port(plan.where)
    if where is None:
        raise ValueError(f"{plan.where} is no host:port: expected a checked site")
    device = TcpDevice(*where)
    polled = Instruments(
        plan.site,
        device,
        plan.instruments,
        outbox,
        clock,
        stored,
        time_is_known,
        longest_retry_s=LONGEST_BACK_OFF_S,
    )
    return TcpTask(device, polled)
