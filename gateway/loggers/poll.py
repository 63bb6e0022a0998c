"""One bus: live polls of all loggers first, then back-fill out of their memories, oldest first, and the time.

A record counts as read when it is on the gateway's disk; until then the logger's ring is asked again. A dead
logger is asked less and less often and does not hold the others. Nothing here retries a request: the master does,
once.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from itertools import chain

from gateway.bus.exchange import set_time
from gateway.bus.master import BusError, Master, ModbusException
from gateway.clock import Clock
from gateway.loggers import plan
from gateway.loggers.client import DamagedRecord, Identity, Stranger
from gateway.loggers.watch import Watch
from gateway.outbox.intake import Arrival, Outbox
from gateway.uplink.lines import estimate_ms, record_time_ms
from seepline.wire import record as wire
from seepline.wire import rtu
from seepline.wire import status as bits

log = logging.getLogger(__name__)

SLICE_S = 0.25  # of back-fill, then one commit and a look at the live polls
DEAD_AFTER = 3
_WANTED_AHEAD = 64

Records = list[tuple[bytes, wire.Record]]


class Poller:
    """Polls the loggers of one bus into the outbox. `stored` is called after each commit with something new."""

    def __init__(
        self, master: Master, watches: Sequence[Watch], outbox: Outbox, clock: Clock, stored: Callable[[], None]
    ) -> None:
        self._master = master
        self._watches = watches
        self._outbox = outbox
        self._clock = clock
        self._stored = stored
        self._told: plan.Told | None = None

    async def run(self) -> None:
        """Poll until the port or the disk fails; what is not on disk by then is asked for again.

        Raises
        ------
        gateway.bus.line.PortError
            When the port is gone.
        gateway.outbox.file.OutboxFull
            When the disk is full.
        """
        while True:
            await self.step()

    async def step(self) -> None:
        """Do what is due: live polls, the time, a slice of back-fill; or wait until something is."""
        due = self._due()
        if due:
            await self._poll_live(due)
            await self._tell_time()
        if not await self._back_fill() and not self._due():
            await asyncio.sleep(self._idle_s())

    def _due(self) -> list[Watch]:
        now_ms, now_s = self._clock.now_ms(), _now_s()
        due = [watch for watch in self._watches if watch.live_due(now_ms, now_s, self._clock.rate)]
        return sorted(due, key=lambda watch: watch.failures)  # who may not answer does not hold the others

    def _idle_s(self) -> float:
        now_ms, now_s, rate = self._clock.now_ms(), _now_s(), self._clock.rate
        polls = (plan.idle_s(now_ms, watch.scan_s, rate) for watch in self._watches)
        retries = (watch.retry_at_s - now_s for watch in self._watches if watch.retry_at_s > now_s)
        return min(chain(polls, retries), default=plan.LONGEST_IDLE_S)

    async def _poll_live(self, watches: Sequence[Watch]) -> None:
        arrivals: list[Arrival] = []
        for watch in watches:
            begun_s = _now_s()
            try:
                arrivals += self._arrivals(watch, await self._live(watch), live=True)
            except BusError as error:
                self._failed(watch, error, begun_s)
        self._store(arrivals)

    async def _live(self, watch: Watch) -> Records:
        newest_before = watch.newest
        identity = await self._identity(watch)
        watch.polled_ms = self._clock.now_ms()
        records = []
        for block in identity.blocks:
            found = await watch.client.live(block, identity.ring)
            if found is not None:
                records.append(found)
        self._alive(watch)
        newest = max((record.sequence for _, record in records), default=0)
        watch.newest = max(watch.newest, newest)
        if newest > newest_before:
            watch.new_ms = watch.polled_ms
        if any(record.boot != identity.boot for _, record in records):
            watch.identified_at_s = 0.0
        return records

    async def _identity(self, watch: Watch) -> Identity:
        known = watch.identity
        if known is not None and not watch.identity_is_old(_now_s()):
            return known
        identity = await watch.client.identify()
        if plan.first_gap(identity, self._outbox.wanted_from(watch.serial, identity.ring)) is not None:
            identity = await self._confirmed(watch, identity)
        now_ms = self._clock.now_ms()
        watch.identity, watch.identified_at_s = identity, _now_s()
        watch.boot_started_ms = now_ms - identity.uptime_s * 1000 if self._clock.known else None
        watch.clock_offset_ms = identity.utc_ms - now_ms
        self._follow_ring(watch, identity, now_ms)
        return identity

    async def _confirmed(self, watch: Watch, first: Identity) -> Identity:
        """Return the identity read once more: no record is given up on the word of one CRC-16."""
        second = await watch.client.identify()
        if (second.ring, second.boot) != (first.ring, first.boot) or second.oldest < first.oldest:
            self._master.distrust("contradiction")
            raise BusError(f"logger {watch.name} contradicts itself about what it holds")
        return first

    def _follow_ring(self, watch: Watch, identity: Identity, now_ms: int) -> None:
        others = set(self._outbox.rings(watch.serial)) - {identity.ring}
        if self._outbox.follow(watch.serial, identity.ring) and others:
            text = f"logger {watch.name} has a new ring {identity.ring}; its memory was formatted"
            self._outbox.note("new_ring", watch.name, text, now_ms)
        wanted = self._outbox.wanted_from(watch.serial, identity.ring)
        lost = plan.first_gap(identity, wanted)
        if lost is not None:
            text = f"ring {identity.ring} of {watch.name} was overwritten up to record {lost} before it was read"
            self._outbox.give_up(watch.serial, identity.ring, lost, text, now_ms)
        watch.ring, watch.newest = identity.ring, identity.newest

    async def _back_fill(self) -> bool:
        """Read history for a slice of time; tell whether there was any to read."""
        self._look_ahead()
        until_s = _now_s() + SLICE_S
        arrivals: list[Arrival] = []
        busy = False
        while _now_s() < until_s and not self._due():
            watch = plan.furthest_behind(watch for watch in self._watches if watch.can_fill(_now_s()))
            if watch is None:
                break
            busy = True
            arrivals += self._arrivals(watch, await self._history(watch), live=False)
        self._store(arrivals)
        return busy

    def _look_ahead(self) -> None:
        for watch in self._watches:
            if watch.identity is not None:
                self._give_up_refused(watch)
                watch.look_ahead(self._outbox.wanted(watch.serial, watch.ring, watch.newest, _WANTED_AHEAD))

    def _give_up_refused(self, watch: Watch) -> None:
        """Give up the oldest record wanted when it was refused time and again; those before it are on disk."""
        first = self._outbox.wanted_from(watch.serial, watch.ring)
        if watch.is_refused(first):
            text = f"{watch.name} does not hold record {first} of ring {watch.ring} undamaged"
            self._outbox.give_up(watch.serial, watch.ring, first, text, self._clock.now_ms())
            watch.refused.pop(first)

    async def _history(self, watch: Watch) -> Records:
        sequences, begun_s = watch.next_sequences(), _now_s()
        try:
            records = await watch.client.history(watch.ring, sequences)
        except BusError as error:
            if _not_held(error):
                watch.refuse(sequences)
            else:
                self._failed(watch, error, begun_s)
            return []
        watch.read(sequences, record_time_ms(records[-1][1], None) or watch.reached_ms)
        return records

    def _arrivals(self, watch: Watch, records: Records, *, live: bool) -> list[Arrival]:
        now_ms, began_ms = self._clock.now_ms(), watch.boot_started_ms
        boot = watch.identity.boot if watch.identity else None
        return [Arrival(raw, now_ms, live, estimate_ms(record, boot, began_ms)) for raw, record in records]

    def _store(self, arrivals: list[Arrival]) -> None:
        if arrivals and self._outbox.append(arrivals):
            self._stored()

    def _failed(self, watch: Watch, error: BusError, begun_s: float) -> None:
        now_ms = self._clock.now_ms()
        if isinstance(error, Stranger) and watch.last_error != str(error):
            self._outbox.note("stranger", watch.name, str(error), now_ms)
        watch.failed(error, _now_s(), self._clock.rate, _now_s() - begun_s)
        if watch.failures == DEAD_AFTER:
            self._outbox.note("dead_logger", watch.name, f"{watch.name} does not answer: {error}", now_ms)

    def _alive(self, watch: Watch) -> None:
        if watch.failures >= DEAD_AFTER:
            text = f"{watch.name} answers again after {watch.failures} failed polls"
            self._outbox.note("logger_back", watch.name, text, self._clock.now_ms())
        watch.failures, watch.retry_at_s, watch.last_error = 0, 0.0, ""

    async def _tell_time(self) -> None:
        if not self._clock.known:  # a wrong time is worse than none, and a set clock is not set again
            return
        known = [(watch.identity, watch.clock_offset_ms) for watch in self._watches if watch.identity is not None]
        rate = self._clock.rate
        wrong = any(plan.clock_is_wrong(identity, offset_ms, rate) for identity, offset_ms in known)
        never_set = any(identity.time_quality == bits.TIME_NEVER_SET for identity, _ in known)
        now = plan.Told(self._clock.now_ms(), _now_s())
        if plan.time_due(self._told, now, wrong, never_set):
            try:
                await self._master.broadcast(set_time(self._clock.now_ms()))
            except BusError as error:
                log.warning("the time could not be broadcast, next try after the next poll: %s", error)
                return
            self._told = now
            offsets = ", ".join(
                f"{watch.name} {watch.clock_offset_ms} ms" for watch in self._watches if watch.identity
            )
            self._outbox.note("time_told", "bus", f"time broadcast; clocks were off by: {offsets}", now.site_ms)


def _not_held(error: BusError) -> bool:
    refused = isinstance(error, ModbusException) and error.code == rtu.ILLEGAL_ADDRESS
    return refused or isinstance(error, DamagedRecord)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
