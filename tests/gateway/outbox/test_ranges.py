"""Ranges against plain sets."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from gateway.outbox.ranges import Ranges

spans = st.tuples(st.integers(1, 30), st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def members(ranges) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


@given(st.lists(st.tuples(st.booleans(), spans), max_size=20), spans)
def test_ranges_are_sets(changes, asked):
    ranges, plain = Ranges(), set()
    for adds, (first, last) in changes:
        touched = set(range(first, last + 1))
        if adds:
            begin, end = ranges.add(first, last)
            plain |= touched
            assert begin - 1 not in plain
            assert end + 1 not in plain
        else:
            assert members(ranges.remove(first, last)) == plain & touched
            plain -= touched
        parts = list(ranges)
        assert members(parts) == plain
        assert len(ranges) == len(plain)
        assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(parts))
    whole = set(range(asked[0], asked[1] + 1))
    assert members(ranges.within(*asked)) == plain & whole
    assert members(ranges.missing(*asked)) == whole - plain
    assert ranges.first_missing(asked[0]) == min(set(range(asked[0], 60)) - plain)
    assert (asked[0] in ranges) == (asked[0] in plain)
    assert Ranges(parts if changes else []) == ranges == ranges.copy()
