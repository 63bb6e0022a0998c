"""One bus as a task: its port, its master and its loggers, polled until cancelled; a lost port is opened again."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from gateway.bus.direction import direction_of
from gateway.bus.exchange import TURN_ROUND_S, pace_of
from gateway.bus.line import Line, PortError, is_pty
from gateway.bus.master import Master
from gateway.bus.trace import Tap
from gateway.clock import Clock
from gateway.instruments.poller import Instruments
from gateway.instruments.station import Instrument
from gateway.loggers.client import LoggerClient
from gateway.loggers.poll import Asked, Poller
from gateway.loggers.watch import Watch
from gateway.outbox import room
from gateway.outbox.file import OutboxFull
from gateway.outbox.intake import Outbox
from gateway.pulse import Beat
from gateway.settings import Port
from seepline.site_wiring import Bus, Logger

log = logging.getLogger(__name__)

SIMULATED_TURN_ROUND_S = 1.0  # a loaded machine is much slower than a logger
LONGEST_REOPEN_S = 30.0
_USE_OVER_S = 60.0


@dataclass(frozen=True, slots=True)
class BusPlan:
    """All that a bus task is made of: when one of these differs after a reload, the bus is started anew."""

    bus: Bus
    loggers: tuple[Logger, ...]
    port: Port
    site: str = ""
    instruments: tuple[Instrument, ...] = ()


@dataclass(slots=True)
class BusTask:
    """One bus with its port, its master, its loggers and instruments. `rounds` counts the poller's steps."""

    name: str
    line: Line
    master: Master
    watches: list[Watch]
    instruments: Instruments
    poller: Poller
    last_error: str = ""
    failures: int = 0
    rounds: int = 0
    _used: deque[tuple[float, float]] = field(default_factory=deque)

    async def run(self) -> None:
        """Poll until cancelled, and leave the line silent and free to whoever opens it next."""
        try:
            await self._run()
        finally:
            with suppress(OutboxFull):  # the loggers still have it
                self.poller.save()
            await self.master.leave()
            self.line.close()

    async def _run(self) -> None:
        """Poll, and open the port again with growing pauses whenever it fails."""
        while True:
            try:
                if not self.line.is_open:
                    self.line.open()
                    self.master.distrust("opened")
                await self._poll()
            except PortError as error:
                self.line.close()
                await self._pause(error, min(LONGEST_REOPEN_S, 2.0 ** min(self.failures, 8)))
            except OutboxFull as error:
                await self._pause(error, room.AGAIN_S)

    def devices(self) -> list[tuple[str, int]]:
        """Return the name and address of every device that is asked on this bus."""
        loggers = [(one.name, one.client.logger.address) for one in self.watches]
        return [*loggers, *self.instruments.places()]

    def beat(self) -> Beat:
        """Return what changes while the bus is polled, or its port is tried."""
        return Beat((self.rounds, self.failures, self.master.counters.total()))

    def use(self, now_s: float) -> float:
        """Return the share of the last minute in which the bus was busy, as far as this was called in it."""
        self._used.append((now_s, self.master.busy_s))
        while now_s - self._used[0][0] > _USE_OVER_S:
            self._used.popleft()
        (from_s, before_s), (to_s, busy_s) = self._used[0], self._used[-1]
        return (busy_s - before_s) / (to_s - from_s) if to_s > from_s else 0.0

    async def _poll(self) -> None:
        while True:
            await self.poller.step()
            self.rounds += 1
            self.failures, self.last_error = 0, ""

    async def _pause(self, error: Exception, pause_s: float) -> None:
        self.failures += 1
        if self.last_error != str(error):
            self.last_error = str(error)
            log.warning("%s", error, extra={"bus": self.name})
        await asyncio.sleep(pause_s)


def bus_task(
    plan: BusPlan, outbox: Outbox, clock: Clock, stored: Callable[[], None], tap: Tap, asked: Asked
) -> BusTask:
    """Return the task of one bus; the port is opened later. `stored` is called when something new is on disk."""
    bus, port = plan.bus, plan.port
    line = Line(port.path, bus.baud, bus.parity, bus.stop_bits, direction_of(port.direction))
    line.tap = tap
    turn_round_s = port.turn_round_s or (SIMULATED_TURN_ROUND_S if is_pty(port.path) else TURN_ROUND_S)
    master = Master(line, pace_of(bus, turn_round_s), line.release)
    watches = [Watch(LoggerClient(master, logger)) for logger in plan.loggers]
    instruments = Instruments(
        plan.site, master, plan.instruments, outbox, clock, stored, lambda: clock.known,
        least_turn_round_s=turn_round_s,
    )  # fmt: skip
    poller = Poller(master, watches, outbox, clock, stored, asked, [instruments])
    return BusTask(bus.id, line, master, watches, instruments, poller)
