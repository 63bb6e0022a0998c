"""Which engineering values a new raw reading can change, and what they are with everything that is known now.

A value is a function of the raw readings alone, whichever came first: so the store's content is the same for every
order of arrival. Only the moment at which a value is published depends on the order (see `Evaluation.open`).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from collector.raw_table import RawTable
from seepline import convert, quality
from seepline.reading import RawReading, Reading
from seepline.recipe import Source
from seepline.site import Assignment, Site
from seepline.site_wiring import Channel

Taken = tuple[float, tuple[str, ...]]  # a value, and the identities of what it was made of
_MOST_REFERRED = 10_000
Target = tuple[Assignment, int]  # an assignment, and the time of its primary channel's reading


class Evaluation(NamedTuple):
    """The readings of one assignment at one time.

    `open`: a better input may still be on its way, for the logger that has it has not delivered beyond that time.
    """

    readings: tuple[Reading, ...]
    open: bool


class Affected:
    """Look-ups from raw readings to what depends on them, for one site and one journal."""

    def __init__(self, site: Site, raw: RawTable) -> None:
        self._site = site
        self._raw = raw
        self._primaries = convert.primary_channels(site)
        self._dependents = convert.dependents(site)
        self._beside = quality.looked_at_beside(site)
        self._ordered = quality.channels_in_order(site)
        self._feeding = _feeding_references(site)
        self._referred: dict[tuple[str, int, int, int], tuple[Reading, ...]] = {}
        self._plain: dict[tuple[str, str, int], Taken] = {}
        self._referred_line = 0
        self._names = {id(one): name_of(one) for one in site.assignments}

    def follow(self, line: int, current: Sequence[RawReading]) -> None:
        """Note that the journal is looked at as of the next line, which has these readings."""
        gap = line != self._referred_line + 1
        fed = bool(current) and not self._feeding.isdisjoint([one.channel for one in current])
        if gap or fed or len(self._referred) > _MOST_REFERRED:
            self._referred.clear()
            self._plain.clear()
        self._referred_line = line

    def name(self, assignment: Assignment) -> str:
        """Return `name_of` an assignment."""
        return self._names.get(id(assignment)) or name_of(assignment)

    def targets(self, channel: str, time_ms: int) -> Iterator[Target]:
        """Yield what takes a reading of `channel` at `time_ms` as an input."""
        if channel in self._primaries:
            yield from self._due(channel, time_ms)
        for primary in self._dependents.get(channel, ()):
            for primary_ms in self._taking(primary, channel, time_ms):
                yield from self._due(primary, primary_ms)

    def retests(self, channel: str, time_ms: int) -> Iterator[Target]:
        """Yield what gets another quality flag: that of this scan, and of later ones that look back to it."""
        for primary in self._beside.get(channel, ()):
            for at_ms in self._raw.times(primary, time_ms, time_ms):
                yield from self._due(primary, at_ms)
        if self._raw.is_newest(channel, time_ms):
            return  # nothing looks back to it yet
        for later in self._raw.following(channel, time_ms, 1) if channel in self._ordered else ():
            yield from self.targets(channel, later.time_ms)
        known = self._site.channel_by_name.get(channel)
        if known is None or known.stuck_after is None:
            return
        for later in _reflagged(known, self._raw, time_ms, known.stuck_after - 1):
            yield from self.targets(channel, later.time_ms)

    def since(self, point: str, from_ms: int) -> Iterator[Target]:
        """Yield what was read at a point from a time on."""
        ours = (channel for channel, of in self._primaries.items() if any(one.point == point for one in of))
        for channel in ours:
            for time_ms in self._raw.times(channel, from_ms, 2**62):
                yield from (target for target in self._due(channel, time_ms) if target[0].point == point)

    def _due(self, channel: str, time_ms: int) -> Sequence[Target]:
        return [(one, time_ms) for one in convert.due(self._site, self._primaries, channel, time_ms)]

    def is_due(self, assignment: Assignment, time_ms: int) -> bool:
        """Tell whether an assignment has a reading at a time; a site may be edited while a value waits."""
        primary = assignment.inputs[convert.kind_of(self._site, assignment).primary]
        return bool(self._raw.times(primary, time_ms, time_ms))

    def _taking(self, primary: str, channel: str, time_ms: int) -> list[int]:
        """Return the times of a primary channel for which the reading of `channel` at `time_ms` decides something.

        It is the one they take, or it ends their waiting: nothing better than an earlier one will come.
        """
        near = self._raw.times(primary, time_ms - convert.MAX_AGE_MS, time_ms + convert.MAX_AGE_MS)
        exact = self._raw.times_with_value(channel, time_ms - convert.MAX_AGE_MS, time_ms + convert.MAX_AGE_MS)
        return [
            at_ms
            for at_ms in near
            if (at_ms == time_ms if at_ms in exact else self._decides(channel, time_ms, at_ms))
        ]

    def _decides(self, channel: str, time_ms: int, at_ms: int) -> bool:
        one = self._raw.with_value_at(channel, at_ms)
        if one is None:
            one = self._raw.nearest(channel, at_ms, convert.MAX_AGE_MS)
        if one is not None and one.time_ms == time_ms:
            return True
        return (one is None or one.time_ms < at_ms) and at_ms <= time_ms

    def evaluate(self, target: Target) -> Evaluation:
        """Return the judged readings of a target from everything in the journal now."""
        assignment, time_ms = target
        plain = quality.plain(
            self._site, assignment, time_ms, self._raw.with_value_at, self._raw.previous, self._plain_reference
        )
        return self._explained(assignment, time_ms) if plain is None else Evaluation(plain, False)

    def _plain_reference(self, source: Source, time_ms: int) -> Taken | None:
        """Return what a reference gives at a time; None where something has to be said of it."""
        key = (source.point, source.quantity, time_ms)
        known = self._plain.get(key)
        if known is None:
            reference = convert.assignment_at(self._site, source.point, time_ms)
            if reference is None or not self._raw.with_value_at(_primary(self._site, reference), time_ms):
                return None
            readings = self._referred.get((source.point, reference.valid_from_ms, time_ms, convert.MAX_AGE_MS), ())
            made = next((one for one in readings if one.quantity == source.quantity), None)
            if made is None or made.value is None or convert.reference_remark(source.name, made):
                return None
            known = self._plain[key] = (made.value, made.inputs)
        return known

    def _explained(self, assignment: Assignment, time_ms: int) -> Evaluation:
        waiting: list[str] = []

        def lookup(channel: str, at_ms: int, max_age_ms: int) -> RawReading | None:
            found = self._raw.with_value_at(channel, at_ms)
            if found is not None:
                return found
            found = self._raw.nearest(channel, at_ms, max_age_ms)
            if found is None or (
                found.time_ms < at_ms and not self._raw.times(channel, at_ms, at_ms + max_age_ms)
            ):
                waiting.append(channel)
            return found

        def referred(reference: Assignment, at_ms: int, max_age_ms: int) -> tuple[Reading, ...]:
            key = (reference.point, reference.valid_from_ms, at_ms, max_age_ms)
            found = self._referred.get(key)
            if found is None:
                waited = len(waiting)
                found = convert.convert_at(self._site, reference, at_ms, lookup, max_age_ms, referred)
                if len(waiting) == waited:
                    self._referred[key] = found
            return found

        readings = quality.evaluate(self._site, assignment, time_ms, lookup, self._raw.previous, referred=referred)
        return Evaluation(readings, bool(waiting))


def name_of(assignment: Assignment) -> str:
    """Return what an assignment is called where its readings wait and are put in order."""
    return f"{assignment.point} {assignment.instrument} {assignment.valid_from_ms}"


def _primary(site: Site, assignment: Assignment) -> str:
    return assignment.inputs[convert.kind_of(site, assignment).primary]


def _feeding_references(site: Site) -> frozenset[str]:
    """Return the channels of all points that others refer to, and of those that these refer to."""
    points = {point for one in site.assignments for point in one.references.values()}
    return frozenset(channel for one in site.assignments if one.point in points for channel in one.inputs.values())


def _reflagged(channel: Channel, raw: RawTable, time_ms: int, looks_back: int) -> Iterator[RawReading]:
    """Yield the readings behind `time_ms` whose stuck test would be another without the reading at `time_ms`."""
    behind = raw.following(channel.name, time_ms, looks_back)
    this = raw.nearest(channel.name, time_ms, 0)
    if not behind or this is None:
        return
    before = raw.previous(channel.name, time_ms, looks_back)[::-1]
    for place, later in enumerate(behind):
        without = (*before, *behind[: place + 1])
        with_it = (*before, this, *behind[: place + 1])
        if later.value is not None and _flag(channel, without, looks_back) != _flag(channel, with_it, looks_back):
            yield later


def _flag(channel: Channel, readings: Sequence[RawReading], looks_back: int) -> quality.Flag:
    """Return the stuck test of the last of some readings."""
    return quality.stuck(channel, [one.value for one in readings[-looks_back - 1 :] if one.value is not None])
