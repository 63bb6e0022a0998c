"""The newest items of each of many series, held in memory: a question to them costs no SQL.

A window is the whole of its series from `from_ms` on, never with a gap; a question that reaches further back is
for the table behind it. What is held is bounded: windows by the number of their items, and their number.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

FIRST_ITEMS, MOST_ITEMS = 4, 512
MOST_WINDOWS = 2**18  # some 300 MB of them
_WORTH_GROWING_MS = (
    86_400_000  # further back than this from the newest item stands history, which is asked for once
)
_EVER = -(2**62)


class Timed(Protocol):
    """What stands in a window."""

    @property
    def time_ms(self) -> int:
        """When it was measured."""

    @property
    def value(self) -> float | None:
        """What was measured, None where nothing was."""


Item = TypeVar("Item", bound=Timed)
Name = TypeVar("Name", bound=Hashable)


class Window(Generic[Item]):
    """All items of one series from `from_ms` on, oldest first."""

    __slots__ = ("from_ms", "items", "most", "times")

    def __init__(self, items: list[Item], most: int) -> None:
        self.items = items
        self.times = [one.time_ms for one in items]
        self.most = most
        self.from_ms = self.times[0] if len(items) >= most else _EVER

    def at(self, time_ms: int) -> Item | None:
        """Return the item at a time, which is not before `from_ms`."""
        times = self.times
        place = bisect_left(times, time_ms)
        return self.items[place] if place < len(times) and times[place] == time_ms else None

    def has_value(self, time_ms: int) -> bool:
        """Tell whether there is an item with a value at a time."""
        item = self.at(time_ms)
        return item is not None and item.value is not None

    def put(self, item: Item) -> None:
        """Take in an item, in place of that at its time; what lies before the window is the table's alone."""
        times, time_ms = self.times, item.time_ms
        if not times or time_ms > times[-1]:
            times.append(time_ms)
            self.items.append(item)
            if len(times) >= 2 * self.most:
                self._drop(len(times) - self.most)
        elif time_ms >= self.from_ms:
            self._put_between(item)

    def _put_between(self, item: Item) -> None:
        place = bisect_left(self.times, item.time_ms)
        if self.times[place] == item.time_ms:
            self.items[place] = item
            return
        self.times.insert(place, item.time_ms)
        self.items.insert(place, item)

    def _drop(self, count: int) -> None:
        del self.times[:count], self.items[:count]
        self.from_ms = self.times[0]

    def between(self, from_ms: int, to_ms: int) -> list[Item]:
        """Return the items from one time, which is not before the window, to another, both inclusive."""
        return self.items[bisect_left(self.times, from_ms) : bisect_right(self.times, to_ms)]

    def times_between(self, from_ms: int, to_ms: int) -> list[int]:
        """Return the times of the items from one time, which is not before the window, to another."""
        return self.times[bisect_left(self.times, from_ms) : bisect_right(self.times, to_ms)]

    def before(self, time_ms: int, count: int) -> tuple[Item, ...]:
        """Return up to `count` items before a time, newest first; `Windows.holding` saw that they are here."""
        place = bisect_left(self.times, time_ms)
        return tuple(self.items[max(0, place - count) : place][::-1])

    def after(self, time_ms: int, count: int) -> tuple[Item, ...]:
        """Return up to `count` items after a time, which is not before the window, oldest first."""
        place = bisect_right(self.times, time_ms)
        return tuple(self.items[place : place + count])

    def nearest(self, time_ms: int, max_age_ms: int) -> Item | None:
        """Return the item at `time_ms`, else the nearest with a value within `max_age_ms`, ties to the earlier.

        Without any, the one at the time itself, which has no value. Right where the window reaches `max_age_ms`
        back, or holds one with a value at or before the time.
        """
        exact = self.at(time_ms)
        if exact is not None and (exact.value is not None or not max_age_ms):
            return exact
        near = [one for one in self.between(time_ms - max_age_ms, time_ms + max_age_ms) if one.value is not None]
        return min(near, key=lambda one: abs(one.time_ms - time_ms), default=exact)


class Windows(Generic[Name, Item]):
    """Windows by the name of their series.

    Parameters
    ----------
    newest
        Asks the table for the newest items of a series, at most so many, oldest first.

    `by_name` holds the windows of those that were asked for.
    """

    def __init__(self, newest: Callable[[Name, int], Sequence[Item]]) -> None:
        self._newest = newest
        self.by_name: dict[Name, Window[Item]] = {}

    def forget(self) -> None:
        """Drop everything: the table is no longer what the windows say."""
        self.by_name.clear()

    def of(self, name: Name) -> Window[Item]:
        """Return the window of a series."""
        window = self.by_name.get(name)
        return window if window is not None else self._load(name, FIRST_ITEMS)

    def reaching(self, name: Name, from_ms: int) -> Window[Item] | None:
        """Return the window of a series when it reaches back to a time, None when the table has to be asked."""
        window = self.of(name)
        while from_ms < window.from_ms:
            if window.most >= MOST_ITEMS or from_ms < window.times[-1] - _WORTH_GROWING_MS:
                return None
            window = self._load(name, 4 * window.most)
        return window

    def holding(self, name: Name, time_ms: int, count: int) -> Window[Item] | None:
        """Return the window of a series when so many before a time are in it, or all; None: ask the table."""
        window = self.of(name)
        while (place := bisect_left(window.times, time_ms)) < count and window.from_ms > _EVER:
            needed = count + len(window.times) - place
            if needed > MOST_ITEMS:
                return None
            window = self._load(name, needed)
        return window

    def _load(self, name: Name, most: int) -> Window[Item]:
        window = Window(list(self._newest(name, most)), most)
        if len(self.by_name) >= MOST_WINDOWS:
            self.by_name.pop(next(iter(self.by_name)))
        self.by_name[name] = window
        return window
