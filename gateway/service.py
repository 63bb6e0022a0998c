"""The gateway program: every bus, every link and what watches them, in one task group until SIGTERM.

SIGHUP reads gateway.toml and SITE.toml again. Only what differs is begun anew; a faulty file changes nothing.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from gateway import judgement, plans
from gateway.bus.trace import Tracing
from gateway.bus_report import BusReporter
from gateway.bus_task import BusPlan, BusTask, bus_task
from gateway.clock import Clock, clock_of_environment, now_s
from gateway.instruments.tcp_task import TcpPlan, TcpTask, tcp_task
from gateway.link_task import LinkPlan, LinkTask, link_task
from gateway.loggers.errands import Errands
from gateway.loggers.operator_socket import OperatorSocket
from gateway.loggers.poll import Asked
from gateway.loggers.wishes import Wishes
from gateway.metrics import exposition
from gateway.metrics_listener import MetricsListener
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxError, OutboxFile
from gateway.outbox.intake import Outbox
from gateway.parts import Parts
from gateway.pulse import Beat, Moved, hung, look
from gateway.status import (
    bus_status,
    clock_status,
    disk_status,
    link_status,
    logger_status,
    outbox_status,
    sentence,
    write_status,
)
from gateway.systemd import feed_watchdog, notify
from gateway.upkeep import Upkeep
from gateway.wiring import Wiring, reread
from seepline.toml_file import Faulty

log = logging.getLogger(__name__)

_STATUS_EVERY_S = 1.0
_POLLING_WITHIN_S = 60.0  # then the plant sees the heartbeat stand still
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


async def run(path: Path, wiring: Wiring) -> None:
    """Run the gateway of the gateway.toml at `path` until SIGTERM or SIGINT; `wiring` is what that file says now.

    Raises
    ------
    gateway.outbox.file.OutboxError
        When the outbox cannot be opened.
    """
    signals: asyncio.Queue[int] = asyncio.Queue()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, number)
    clock = clock_of_environment()
    file, tracing = OutboxFile(wiring.data, clock.now_ms()), Tracing(wiring.data)
    try:
        async with asyncio.TaskGroup() as group:
            gateway = Gateway(group, wiring, file, clock, tracing)
            await gateway.become(wiring)
            jobs = [group.create_task(job) for job in gateway.jobs()]
            notify(READY="1")
            while await signals.get() == signal.SIGHUP:
                await gateway.read_again(path)
            notify(STOPPING="1")
            await gateway.end()
            for job in jobs:
                job.cancel()
        _try_to_tell(gateway.tell)
    finally:
        tracing.close()
        file.close()


class Gateway:
    """A running gateway: one outbox, its buses and links, and what is told of them."""

    def __init__(
        self, group: asyncio.TaskGroup, wiring: Wiring, file: OutboxFile, clock: Clock, tracing: Tracing
    ) -> None:
        self._wiring, self._file, self._clock, self._tracing = wiring, file, clock, tracing
        self._outbox = Outbox(file)
        self._backlog = _of_the_first(file, wiring)
        self._backlogs: list[Backlog] = []
        self._wishes, self._errands = Wishes(wiring.data / "wishes.json"), dict[str, Errands]()
        self._people = OperatorSocket(self._errands, self._wishes, self._outbox, clock, self._act)
        self._upkeep = Upkeep(wiring.data, file, self._backlog, clock)
        self._reporter = BusReporter(wiring.settings.gateway.id, clock)
        self._rounds = 0
        self._polled: dict[str, Moved] = {}
        self._told = ""
        self._buses = Parts[BusPlan, BusTask](group, self._bus)
        self._links = Parts[LinkPlan, LinkTask](group, self._link)
        self._tcp = Parts[TcpPlan, TcpTask](group, self._tcp_task)
        self._judging = Parts[judgement.Plan, judgement.Judgement](group, self._judgement)
        self._listeners = Parts[str, MetricsListener](group, lambda _, at: MetricsListener(at, self._figures))

    def jobs(self) -> list[Coroutine[object, object, None]]:
        """Return what runs beside buses, links and listeners."""
        people = self._people.run(self._wiring.data)
        return [tell_status(self.tell), self._upkeep.run(), people, feed_watchdog(self.beats)]

    async def become(self, wiring: Wiring) -> list[str]:
        """Run as a wiring says; return the names of what was ended or begun. The rest goes on undisturbed."""
        self._wiring, self._backlog = wiring, _of_the_first(self._file, wiring)
        self._backlogs = [Backlog(self._file, one.name) for one in wiring.settings.destinations]
        self._upkeep.keep_days = wiring.settings.outbox.keep_days
        self._file.limits = plans.limits(wiring)
        buses = plans.buses(wiring)
        self._wishes.loggers = frozenset(one.id for plan in buses.values() for one in plan.loggers)
        changed = [
            *await self._listeners.become(plans.listeners(wiring)),
            *await self._judging.become(plans.judging(wiring)),
            *await self._links.become(plans.links(wiring)),
            *await self._buses.become(buses),
            *await self._tcp.become(plans.tcp(wiring)),
        ]
        for name in self._errands.keys() - buses.keys():
            del self._errands[name]
        return changed

    async def read_again(self, path: Path) -> None:
        """Become what the files say now; when they have a fault, log each and go on as before."""
        try:
            wiring = await asyncio.to_thread(reread, path, self._wiring.settings)
        except Faulty as error:
            told = "\n".join(map(str, error.problems))
            log.warning("%s was read again and is refused, the gateway goes on as before: %s", path, told)
            return
        changed = await self.become(wiring)
        log.info("%s was read again; begun anew: %s", path, ", ".join(changed) or "nothing")

    async def end(self) -> None:
        """End the buses first, each when its line is silent; then what sends and tells."""
        for parts in (self._buses, self._tcp, self._links, self._judging, self._listeners):
            await parts.end()

    def beats(self) -> dict[str, Beat]:
        """Return the beat of every loop that the watchdog wants to see move."""
        beats = {name: bus.beat() for name, bus in self._buses} | {name: link.beat() for name, link in self._links}
        beats |= {name: Beat(one.rounds, one.quiet_until_s) for name, one in self._tcp}
        return {**beats, "outbox": Beat(self._rounds)}

    def tell(self) -> None:
        """Write the status, tell systemd when its sentence is another one, and trace as somebody asked."""
        self._tracing.turn()
        self._polled = look(self._polled, {name: Beat(one.rounds) for name, one in self._buses}, now_s())
        status = self.status()
        self._rounds += 1  # the outbox was asked and has answered
        if (said := sentence(status)) != self._told:
            notify(STATUS=said)
            self._told = said
        write_status(self._wiring.data / "status.json", status)

    def status(self) -> dict[str, Any]:
        """Return everything that the gateway tells about itself."""
        return {
            "gateway": self._wiring.settings.gateway.id,
            "at_ms": self._clock.now_ms(),
            "clock": clock_status(self._clock),
            "loggers": {
                watch.name: logger_status(watch, name, self._outbox, now_s())
                for name, bus in self._buses
                for watch in bus.watches
            },
            "outbox": outbox_status(self._outbox, self._backlogs, self._file, self._wiring.data),
            "links": {name: link_status(one.uplink.snapshot(), one.url) for name, one in self._links},
            "buses": {name: bus_status(bus, now_s()) for name, bus in self._buses},
            "tcp": {name: one.status() for name, one in self._tcp},
            **{name: one.status() for name, one in self._judging},
            "disk": disk_status(self._upkeep.disk, self._upkeep.troubles),
        }

    def _bus(self, name: str, plan: BusPlan) -> BusTask:
        asked = Asked(wishes=self._wishes)
        self._errands[name] = asked.errands
        return bus_task(plan, self._outbox, self._clock, self._wake, self._tracing.tap(name), asked)

    def _tcp_task(self, _: str, plan: TcpPlan) -> TcpTask:
        return tcp_task(plan, self._outbox, self._clock, self._wake, lambda: self._clock.known)

    def _link(self, name: str, plan: LinkPlan) -> LinkTask:
        return link_task(plan, Backlog(self._file, name), self._clock, self._visit)

    def _judgement(self, _: str, plan: judgement.Plan) -> judgement.Judgement:
        around = judgement.Surroundings(
            data=self._wiring.data,
            clock=self._clock,
            note=self._file.note,
            stored_after=self._backlog.stored_after,
            newest_row=self._backlog.last_row,
            is_polling=lambda: not hung(self._polled, now_s(), _POLLING_WITHIN_S),
            committed=self._committed,
        )
        return judgement.Judgement(plan, around)

    def _committed(self) -> int:
        """Return the newest row that a collector has on disk; a database tells nobody of an alarm."""
        both = zip(self._wiring.settings.destinations, self._backlogs, strict=True)
        return max((backlog.committed() or 0 for one, backlog in both if one.kind == "seepline"), default=0)

    def _act(self, text: str) -> str:
        """Do what a person signed for the local alarm. Raises ValueError with the reason why not."""
        for _, one in self._judging:
            return one.act(text)
        raise ValueError("this gateway has no local alarm: gateway.toml has no [local_alarm]")

    async def _visit(self, client: Any) -> None:
        """Ask the collector that has just been reached for a newer bundle and for wishes, and report the buses."""
        for _, one in self._judging:
            await one.on_contact(client)
        await self._wishes.fetch(client, self._wiring.settings.gateway.id, self._clock.now_ms())
        await self._reporter.post(client, dict(self._buses))

    def _wake(self) -> None:
        for _, link in self._links:
            link.uplink.wake()

    def _figures(self) -> str:
        try:
            return exposition(self.status())
        except OutboxError as error:
            raise OSError(str(error)) from error


def _of_the_first(file: OutboxFile, wiring: Wiring) -> Backlog:
    """Return the backlog by which stored rows are read; all destinations share the rows."""
    return Backlog(file, wiring.settings.destinations[0].name)


async def tell_status(tell: Callable[[], None]) -> None:
    """Tell the status once a second; a disk that cannot be read or written is said once for each reason."""
    last_error = ""
    while True:
        last_error = _try_to_tell(tell, last_error)
        await asyncio.sleep(_STATUS_EVERY_S)


def _try_to_tell(tell: Callable[[], None], last_error: str = "") -> str:
    """Return why the status could not be told, '' when it was; what was the reason before is not logged again."""
    try:
        tell()
    except (OSError, OutboxError) as error:
        if str(error) != last_error:
            log.warning("the status cannot be told: %s", error)
        return str(error)
    return ""
