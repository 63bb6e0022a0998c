"""The newest raw readings of every channel, in memory: what conversions and quality tests ask for."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from operator import attrgetter

from seepline.reading import RawReading
from seepline.site_wiring import Channel

_LEAST_KEPT = 64
_TIME = attrgetter("time_ms")


class Recent:
    """A bounded memory by channel, with the same answers as the collector's journal gives for these readings."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._most = {one.name: max(_LEAST_KEPT, one.stuck_after or 0) for one in channels}
        self._kept: dict[str, list[RawReading]] = {name: [] for name in self._most}

    def carry(self, other: "Recent") -> None:
        """Take over what another memory knows of the channels of this one."""
        for name, readings in other._kept.items():
            if name in self._kept:
                self._kept[name] = readings[-self._most[name] :]

    def add(self, reading: RawReading) -> bool:
        """Keep a reading; tell whether it is news.

        A second one of the same time is not, for the first stays current; nor is one before all that is kept, once
        that is as much as there may be.
        """
        kept = self._kept.get(reading.channel)
        if kept is None:
            return False
        place = bisect_left(kept, reading.time_ms, key=_TIME)
        full = len(kept) >= self._most[reading.channel]
        if (full and place == 0) or (place < len(kept) and kept[place].time_ms == reading.time_ms):
            return False
        insort(kept, reading, key=_TIME)
        if full:
            del kept[0]
        return True

    def newest_ms(self, channel: str) -> int | None:
        """Return the time of a channel's newest reading."""
        kept = self._kept.get(channel)
        return kept[-1].time_ms if kept else None

    def nearest(self, channel: str, time_ms: int, max_age_ms: int) -> RawReading | None:
        """Return the reading at a time, else the nearest with a value within `max_age_ms`, ties to the earlier."""
        kept = self._kept.get(channel, [])
        place = bisect_left(kept, time_ms, key=_TIME)
        exact = kept[place] if place < len(kept) and kept[place].time_ms == time_ms else None
        if exact is not None and (exact.value is not None or not max_age_ms):
            return exact
        near = [one for one in kept if one.value is not None and abs(one.time_ms - time_ms) <= max_age_ms]
        return min(near, key=lambda one: abs(one.time_ms - time_ms), default=exact)

    def previous(self, channel: str, time_ms: int, count: int) -> list[RawReading]:
        """Return up to `count` readings before a time, oldest first."""
        kept = self._kept.get(channel, [])
        place = bisect_left(kept, time_ms, key=_TIME)
        return kept[max(0, place - count) : place]
