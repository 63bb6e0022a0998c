"""Sets of whole numbers as ranges: sequences of a ring, rows of the outbox. Pure.

A logger's memory is one range, a backlog that is being sent a handful: what is held, sent or missing takes memory
by the number of its gaps, never by the number of its records.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

Range = tuple[int, int]


class Ranges:
    """Numbers as disjoint ranges (first, last), both included, in rising order; two that touch are one.

    >>> numbers = Ranges([(1, 3), (9, 9)])
    >>> numbers.add(4, 5), list(numbers), len(numbers), 6 in numbers
    ((1, 5), [(1, 5), (9, 9)], 6, False)
    >>> str(numbers)
    '1-5,9-9'
    """

    __slots__ = ("_count", "_firsts", "_lasts")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._firsts, self._lasts, self._count = array("q"), array("q"), 0
        for first, last in ranges:
            self.add(first, last)

    def __iter__(self) -> Iterator[Range]:
        return zip(self._firsts, self._lasts, strict=True)

    def __str__(self) -> str:
        return ",".join(f"{first}-{last}" for first, last in self)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and self._firsts == other._firsts and self._lasts == other._lasts

    __hash__ = None  # type: ignore[assignment]  # it changes

    def copy(self) -> "Ranges":
        """Return the same numbers, to be changed apart."""
        return Ranges(self)

    def add(self, first: int, last: int) -> Range:
        """Add first..last; return the range that they are part of now."""
        begin, end = bisect_left(self._lasts, first - 1), bisect_right(self._firsts, last + 1)
        if begin < end:
            first, last = min(first, self._firsts[begin]), max(last, self._lasts[end - 1])
        self._put(begin, end, [(first, last)])
        return first, last

    def remove(self, first: int, last: int) -> list[Range]:
        """Take first..last away; return which of them were there."""
        begin, end = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        met = [(self._firsts[place], self._lasts[place]) for place in range(begin, end)]
        rest = [(a, min(b, first - 1)) for a, b in met[:1]] + [(max(a, last + 1), b) for a, b in met[-1:]]
        self._put(begin, end, [(a, b) for a, b in rest if a <= b])
        return [(max(a, first), min(b, last)) for a, b in met]

    def within(self, first: int, last: int) -> Iterator[Range]:
        """Return what is there of first..last."""
        for place in range(bisect_left(self._lasts, first), bisect_right(self._firsts, last)):
            yield max(first, self._firsts[place]), min(last, self._lasts[place])

    def missing(self, first: int, last: int) -> Iterator[Range]:
        """Return what is not there of first..last.

        >>> list(Ranges([(1, 3), (6, 6)]).missing(1, 9))
        [(4, 5), (7, 9)]
        """
        for begin, end in self.within(first, last):
            if first < begin:
                yield first, begin - 1
            first = end + 1
        if first <= last:
            yield first, last

    def first_missing(self, start: int = 1) -> int:
        """Return the lowest number from `start` on that is not there."""
        place = bisect_right(self._firsts, start) - 1
        return self._lasts[place] + 1 if place >= 0 and start <= self._lasts[place] else start

    def _put(self, begin: int, end: int, ranges: list[Range]) -> None:
        self._count -= sum(self._lasts[begin:end]) - sum(self._firsts[begin:end]) + end - begin
        self._firsts[begin:end] = array("q", [first for first, _ in ranges])
        self._lasts[begin:end] = array("q", [last for _, last in ranges])
        self._count += sum(last - first + 1 for first, last in ranges)
