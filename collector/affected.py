"""Which engineering values a new raw reading can change, and what they are with everything that is known now.

A value is a function of the raw readings alone, whichever came first: so the store's content is the same for every
order of arrival. Only the moment at which a value is published depends on the order (see `Evaluation.open`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collector.raw_table import RawTable
from seepline import convert, quality
from seepline.reading import RawReading, Reading
from seepline.site import Assignment, Site
from seepline.site_wiring import Channel

Target = tuple[Assignment, int]  # an assignment, and the time of its primary channel's reading


@dataclass(frozen=True, slots=True)
class Evaluation:
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

    def targets(self, channel: str, time_ms: int) -> Iterator[Target]:
        """Yield what takes a reading of `channel` at `time_ms` as an input."""
        yield from self._due(channel, time_ms)
        for primary in self._dependents.get(channel, ()):
            for primary_ms in self._taking(primary, channel, time_ms):
                yield from self._due(primary, primary_ms)

    def retests(self, channel: str, time_ms: int) -> Iterator[Target]:
        """Yield what gets another quality flag: that of this scan, and of later ones that look back to it."""
        for primary in self._beside.get(channel, ()):
            for at_ms in self._raw.times(primary, time_ms, time_ms):
                yield from self._due(primary, at_ms)
        for later in self._raw.following(channel, time_ms, 1) if channel in self._ordered else ():
            yield from self.targets(channel, later.time_ms)
        known = self._site.channel_by_name.get(channel)
        if known is None or known.stuck_after is None:
            return
        for later in _reflagged(known, self._raw, time_ms, known.stuck_after - 1):
            yield from self.targets(channel, later.time_ms)

    def _due(self, channel: str, time_ms: int) -> Iterator[Target]:
        for assignment in convert.due(self._site, self._primaries, channel, time_ms):
            yield assignment, time_ms

    def is_due(self, assignment: Assignment, time_ms: int) -> bool:
        """Tell whether an assignment has a reading at a time; a site may be edited while a value waits."""
        primary = assignment.inputs[convert.kind_of(self._site, assignment).primary]
        return bool(self._raw.times(primary, time_ms, time_ms))

    def _taking(self, primary: str, channel: str, time_ms: int) -> list[int]:
        """Return the times of a primary channel for which the reading of `channel` at `time_ms` decides something.

        It is the one they take, or it ends their waiting: nothing better than an earlier one will come.
        """
        near = self._raw.times(primary, time_ms - convert.MAX_AGE_MS, time_ms + convert.MAX_AGE_MS)
        chosen = ((at_ms, self._raw.nearest(channel, at_ms, convert.MAX_AGE_MS)) for at_ms in near)
        return [
            at_ms
            for at_ms, one in chosen
            if (one is not None and one.time_ms == time_ms)
            or ((one is None or one.time_ms < at_ms) and at_ms <= time_ms)
        ]

    def evaluate(self, target: Target) -> Evaluation:
        """Return the judged readings of a target from everything in the journal now."""
        assignment, time_ms = target
        waiting: list[str] = []

        def lookup(channel: str, at_ms: int, max_age_ms: int) -> RawReading | None:
            found = self._raw.nearest(channel, at_ms, max_age_ms)
            if found is None or (
                found.time_ms < at_ms and not self._raw.times(channel, at_ms, at_ms + max_age_ms)
            ):
                waiting.append(channel)
            return found

        readings = quality.evaluate(self._site, assignment, time_ms, lookup, self._raw.previous)
        return Evaluation(readings, bool(waiting))


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
