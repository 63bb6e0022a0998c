"""Flags of engineering values: the tests that look at the series a value stands in.

    rules of (point, quantity) in force at its time -> what each may see of the series -> one Flag each

A flag is a function of the values alone. So when a value comes, changes or is withheld, the flags that it reaches
are made again, and the result is the same in whatever order the values came.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from seepline.quality.barometric import DAY_MS
from seepline.quality.flags import Flag
from seepline.quality.looks import Reach, Sample, SamplesOf, Seen
from seepline.quality.table import TESTS, Look, Test, neighbour_of, parameters
from seepline.site import Site, valid_at
from seepline.site_quality import QualityRule

Series = tuple[str, str]  # (point, quantity)


class Reached(NamedTuple):
    """A series whose flags a value may change, from so far before to so far behind the value's time."""

    flagged: Series
    before_ms: int
    behind_ms: int
    daily: bool


Reaches = Mapping[Series, Sequence[Reached]]


def rules_at(site: Site, series: Series, time_ms: int, look: Look) -> Iterator[tuple[Test, QualityRule]]:
    """Yield the tests of a series in force at a time: of one test (and neighbour) the newest that began."""
    newest: dict[tuple[str, str | None], QualityRule] = {}
    for rule in site.quality_rules_by_series.get(series, ()):
        key = (rule.test, rule.neighbour)
        if valid_at(rule.valid_from_ms, None, time_ms) and TESTS[rule.test].look is look:
            known = newest.get(key)
            newest[key] = rule if known is None else max(known, rule, key=lambda one: one.valid_from_ms)
    yield from ((TESTS[rule.test], rule) for rule in newest.values())


@dataclass(frozen=True)
class Flagger:
    """Makes the flags of one site's values; ask for them while the values stand still.

    Parameters
    ----------
    samples
        Looks up the values of a series; a value under test need not be among them yet.
    """

    site: Site
    samples: SamplesOf
    _of_day: dict[QualityRule, tuple[int, Flag]] = field(default_factory=dict)

    def flags(self, series: Series, this: Sample) -> list[Flag]:
        """Return the flags of a value, in the order of the site file."""
        rules = rules_at(self.site, series, this.time_ms, Look.SERIES)
        return [self._flag(test, rule, this) for test, rule in rules]

    def _flag(self, test: Test, rule: QualityRule, this: Sample) -> Flag:
        if not test.daily:
            return self._run(test, rule, this)
        day = this.time_ms // DAY_MS
        known_day, flag = self._of_day.get(rule, (None, None))
        if flag is None or known_day != day:
            flag = self._run(test, rule, this)
            self._of_day[rule] = (day, flag)
        return flag

    def _run(self, test: Test, rule: QualityRule, this: Sample) -> Flag:
        seen = self._seen(test, rule, this)
        return test.flag(seen, **parameters(test, rule), **test.given(self.site, rule, this.time_ms))

    def _seen(self, test: Test, rule: QualityRule, this: Sample) -> Seen:
        reach, at_ms = test.reach(rule), this.time_ms
        before = self._between(rule, at_ms - reach.before_ms, at_ms - 1)
        after = self._between(rule, at_ms + 1, at_ms + reach.after_ms)
        beside = neighbour_of(test, rule)
        if beside is None:
            return Seen(before, this, after)
        from_ms, to_ms = at_ms - reach.neighbour_before_ms, at_ms + reach.neighbour_after_ms
        return Seen(before, this, after, tuple(self.samples(*beside, from_ms, to_ms)))

    def _between(self, rule: QualityRule, from_ms: int, to_ms: int) -> tuple[Sample, ...]:
        return tuple(self.samples(rule.point, rule.quantity, from_ms, to_ms)) if from_ms <= to_ms else ()


def reaches(site: Site) -> Reaches:
    """Return, by series, which series a value of it may flag anew, and how far from its own time."""
    found: dict[Series, list[Reached]] = {}
    for rule in site.quality_rules:
        test, flagged = TESTS[rule.test], (rule.point, rule.quantity)
        reach, beside = test.reach(rule), neighbour_of(test, rule)
        own = Reached(flagged, reach.after_ms, reach.before_ms, test.daily)
        found.setdefault(flagged, []).append(own)
        if beside is not None:
            seen = Reached(flagged, reach.neighbour_after_ms, reach.neighbour_before_ms, test.daily)
            found.setdefault(beside, []).append(seen)
    return {series: tuple(seen) for series, seen in found.items()}


def reached(known: Reaches, series: Series, time_ms: int) -> Mapping[Series, tuple[int, int]]:
    """Return (first, last) time of what a value at a time may flag anew, by series."""
    found: dict[Series, tuple[int, int]] = {}
    for one in known.get(series, ()):
        first_ms, last_ms = time_ms - one.before_ms, time_ms + one.behind_ms
        if one.daily:  # such a test looks at whole days before its own
            first_ms = -(-first_ms // DAY_MS) * DAY_MS
        from_ms, to_ms = found.get(one.flagged, (first_ms, last_ms))
        found[one.flagged] = (min(from_ms, first_ms), max(to_ms, last_ms))
    return found


def widest(site: Site) -> Reach:
    """Return how far any test of a site looks, each way."""
    reaches = [TESTS[rule.test].reach(rule) for rule in site.quality_rules]
    before_ms = max((max(one.before_ms, one.neighbour_before_ms) for one in reaches), default=0)
    after_ms = max((max(one.after_ms, one.neighbour_after_ms) for one in reaches), default=0)
    return Reach(before_ms, after_ms)
