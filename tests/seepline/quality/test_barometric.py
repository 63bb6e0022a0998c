"""How a gauge answers the air: the fit beside numpy's, its interval in simulation, real gauges, the daily test."""

import csv
import random
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from seepline.quality.barometric import DAY_MS, Pair, barometric_response, fit, paired, student_t
from seepline.quality.looks import Sample, Seen

SCAN_MS = 900_000
REAL = Path("tests/data/usgs-mukilteo/expected-mvd116.csv")


def air(rng, count):
    """Return station pressures that wander as the weather does, in kPa."""
    values = [100.0]
    while len(values) < count:
        values.append(values[-1] + rng.gauss(0, 0.03) - 0.002 * (values[-1] - 100.0))
    return values


def gauge(rng, pressures, share, noise=0.01, memory=0.0, drift=0.0):
    made, off = [], 0.0
    for n, b in enumerate(pressures):
        off = memory * off + rng.gauss(0, noise)
        made.append(Pair(n * SCAN_MS, 50.0 + share * b + drift * n + off, b))
    return made


@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(-0.01, 0.01))
def test_the_slope_is_that_of_numpy_s_least_squares_with_time(seed, share, drift):
    rng = random.Random(seed)
    pairs = gauge(rng, air(rng, 120), share, drift=drift)
    table = np.array([[1.0, one.time_ms / 1e6, one.air_kpa] for one in pairs])
    expected = np.linalg.lstsq(table, np.array([one.gauge_kpa for one in pairs]), rcond=None)[0][2]
    assert fit(pairs).slope == pytest.approx(expected, abs=1e-6)


def test_a_drift_of_the_water_is_not_taken_for_the_air():
    rng = random.Random(5)
    found = fit(gauge(rng, air(rng, 600), 0.8, drift=0.005))  # 3 kPa in six days
    assert found.slope == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("memory", [0.0, 0.9])
def test_the_interval_holds_the_true_share_about_as_often_as_it_says(memory):
    """Neighbouring readings that share their noise count for less: with memory 0.9 a naive interval holds half."""
    rng, hits, trials = random.Random(1), 0, 200
    for _ in range(trials):
        found = fit(gauge(rng, air(rng, 300), 0.7, noise=0.02, memory=memory))
        hits += abs(found.slope - 0.7) <= found.half_width
    assert 0.86 <= hits / trials <= 1.0


def test_readings_that_share_their_noise_are_worth_fewer():
    rng = random.Random(2)
    pressures = air(rng, 400)
    apart, tied = (fit(gauge(rng, pressures, 0.7, memory=memory)) for memory in (0.0, 0.9))
    assert 250 < apart.independent <= 400
    assert 8 < tied.independent < 60
    assert tied.half_width > apart.half_width


def test_nothing_is_told_where_nothing_can_be():
    rng = random.Random(3)
    assert fit([]) is None
    assert fit(gauge(rng, air(rng, 5), 0.5)) is None
    assert fit(gauge(rng, [100.0] * 50, 0.5)) is None  # still air
    assert fit(gauge(rng, [100.0 + n / 100 for n in range(50)], 0.5)) is None  # air that only drifts
    assert fit([Pair(0, 1.0, 1.0)] * 50) is None


@pytest.mark.parametrize(
    ("freedom", "off"), [(3.0, 8e-3), (4.5, 2e-3), (10.0, 8e-5), (30.0, 2e-6), (100.0, 1e-6), (1e6, 1e-6)]
)
def test_student_s_quantile_is_scipy_s(freedom, off):
    assert student_t(freedom) == pytest.approx(scipy.stats.t.ppf(0.975, freedom), rel=off)


def test_the_interval_is_that_of_a_regression_on_so_many_independent_readings():
    rng = random.Random(8)
    pairs = gauge(rng, air(rng, 200), 0.5, noise=0.05)
    found = fit(pairs)
    table = np.array([[1.0, one.time_ms / 1e6, one.air_kpa] for one in pairs])
    values = np.array([one.gauge_kpa for one in pairs])
    rest = values - table @ np.linalg.lstsq(table, values, rcond=None)[0]
    off = np.sqrt(rest @ rest / (found.independent - 3) * np.linalg.inv(table.T @ table)[2, 2])
    assert found.half_width == pytest.approx(scipy.stats.t.ppf(0.975, found.independent - 3) * off, rel=1e-5)
    assert found.pairs == 200


def test_a_gauge_that_stands_still_answers_nothing_and_is_sure_of_it():
    found = fit([Pair(n * SCAN_MS, 7.0, 100.0 + (n % 5) / 10) for n in range(40)])
    assert found == (0.0, 0.0, 40, 40.0)


def test_real_gauges_answer_the_air_as_their_sheet_takes_it_off_but_not_in_the_rain():
    """Two gauges of which the published sheet takes off all of the air; in the first three days it rained."""
    with REAL.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for column in ("p1_kpa", "p2_kpa"):
        pairs = [Pair(n * SCAN_MS, float(row[column]), float(row["barometer_kpa"])) for n, row in enumerate(rows)]
        found = fit(pairs)
        assert abs(found.slope) <= found.half_width < 0.1
        if column == "p1_kpa":
            assert fit(pairs[:288]).slope > 0.6


TIMES = st.lists(st.integers(0, 100), unique=True, max_size=12).map(sorted)


@given(TIMES, TIMES, st.integers(0, 10))
def test_pairs_are_each_gauge_reading_with_the_nearest_of_the_air(gauge_times, air_times, within_ms):
    left = [Sample(at, float(at)) for at in gauge_times]
    right = [Sample(at, float(at)) for at in air_times]
    expected = {}
    for at in gauge_times:
        near = min(air_times, key=lambda other: (abs(other - at), other), default=None)
        if near is not None and abs(near - at) <= within_ms:
            expected[at] = float(near)
    assert {one.time_ms: one.air_kpa for one in paired(left, right, within_ms)} == expected


def daily(share, at_ms, taken_off=0.25, **changed):
    rng = random.Random(4)
    pairs = gauge(rng, air(rng, 4 * 96), share - 0.25)
    given_ = {
        "response_kpa_per_kpa": 0.7, "tolerance_kpa_per_kpa": 0.05, "period_s": 2 * 86400, "readings": 100,
        "within_s": 60,
    }  # fmt: skip
    before = [Sample(one.time_ms, one.gauge_kpa) for one in pairs if one.time_ms < at_ms]
    beside = [Sample(one.time_ms, one.air_kpa) for one in pairs]
    seen = Seen(before, Sample(at_ms, 999.0), (), beside)
    return barometric_response(seen, taken_off=taken_off, **{**given_, **changed})


def test_a_gauge_that_answers_as_accepted_is_good_and_one_that_changed_is_suspect():
    assert daily(0.7, 3 * DAY_MS).quality.name == "GOOD"
    changed = daily(0.4, 3 * DAY_MS)
    assert changed.quality.name == "SUSPECT"
    assert changed.reason.startswith("barometric_response: 0.399 kPa per kPa, 0.301 ")
    assert changed.reason.endswith("from the accepted 0.7, more than 0.05")


def test_every_reading_of_a_day_says_the_same_whatever_it_is_itself():
    assert {daily(0.4, 3 * DAY_MS + after) for after in (0, SCAN_MS, DAY_MS - 1)} == {daily(0.4, 3 * DAY_MS)}
    assert daily(0.4, 2 * DAY_MS - 1, readings=97) != daily(0.4, 2 * DAY_MS, readings=97)


def test_it_is_not_evaluated_with_too_few_pairs_or_with_a_sheet_that_changed():
    assert "do not tell it" in daily(0.7, DAY_MS // 2).reason
    assert "192 pairs" in daily(0.7, 3 * DAY_MS, readings=193).reason
    assert daily(0.7, 3 * DAY_MS, readings=192).quality.name == "GOOD"
    assert "changed in the period" in daily(0.7, 3 * DAY_MS, taken_off=None).reason
