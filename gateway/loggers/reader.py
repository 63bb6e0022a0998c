"""What is asked of one logger at a time, and what its answers change in what is known of it.

A record is stored with an estimated time only while the gateway's own time is known. A gap, a new ring, a
stranger, silence and coming back are events.
"""

import asyncio
from collections.abc import Sequence

from gateway.bus.master import RETRIES, BusError, Master
from gateway.clock import Clock
from gateway.loggers import plan, window
from gateway.loggers.client import IDENTIFICATION, Identity, Stranger, WrongRecord
from gateway.loggers.watch import Watch
from gateway.outbox.intake import Arrival, Outbox
from gateway.uplink.lines import estimate_ms, record_time_ms
from seepline.wire import record as wire
from seepline.wire.event import FAST_SCAN, decode_event

DEAD_AFTER = 3
Records = list[tuple[bytes, wire.Record]]


class Reader:
    """Asks the loggers of one bus."""

    def __init__(self, master: Master, outbox: Outbox, clock: Clock, watches: Sequence[Watch]) -> None:
        self.master = master
        self.clock = clock
        self._outbox = outbox
        self._watches = watches

    async def known(self, watch: Watch, retries: int = RETRIES) -> Identity:
        """Return the identification, read again only when it is needed."""
        found = watch.identity
        if found is not None and not watch.identity_is_old(now_s(), self.clock.rate):
            return found
        return await self.identify(watch, retries)

    async def identify(self, watch: Watch, retries: int = RETRIES) -> Identity:
        """Read the identification and take note of clock, ring and gaps."""
        identity = await watch.client.identify(retries)
        answered_ms = self._answered_ms()
        if plan.first_gap(identity, self._outbox.wanted_from(watch.serial, identity.ring)) is not None:
            identity = await self._confirmed(watch, identity)
        watch.identity, watch.identified_at_s = identity, now_s()
        watch.clock_offset_ms = identity.utc_ms - answered_ms
        self.clock.compare(watch.clock_offset_ms, identity.time_quality)
        watch.boot_started_ms = answered_ms - identity.uptime_s * 1000 if self.clock.known else None
        self._follow_ring(watch, identity, answered_ms)
        self._keep_awake(watch)
        return identity

    def _answered_ms(self) -> int:
        """Return the site time of the answer just read: the time beyond its bytes was spent half on each way."""
        pace, passed_s = self.master.pace, now_s() - self.master.sent_at_s
        thinking_s = max(0.0, passed_s - pace.shortest_s(IDENTIFICATION))
        since_s = pace.trip_s(IDENTIFICATION.answer_bytes) + thinking_s / 2
        return self.clock.now_ms() - round(1000 * self.clock.rate * since_s)

    async def _confirmed(self, watch: Watch, first: Identity) -> Identity:
        """Return the identity read once more: no record is given up on the word of one CRC-16."""
        second = await watch.client.identify()
        if (second.ring, second.boot) != (first.ring, first.boot) or second.oldest < first.oldest:
            self.master.distrust("contradiction")
            raise BusError(f"logger {watch.name} contradicts itself about what it holds")
        return first

    def _follow_ring(self, watch: Watch, identity: Identity, now_ms: int) -> None:
        others = set(self._outbox.rings(watch.serial)) - {identity.ring}
        if self._outbox.follow(watch.serial, identity.ring) and others:
            text = f"logger {watch.name} has a new ring {identity.ring}; its memory was formatted"
            self._outbox.note("new_ring", watch.name, text, now_ms)
        lost = plan.first_gap(identity, self._outbox.wanted_from(watch.serial, identity.ring))
        if lost is not None:
            text = f"ring {identity.ring} of {watch.name} was overwritten up to record {lost} before it was read"
            self._outbox.give_up(watch.serial, identity.ring, lost, text, now_ms)
        if watch.ring != identity.ring:
            watch.wanted.clear()
            watch.ring, watch.read_to = identity.ring, 0
        watch.newest = identity.newest

    async def live(self, watch: Watch, retries: int = RETRIES) -> list[Arrival]:
        """Read every live block; a logger that has another ring or boot than it had is asked who it is."""
        newest_before = watch.newest
        watch.polled_ms = self.clock.now_ms()
        try:
            records = await self._blocks(watch, await self.known(watch, retries), retries)
        except WrongRecord:
            records = await self._blocks(watch, await self.identify(watch), retries)
        if watch.identity and any(record.boot != watch.identity.boot for _, record in records):
            await self.identify(watch)
        self.alive(watch)
        watch.newest = max([watch.newest, *(record.sequence for _, record in records)])
        if watch.newest > newest_before:
            watch.new_ms = watch.polled_ms
        return self.arrivals(watch, records, live=True)

    async def _blocks(self, watch: Watch, identity: Identity, retries: int) -> Records:
        found = [await watch.client.live(block, identity.ring, retries) for block in identity.blocks]
        return [one for one in found if one is not None]

    async def history(self, watch: Watch, sequences: Sequence[int]) -> list[Arrival]:
        """Read one or two records of a logger's memory."""
        records = await watch.client.history(watch.ring, sequences)
        watch.read(sequences, record_time_ms(records[-1][1], None) or watch.reached_ms)
        self._keep_awake(watch)
        return self.arrivals(watch, records, live=False)

    def arrivals(self, watch: Watch, records: Records, *, live: bool) -> list[Arrival]:
        """Return records as the outbox takes them."""
        now_ms = self.clock.now_ms()
        boot = watch.identity.boot if watch.identity else None
        for _, record in records:
            _follow_fast_scans(watch, record)
        return [
            Arrival(raw, now_ms, live, estimate_ms(record, boot, watch.boot_started_ms)) for raw, record in records
        ]

    def failed(self, watch: Watch, error: BusError, begun_s: float) -> None:
        """Take note that a logger gave no right answer since `begun_s`."""
        now_ms = self.clock.now_ms()
        if isinstance(error, Stranger) and watch.last_error != str(error):
            self._outbox.note("stranger", watch.name, str(error), now_ms)
        sleeps = watch.sleeps  # what is known of it is forgotten with the failure
        failing = 1 + sum(other.failures > 0 for other in self._watches if other is not watch)
        watch.failed(error, now_s(), self.clock.rate, plan.Cost(now_s() - begun_s, failing))
        if watch.failures == DEAD_AFTER and not sleeps:
            self._outbox.note("dead_logger", watch.name, f"{watch.name} does not answer: {error}", now_ms)

    def alive(self, watch: Watch) -> None:
        """Take note that a logger answered as it should."""
        was_dead = watch.failures >= DEAD_AFTER and not watch.sleeps
        if was_dead or watch.silent:
            why = f"after {watch.failures} failed polls" if was_dead else "after it was silent"
            self._outbox.note("logger_back", watch.name, f"{watch.name} answers again {why}", self.clock.now_ms())
        watch.silent = False
        watch.heard_at_s = now_s()
        watch.answered()
        self._keep_awake(watch)

    def look_for_silence(self) -> None:
        """Tell once of each logger that was not heard for its `silence_s` of site time."""
        for watch in self._watches:
            silence_s = watch.client.logger.silence_s
            watch.heard_at_s = watch.heard_at_s or now_s()  # the gateway has only just begun to listen
            if not watch.silent and (now_s() - watch.heard_at_s) * self.clock.rate > silence_s:
                watch.silent = True
                text = f"{watch.name} was not heard for {silence_s} s: {watch.last_error or 'no window was had'}"
                self._outbox.note("silent", watch.name, text, self.clock.now_ms())

    def _keep_awake(self, watch: Watch) -> None:
        watch.sleep.awake_until_s = now_s() + window.awake_s(watch.client.logger.window_s, self.clock.rate)


def _follow_fast_scans(watch: Watch, record: wire.Record) -> None:
    """Poll as fast as the logger scans, for as long as it says that it will."""
    if record.payload_type == wire.PAYLOAD_EVENT and record.utc_s:
        said = decode_event(record.payload, record.channels)
        if said.code == FAST_SCAN:
            minutes = said.values[-1] if said.detail else 0
            watch.fast_until_ms = 1000 * (int(record.utc_s) + 60 * minutes) - watch.clock_offset_ms


def now_s() -> float:
    """Return the event loop's monotonic time."""
    return asyncio.get_running_loop().time()
