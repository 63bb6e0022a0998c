"""Keeping InfluxDB a mirror of the store: what is new goes out in order, and is counted as sent only then."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from collector.influx_lines import event_line, reading_line
from collector.store import StoreReader
from seepline.site import Site

_BATCH = 1000
_POLL_S = 1.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 30.0
_log = logging.getLogger("collector.mirror")


@dataclass(frozen=True, slots=True)
class Lane:
    """One table of the store on its way out: its cursor's name, and what is new behind a number."""

    name: str
    after: Callable[[int, int], list[tuple[int, bytes]]]


def lanes(site: Site, reader: StoreReader) -> tuple[Lane, ...]:
    """Return the lanes of the mirror: current readings, and events."""

    def readings(number: int, limit: int) -> list[tuple[int, bytes]]:
        return [(at, reading_line(site, one)) for at, one in reader.readings_after(number, limit)]

    def events(number: int, limit: int) -> list[tuple[int, bytes]]:
        return [(at, event_line(site, one)) for at, one in reader.events_after(number, limit)]

    return (Lane("readings", readings), Lane("events", events))


@dataclass(frozen=True, slots=True)
class Mirror:
    """What the mirror needs: a writer (raises `unavailable`), and where its cursors are kept."""

    write: Callable[[list[bytes]], int]
    unavailable: type[Exception]
    mark: Callable[[str], Awaitable[int]]
    keep_mark: Callable[[str, int], Awaitable[None]]

    async def send(self, lane: Lane) -> bool:
        """Send one batch of a lane; tell whether there was one."""
        number = await self.mark(f"influxdb {lane.name}")
        new = await asyncio.to_thread(lane.after, number, _BATCH)
        if not new:
            return False
        await asyncio.to_thread(self.write, [line for _, line in new])
        await self.keep_mark(f"influxdb {lane.name}", new[-1][0])
        return True

    async def run(self, all_lanes: tuple[Lane, ...]) -> None:
        """Send for ever, with back-off and jitter while the server is away."""
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                sent = [await self.send(lane) for lane in all_lanes]
            except self.unavailable as error:
                _log.warning("%s; the next try is in %.1f s.", error, wait_s)
                await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
                continue
            wait_s = _FIRST_WAIT_S
            if not any(sent):
                await asyncio.sleep(_POLL_S)
