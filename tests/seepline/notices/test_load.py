"""Alarm load as it is measured, by hand-counted examples and against counting without cleverness."""

from hypothesis import given
from hypothesis import strategies as some

from seepline.notices.contacts import LoadLimits
from seepline.notices.load import DAY_MS, HOUR_MS, TEN_MINUTES_MS, Alarm, chattering, loads, standing
from seepline.thresholds import Level

LIMITS = LoadLimits(
    per_hour=6, per_10_min=2, flood_per_10_min=10, chattering_per_min=3, standing_h=24, yellow=80, orange=15, red=5
)
NOW_MS = 10 * DAY_MS


def alarms(*times):
    return [Alarm(NOW_MS - one, "anna", "a", Level.YELLOW) for one in times]


def test_rates_and_a_flood_are_counted_and_held_against_the_facility_s_limits():
    flood = [HOUR_MS + one * 1000 for one in range(11)]
    (one,) = loads(alarms(*flood, 5 * HOUR_MS, 2 * DAY_MS, 1), LIMITS, NOW_MS)
    assert (one.last_hour, one.last_day, one.most_in_10_min, one.floods) == (1, 13, 11, 1)
    assert one.over == ("per_hour", "per_10_min", "flood")


def test_without_limits_of_the_facility_nothing_is_called_too_much():
    (one,) = loads(alarms(*range(1, 100)), None, NOW_MS)
    assert (one.most_in_an_hour, one.floods, one.over) == (99, None, ())


@given(some.lists(some.integers(0, 3 * HOUR_MS), min_size=1, max_size=40))
def test_the_most_in_a_span_is_that_of_counting_each(times):
    (one,) = loads(alarms(*times), LIMITS, NOW_MS)
    for span_ms, most in ((HOUR_MS, one.most_in_an_hour), (TEN_MINUTES_MS, one.most_in_10_min)):
        assert most == max(sum(0 <= other - begin < span_ms for other in times) for begin in times)


def test_chattering_and_standing_alarms():
    raised = [("a", 0), ("a", 20_000), ("a", 59_999), ("b", 0), ("b", 30_000), ("b", 60_000)]
    assert chattering(raised, 3) == ["a"]
    assert standing({"a": NOW_MS - 24 * HOUR_MS, "b": NOW_MS - HOUR_MS}, 24, NOW_MS) == ["a"]
