"""The demo dam's gateway with its SCADA server on a free port, and rows as the outbox gives them."""

import asyncio
import contextlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.modbus_tcp.server import Door
from gateway.outbox.backlog import Row
from gateway.scada.follow import Following
from gateway.scada.register_map import site_of
from gateway.scada.service import Scada
from seepline.channels import CHANNEL_KINDS
from seepline.site import Site
from seepline.site_file import read_site
from seepline.wire import record as wire
from seepline.wire import status as bits

ROOT = Path(__file__).parents[3]
NOW_MS = 1_451_635_200_000
FREE = "127.0.0.1:0"


@pytest.fixture
def site() -> Site:
    return read_site(ROOT / "simulator" / "demo" / "site.toml")


@dataclass
class StoppedClock:
    """A site clock that stands until a test turns it."""

    at_ms: int = NOW_MS

    def now_ms(self) -> int:
        return self.at_ms


@dataclass
class Dam:
    """What the loggers of the demo site said: rows of an outbox, and whether its buses are polled."""

    site: Site
    clock: StoppedClock = field(default_factory=StoppedClock)
    rows: list[Row] = field(default_factory=list)
    polling: bool = True
    sequence: int = 0

    def stored_after(self, after: int, limit: int) -> list[Row]:
        return self.rows[after : after + limit]

    def says(self, logger: str, time_ms: int, block: int = 0, **values: float | None) -> None:
        """Store a record in which the named channels have these values and every other slot is missing."""
        self.sequence += 1
        channels = [one for one in self.site.channels if (one.logger, one.block) == (logger, block)]
        payload_type = CHANNEL_KINDS[channels[0].kind].payload_type
        kind = wire.PAYLOADS[payload_type]
        slots = [kind.missing(bits.MISSING) for _ in range(kind.channels)]
        for one in channels:
            value, about = values.get(one.id), CHANNEL_KINDS[one.kind]
            if value is not None:
                slots[one.slot] = slots[one.slot]._replace(status=0, **{about.field: round(value * about.scale)})
        serial = self.site.logger_by_id[logger].serial
        head = (serial, block, wire.MAP_VERSION, 2, 7, 1, self.sequence, time_ms // 1000, time_ms % 1000, 60)
        raw = wire.encode(wire.Record(*head, payload_type, len(slots), kind.encode(slots)))
        self.rows.append(Row(len(self.rows) + 1, raw, None))

    def says_line(self, line: str) -> None:
        """Store the ready line of an instrument that is no logger of ours."""
        self.rows.append(Row(len(self.rows) + 1, b"", None, line))

    def scada(self, door: Door | None = None, newest_row: int = 0) -> Scada:
        following = Following(
            site_of(self.site, "gw1"), self.clock, stored_after=self.stored_after, newest_row=newest_row
        )
        return Scada(
            self.site,
            "gw1",
            door or Door(listen=FREE),
            self.clock,
            following=following,
            is_polling=lambda: self.polling,
        )


@pytest.fixture
def dam(site) -> Dam:
    return Dam(site)


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is true; it may also be an awaitable of it."""
    async with asyncio.timeout(60):
        while not (await found if inspect.isawaitable(found := condition()) else found):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def serving(scada: Scada):
    """Run a SCADA task and the judgement that it shows; yield when it listens."""

    async def judge() -> None:
        while True:
            await scada._following.catch_up(asyncio.get_running_loop().time() + 1)
            await asyncio.sleep(0.05)

    tasks = [asyncio.create_task(job) for job in (scada.run(), judge())]
    try:
        await until(lambda: scada.port)
        yield scada
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
