"""Back-fill: what the outbox still lacks of the loggers' memories, oldest first, two records an answer."""

from collections.abc import Sequence

from gateway.bus.master import BusError, ModbusException
from gateway.loggers import plan
from gateway.loggers.client import DamagedRecord
from gateway.loggers.reader import Reader, now_s
from gateway.loggers.unsaved import Unsaved
from gateway.loggers.watch import Watch
from gateway.outbox.intake import Outbox
from seepline.wire import rtu

_WANTED_AHEAD = 64
_FEW = 2  # what the request under way asks for


class Fill:
    """Reads history from the loggers of one bus."""

    def __init__(self, reader: Reader, unsaved: Unsaved, outbox: Outbox, watches: Sequence[Watch]) -> None:
        self._reader = reader
        self._unsaved = unsaved
        self._outbox = outbox
        self._watches = watches

    def look_ahead(self) -> None:
        """Find out what is wanted next of loggers of which little is."""
        for watch in self._watches:
            if watch.identity is not None and len(watch.wanted) <= _FEW and watch.newest > watch.read_to:
                self._give_up_refused(watch)
                held = self._unsaved.holds(watch.serial, watch.ring)
                most = _WANTED_AHEAD + len(held)
                wanted = self._outbox.wanted(watch.serial, watch.ring, watch.newest, most)
                watch.look_ahead(sequence for sequence in wanted if sequence not in held)

    def _give_up_refused(self, watch: Watch) -> None:
        """Give up the oldest record wanted when it was refused time and again; those before it are on disk."""
        first = self._outbox.wanted_from(watch.serial, watch.ring)
        if watch.is_refused(first):
            text = f"{watch.name} does not hold record {first} of ring {watch.ring} undamaged"
            self._outbox.give_up(watch.serial, watch.ring, first, text, self._reader.clock.now_ms())
            watch.refused.pop(first)

    def next(self) -> Watch | None:
        """Return the logger to read from next, None when nothing is wanted of any that is awake."""
        at_s = now_s()
        ready = (one for one in self._watches if one.can_fill(at_s) and not one.is_asleep(at_s))
        return plan.furthest_behind(ready)

    async def read(self, watch: Watch) -> None:
        """Read the next one or two records of a logger."""
        sequences, begun_s = watch.next_sequences(), now_s()
        try:
            self._unsaved.take(await self._reader.history(watch, sequences))
        except BusError as error:
            if _not_held(error):
                watch.refuse(sequences)
            elif watch.sleeps:
                watch.sleep.awake_until_s = 0.0  # it fell asleep, as it may
            else:
                self._reader.failed(watch, error, begun_s)


def _not_held(error: BusError) -> bool:
    refused = isinstance(error, ModbusException) and error.code == rtu.ILLEGAL_ADDRESS
    return refused or isinstance(error, DamagedRecord)
