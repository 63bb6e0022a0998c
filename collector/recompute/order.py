"""What a recompute makes, in which order: each thing behind all that it is made of. Pure.

    measured   a channel        its readings, from raw (all of them first)
    withdrawn  a series         stored values that the site does not make of anything any more
    flags      a series         what its quality tests say, once its values and its neighbours' stand
    derived    a series         made of values and flags of others

A series is (point, quantity).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from seepline.convert import kind_of, primary_channels
from seepline.derive.evaluation import inputs_of
from seepline.quality import Series
from seepline.quality.table import TESTS, neighbour_of
from seepline.site import Assignment, Site


class Step(NamedTuple):
    """One kind of work over all times of one series; `series` is ('', channel name) where it is measured."""

    kind: str
    series: Series

    @property
    def words(self) -> str:
        """Return what the step is about, for people."""
        return f"{self.kind} {'/'.join(part for part in self.series if part)}"


def steps(site: Site, points: Collection[str] = (), stored: Collection[Series] = ()) -> tuple[Step, ...]:
    """Return the steps of a recompute of some points and all that depends on them; without any, of all points.

    Of the `stored` series those are withdrawn that the site makes no more; points it does not know are let alone.
    Where a quality test and a derived quantity look at each other in a ring, both are made twice.
    """
    wanted = _dependent(site, points) if points else frozenset(_all_series(site))
    measured = [
        Step("measured", ("", channel))
        for channel, assignments in sorted(primary_channels(site).items())
        if any(series in wanted for one in assignments for series in _series_of(site, one))
    ]
    own = [Step("withdrawn", series) for series in _measured_series(site) if series in wanted]
    known = frozenset(_all_series(site))
    own += [
        Step("withdrawn", series)
        for series in stored
        if series not in known and series[0] in (points or site.point_by_id)
    ]
    walk = _Walk(site)
    later = [one for one in walk.steps() if one.series in wanted]
    return (*measured, *own, *later, *(later if walk.has_ring else ()))


def _series_of(site: Site, assignment: Assignment) -> Iterator[Series]:
    yield from ((assignment.point, quantity) for quantity in kind_of(site, assignment).quantities)


def _measured_series(site: Site) -> tuple[Series, ...]:
    found = (series for one in site.assignments for series in _series_of(site, one))
    return tuple(one for one in dict.fromkeys(found) if one not in site.derived_by_output)


def _all_series(site: Site) -> Iterator[Series]:
    yield from _measured_series(site)
    yield from site.derived_by_output


def _dependent(site: Site, points: Collection[str]) -> frozenset[Series]:
    """Return the series of some points and every series that is made of, or flagged beside, one of them."""
    found = {series for series in _all_series(site) if series[0] in points}
    uses = list(_uses(site))
    while more := {series for series, source in uses if source in found} - found:
        found |= more
    return frozenset(found)


def _uses(site: Site) -> Iterator[tuple[Series, Series]]:
    """Yield (series, a series that it looks at)."""
    for assignment in site.assignments:
        for point in assignment.references.values():
            for reference in site.assignments_by_point.get(point, ()):
                sources = tuple(_series_of(site, reference))
                yield from ((series, one) for series in _series_of(site, assignment) for one in sources)
    for derived in site.derived:
        yield from (((derived.point, derived.quantity), source) for source in inputs_of(derived).values())
    for rule in site.quality_rules:
        beside = neighbour_of(TESTS[rule.test], rule)
        if beside is not None:
            yield (rule.point, rule.quantity), beside


@dataclass
class _Walk:
    """Depth first through what is derived and flagged, each behind what it looks at."""

    site: Site
    has_ring: bool = False

    def __post_init__(self) -> None:
        self._done: dict[Step, None] = {}
        self._open: set[Step] = set()

    def steps(self) -> list[Step]:
        for series in (*self.site.derived_by_output, *self.site.quality_rules_by_series):
            self._values(series)
            self._flags(series)
        made = [one for one in self._done if one.kind != "derived" or one.series in self.site.derived_by_output]
        return [both for one in made for both in _with_withdrawn(one)]

    def _values(self, series: Series) -> None:
        looked_at = [
            source for one in self.site.derived_by_output.get(series, ()) for source in inputs_of(one).values()
        ]
        if self._enter(step := Step("derived", series)):
            for source in looked_at:
                self._values(source)
                self._flags(source)
            self._leave(step)

    def _flags(self, series: Series) -> None:
        rules = self.site.quality_rules_by_series.get(series, ())
        if rules and self._enter(step := Step("flags", series)):
            self._values(series)
            for beside in (neighbour_of(TESTS[rule.test], rule) for rule in rules):
                if beside is not None:
                    self._values(beside)
            self._leave(step)

    def _enter(self, step: Step) -> bool:
        self.has_ring |= step in self._open
        if step in self._open or step in self._done:
            return False
        self._open.add(step)
        return True

    def _leave(self, step: Step) -> None:
        self._open.remove(step)
        self._done[step] = None


def _with_withdrawn(step: Step) -> tuple[Step, ...]:
    return (step, Step("withdrawn", step.series)) if step.kind == "derived" else (step,)
