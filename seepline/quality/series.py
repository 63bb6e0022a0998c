"""Flags of engineering values: the tests that look at the series a value stands in.

    rules of (point, quantity) in force at its time -> what each may see of the series -> one Flag each

A flag is a function of the values alone. So when a value comes, changes or is withheld, the flags that it reaches
are made again, and the result is the same in whatever order the values came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from seepline.quality.barometric import DAY_MS
from seepline.quality.flags import Flag
from seepline.quality.looks import Reach, Sample, SamplesOf, Seen
from seepline.quality.table import TESTS, Look, Test, neighbour_of, parameters
from seepline.site import Site
from seepline.site_quality import QualityRule

Series = tuple[str, str]  # (point, quantity)


class Reached(NamedTuple):
    """A series whose flags a value may change, from so far before to so far behind the value's time."""

    flagged: Series
    before_ms: int
    behind_ms: int
    daily: bool


Reaches = Mapping[Series, Sequence[Reached]]


class Ready(NamedTuple):
    """A rule with its test, and what does not depend on the reading that it is asked about."""

    test: Test
    rule: QualityRule
    reach: Reach
    parameters: Mapping[str, Any]
    beside: Series | None
    key: tuple[str, str | None]


def rules_at(site: Site, series: Series, time_ms: int, look: Look) -> Sequence[Ready]:
    """Return the tests of a series in force at a time: of one test (and neighbour) the newest that began."""
    if series not in site.quality_rules_by_series:
        return ()
    begun = [one for one in _ready(site, series, look) if one.rule.valid_from_ms <= time_ms]
    if len({one.key for one in begun}) == len(begun):
        return begun
    newest: dict[tuple[str, str | None], Ready] = {}
    for one in begun:
        known = newest.get(one.key)
        newest[one.key] = one if known is None else max(known, one, key=lambda ready: ready.rule.valid_from_ms)
    return tuple(newest.values())


def _ready(site: Site, series: Series, look: Look) -> Sequence[Ready]:
    """Return the rules of a series that look at one thing, worked out once for a site."""
    known: Sequence[Ready] | None = site.worked_out.get(("rules", series, look is Look.SCAN))
    if known is None:
        rules = [(TESTS[rule.test], rule) for rule in site.quality_rules_by_series[series]]
        known = site.worked_out["rules", series, look is Look.SCAN] = tuple(
            Ready(
                test,
                rule,
                test.reach(rule),
                parameters(test, rule),
                neighbour_of(test, rule),
                (rule.test, rule.neighbour),
            )
            for test, rule in rules
            if test.look is look
        )
    return known


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
        return [self._flag(one, this) for one in rules_at(self.site, series, this.time_ms, Look.SERIES)]

    def _flag(self, ready: Ready, this: Sample) -> Flag:
        if not ready.test.daily:
            return self._run(ready, this)
        day = this.time_ms // DAY_MS
        known_day, flag = self._of_day.get(ready.rule, (None, None))
        if flag is None or known_day != day:
            flag = self._run(ready, this)
            self._of_day[ready.rule] = (day, flag)
        return flag

    def _run(self, ready: Ready, this: Sample) -> Flag:
        given = ready.test.given(self.site, ready.rule, this.time_ms)
        return ready.test.flag(self._seen(ready, this), **ready.parameters, **given)

    def _seen(self, ready: Ready, this: Sample) -> Seen:
        rule, reach, at_ms = ready.rule, ready.reach, this.time_ms
        before = self._between(rule, at_ms - reach.before_ms, at_ms - 1) if reach.before_ms else ()
        after = self._between(rule, at_ms + 1, at_ms + reach.after_ms) if reach.after_ms else ()
        if ready.beside is None:
            return Seen(before, this, after)
        from_ms, to_ms = at_ms - reach.neighbour_before_ms, at_ms + reach.neighbour_after_ms
        return Seen(before, this, after, tuple(self.samples(*ready.beside, from_ms, to_ms)))

    def _between(self, rule: QualityRule, from_ms: int, to_ms: int) -> tuple[Sample, ...]:
        return tuple(self.samples(rule.point, rule.quantity, from_ms, to_ms))


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
