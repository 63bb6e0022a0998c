"""Which readings of two systems are pairs, and when a gauge has passed: never by what was left out."""

from hypothesis import given
from hypothesis import strategies as st

from collector.parallel.compare import compared, pairs_of
from collector.parallel.settings import Gauge, Run

DAY_MS = 86_400_000
RUN = Run(other="x", valid_from_ms=0, valid_to_ms=14 * DAY_MS, days=14, within_s=60.0)
GAUGE = Gauge(
    source="s", column="c", unit="kPa", point="P1", quantity="pore_pressure", tolerance=0.5, within_percent=95.0,
    paired_percent=90.0,
)  # fmt: skip
OURS = [(hour * 3_600_000, 100.0 + hour) for hour in range(14 * 24)]
SERIES = st.lists(st.integers(0, 3_000), unique=True, max_size=30).map(
    lambda ms: [(one, 0.0) for one in sorted(ms)]
)


def test_two_equal_systems_pass_with_every_reading():
    found = compared(GAUGE, RUN, OURS, [(ms + 20_000, value + 0.1) for ms, value in OURS])
    assert found.passed
    assert len(found.pairs) == len(OURS)
    assert found.mean is not None
    assert round(found.mean, 9) == -0.1
    assert found.deviation is not None
    assert round(found.deviation, 9) == 0.0


def failed(theirs, ours=OURS, run=RUN) -> list[str]:
    return [mark.name for mark in compared(GAUGE, run, ours, theirs).marks if not mark.passed]


def test_each_mark_fails_by_itself():
    shifted = [(ms, value + (0.6 if number % 15 == 0 else 0.0)) for number, (ms, value) in enumerate(OURS)]
    assert failed(shifted) == ["pairs within the tolerance"]
    assert failed(OURS[: 13 * 24]) == ["days with pairs"]
    assert failed(OURS, ours=OURS[: 13 * 24]) == ["days with pairs"]
    assert failed([one for number, one in enumerate(OURS) if number % 8]) == ["our readings with a partner"]
    assert failed(OURS, ours=[one for number, one in enumerate(OURS) if number % 8]) == [
        "their readings with a partner"
    ]
    assert failed([]) == [mark.name for mark in compared(GAUGE, RUN, OURS, []).marks]


def test_clocks_that_differ_by_more_than_a_pair_allows_make_no_pair():
    assert not compared(GAUGE, RUN, OURS, [(ms + 61_000, value) for ms, value in OURS]).pairs


def test_the_nearest_is_the_partner_on_both_sides():
    assert pairs_of([(0, 1.0), (50, 2.0)], [(40, 9.0)], 60)[0].ours == 2.0
    assert pairs_of([(50, 2.0)], [(0, 1.0), (40, 9.0), (90, 3.0)], 60)[0].theirs == 9.0


@given(SERIES, SERIES, st.integers(0, 100))
def test_no_reading_is_used_twice_and_pairs_are_near(ours, theirs, within_ms):
    theirs = [(ms, float(ms)) for ms, _ in theirs]
    pairs = pairs_of(ours, theirs, within_ms)
    assert len({one.time_ms for one in pairs}) == len(pairs) == len({one.theirs for one in pairs})
    assert all(abs(one.time_ms - one.theirs) <= within_ms for one in pairs)
    assert {one.time_ms for one in pairs} <= {ms for ms, _ in ours}
    free_ours = {ms for ms, _ in ours} - {one.time_ms for one in pairs}
    free_theirs = {ms for ms, _ in theirs} - {round(one.theirs) for one in pairs}
    exact = free_ours & free_theirs
    assert not exact, "two readings of one moment stay alone"
