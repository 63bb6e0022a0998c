"""Regressions trained at night.

A training depends on the readings of its frozen window alone. It is made at the first tick of a UTC day when
readings of the window changed since, or at once where there is none yet; when it came out otherwise than before,
what was made by it is made again from the window's end on (collector.past). So after a night the store is equal
for every order of arrival.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from collector.kept import Kept
from collector.past import name_of
from collector.reading_table import ReadingTable
from collector.store_writing import StoreWriter
from seepline.derive.evaluation import Key, inputs_of
from seepline.derive.formulas import FORMULAS
from seepline.derive.regression import DAY_MS
from seepline.derive.stability import digest
from seepline.derive.training import Reached, Trained, spell_of, train
from seepline.site import Site, Threshold
from seepline.site_derived import Derived
from seepline.thresholds import Level, is_rate, level_of, limits_of

LimitsOf = Callable[[str, str, int], Sequence[Threshold]]


@dataclass(frozen=True, slots=True)
class Training:
    """Of a declaration: its last training, whether its window changed since, and the UTC day it was made.

    `declared` is the digest of the declaration that was trained.
    """

    trained: Trained | None = None
    changed: bool = False
    night: int = -1
    declared: str = ""


class Trainings:
    """The trained declarations of one site over one table of readings.

    `limits_of` tells which limits judge a quantity of a point at a time.
    """

    def __init__(self, site: Site, readings: ReadingTable, limits_of: LimitsOf) -> None:
        self._limits_of = limits_of
        self._readings = readings
        self._declared = {name_of(one): one for one in site.derived if FORMULAS[one.formula].trained}
        self._digests = {name: digest(site.info.id, one) for name, one in self._declared.items()}
        self._kept = Kept("training", Training, Training)
        self._feeding: dict[Key, list[str]] = {}
        for name, one in self._declared.items():
            for key in inputs_of(one).values():
                self._feeding.setdefault(key, []).append(name)

    def load(self, store: StoreWriter) -> None:
        """Take up what the store holds, but for the training of a declaration that was edited since."""
        self._kept.load(store)
        for name in self._declared:
            if self._kept.get(name).declared != self._digests[name]:
                self._kept.put(name, Training(declared=self._digests[name]))

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        self._kept.save(store)

    def of(self, derived: Derived) -> Trained | None:
        """Return the training in force for a declaration, None before the first."""
        return self._kept.get(name_of(derived)).trained

    def changed(self, key: Key, time_ms: int) -> None:
        """Note that a reading says something new."""
        for name in self._feeding.get(key, ()):
            spell = spell_of(self._declared[name].parameters)
            if spell.from_ms - spell.window_ms - DAY_MS <= time_ms <= spell.to_ms + DAY_MS:
                self._kept.put(name, replace(self._kept.get(name), changed=True))

    def is_due(self, now_ms: int) -> bool:
        """Tell whether something has to be trained at this time."""
        return any(self._is_night(name, now_ms) for name in self._declared)

    def _is_night(self, name: str, now_ms: int) -> bool:
        kept = self._kept.get(name)
        if spell_of(self._declared[name].parameters).to_ms > now_ms:
            return False
        return kept.trained is None or (kept.changed and kept.night < now_ms // DAY_MS)

    def train(self, now_ms: int) -> Iterator[tuple[Derived, int]]:
        """Train the first that is due, one with each tick: a window of years takes a second or two.

        Yields the declaration where its training is another one now, and the time that it counts from.
        """
        name = next((name for name in self._declared if self._is_night(name, now_ms)), None)
        if name is None:
            return
        derived = self._declared[name]
        made = train(derived, inputs_of(derived), self._readings.window, reached_on(self._limits_of))
        differs = made != self._kept.get(name).trained
        night = now_ms // DAY_MS
        self._kept.put(name, Training(made, changed=False, night=night, declared=self._digests[name]))
        if differs:
            yield derived, spell_of(derived.parameters).to_ms


def reached_on(limits_of: LimitsOf) -> Reached:
    """Return what tells whether a value reaches a limit that judges at its time."""

    def reached(key: Key, time_ms: int, value: float) -> bool:
        limits = (one for one in limits_of(*key, time_ms) if not is_rate(one))
        return any(level_of(one, value) > Level.GREEN for one in limits)

    return reached


def limits_of_file(site: Site) -> LimitsOf:
    """Return the limits that the site's file alone has in force."""
    return partial(limits_of, site)


def trained_from(site: Site, readings: ReadingTable, derived: Derived) -> Trained:
    """Return the training of a declaration over a table that holds everything already."""
    return train(derived, inputs_of(derived), readings.window, reached_on(limits_of_file(site)))
