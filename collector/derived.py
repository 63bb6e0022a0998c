"""Which derived readings a changed reading makes due, and what they are with everything that is known now.

A derived value is a function of the current readings of its inputs, so it is equal for every order of arrival: any
reading that says something new makes all those due that take it, and those make due what is made of them. Only the
moment of publishing depends on the order: a value waits for another point's data as affected.py has it.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from collector.acts.desk import Handler
from collector.past import Past
from collector.reading_table import ReadingTable
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from collector.surfaces import Surfaces, told
from collector.training import LimitsOf, Trainings, limits_of_file
from seepline.acts.document import AcceptedAct
from seepline.acts.surfaces import ResponseSurface
from seepline.convert import MAX_AGE_MS
from seepline.derive.evaluation import Beside, Key, Sample, derived_at, evaluate, inputs_of
from seepline.derive.formulas import FORMULAS
from seepline.derive.plain import plain, plan_of
from seepline.reading import Reading
from seepline.site import Site
from seepline.site_derived import Derived

_EVER_MS = 2**62


class Due(NamedTuple):
    """A derived quantity to be made at a time of its driving input."""

    derived: Derived
    time_ms: int

    @property
    def name(self) -> str:
        """Return what its waiting is kept under."""
        return f"{self.derived.point} {self.derived.quantity}@{self.time_ms}"


@dataclass(frozen=True, slots=True)
class Uptake:
    """How a declaration takes one of its inputs: by what drives it, over a window, or the nearest."""

    derived: Derived
    driver: Key
    is_driver: bool
    window_ms: int  # 0: not a series

    @property
    def makes(self) -> Key:
        """Return what is made."""
        return self.derived.point, self.derived.quantity


class Derivations:
    """Look-ups from readings to what is derived of them, for one site and one table of readings.

    `limits_of` tells which limits judge at a time; without it those of the site's file do.
    """

    def __init__(self, site: Site, readings: ReadingTable, limits_of: LimitsOf | None = None) -> None:
        self._site = site
        self._readings = readings
        self._past = Past(site, readings)
        self._trainings = Trainings(site, readings, limits_of or limits_of_file(site))
        self._surfaces = Surfaces(site)
        self._beside = Beside(self._trainings.of, self._surfaces.signed_by)
        self._uptakes: dict[Key, list[Uptake]] = {}
        for one in site.derived:
            for key, uptake in _uptakes(one):
                self._uptakes.setdefault(key, []).append(uptake)
        self._plans = {id(one): plan_of(one) for one in site.derived}
        self._rank = {key: place for place, key in enumerate(in_order(site))}
        self._pending: dict[tuple[int, int], Due] = {}
        self._heap: list[tuple[int, int]] = []

    def load(self, store: StoreWriter) -> None:
        """Drop what is due, whose transaction may have been rolled back, and take up what the store holds."""
        self._pending.clear()
        self._heap.clear()
        for kept in (self._past, self._trainings, self._surfaces):
            kept.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        for kept in (self._past, self._trainings, self._surfaces):
            kept.save(store)

    def has_work(self, now_ms: int) -> bool:
        """Tell whether a tick at this time has something to do."""
        return self._past.is_open() or self._trainings.is_due(now_ms)

    def work(self, now_ms: int) -> None:
        """Train what is due, and make a piece of the past due that depends on what changed."""
        for derived, from_ms in self._trainings.train(now_ms):
            self._past.begin(derived, from_ms)
        for derived, time_ms in self._past.piece():
            self.add(derived.point, derived.quantity, time_ms, derived)

    def handlers(self) -> dict[str, Handler]:
        """Return what is done about acts on derived quantities, by kind of act."""
        return {"response_surface": self._sign}

    def _sign(self, accepted: AcceptedAct, body: ResponseSurface, arrived_ms: int) -> Iterator[StoredEvent]:
        derived = self._surfaces.sign(accepted, body)
        self._past.begin(derived, -_EVER_MS)
        yield told(accepted, body, derived, arrived_ms)

    def changed(self, key: Key, time_ms: int, *, revised: bool) -> None:
        """Note that a stored reading says something new; `revised`: another version of it was there before."""
        self._trainings.changed(key, time_ms)
        for uptake in self._uptakes.get(key, ()):
            if uptake.is_driver and not uptake.window_ms:
                self.add(*uptake.makes, time_ms, uptake.derived)
                continue
            for driving_ms in self._times(uptake, key, time_ms, revised):
                self.add(uptake.derived.point, uptake.derived.quantity, driving_ms, uptake.derived)

    def add(self, point: str, quantity: str, time_ms: int, only: Derived | None = None) -> None:
        """Make a derived quantity due at a time, by the declaration in force then (which `only` has to be)."""
        declared = derived_at(self._site, point, quantity, time_ms)
        if declared is None or (only is not None and declared is not only):
            return
        if only is not None or self.is_driven(Due(declared, time_ms)):
            place = (self._rank[(point, quantity)], time_ms)
            if place not in self._pending:
                heapq.heappush(self._heap, place)
            self._pending[place] = Due(declared, time_ms)

    def take(self) -> Iterator[Due]:
        """Yield what is due, what others are made of first, then in event order, until nothing is left."""
        while self._pending:
            yield self._pending.pop(heapq.heappop(self._heap))

    def evaluate(self, due: Due) -> Reading:
        """Return a derived reading from everything in the store now."""
        plan = self._plans.get(id(due.derived))
        made = None if plan is None else plain(plan, due.time_ms, self._exact)
        return made if made is not None else self._explained(due)

    def _exact(self, key: Key, time_ms: int) -> Sample | None:
        return self._readings.nearest(key, time_ms, 0)

    def _explained(self, due: Due) -> Reading:
        return evaluate(self._site, due.derived, due.time_ms, self._readings, beside=self._beside)

    def is_driven(self, due: Due) -> bool:
        """Tell whether its driving input has a reading; a site may be edited while a value waits."""
        driver = next(iter(inputs_of(due.derived).values()))
        return bool(self._readings.times(driver, due.time_ms, due.time_ms))

    def is_open(self, due: Due) -> bool:
        """Tell whether a better input may still come: nothing of it is known at or behind the time."""
        if len(due.derived.inputs) == 1:
            return False
        _driver, *others = inputs_of(due.derived).items()
        formula = FORMULAS[due.derived.formula]
        return any(
            not self._readings.times(key, due.time_ms, due.time_ms + MAX_AGE_MS)
            for name, key in others
            if not formula.is_series(name)
        )

    def wait_ms(self, due: Due, scans: int) -> int:
        """Return how long to wait for the other inputs: so many scans of the slowest logger behind any of them."""
        return scans * 1000 * _slowest_scan_s(self._site, (due.derived.point, due.derived.quantity))

    def _times(self, uptake: Uptake, key: Key, time_ms: int, revised: bool) -> list[int]:
        """Return the driving input's times at which a reading of `key` at `time_ms` decides something."""
        if uptake.window_ms:
            return self._readings.times(uptake.driver, time_ms, time_ms + uptake.window_ms - 1)
        if uptake.is_driver:
            return [time_ms]
        near = self._readings.times(uptake.driver, time_ms - MAX_AGE_MS, time_ms + MAX_AGE_MS)
        if revised:
            return near
        chosen = ((at_ms, self._readings.nearest(key, at_ms, MAX_AGE_MS)) for at_ms in near)
        return [at_ms for at_ms, one in chosen if _decides(one, at_ms, time_ms)]


def _decides(chosen: Sample | None, at_ms: int, time_ms: int) -> bool:
    """Tell whether a new reading at `time_ms` is what is taken at `at_ms`, or ends the waiting for it."""
    if chosen is not None and chosen.time_ms == time_ms:
        return True
    return (chosen is None or chosen.time_ms < at_ms) and at_ms <= time_ms


def _uptakes(derived: Derived) -> Iterator[tuple[Key, Uptake]]:
    formula, sources = FORMULAS[derived.formula], inputs_of(derived)
    driver = next(iter(sources.values()))
    window_ms = formula.window_ms(derived.quantity, derived.parameters)
    for place, (name, key) in enumerate(sources.items()):
        yield key, Uptake(derived, driver, place == 0, window_ms if formula.is_series(name) else 0)


def _slowest_scan_s(site: Site, key: Key) -> int:
    declared = site.derived_by_output.get(key)
    if declared:
        sources = {source for one in declared for source in inputs_of(one).values()}
        return max(_slowest_scan_s(site, source) for source in sources)
    channels = (name for one in site.assignments_by_point.get(key[0], ()) for name in one.inputs.values())
    return max((site.source_by_id[name.partition("/")[0]].scan_s for name in channels), default=0)


def in_order(site: Site) -> list[Key]:
    """Return the derived (point, quantity) of a site, each behind those that it is made of."""
    ordered: dict[Key, None] = {}

    def follow(key: Key) -> None:
        for one in site.derived_by_output.get(key, ()):
            for source in inputs_of(one).values():
                if source not in ordered:
                    follow(source)
        if key in site.derived_by_output:
            ordered[key] = None

    for key in site.derived_by_output:
        follow(key)
    return list(ordered)
