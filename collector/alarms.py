"""The alarm states of a running collector: every step is one of seepline.alarm's, every result is kept.

Names in the store: 'point/quantity/direction' of a rule, 'point/quantity' of a fault, the id of a logger.
"""

from collections.abc import Sequence
from typing import Any

from collector import events
from collector.kept import Kept
from collector.repeats import Repeats
from collector.standings import Standings
from collector.store import Heard, StoredEvent
from collector.store_writing import StoreWriter
from seepline import alarm
from seepline.alarm.condition import identity_of
from seepline.alarm.inputs import Cause, Missed, Reached, Terms, terms_of
from seepline.behind import sources_behind
from seepline.reading import Reading
from seepline.site import Site, Threshold
from seepline.thresholds import Level, is_rate
from seepline.wish import Wish


class Alarms:
    """Levels, faults and silences of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.standings = Standings(site)
        self._levels = Kept("alarm", alarm.AlarmState, alarm.AlarmState)
        self._faults = Kept("fault", alarm.FaultState, alarm.FaultState)
        self._silences = Kept("silence", alarm.SilenceState, alarm.SilenceState)
        self._clocks = Kept("clock", alarm.ClockState, alarm.ClockState)
        self._heard = Kept("heard", Heard, lambda: Heard(0))
        self._repeats = Repeats(site)
        self._all: tuple[Kept[Any] | Standings, ...] = (
            self._levels,
            self._faults,
            self._silences,
            self._clocks,
            self._heard,
            self._repeats.asked,
            self.standings,
        )
        self._terms_of: dict[int, tuple[Threshold, Terms]] = {}

    def use(self, site: Site) -> None:
        """Take actions, votes and observations from a site whose sets of limits are others now."""
        self.standings.site = site

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
        """Step every rule of a reading and its fault state; return what happened."""
        key = f"{reading.point}/{reading.quantity}"
        happened = [event for rule in thresholds for event in self._step(rule, reading, arrived_ms)]
        worst = max((self.standings.get(rule.name).level for rule in thresholds), default=Level.GREEN)
        fault, new = alarm.fault_step(self._site.info.id, self._faults.get(key), reading, worst, arrived_ms)
        self._faults.put(key, fault)
        if fault.reason:
            for rule in thresholds:
                happened += self.standings.invalid(rule.name, fault.reason, arrived_ms)
        return [events.stored(event) for event in (*happened, *new)]

    def _step(self, rule: Threshold, reading: Reading, arrived_ms: int) -> list[alarm.Event]:
        """Step the condition of one rule and the alarm that stands on it."""
        before = self._levels.get(rule.name)
        after, new = alarm.step(self._site.info.id, before, reading, rule, arrived_ms)
        self._levels.put(rule.name, after)
        if not reading.judged or reading.value is None:
            return []
        if after.present is before.present:
            return [event for late in new for event in self.standings.put(rule.name, Missed(late))]
        self._repeats.ask(rule, reading, (before.present, after.present), arrived_ms)
        level, terms = after.present.level, self._terms(rule)
        if self.standings.stands(rule.name, level, terms):
            return []
        value = new[0].value if new else None if is_rate(rule) else reading.value
        cause = Cause(identity_of(reading), reading.time_ms, arrived_ms, value=value)
        return self.standings.reached(rule.name, Reached(level, terms, cause))

    def _terms(self, rule: Threshold) -> Terms:
        """Return what a rule asks beyond its condition; made once, for it is asked for with every reading."""
        known = self._terms_of.get(id(rule))
        if known is None or known[0] is not rule:
            known = self._terms_of[id(rule)] = (rule, terms_of(rule))
        return known[1]

    def due(self, now_ms: int) -> bool:
        """Tell whether time alone changes an alarm at `now_ms`."""
        return self.standings.due(now_ms)

    def passed(self, now_ms: int) -> list[StoredEvent]:
        """Follow the clock: what re-alarms, who is told next, what is shelved no longer, what is overdue."""
        self._repeats.forget(now_ms)
        return [events.stored(event) for event in self.standings.passed(now_ms)]

    def wishes(self) -> list[Wish]:
        """Return the repeats that gateways are to be asked for; the same wish has the same id every time."""
        return self._repeats.wishes()

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
        more = self._keep_levels(logger, now_ms) if new and state.silent else []
        return [events.stored(event) for event in (*new, *more)]

    def _keep_levels(self, logger: str, now_ms: int) -> list[alarm.Event]:
        """Keep the levels of everything that a silent logger measures, until an engineer releases them."""
        return [
            event
            for name in self.standings.names()
            if logger in sources_behind(self._site, name.split("/")[0], name.split("/")[1], now_ms)
            for event in self.standings.invalid(name, f"logger {logger} is silent", now_ms)
        ]
