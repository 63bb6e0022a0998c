"""The alarm states of a running collector: every step is one of seepline.alarm's, every result is kept.

Names in the store: 'point/quantity/direction' of a threshold, 'point/quantity' of a fault, the id of a logger.
"""

from collections.abc import Sequence
from typing import Any

from collector import events
from collector.kept import Kept
from collector.store import Heard, StoredEvent
from collector.store_writing import StoreWriter
from seepline import alarm
from seepline.reading import Reading
from seepline.site import Site, Threshold
from seepline.thresholds import Level


class Alarms:
    """Levels, faults and silences of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._levels = Kept("alarm", alarm.AlarmState, alarm.AlarmState)
        self._faults = Kept("fault", alarm.FaultState, alarm.FaultState)
        self._silences = Kept("silence", alarm.SilenceState, alarm.SilenceState)
        self._clocks = Kept("clock", alarm.ClockState, alarm.ClockState)
        self._heard = Kept("heard", Heard, lambda: Heard(0))
        self._all: tuple[Kept[Any], ...] = (self._levels, self._faults, self._silences, self._clocks, self._heard)

    def load(self, store: StoreWriter) -> None:
        """Take up the states that the store holds."""
        for kept in self._all:
            kept.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write the states that changed into the store's open transaction."""
        for kept in self._all:
            kept.save(store)

    def is_late(self, reading: Reading) -> bool:
        """Tell whether a newer reading of the same point and quantity has been judged."""
        newest_ms = self._faults.get(f"{reading.point}/{reading.quantity}").newest_ms
        return newest_ms is not None and reading.time_ms < newest_ms

    def judge(self, reading: Reading, thresholds: Sequence[Threshold], arrived_ms: int) -> list[StoredEvent]:
        """Step every threshold of a reading and its fault state; return what happened."""
        key, worst = f"{reading.point}/{reading.quantity}", Level.GREEN
        happened: list[alarm.Event] = []
        for threshold in thresholds:
            name = f"{key}/{threshold.direction}"
            state, new = alarm.step(self._site.info.id, self._levels.get(name), reading, threshold, arrived_ms)
            self._levels.put(name, state)
            happened += new
            worst = max(worst, state.present.level)
        fault, new = alarm.fault_step(self._site.info.id, self._faults.get(key), reading, worst, arrived_ms)
        self._faults.put(key, fault)
        return [events.stored(event) for event in (*happened, *new)]

    def heard(self, logger: str, time_ms: int, arrived_ms: int) -> list[StoredEvent]:
        """Follow that a logger has a reading of `time_ms`."""
        self._heard.put(logger, Heard(max(time_ms, self._heard.get(logger).last_ms)))
        last_ms = self._silences.get(logger).last_ms
        return self._silence(logger, time_ms if last_ms is None else max(time_ms, last_ms), arrived_ms)

    def clock(self, logger: str, time_ms: int, arrived_ms: int) -> list[StoredEvent]:
        """Follow whether a logger's readings are dated ahead of the collector's clock."""
        about = self._site.source_by_id.get(logger)
        if about is None:
            return []
        state, new = alarm.clock_step(self._site.info.id, self._clocks.get(logger), about, time_ms, arrived_ms)
        self._clocks.put(logger, state)
        return [events.stored(event) for event in new]

    def silences(self, now_ms: int, listening_since_ms: int) -> list[StoredEvent]:
        """Follow which loggers are silent at `now_ms`; the time before the collector listened does not count."""
        due = self.silences_due(now_ms, listening_since_ms)
        return [event for logger in due for event in self._silence(logger, self._last_ms(logger, now_ms), now_ms)]

    def silences_due(self, now_ms: int, listening_since_ms: int) -> list[str]:
        """Return the loggers whose silence has to be told at `now_ms`."""
        return [
            logger.id
            for logger in self._site.sources
            if not self._silences.get(logger.id).silent
            and now_ms - max(self._last_ms(logger.id, 0), listening_since_ms) > logger.silence_s * 1000
        ]

    def _last_ms(self, logger: str, otherwise_ms: int) -> int:
        last_ms = self._silences.get(logger).last_ms
        return otherwise_ms if last_ms is None else last_ms

    def begin(self, now_ms: int) -> None:
        """Count the silence of loggers that never spoke from `now_ms` on."""
        for logger in self._site.sources:
            state = self._silences.get(logger.id)
            if state.last_ms is None:
                self._silences.put(
                    logger.id, alarm.silence_step(self._site.info.id, state, logger, None, now_ms)[0]
                )

    def _silence(self, logger: str, last_ms: int, now_ms: int) -> list[StoredEvent]:
        about = self._site.source_by_id.get(logger)
        if about is None:
            return []
        state, new = alarm.silence_step(self._site.info.id, self._silences.get(logger), about, last_ms, now_ms)
        self._silences.put(logger, state)
        return [events.stored(event) for event in new]
