"""A chart shows every peak, joins no gap, and draws limits as they were in force."""

import re
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.store import SeriesPoint
from collector.web.chart import chart, limit_runs, runs, thin
from collector.web.scales import Scale, time_ticks, value_ticks
from collector.web.words import duration, moment
from seepline.reading import Quality
from seepline.thresholds import Level

SCAN_MS = 900_000
GAP_MS = 2 * SCAN_MS
END_MS = 1451634300000
ZONE = ZoneInfo("Etc/GMT+8")
NONE = (None, None, None)


def row(n, value, limits=NONE, quality=1):
    return SeriesPoint(
        time_ms=n * SCAN_MS,
        value=value,
        quality=quality,
        level=0,
        limit_yellow=limits[0],
        limit_orange=limits[1],
        limit_red=limits[2],
    )


def drawn(rows, **more):
    return chart(rows, (0, max(one.time_ms for one in rows)), ZONE, GAP_MS, **more)


def places(path):
    return [tuple(map(float, one.split())) for one in re.split(r"[ML]", path)[1:]]


def at(ticks, value):
    low, high = ticks[0], ticks[-1]
    share = (value - float(low.label)) / (float(high.label) - float(low.label))
    return low.at + share * (high.at - low.at)


def test_readings_stand_on_their_values():
    one = drawn([row(0, 0.0), row(1, 10.0), row(2, 4.0)])
    assert [y for _x, y in places(one.lines[0])] == pytest.approx(
        [at(one.y_ticks, v) for v in (0, 10, 4)], abs=0.2
    )


def test_a_line_is_cut_at_a_missing_value():
    rows = [row(0, 1.0), row(1, 2.0), row(2, None, quality=9), row(3, 3.0), row(4, 4.0)]
    one = drawn(rows)
    assert [len(places(line)) for line in one.lines] == [2, 2]
    assert [flag.quality for flag in one.flags] == [Quality.MISSING]


def test_a_line_joins_two_scans_and_not_three():
    assert [len(run) for run in runs([row(0, 1.0), row(2, 2.0), row(5, 3.0)], GAP_MS)] == [2, 1]


def test_a_lone_reading_is_a_dot():
    one = drawn([row(0, 1.0), row(1, 1.0), row(9, 2.0)])
    assert (len(one.lines), len(one.dots)) == (1, 1)


def test_limits_step_where_the_threshold_set_changed():
    rows = [row(n, 10.0, (14.0, 18.0, 24.0)) for n in range(4)] + [
        row(n, 10.0, (12.0, 16.0, 20.0)) for n in range(4, 9)
    ]
    one = drawn(rows)
    yellow = [step for step in one.steps if step.level == Level.YELLOW]
    assert [step.y for step in yellow] == pytest.approx([at(one.y_ticks, 14.0), at(one.y_ticks, 12.0)], abs=0.2)
    assert yellow[0].right == yellow[1].left  # at the first reading judged by the new set
    assert yellow[1].left == one.plot.left + one.plot.width / 2
    assert one.limits == (12.0, 16.0, 20.0)


def test_before_the_first_set_there_is_no_limit():
    rows = [row(0, 1.0), row(1, 1.0), row(2, 1.0, (2.0, 3.0, 4.0)), row(3, 1.0, (2.0, 3.0, 4.0))]
    assert [limits for _begin, _end, limits in limit_runs(rows)] == [NONE, (2.0, 3.0, 4.0)]
    assert {step.left for step in drawn(rows).steps} == {drawn(rows).steps[0].left}


@pytest.mark.parametrize("limits", [(14.0, 16.0, 18.0), (8.0, 6.0, 4.0)])
def test_bands_lie_beyond_their_limits(limits):
    one = drawn([row(0, 10.0, limits), row(1, 12.0, limits)])
    yellow, orange, red = (at(one.y_ticks, limit) for limit in limits)
    edge = one.plot.top if yellow > red else one.plot.top + one.plot.height
    expected = {Level.YELLOW: (yellow, orange), Level.ORANGE: (orange, red), Level.RED: (red, edge)}
    for band in one.bands:
        ends = (band.box.top, band.box.top + band.box.height)
        assert ends == pytest.approx(sorted(expected[band.level]), abs=0.3)
    assert len(one.bands) == 3


def test_the_nearest_limit_is_always_drawn():
    one = drawn([row(0, 0.1, (90.0, 190.0, 500.0)), row(1, 0.1, (90.0, 190.0, 500.0))])
    assert {step.level for step in one.steps} == {Level.YELLOW}


def test_a_far_limit_is_named_and_does_not_flatten_the_readings():
    one = drawn([row(0, 10.0, (12.0, 14.0, 500.0)), row(1, 11.0, (12.0, 14.0, 500.0))])
    assert one.unseen == (Level.RED,)
    assert {step.level for step in one.steps} == {Level.YELLOW, Level.ORANGE}


def test_suspect_and_failed_readings_are_marked_at_their_value():
    one = drawn([row(0, 1.0), row(1, 9.0, quality=3), row(2, 1.0, quality=4)])
    assert [flag.quality for flag in one.flags] == [Quality.SUSPECT, Quality.FAIL]
    assert one.flags[0].y == pytest.approx(at(one.y_ticks, 9.0), abs=0.2)


def test_rain_is_drawn_as_bars_from_zero():
    one = drawn([row(0, 0.0), row(1, 2.0), row(2, 0.0)], bars=True)
    assert one.lines == ()
    assert one.bars.count("M") == 1


def test_letters_of_close_limits_stand_apart():
    one = drawn([row(0, 0.0, (100.0, 100.1, 100.2)), row(1, 50.0, (100.0, 100.1, 100.2))])
    heights = sorted(name.y for name in one.names)
    assert all(below - above >= 12 for above, below in pairwise(heights))


def test_a_series_without_any_value_makes_an_empty_chart():
    one = drawn([row(0, None, quality=9), row(1, None, quality=9)])
    assert (one.lines, one.dots, one.count) == ((), (), 0)
    assert chart([], (0, SCAN_MS), ZONE, GAP_MS).count == 0


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e4, 1e4)), min_size=2, max_size=1500))
def test_thinning_keeps_both_extremes_of_every_run(values):
    rows = [row(n, value) for n, value in enumerate(values)]
    assert drawn(rows).count == sum(value is not None for value in values)
    for run in runs(rows, GAP_MS):
        kept = thin(run, lambda time_ms: time_ms // (50 * SCAN_MS))
        assert {min(one.value for one in kept), max(one.value for one in kept)} == {
            min(one.value for one in run),
            max(one.value for one in run),
        }
        assert [one.time_ms for one in kept] == sorted({one.time_ms for one in kept})


def test_a_long_series_is_thinned_to_about_four_hundred_points():
    one = drawn([row(n, float(n % 97)) for n in range(8640)])
    assert one.thinned
    assert 200 < sum(len(places(line)) for line in one.lines) <= 400


def test_time_ticks_stand_at_local_midnight():
    scale = Scale(END_MS - 14 * 86_400_000, END_MS, 0.0, 1000.0)
    ticks = time_ticks(scale, ZONE, 7)
    midnight = ticks[-1].at / 1000 * 14 * 86_400_000 + END_MS - 14 * 86_400_000
    assert moment(round(midnight / 3_600_000) * 3_600_000, ZONE).local == f"2015-{ticks[-1].label} 00:00:00"
    assert 4 <= len(ticks) <= 8


def test_time_ticks_keep_their_hours_over_a_change_to_summer_time():
    begin_ms = 1490481000000  # 2017-03-25 23:30 in Berlin; clocks go forward at 02:00
    scale = Scale(begin_ms, begin_ms + 86_400_000, 0.0, 1000.0)
    labels = [tick.label for tick in time_ticks(scale, ZoneInfo("Europe/Berlin"), 8)]
    assert labels == ["03-26", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "03-27"]


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_value_ticks_are_few_distinct_and_inside(low, span):
    ticks = value_ticks(Scale(low, low + span, 300.0, 0.0), 5)
    assert 1 <= len(ticks) <= 7
    assert all(-0.5 <= tick.at <= 300.5 for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)


def test_durations_have_two_units():
    assert [duration(one) for one in (0, 59, 61, 90_000)] == ["0 s", "59 s", "1 min 1 s", "1 d 1 h"]
