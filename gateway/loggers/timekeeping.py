"""The time, told to the loggers of one bus: by broadcast, or one by one where the line carries none.

How far each clock stood before and after is an event. A time that the gateway does not know itself is never told.
"""

import logging
from collections.abc import Sequence

from gateway.bus.exchange import Request, set_one_time
from gateway.bus.master import BusError
from gateway.loggers import plan
from gateway.loggers.reader import Reader, now_s
from gateway.loggers.watch import Watch
from gateway.outbox.intake import Outbox
from seepline.wire import status as bits

log = logging.getLogger(__name__)


class Timekeeper:
    """Tells the time when it is due. `daily`: also when no clock seems wrong, for loggers that sleep."""

    def __init__(self, reader: Reader, outbox: Outbox, *, daily: bool = False) -> None:
        self._reader = reader
        self._outbox = outbox
        self._daily = daily
        self._told: plan.Told | None = None

    async def tell(self, watches: Sequence[Watch]) -> None:
        """Tell these loggers the time when it is due, and measure how far their clocks are off then."""
        now = plan.Told(self._reader.clock.now_ms(), now_s())
        known = [watch for watch in watches if watch.identity is not None]
        if not known or not self._reader.clock.known or not self._due(known, now):
            return
        before = {watch.name: watch.clock_offset_ms for watch in known}
        try:
            await self._tell(known)
        except BusError as error:
            log.warning("the time could not be told, next try after the next poll: %s", error)
            return
        self._told = now
        after = {watch.name: await self._offset_ms(watch) for watch in known}
        offsets = ", ".join(f"{name} {was} ms, now {_words(after[name])}" for name, was in before.items())
        how = "broadcast" if self._reader.master.may_broadcast else "told one by one"
        self._outbox.note("time_told", "bus", f"time {how}; clocks were off by: {offsets}", now.site_ms)

    def _due(self, known: Sequence[Watch], now: plan.Told) -> bool:
        rate = self._reader.clock.rate
        states = [(watch.identity, watch.clock_offset_ms) for watch in known if watch.identity]
        wrong = any(plan.clock_is_wrong(identity, offset_ms, rate) for identity, offset_ms in states)
        never_set = any(identity.time_quality == bits.TIME_NEVER_SET for identity, _ in states)
        return plan.time_due(self._told, now, wrong or self._daily, never_set)

    async def _tell(self, known: Sequence[Watch]) -> None:
        master = self._reader.master
        if master.may_broadcast:
            await master.broadcast(self._time().pdu)
            return
        for watch in known:
            await master.transact(watch.client.logger.address, self._time(), retries=0)

    def _time(self) -> Request:
        """Return the request that sets a clock to the time at which its last byte will have come."""
        pace, clock = self._reader.master.pace, self._reader.clock
        way_s = pace.silence_s + pace.trip_s(set_one_time(0).request_bytes)
        return set_one_time(clock.now_ms() + round(1000 * clock.rate * way_s))

    async def _offset_ms(self, watch: Watch) -> int | None:
        try:
            await self._reader.identify(watch)
        except BusError as error:
            log.warning("%s took the time or not, its next poll will tell: %s", watch.name, error)
            return None
        return watch.clock_offset_ms


def _words(offset_ms: int | None) -> str:
    return "not known" if offset_ms is None else f"{offset_ms} ms"
