"""The gateway program: a task per bus, the uplink and the status file, in one task group until SIGTERM."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gateway.bus.exchange import pace_of
from gateway.bus.line import Line, PortError, is_pty
from gateway.bus.master import Master
from gateway.bus.trace import Tracing
from gateway.clock import Clock, clock_of_environment
from gateway.loggers.client import LoggerClient
from gateway.loggers.operator_socket import OperatorSocket
from gateway.loggers.plan import DAY_MS
from gateway.loggers.poll import Asked, Poller
from gateway.loggers.watch import Watch
from gateway.loggers.wishes import Wishes
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile, OutboxFull
from gateway.outbox.intake import Outbox
from gateway.status import bus_status, logger_status, outbox_status, uplink_status, write_status
from gateway.uplink.lines import names_of
from gateway.uplink.uplink import Uplink, open_client
from seepline.site import Site
from seepline.site_wiring import Bus

log = logging.getLogger(__name__)

TURN_ROUND_S = 0.1
SIMULATED_TURN_ROUND_S = 0.3  # three times: a loaded machine is slower than a logger
LONGEST_REOPEN_S = 30.0
_FULL_DISK_PAUSE_S = 5.0
_STATUS_EVERY_S = 1.0
_TIDY_EVERY_S = 3600.0


@dataclass(slots=True)
class BusTask:
    """One bus with its port, its master and its loggers."""

    line: Line
    master: Master
    watches: list[Watch]
    asked: Asked = field(default_factory=Asked)
    last_error: str = ""
    failures: int = field(default=0)

    async def run(self, outbox: Outbox, clock: Clock, stored: Callable[[], None]) -> None:
        """Poll until cancelled, and leave the line silent to whoever opens it next."""
        poller = Poller(self.master, self.watches, outbox, clock, stored, self.asked)
        try:
            await self._run(poller)
        finally:
            with suppress(OutboxFull):  # the loggers still have it
                poller.save()
            await self.master.leave()

    async def _run(self, poller: Poller) -> None:
        """Poll, and open the port again with growing pauses whenever it fails."""
        while True:
            try:
                if not self.line.is_open:
                    self.line.open()
                    self.master.distrust("opened")
                await self._poll(poller)
            except PortError as error:
                self.line.close()
                await self._pause(error, min(LONGEST_REOPEN_S, 2.0 ** min(self.failures, 8)))
            except OutboxFull as error:
                await self._pause(error, _FULL_DISK_PAUSE_S)

    def status(self) -> dict[str, object]:
        """Return the bus's part of the status file."""
        return bus_status(self.line.path, self.line.is_open, self.last_error, self.master.counters)

    async def _poll(self, poller: Poller) -> None:
        while True:
            await poller.step()
            self.failures, self.last_error = 0, ""

    async def _pause(self, error: Exception, pause_s: float) -> None:
        self.failures += 1
        if self.last_error != str(error):
            self.last_error = str(error)
            log.warning("%s", error)
        await asyncio.sleep(pause_s)


def bus_task(site: Site, bus: Bus, path: str, turn_round_s: float | None, wishes: Wishes) -> BusTask:
    """Return the task of one bus; the port is opened later."""
    line = Line(path, bus.baud, bus.parity, bus.stop_bits)
    if turn_round_s is None:
        turn_round_s = SIMULATED_TURN_ROUND_S if is_pty(path) else TURN_ROUND_S
    master = Master(line, pace_of(bus, turn_round_s), line.release)
    loggers = [logger for logger in site.loggers if logger.bus == bus.id]
    asked = Asked(wishes=wishes)
    return BusTask(line, master, [Watch(LoggerClient(master, logger)) for logger in loggers], asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where records go: the collector's address and this gateway's token."""

    url: str
    token: str = field(repr=False)


async def run(
    site: Site,
    gateway: str,
    directory: Path,
    ports: Mapping[str, str],
    collector: Destination,
    turn_round_s: float | None = None,
    keep_days: int | None = None,
) -> None:
    """Run the gateway until SIGTERM or SIGINT.

    Raises
    ------
    gateway.outbox.file.OutboxError
        When the outbox cannot be opened.
    """
    clock = clock_of_environment()
    file, tracing = OutboxFile(directory, clock.now_ms()), Tracing(directory)
    ours = [logger.id for logger in site.loggers if logger.bus in ports]
    wishes = Wishes(directory / "wishes.json", ours)
    buses = {
        bus.id: bus_task(site, bus, ports[bus.id], turn_round_s, wishes) for bus in site.buses if bus.id in ports
    }
    for name, bus in buses.items():
        bus.line.tap = tracing.tap(name)
    try:
        outbox, backlog = Outbox(file), Backlog(file)
        async with open_client(collector.url, collector.token) as client:
            uplink = Uplink(client, gateway, backlog, names_of(site), clock)

            def tell() -> None:
                tracing.turn()
                watches = [watch for bus in buses.values() for watch in bus.watches]
                status = {
                    "gateway": gateway,
                    "at_ms": clock.now_ms(),
                    "loggers": {watch.name: logger_status(watch, outbox) for watch in watches},
                    "outbox": outbox_status(outbox, backlog, file),
                    "uplink": uplink_status(uplink.link),
                    "buses": {name: bus.status() for name, bus in buses.items()},
                }
                write_status(directory / "status.json", status)

            polls = [bus.run(outbox, clock, uplink.wake) for bus in buses.values()]
            people = OperatorSocket(
                {name: bus.asked.errands for name, bus in buses.items()}, wishes, outbox, clock
            )
            tidying = _delete_old(backlog, clock, keep_days)
            await _until_told_to_stop([*polls, uplink.run(), _tell_status(tell), tidying, people.run(directory)])
            tell()
    finally:
        tracing.close()
        file.close()


async def _until_told_to_stop(jobs: list[Coroutine[object, object, None]]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job) for job in jobs]
        await stop.wait()
        for task in tasks:
            task.cancel()


async def _delete_old(backlog: Backlog, clock: Clock, keep_days: int | None) -> None:
    """Delete sent rows that are older than asked for, every hour; without `keep_days` none are ever deleted."""
    while keep_days is not None:
        try:
            deleted = backlog.delete_sent(clock.now_ms() - keep_days * DAY_MS)
            log.info("%d sent records older than %d days deleted", deleted, keep_days)
        except OutboxFull as error:
            log.warning("old records cannot be deleted: %s", error)
        await asyncio.sleep(_TIDY_EVERY_S)


async def _tell_status(tell: Callable[[], None]) -> None:
    last_error = ""
    while True:
        try:
            tell()
            last_error = ""
        except OSError as error:
            if str(error) != last_error:  # a disk that stays full would be told every second
                last_error = str(error)
                log.warning("the status file cannot be written: %s", error)
        await asyncio.sleep(_STATUS_EVERY_S)
