"""A dam in one process: virtual loggers, the gateway's own programs, a link, the collector's own journal.

Whatever happens on the way, at the end the collector holds what the loggers held: each record once, bit-equal.
"""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from gateway.bus.exchange import Pace
from gateway.bus.master import Master
from gateway.bus_task import BusTask
from gateway.instruments.poller import Instruments
from gateway.loggers.client import LoggerClient
from gateway.loggers.poll import Poller
from gateway.loggers.watch import Watch
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from gateway.uplink.connection import open_connection
from gateway.uplink.destination import Destination
from gateway.uplink.lines import names_of
from gateway.uplink.uplink import Hooks, Uplink
from seepline.site import Site, SiteInfo
from seepline.site_wiring import Bus, Channel, Gateway, Logger
from tests.simulation.line import BITS, TURN_ROUND_S, VirtualLine
from tests.simulation.link import VirtualLink
from tests.simulation.loggers import Ring, VirtualLogger, the_loggers, values_of

START_S = 1_767_225_600  # 2026-01-01
BAUD = 19_200
HOUR_S, DAY_S = 3600.0, 86_400.0


@dataclass(frozen=True)
class VirtualClock:
    """Site time follows the loop's."""

    rate: float = 1.0
    known: bool = True

    def compare(self, offset_ms: int, time_quality: int) -> None:
        """Nobody needs to confirm it."""

    def now_ms(self) -> int:
        return START_S * 1000 + int(asyncio.get_running_loop().time() * 1000)


def the_site(loggers: list[VirtualLogger]) -> Site:
    """Return the site that these loggers stand on: one bus, two channels each."""
    ids = [(f"l{logger.serial}", logger) for logger in loggers]
    return Site(
        info=SiteInfo(id="dam", name="Dam", timezone="UTC", datum="local", grey_above_share=0.5, demo=True),
        gateways=(Gateway(id="gw1"),),
        buses=(Bus(id="bus1", gateway="gw1", baud=BAUD, parity="none"),),
        loggers=tuple(
            Logger(id=name, serial=one.serial, bus="bus1", address=one.address, scan_s=one.scan_s, silence_s=7200)
            for name, one in ids
        ),
        channels=tuple(
            Channel(id=channel, logger=name, block=0, slot=slot, kind="pulses", unit="count")
            for name, _ in ids
            for slot, channel in enumerate(("value", "sequence"))
        ),
    )


class World:
    """Everything of one run. `dice` decides all that happens."""

    def __init__(self, folder: Path, dice: random.Random, loggers: int, capacity: int) -> None:
        self.dice = dice
        self.folder = folder
        self.loggers = the_loggers(loggers, START_S, capacity, dice)
        self.site = the_site(self.loggers)
        self.clock = VirtualClock()
        self.line = VirtualLine(self.loggers, BAUD, dice)
        self.link = VirtualLink(self.site, "gw1", folder / "journal.sqlite", self.clock.now_ms, dice)
        self._gateway: asyncio.Task[None] | None = None

    def start_gateway(self) -> None:
        """Power the gateway up over whatever its disk holds."""
        self._gateway = asyncio.create_task(self._run_gateway())

    async def kill_gateway(self) -> None:
        """Take its power away: what was not committed is gone, the line is left as it is."""
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            gateway.cancel()
            with suppress(asyncio.CancelledError):
                await gateway
        self.line.close()

    async def _run_gateway(self) -> None:
        async with AsyncExitStack() as stack:
            file = OutboxFile(self.folder, self.clock.now_ms())
            stack.callback(file.close)
            collector = Destination(name="collector", url="http://collector", token="s3cret")
            connection = await stack.enter_async_context(
                open_connection(collector, transport=_Borrowed(self.link))
            )
            master = Master(self.line, Pace(BAUD, BITS, TURN_ROUND_S))
            watches = [Watch(LoggerClient(master, logger)) for logger in self.site.loggers]
            outbox, backlog = Outbox(file), Backlog(file)
            hooks = Hooks(dice=random.Random(self.dice.random()))
            uplink = Uplink(connection, "gw1", backlog, names_of(self.site), self.clock, hooks)
            none = Instruments("dam", master, (), outbox, self.clock, uplink.wake, lambda: self.clock.known)
            poller = Poller(master, watches, outbox, self.clock, uplink.wake)
            bus = BusTask("bus1", self.line, master, watches, none, poller)
            group = await stack.enter_async_context(asyncio.TaskGroup())
            group.create_task(bus.run())
            group.create_task(uplink.run())

    def all_is_there(self) -> bool:
        """Tell whether the collector has as many records as the loggers ever made."""
        self._live_to_now()
        made = sum(ring.newest for logger in self.loggers for ring in logger.rings)
        return self.link.journal.counts()["raw_records"] >= made

    def has_told(self, logger: VirtualLogger, now_s: float) -> bool:
        """Tell whether the collector has all that a logger's ring holds."""
        logger.live_to(now_s)
        held = self.link.journal.identities(f"l{logger.serial}")
        return sum(ring == logger.ring.number for ring, _ in held) == logger.ring.newest > 0

    def _live_to_now(self) -> None:
        for logger in self.loggers:
            logger.live_to(asyncio.get_running_loop().time())

    def rings(self) -> Iterator[tuple[VirtualLogger, Ring]]:
        """Yield every ring that ever was."""
        for logger in self.loggers:
            for ring in logger.rings:
                yield logger, ring


class _Borrowed(httpx.AsyncBaseTransport):
    """A gateway that ends closes its client, never the collector behind the link."""

    def __init__(self, link: VirtualLink) -> None:
        self._link = link

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._link.handle_async_request(request)


def differences(world: World) -> list[str]:
    """Return how what the collector holds differs from what the loggers made; empty when it is the same."""
    path = world.folder / "journal.sqlite"
    found: list[str] = []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as journal:
        names = dict(journal.execute("SELECT name, id FROM channels"))
        for logger, ring in world.rings():
            found += _ring_differences(journal, names, f"l{logger.serial}", logger, ring)
    journal.close()
    return list(dict.fromkeys(found))


_HELD = (
    "SELECT seq, lines.time_ms, boot, readings.channel, value, status FROM lines"
    " JOIN readings ON line = lines.id WHERE logger = ? AND ring = ? ORDER BY seq"
)


def _ring_differences(
    journal: sqlite3.Connection, names: dict[str, int], name: str, logger: VirtualLogger, ring: Ring
) -> list[str]:
    held: dict[int, dict[int, tuple[float, int]]] = {}
    found = []
    for seq, time_ms, boot, channel, value, status in journal.execute(_HELD, (name, ring.number)):
        if channel in held.setdefault(seq, {}):
            found.append(f"{name} ring {ring.number} record {seq}: twice")
        held[seq][channel] = (value, status)
        when_s = ring.times_s[seq - 1]
        if when_s and time_ms != when_s * 1000:
            found.append(f"{name} ring {ring.number} record {seq}: at {time_ms}, made at {when_s * 1000}")
        if boot != ring.boots[seq - 1]:
            found.append(
                f"{name} ring {ring.number} record {seq}: boot {boot}, made in boot {ring.boots[seq - 1]}"
            )
    channels = (names.get(f"{name}/value"), names.get(f"{name}/sequence"))
    for seq in range(1, ring.newest + 1):
        values = values_of(logger.serial, ring.number, seq)
        wanted = {channel: (float(value), 0) for channel, value in zip(channels, values, strict=True)}
        if held.get(seq) != wanted:
            found.append(f"{name} ring {ring.number} record {seq}: made {wanted}, held {held.get(seq)}")
    return found
