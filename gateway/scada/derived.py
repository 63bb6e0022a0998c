"""Derived quantities at the gateway: by the collector's own pure function, from what is at hand in memory.

Made here is what needs nothing that a gateway lacks: all inputs are of its own instruments (or made of those), no
window is longer than a day, no training over years and no act of a person. A limit on anything else is judged at
the collector only, and `divided` says which: a screen that cannot see a limit must not look as if it could.

A value waits until every other input has a reading at its time or behind it, at most until two more of its driving
input have come, so that two gauges of one scan are never mixed with each other's last scan.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from seepline.convert import MAX_AGE_MS, kind_of
from seepline.derive.evaluation import Key, Sample, derived_at, evaluate, inputs_of
from seepline.derive.formulas import FORMULAS
from seepline.reading import Reading
from seepline.site import Site
from seepline.site_derived import Derived

LONGEST_WINDOW_MS = 86_400_000
_MOST_WAITING = 2  # of the driving input's times
_KEPT_MS = LONGEST_WINDOW_MS + 2 * MAX_AGE_MS


class Divided(NamedTuple):
    """A site with only the derived quantities and the limits that are judged here, and the other limits' keys."""

    site: Site
    elsewhere: frozenset[Key]


def divided(site: Site) -> Divided:
    """Divide a gateway's site (register_map.site_of); limits on other gateways' points are in neither part."""
    measured = {(one.point, quantity) for one in site.assignments for quantity in kind_of(site, one).quantities}
    here = _made_here(site, measured)
    touched = {one.point for one in site.assignments}
    touched |= {one.point for one in site.derived if any(key[0] in touched for key in inputs_of(one).values())}
    limited = {(one.point, one.quantity) for one in site.thresholds if one.point in touched}
    judged = measured | here
    kept = replace(
        site,
        derived=tuple(one for one in site.derived if (one.point, one.quantity) in here),
        thresholds=tuple(one for one in site.thresholds if (one.point, one.quantity) in judged),
    )
    return Divided(kept, frozenset(limited - judged))


def _made_here(site: Site, measured: set[Key]) -> set[Key]:
    """Return the derived quantities of which every declaration can be made here."""
    made = set[Key]()
    while True:
        more = {
            key
            for key, declared in site.derived_by_output.items()
            if key not in made and all(_is_possible(one, measured | made) for one in declared)
        }
        if not more:
            return made
        made |= more


def _is_possible(one: Derived, known: set[Key]) -> bool:
    formula = FORMULAS[one.formula]
    short = formula.window_ms(one.quantity, one.parameters) <= LONGEST_WINDOW_MS
    return short and not formula.collector_only and known.issuperset(inputs_of(one).values())


class Memory:
    """Readings of the last day by (point, quantity): the history that formulas are handed."""

    def __init__(self) -> None:
        self._kept: dict[Key, list[Sample]] = {}

    def add(self, reading: Reading) -> bool:
        """Keep a reading; tell whether it says something new."""
        kept = self._kept.setdefault((reading.point, reading.quantity), [])
        sample = Sample(reading.time_ms, reading.value, reading.quality, reading.bound)
        place = bisect_left(kept, (reading.time_ms,))
        if place < len(kept) and kept[place].time_ms == reading.time_ms:
            if kept[place] == sample:
                return False
            kept[place] = sample
        else:
            insort(kept, sample, key=lambda one: one.time_ms)
        del kept[: bisect_left(kept, (kept[-1].time_ms - _KEPT_MS,))]
        return True

    def newest_ms(self, key: Key) -> int | None:
        """Return the time of the newest reading, None without any."""
        kept = self._kept.get(key)
        return kept[-1].time_ms if kept else None

    def nearest(self, key: Key, time_ms: int, max_age_ms: int) -> Sample | None:
        """Return the one at the time, else the nearest with a value; without any the one at the time."""
        kept = self._kept.get(key, [])
        place = bisect_left(kept, (time_ms,))
        exact = kept[place] if place < len(kept) and kept[place].time_ms == time_ms else None
        if exact is not None and (exact.value is not None or not max_age_ms):
            return exact
        near = [one for one in kept if one.value is not None and abs(one.time_ms - time_ms) <= max_age_ms]
        return min(near, key=lambda one: abs(one.time_ms - time_ms), default=exact)

    def window(self, key: Key, after_ms: int, to_ms: int) -> Sequence[Sample]:
        """Return those with after_ms < time <= to_ms, oldest first."""
        kept = self._kept.get(key, [])
        return kept[bisect_left(kept, (after_ms + 1,)) : bisect_left(kept, (to_ms + 1,))]


class DerivedHere:
    """What is made of the readings of one gateway. `site` is one that `divided` has made."""

    def __init__(self, site: Site, memory: Memory) -> None:
        self._site = site
        self._memory = memory
        self._takers: dict[Key, dict[Key, None]] = {}
        for one in site.derived:
            for source in inputs_of(one).values():
                self._takers.setdefault(source, {})[one.point, one.quantity] = None
        self._waiting: dict[Key, list[int]] = {}

    def made_of(self, reading: Reading) -> Iterator[Reading]:
        """Yield what a reading lets be made now, and what is made of that in turn."""
        if not self._memory.add(reading):
            return
        source = (reading.point, reading.quantity)
        for key in self._takers.get(source, ()):
            for time_ms in self._ready(key, source, reading.time_ms):
                declared = derived_at(self._site, *key, time_ms)
                if declared is not None:
                    made = evaluate(self._site, declared, time_ms, self._memory)
                    yield made
                    yield from self.made_of(made)

    def _ready(self, key: Key, source: Key, time_ms: int) -> list[int]:
        """Return the driving input's times at which a derived quantity is to be made, oldest first."""
        declared = derived_at(self._site, *key, time_ms)
        if declared is None:
            return []
        driver, *others = inputs_of(declared).values()
        waiting, newest_ms = self._waiting.setdefault(key, []), self._memory.newest_ms(driver)
        if source == driver and time_ms not in waiting:
            insort(waiting, time_ms)
        elif newest_ms is not None and newest_ms not in waiting and abs(newest_ms - time_ms) <= MAX_AGE_MS:
            insort(waiting, newest_ms)
        seen_ms = min((self._seen(other) for other in others), default=time_ms)
        ready = [at_ms for place, at_ms in enumerate(waiting) if at_ms <= seen_ms or self._is_old(waiting, place)]
        waiting[:] = [at_ms for at_ms in waiting if at_ms not in ready]
        return ready

    def _seen(self, key: Key) -> int:
        newest_ms = self._memory.newest_ms(key)
        return -1 if newest_ms is None else newest_ms

    def _is_old(self, waiting: Sequence[int], place: int) -> bool:
        return len(waiting) - place > _MOST_WAITING


def sources_of(site: Site, key: Key) -> Mapping[Key, None]:
    """Return the measured quantities that a quantity is made of in the end, itself where it is measured."""
    declared = site.derived_by_output.get(key)
    if not declared:
        return {key: None}
    inputs = (source for made in declared for source in inputs_of(made).values())
    return {one: None for source in inputs for one in sources_of(site, source)}
