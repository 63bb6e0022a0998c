"""The collector's judgement, at the gateway: newest reading and level of each quantity from raw readings.

The same pure functions as in the collector, whose result is of record. Three things differ, because nothing waits
here: a value is made at once with the inputs at hand and made again when a nearer one comes; a reading older than
what is remembered of its channel is left to the collector; and what was before a start is known only as far as the
newest rows of the outbox tell it, or as a local alarm has kept it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from gateway.scada.derived import DerivedHere, Memory, divided
from gateway.scada.recent import Recent
from seepline import alarm
from seepline.convert import MAX_AGE_MS, dependents, due, primary_channels
from seepline.quality import evaluate
from seepline.reading import RawReading, Reading
from seepline.site import Assignment, Site
from seepline.thresholds import Key, Level, limits_of

Happened = Callable[[tuple[alarm.Event, ...]], None]


def nobody(_: tuple[alarm.Event, ...]) -> None:
    """Hear what happened, and do nothing."""


class Target(NamedTuple):
    """What is to be made: the readings of an instrument at a time, of what arrived at another."""

    at_ms: int
    assignment: Assignment
    arrived_ms: int


class Evaluator:
    """The newest judged reading by (point, quantity) of one site, and the alarm states of its limits.

    While `is_stepping` is False values are made and no level is stepped.
    """

    def __init__(self, site: Site, happened: Happened = nobody) -> None:
        self.latest: dict[Key, Reading] = {}
        self.is_stepping = True
        self._happened = happened
        self._states: dict[tuple[str, str, str], alarm.AlarmState] = {}
        self._recent, self._memory = Recent(()), Memory()
        self.use(site)

    def use(self, site: Site) -> None:
        """Judge by another version of the site from now on; what is known of channels and levels stays."""
        recent = Recent(site.channels)
        recent.carry(self._recent)
        self.site, self.elsewhere = divided(site)
        self._recent, self._derived = recent, DerivedHere(self.site, self._memory)
        self._primaries, self._dependents = primary_channels(site), dependents(site)

    def take(self, readings: Iterable[RawReading], arrived_ms: int) -> list[Target]:
        """Take what came at `arrived_ms`, in any order; return what `judge` has to make of it, in event order.

        Nothing is made of what is dated far ahead of its arrival.
        """
        news = [one for one in readings if not alarm.is_ahead(one.time_ms, arrived_ms) and self._recent.add(one)]
        found = {(at_ms, one.point): one for reading in news for at_ms, one in self._targets(reading)}
        return [Target(at_ms, found[at_ms, point], arrived_ms) for at_ms, point in sorted(found)]

    def judge(self, target: Target) -> None:
        """Make the readings of one instrument at one time, and step its levels."""
        at_ms, assignment, arrived_ms = target
        for made in evaluate(self.site, assignment, at_ms, self._recent.nearest, self._recent.previous):
            self._judge(made, arrived_ms)
            for one in self._derived.made_of(made):
                self._judge(one, arrived_ms)

    def _targets(self, reading: RawReading) -> Iterator[tuple[int, Assignment]]:
        """Yield what is made of a reading: of its own time, and the newest of what it corrects."""
        for one in due(self.site, self._primaries, reading.channel, reading.time_ms):
            yield reading.time_ms, one
        for primary in self._dependents.get(reading.channel, ()):
            newest_ms = self._recent.newest_ms(primary)
            if newest_ms is not None and abs(newest_ms - reading.time_ms) <= MAX_AGE_MS:
                for one in due(self.site, self._primaries, primary, newest_ms):
                    yield newest_ms, one

    def _judge(self, reading: Reading, arrived_ms: int) -> None:
        key = (reading.point, reading.quantity)
        known = self.latest.get(key)
        if known is None or reading.time_ms >= known.time_ms:
            self.latest[key] = reading
            if known is not None and (known.time_ms, known.value, known.judged) == (
                reading.time_ms,
                reading.value,
                reading.judged,
            ):
                return
        if self.is_stepping:
            self._happened(tuple(self._stepped(reading, arrived_ms)))

    def _stepped(self, reading: Reading, arrived_ms: int) -> Iterator[alarm.Event]:
        key = (reading.point, reading.quantity)
        for threshold in limits_of(self.site, *key, reading.time_ms):
            name = (*key, threshold.direction)
            state = self._states.get(name, alarm.AlarmState())
            self._states[name], events = alarm.step(self.site.info.id, state, reading, threshold, arrived_ms)
            yield from events

    def states(self) -> dict[str, alarm.AlarmState]:
        """Return every alarm state by 'point/quantity/direction'."""
        return {"/".join(name): state for name, state in self._states.items()}

    def forget_levels(self) -> None:
        """Begin with no levels, as if nothing had been judged."""
        self._states.clear()

    def take_up(self, states: Mapping[str, alarm.AlarmState]) -> None:
        """Begin with the states that `states()` gave before."""
        for name, state in states.items():
            point, quantity, direction = name.split("/")
            self._states[point, quantity, direction] = state

    def level(self, point: str, quantity: str, now_ms: int) -> Level | None:
        """Return the present level of a quantity, None where it has no limits in force or was never judged."""
        states = [
            self._states.get((point, quantity, threshold.direction))
            for threshold in limits_of(self.site, point, quantity, now_ms)
        ]
        judged = [one.present.level for one in states if one and one.present.newest_ms is not None]
        return max(judged, default=None)
