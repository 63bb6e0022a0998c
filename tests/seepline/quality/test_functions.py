"""Every quality function: the numbers of its source, its limits to the last step, and what holds for all input."""

from dataclasses import fields, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seepline.quality import TESTS, Sample, aggregate
from seepline.quality.attenuated import attenuated
from seepline.quality.flags import GOOD, fail, graded, joined, not_evaluated, suspect
from seepline.quality.hampel import hampel, limit
from seepline.quality.looks import Seen, nearest
from seepline.quality.neighbour import neighbour
from seepline.quality.rate import rate
from seepline.quality.scan_time import time_order
from seepline.quality.span import declared_range
from seepline.quality.spike import METHODS, spike
from seepline.quality.wire import (
    Scan,
    agreement,
    amplitude,
    decay,
    edge_of_sweep,
    factory_span,
    mains,
    signal_to_noise,
    thermistor,
)
from seepline.reading import Quality, RawReading
from seepline.sentinels import SENTINELS, meaning
from seepline.site_quality import QualityRule

SCAN_MS = 900_000
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
SERIES = st.lists(NUMBERS, min_size=1, max_size=15)


def series(values):
    return [Sample(n * SCAN_MS, value) for n, value in enumerate(values)]


def seen(values, at=-1, beside=()):
    made = series(values)
    at %= len(made)
    return Seen(made[:at], made[at], made[at + 1 :], series(beside))


def quality(flag):
    return flag.quality.name


# --- flags


def test_graded_is_beyond_and_not_at_a_limit():
    assert [quality(graded(found, (1.0, 2.0), "")) for found in (1.0, 1.1, 2.0, 2.1)] == [
        "GOOD", "SUSPECT", "SUSPECT", "FAIL",
    ]  # fmt: skip
    assert graded(3.0, (1.0, None), "3 mm").reason == "3 mm, more than 1"
    assert graded(3.0, (1.0, 2.0), "3 mm").reason == "3 mm, more than 2"


@given(st.lists(st.sampled_from([GOOD, suspect("s"), fail("f"), not_evaluated("n")]), max_size=6))
def test_flags_join_in_any_order_to_the_same_quality_and_keep_every_reason(flags):
    made, reasons = joined(Quality.GOOD, ("own",), flags)
    assert made is joined(Quality.GOOD, (), flags[::-1])[0] is aggregate([GOOD, *flags])
    assert reasons == ("own", *(flag.reason for flag in flags if flag.reason))


# --- range, spike, rate, attenuated


@pytest.mark.parametrize(("value", "found"), [(4.9, "SUSPECT"), (5.0, "GOOD"), (9.0, "GOOD"), (9.1, "SUSPECT")])
def test_the_ends_of_a_declared_range_are_inside_it(value, found):
    flag = declared_range(seen([value]), suspect_min=5.0, suspect_max=9.0)
    assert quality(flag) == found
    assert flag.reason == ("" if found == "GOOD" else f"range: {value:g} is outside the declared 5 to 9")


@pytest.mark.parametrize(
    ("values", "at", "method", "found"),
    [
        ([1, 6, 3], 1, "average", "SUSPECT"),  # 4 from the mean of 1 and 3
        ([1, 6, 3], 1, "differential", "GOOD"),  # 3 to the nearer one
        ([1, 20, 3], 1, "differential", "FAIL"),
        ([1, 6, 12], 1, "differential", "GOOD"),  # a rise is no spike
        ([0, 3.2, -0.1], 1, "differential", "SUSPECT"),
        ([6, 1, 4], 1, "average", "SUSPECT"),  # downward
        ([1, 6], 1, "average", "NOT_EVALUATED"),
        ([6, 3], 0, "average", "NOT_EVALUATED"),
    ],
)
def test_spike(values, at, method, found):
    assert quality(spike(seen(values, at), method=method, suspect=3.0, within_s=900, fail=10.0)) == found


def test_a_small_spike_has_a_height_too():
    assert METHODS["differential"](0.0, 0.5, 0.25) == 0.25


def test_the_newest_reading_s_spike_says_that_it_waits_and_the_first_one_does_not():
    assert spike(seen([1, 2]), method="average", suspect=1, within_s=900).reason.endswith("after, yet")
    assert spike(seen([1, 2], 0), method="average", suspect=1, within_s=900).reason.endswith("before")


@given(st.sampled_from(sorted(METHODS)), NUMBERS, NUMBERS, NUMBERS)
def test_a_spike_s_height_is_the_same_forwards_backwards_and_upside_down(method, before, this, after):
    height = METHODS[method]
    assert height(before, this, after) == height(after, this, before) == height(-before, -this, -after) >= 0


def test_a_rate_is_per_hour_whatever_the_scan():
    assert quality(rate(seen([0.0, 1.0]), suspect=4.0, within_s=900)) == "GOOD"  # 1 in a quarter of an hour
    assert quality(rate(seen([0.0, -1.01]), suspect=4.0, within_s=900)) == "SUSPECT"
    flag = rate(seen([0.0, 2.0]), suspect=4.0, within_s=900, fail=7.5)
    assert (quality(flag), flag.reason) == ("FAIL", "rate: 8 per hour, more than 7.5")
    assert rate(seen([0.0]), suspect=4.0, within_s=900) == not_evaluated("rate: no reading within 900 s before")


@pytest.mark.parametrize("method", ["std", "range"])
def test_attenuated_looks_at_the_period_without_its_beginning(method):
    given_ = {"method": method, "suspect": 0.5, "period_s": 1800, "readings": 2}
    assert quality(attenuated(seen([9.0, 1.0, 1.0]), **given_)) == "SUSPECT"
    assert quality(attenuated(seen([1.0, 9.0, 1.0]), **given_)) == "GOOD"
    assert quality(attenuated(seen([1.0, 1.0]), **given_, fail=0.1)) == "FAIL"
    assert quality(attenuated(seen([1.0]), **given_)) == "NOT_EVALUATED"
    least = attenuated(seen([1.0, 1.0]), **{**given_, "readings": 3})
    assert least.reason == "attenuated: 2 readings in 1800 s, 3 are needed"


def test_attenuated_at_its_limits():
    given_ = {"method": "range", "period_s": 1800, "readings": 2, "suspect": 1.0, "fail": 0.5}
    found = [attenuated(seen([0.0, moved]), **given_) for moved in (1.0, 0.75, 0.5, 0.25)]
    assert [quality(flag) for flag in found] == ["GOOD", "SUSPECT", "SUSPECT", "FAIL"]
    assert found[1].reason == "attenuated: range of 0.75 in 1800 s, less than 1"
    assert found[3].reason == "attenuated: range of 0.25 in 1800 s, less than 0.5"


# --- Hampel

VECTOR = [10, 10.1, 10, 25, 10.1, 10.2, 10.1]  # instruments.md 6.2


def test_hampel_s_vector_flags_only_the_outlier():
    middle, most = limit(VECTOR, 3.0, 0.001)
    assert (middle, round(most, 4)) == (10.1, 0.4448)
    assert [abs(value - middle) > most for value in VECTOR] == [False, False, False, True, False, False, False]
    flag = hampel(seen(VECTOR, 3), deviations=3.0, floor=0.001, readings=7, period_s=9999, method="centred")
    assert flag.reason.startswith("hampel: 14.9 from the median 10.1 of 7 readings, more than 0.44")


def test_hampel_s_window_is_before_or_around_and_waits_until_it_is_full():
    given_ = {"deviations": 3.0, "floor": 0.1, "readings": 5, "period_s": 9999}
    step = [1, 1, 1, 1, 9, 9, 9, 9]
    before = [quality(hampel(seen(step, at), **given_, method="before")) for at in range(8)]
    assert before == ["NOT_EVALUATED"] * 4 + ["SUSPECT"] * 2 + ["GOOD"] * 2
    centred = [quality(hampel(seen(step, at), **given_, method="centred")) for at in range(8)]
    assert centred == ["NOT_EVALUATED"] * 2 + ["GOOD"] * 4 + ["NOT_EVALUATED"] * 2
    short = hampel(seen([1, 2]), **given_, method="before")
    assert short.reason == "hampel: 2 readings within 9999 s, 5 are needed"


def test_hampel_s_floor_keeps_a_still_gauge_s_smallest_step_good():
    given_ = {"deviations": 3.0, "readings": 5, "period_s": 9999, "method": "before"}
    assert quality(hampel(seen([1, 1, 1, 1, 1.01]), **given_, floor=0.01)) == "GOOD"
    assert quality(hampel(seen([1, 1, 1, 1, 1.01]), **given_, floor=0.001)) == "SUSPECT"


@given(SERIES, st.floats(0.1, 10), st.floats(0.001, 10), NUMBERS)
def test_hampel_does_not_care_where_zero_is_or_in_which_order_the_window_stands(values, deviations, floor, off):
    middle, most = limit(values, deviations, floor)
    assert limit(sorted(values), deviations, floor) == (middle, most)
    assert most >= deviations * 1.4826 * floor
    moved, most_moved = limit([value + off for value in values], deviations, floor)
    assert moved == pytest.approx(middle + off, abs=1e-6)
    assert most_moved == pytest.approx(most, abs=1e-4)


# --- neighbour

BESIDE = {"suspect": 2.0, "period_s": 1800, "within_s": 900}


@pytest.mark.parametrize(
    ("own", "other", "found"),
    [
        ([0, 0, 5], [7, 7, 12], "GOOD"),  # both rose
        ([0, 0, 5], [7, 7, 7], "SUSPECT"),
        ([0, 0, 5], [7, 7, 10], "GOOD"),  # at the limit
        ([0, 0, 0], [7, 7, 4], "SUSPECT"),  # the neighbour fell
        ([0, 0, 5], [], "NOT_EVALUATED"),
        ([0, 0, 5], [7], "NOT_EVALUATED"),
        ([5], [7, 7, 7], "NOT_EVALUATED"),
        ([3, 3, 5], [7, 7, 7], "GOOD"),
        ([3, 3, 5.1], [7, 7, 7], "SUSPECT"),
    ],
)
def test_neighbours_move_together(own, other, found):
    assert quality(neighbour(seen(own, beside=other), **BESIDE)) == found


def test_a_neighbour_s_reason_has_the_numbers():
    flag = neighbour(seen([0, 0, 5], beside=[7, 7, 7]), **BESIDE)
    assert flag.reason == "neighbour: changed by 5 and its neighbour by 0, 5 apart, more than 2"
    alone = neighbour(seen([0, 0, 5]), **BESIDE)
    assert alone.reason == "neighbour: it has no reading at the same time, within 900 s"
    assert neighbour(seen([5]), **BESIDE).reason == "neighbour: no reading 1800 s before, within 900 s"


@pytest.mark.parametrize(("off_ms", "found"), [(0, "GOOD"), (900_000, "GOOD"), (900_001, "NOT_EVALUATED")])
def test_a_neighbour_s_readings_and_the_period_s_begin_may_be_off_by_so_much(off_ms, found):
    this, first = Sample(10**7, 1.0), Sample(10**7 - 1_800_000, 1.0)
    beside = [Sample(first.time_ms - off_ms, 4.0), Sample(this.time_ms, 4.0)]
    assert quality(neighbour(Seen([first], this, (), beside), **BESIDE)) == found
    moved = first._replace(time_ms=first.time_ms - off_ms)
    beside = [Sample(moved.time_ms, 4.0), Sample(this.time_ms, 4.0)]
    assert quality(neighbour(Seen([moved], this, (), beside), **BESIDE)) == found


@given(st.lists(st.integers(0, 50), unique=True, max_size=8).map(sorted), st.integers(0, 50), st.integers(0, 9))
def test_nearest_is_within_reach_and_none_is_nearer(times, at_ms, within_ms):
    samples = [Sample(time_ms, 0.0) for time_ms in times]
    found = nearest(samples, at_ms, within_ms)
    distances = [abs(one.time_ms - at_ms) for one in samples]
    if found is None:
        assert all(distance > within_ms for distance in distances)
    else:
        assert abs(found.time_ms - at_ms) == min(distances) <= within_ms
        assert found is samples[distances.index(min(distances))]


# --- the wire, the thermistor, the clock


def scan(hertz=2800.0, **beside):
    return Scan(RawReading("a/f", 0, hertz), None, beside)


WIRE = [
    (amplitude, {"suspect_mv": 0.1, "fail_mv": 0.01}, "vw_amplitude",
     [(0.1, "GOOD"), (0.09, "SUSPECT"), (0.01, "SUSPECT"), (0.009, "FAIL")]),
    (signal_to_noise, {"min_snr": 10.0}, "vw_snr", [(10.0, "GOOD"), (9.9, "SUSPECT")]),
    (decay, {"min_decay": 0.1, "max_decay": 0.95}, "vw_decay",
     [(0.09, "SUSPECT"), (0.1, "GOOD"), (0.95, "GOOD"), (0.96, "SUSPECT")]),
    (agreement, {"suspect_hz": 0.3}, "vw_agreement", [(0.3, "GOOD"), (0.31, "SUSPECT")]),
    (thermistor, {"min_ohm": 150.0, "max_ohm": 110_000.0}, "vw_thermistor",
     [(149.0, "SUSPECT"), (150.0, "GOOD"), (110_000.0, "GOOD"), (110_001.0, "SUSPECT")]),
]  # fmt: skip


@pytest.mark.parametrize(("test", "given_", "channel", "cases"), WIRE)
def test_diagnostics_at_their_limits_and_without_their_channel(test, given_, channel, cases):
    for value, found in cases:
        flag = test(scan(**{channel: value}), **given_)
        assert quality(flag) == found
        assert (f"{value:g}" in flag.reason) is (found != "GOOD")
    unknown = test(scan(), **given_)
    assert quality(unknown) == "NOT_EVALUATED"
    name = "thermistor" if channel == "vw_thermistor" else channel
    assert unknown.reason == f"{name}: this scan has no value of a {channel} channel"


def test_thermistor_s_reason_names_the_likely_cause():
    span = {"min_ohm": 150.0, "max_ohm": 110_000.0}
    assert "open" in thermistor(scan(vw_thermistor=2e5), **span).reason
    assert "water" in thermistor(scan(vw_thermistor=10.0), **span).reason


@pytest.mark.parametrize(
    ("hertz", "found"), [(455.0, "FAIL"), (455.1, "GOOD"), (5994.9, "GOOD"), (5995.0, "FAIL"), (100.0, "FAIL")]
)
def test_edge_of_sweep(hertz, found):
    flag = edge_of_sweep(scan(hertz), low_hz=450.0, high_hz=6000.0, edge_hz=5.0)
    assert quality(flag) == found
    assert ("at an end of the sweep" in flag.reason) is (found == "FAIL")
    unknown = edge_of_sweep(scan(None), low_hz=1, high_hz=2, edge_hz=0.1)
    assert unknown == not_evaluated("vw_sweep: this scan has no value of a vw_frequency channel")


@pytest.mark.parametrize(
    ("hertz", "ratio", "found"),
    [
        (2800.0, 9.0, "FAIL"),  # 56 x 50
        (2801.0, 9.0, "FAIL"),
        (2798.9, 9.0, "GOOD"),
        (2800.0, 10.0, "GOOD"),  # a true signal may stand there too
        (2825.0, 1.0, "GOOD"),
    ],
)
def test_mains(hertz, ratio, found):
    given_ = {"tolerance_hz": 1.0, "min_snr": 10.0, "mains_hz": 50}
    flag = mains(scan(hertz, vw_snr=ratio), **given_)
    assert quality(flag) == found
    assert found == "GOOD" or flag.reason.startswith(f"vw_mains: {hertz:g} Hz is 56 x 50 Hz")
    for unknown in (scan(hertz), scan(None, vw_snr=1.0)):
        assert mains(unknown, **given_) == not_evaluated("vw_mains: this scan has no value of a vw_snr channel")


def test_factory_span_is_the_sheet_s_range_stretched():
    given_ = {"low_factor": 0.7, "high_factor": 1.3, "span_hz": (2000.0, 3000.0)}
    found = [quality(factory_span(scan(hertz), **given_)) for hertz in (1399.0, 1400.0, 3900.0, 3901.0)]
    assert found == ["SUSPECT", "GOOD", "GOOD", "SUSPECT"]
    assert "sheet" in factory_span(scan(None), **given_).reason
    assert "1400 to 3900 Hz" in factory_span(scan(1.0), **given_).reason
    assert quality(factory_span(scan(None), **given_)) == "NOT_EVALUATED"
    assert quality(factory_span(scan(), **{**given_, "span_hz": None})) == "NOT_EVALUATED"


@pytest.mark.parametrize(
    ("before", "this", "found"),
    [
        ("a:7:1", "a:7:2", "GOOD"),
        ("a:7:9", "a:7:2", "SUSPECT"),
        ("a:7:2", "a:7:2", "SUSPECT"),
        ("a:8:9", "a:7:2", "GOOD"),  # another ring counts anew
        ("b:7:9", "a:7:2", "GOOD"),
        ("", "a:7:2", "NOT_EVALUATED"),
        ("a:7:2", "", "NOT_EVALUATED"),
        (None, "a:7:2", "NOT_EVALUATED"),
    ],
)
def test_time_order(before, this, found):
    earlier = None if before is None else RawReading("a/f", 0, 1.0, identity=before)
    flag = time_order(Scan(RawReading("a/f", 1, 1.0, identity=this), earlier))
    assert quality(flag) == found
    assert flag.reason.startswith("" if found == "GOOD" else "time_order: ")
    if before == "a:7:9":
        assert flag.reason == "time_order: record 2 is dated after record 9, which was made later"


@given(st.sampled_from(sorted(SENTINELS)), NUMBERS)
def test_only_a_maker_s_own_numbers_are_its_sentinels(maker, value):
    assume(value not in SENTINELS[maker])
    assert meaning(maker, value) == ""
    for sentinel in SENTINELS[maker]:
        assert maker in meaning(maker, sentinel)
        assert meaning(None, sentinel) == ""


# --- the table


def test_every_parameter_of_an_entry_belongs_to_a_test_and_every_test_s_to_an_entry():
    known = {field.name for field in fields(QualityRule)} - {"point", "quantity", "test", "valid_from_ms"}
    assert {name for test in TESTS.values() for name in (*test.required, *test.optional)} == known


@pytest.mark.parametrize("name", TESTS)
def test_a_test_looks_no_further_than_it_says(name):
    rule = QualityRule(point="P", quantity="q", test=name, valid_from_ms=0, period_s=60, within_s=5)
    reach = TESTS[name].reach(replace(rule, method="centred"))
    assert all(one >= 0 for one in reach)
    assert (reach.neighbour_before_ms > 0) is ("neighbour" in TESTS[name].required)
