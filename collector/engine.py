"""The engine: the journal in commit order, one entry after the other, into judged readings, levels and events.

It reads nothing but the journal (whose ticks carry the clock), so a replay of the same journal gives the same
store. Everything that an entry changes is committed together with the number of that entry: after a kill it goes
on behind the last whole entry, and no event can be made twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from collector import events
from collector.acts import kept as kept_acts
from collector.acts.alarms import AlarmActs
from collector.acts.desk import ActDesk, Handler
from collector.affected import Affected, Target
from collector.air import AirResponses
from collector.alarms import Alarms
from collector.commissioning import Commissioned
from collector.derived import Derivations
from collector.exercises import Exercises
from collector.hand.handler import ByHand
from collector.journal import Journal
from collector.journal_entries import Entry, Kind, seen_ms
from collector.judged import marks_of
from collector.kept import Kept
from collector.limits import Limits
from collector.series_flags import SeriesFlags
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.air import BarometricFactor
from seepline.acts.document import AcceptedAct
from seepline.convert import assignment_at
from seepline.derive import strong_motion
from seepline.reading import RawReading, Reading
from seepline.site import Assignment, Site, Threshold
from seepline.wire.event import EVENT_BLOCK
from seepline.wish import Wish

_WAIT_SCANS = 2
_LISTENING = "listening_since_ms"


@dataclass(frozen=True, slots=True)
class Wait:
    """A value that waits for another logger's data, at most until `deadline_ms` of the site's clock.

    `quantity` is that of a derived value; an instrument's readings wait together.
    """

    point: str
    time_ms: int
    deadline_ms: int
    quantity: str = ""


class Engine:
    """Judges one site's journal into its store. All methods belong to the thread of journal and store."""

    def __init__(self, site: Site, journal: Journal, store: StoreWriter) -> None:
        self._site = site
        self._journal = journal
        self._store = store
        self._judged_site = site
        self._affected = Affected(site, journal.raw)
        self.derivations = Derivations(site, store.readings, self.limits_of)
        self._alarms = Alarms(site)
        self._air = AirResponses(site)
        self._commissioned = Commissioned(site, store)
        self._hand = ByHand(site, store, self._publish)
        self._limits = Limits(site, self._alarms.use, journal.acts.newest)
        self._acts = ActDesk(site, self._handlers(store))
        self._acts.add(self._hand.handlers)
        self._flags = SeriesFlags(site, store)
        self._exercises = Exercises(site.info.id, self._alarms.standings.worst)
        self._acts.add(self._exercises.handlers)
        self._waits = Kept("wait", Wait, lambda: Wait("", 0, 0))
        self._mark = f"journal {journal.birth}"
        self.load()

    def load(self) -> None:
        """Take up the states and the place in the journal that the store holds."""
        self._alarms.load(self._store)
        self._limits.load(self._store)
        self._commissioned.load()
        self._waits.load(self._store)
        self._hand.duties.load(self._store)
        self.derivations.load(self._store)
        self._air.load(self._store)
        self._use(self._air.judged_site())
        self._exercises.load(self._store)
        self._journal.raw.forget_recent()
        self._done = self._store.mark(self._mark)
        self._listening_since_ms = self._store.mark(_LISTENING)

    def _handlers(self, store: StoreWriter) -> Mapping[str, Handler]:
        return {
            **kept_acts.handlers(store),
            **self._commissioned.handlers(),
            **self.derivations.handlers(),
            **self._limits.handlers,
            **AlarmActs(self._alarms.standings, store.hand.name_photos).handlers(),
            "barometric_factor": self._accept_air,
        }

    @property
    def judged_site(self) -> Site:
        """The site by which readings are made now, with what engineers accepted by acts."""
        return self._judged_site

    def limits_of(self, point: str, quantity: str, time_ms: int) -> tuple[Threshold, ...]:
        """Return the thresholds that judge a quantity of a point at a time."""
        return self._limits.of(self._commissioned.site, point, quantity, time_ms)

    def judge(self, limit: int) -> int:
        """Judge up to `limit` entries in one transaction; return how many there were."""
        if not (entries := list(self._journal.entries_after(self._done, limit))):
            return 0
        try:
            with self._store.transaction():
                after = self._done
                for entry in entries:
                    current = entry.current
                    self._journal.raw.follow(after, entry.id, current)
                    self._affected.follow(entry.id, current)
                    self._judge_entry(entry)
                    after = entry.id
                self._alarms.save(self._store)
                self._limits.save(self._store)
                self._waits.save(self._store)
                self._hand.duties.save(self._store)
                self.derivations.save(self._store)
                self._air.save(self._store)
                self._exercises.save(self._store)
                self._store.keep_mark(self._mark, entries[-1].id)
        except BaseException:
            self.load()
            raise
        self._done = entries[-1].id
        return len(entries)

    def tick(self, now_ms: int) -> None:
        """Journal the time when a deadline has passed, so that `judge` acts on it."""
        waited = any(wait.deadline_ms <= now_ms for wait in self._waits.by_name.values())
        waited = waited or self.derivations.has_work(now_ms) or self._exercises.due(now_ms)
        waited = waited or self._alarms.due(now_ms) or bool(self._hand.duties.due(now_ms))
        waited = waited or self._limits.is_due(now_ms)
        if waited or self._alarms.silences_due(now_ms, self._listening_since_ms):
            self._journal.tick(Kind.TICK, now_ms)

    def wishes(self) -> list[Wish]:
        """Return what gateways are to be asked for."""
        return self._alarms.wishes()

    def _judge_entry(self, entry: Entry) -> None:
        if entry.kind is Kind.READINGS:
            self._judge_readings(entry)
        elif entry.kind is Kind.TICK:
            self._tell(self._limits.due(entry.arrival_ms, entry.id))
            self._judge_tick(entry.arrival_ms)
        elif entry.kind is Kind.POLICY:
            self._tell(self._limits.policy_is(entry.policy, entry.arrival_ms))
        elif entry.act is not None:
            self._tell(self._acts.handle(entry.act, entry.arrival_ms))
            self._publish_derived(entry.arrival_ms, waited=False)
        else:
            self._listening_since_ms = entry.arrival_ms
            self._store.keep_mark(_LISTENING, entry.arrival_ms)
            self._alarms.begin(entry.arrival_ms)
            self._hand.duties.begin(entry.arrival_ms)

    def _judge_tick(self, now_ms: int) -> None:
        self._tell(self._exercises.passed(now_ms))
        waits = [wait for wait in self._waits.by_name.items() if wait[1].deadline_ms <= now_ms]
        for name, wait in sorted(waits, key=lambda one: (one[1].time_ms, one[0])):
            self._waits.drop(name)
            self._end_wait(wait, now_ms)
        self.derivations.work(now_ms)
        self._publish_derived(now_ms, waited=True)
        self._tell(self._alarms.silences(now_ms, self._listening_since_ms) + self._alarms.passed(now_ms))
        self._tell(self._hand.duties.overdue(now_ms))

    def _end_wait(self, wait: Wait, now_ms: int) -> None:
        if wait.quantity:
            self.derivations.add(wait.point, wait.quantity, wait.time_ms)
            return
        assignment = assignment_at(self._site, wait.point, wait.time_ms)
        if assignment is not None and self._affected.is_due(assignment, wait.time_ms):
            self._publish_target((assignment, wait.time_ms), now_ms, waited=True)

    def _judge_readings(self, entry: Entry) -> None:
        if entry.block == EVENT_BLOCK:
            self._judge_event(entry)
            return
        self._tell(self._alarms.heard(entry.logger, seen_ms(entry), entry.arrival_ms))
        self._tell(self._alarms.clock(entry.logger, entry.time_ms, entry.arrival_ms))
        self._tell(self._conflicts(entry))
        current = entry.current
        for look_up in (self._affected.targets, self._affected.retests):
            for target in self._ordered(look_up, current):
                self._publish_target(target, entry.arrival_ms, waited=False)
        self._publish_derived(entry.arrival_ms, waited=False)

    def _ordered(
        self, look_up: Callable[[str, int], Iterator[Target]], current: Iterable[RawReading]
    ) -> list[Target]:
        """Return what some current readings reach, once each, in event order."""
        name = self._affected.name
        found = {
            (at_ms, name(assignment)): (assignment, at_ms)
            for reading in current
            for assignment, at_ms in look_up(reading.channel, reading.time_ms)
        }
        return [found[key] for key in sorted(found)]

    def _judge_event(self, entry: Entry) -> None:
        """Tell what a logger says; strong motion, unless dated ahead or a second word, is readings too."""
        name, numbers = events.name_and_numbers(entry)
        taken = name == strong_motion.NAME and not any(value.rank for value in entry.values)
        begun_ms = strong_motion.begin_ms(numbers, entry.time_ms) if taken else None
        self._tell([events.logged(self._site.info.id, entry, begun_ms), *self._conflicts(entry)])
        about = (entry.logger, entry.time_ms, entry.identity)
        for reading in strong_motion.readings(self._site, *about, numbers) if taken else ():
            self._publish(reading, entry.arrival_ms)
        self._publish_derived(entry.arrival_ms, waited=False)

    def _use(self, site: Site) -> None:
        """Convert and flag by another version of the site: one with other sheets or quality tests."""
        self._judged_site = site
        self._affected, self._flags = Affected(site, self._journal.raw), SeriesFlags(site, self._store)

    def _accept_air(self, accepted: AcceptedAct, body: BarometricFactor, arrived_ms: int) -> Iterator[StoredEvent]:
        """Judge by an accepted answer to the air, and again what was read since its signature."""
        yield self._air.accept(accepted, body, arrived_ms)
        self._use(self._air.judged_site())
        for target in self._affected.since(body.point, accepted.act.signed_at_ms):
            self._publish_target(target, arrived_ms, waited=False)
        self._publish_derived(arrived_ms, waited=False)

    def _conflicts(self, entry: Entry) -> Iterable[StoredEvent]:
        site, about = self._site.info.id, (entry.logger, entry.time_ms, entry.arrival_ms)
        for value in entry.values:
            if value.rank > 0:
                yield events.conflict(site, "conflict", f"{value.reading.channel} #{value.rank + 1}", *about)
        if entry.identity_conflict:
            yield events.conflict(site, "identity_conflict", entry.identity, *about)

    def _publish_target(self, target: Target, arrived_ms: int, waited: bool) -> None:
        assignment, time_ms = target
        evaluation, name = self._affected.evaluate(target), f"{self._affected.name(assignment)}@{time_ms}"
        if evaluation.open and not waited and not self._is_published(evaluation.readings):
            if name not in self._waits.by_name:
                deadline_ms = arrived_ms + self._wait_ms(assignment)
                self._waits.put(name, Wait(assignment.point, time_ms, deadline_ms))
            return
        self._waits.drop(name)
        for reading in evaluation.readings:
            self._publish(reading, arrived_ms)

    def _publish_derived(self, arrived_ms: int, waited: bool) -> None:
        """Publish what the readings published before make due; nothing waits a second time."""
        for due in self.derivations.take():
            reading = self.derivations.evaluate(due)
            if not waited and self.derivations.is_open(due) and not self._is_published((reading,)):
                if due.name not in self._waits.by_name:
                    deadline_ms = arrived_ms + self.derivations.wait_ms(due, _WAIT_SCANS)
                    self._waits.put(
                        due.name, Wait(reading.point, due.time_ms, deadline_ms, quantity=reading.quantity)
                    )
                continue
            self._waits.drop(due.name)
            self._publish(reading, arrived_ms)

    def _is_published(self, readings: tuple[Reading, ...]) -> bool:
        return any(self._store.current(one.point, one.quantity, one.time_ms) for one in readings)

    def _wait_ms(self, assignment: Assignment) -> int:
        loggers = {channel.partition("/")[0] for channel in assignment.inputs.values()}
        return _WAIT_SCANS * 1000 * max(self._site.source_by_id[logger].scan_s for logger in loggers)

    def _publish(self, reading: Reading, arrived_ms: int) -> None:
        """Store a reading where it says something new; a new value steps alarms, and others' flags."""
        reading = self._flags.judged(reading)
        thresholds = self.limits_of(reading.point, reading.quantity, reading.time_ms)
        before = self._store.current(reading.point, reading.quantity, reading.time_ms)
        late = self._alarms.is_late(reading)
        if not self._store.put_judged(reading, marks_of(reading, thresholds), late, arrived_ms, before):
            return
        key = (reading.point, reading.quantity)
        self.derivations.changed(key, reading.time_ms, revised=before is not None)
        if before is None or (before.value, before.judged) != (reading.value, reading.judged):
            self._tell(self._alarms.judge(reading, thresholds, arrived_ms))
            for series, time_ms in self._flags.follow(reading, arrived_ms):
                self.derivations.changed(series, time_ms, revised=True)

    def _tell(self, happened: Iterable[StoredEvent]) -> None:
        for event in happened:
            for seen in self._exercises.seen(event):
                self._store.add_event(seen)
