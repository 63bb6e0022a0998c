"""The tests that QARTOD defines, beside ioos_qc's: the same flags where the definitions are the same.

Where they are not, the difference is asserted too, so that neither side can change it unseen:

    ioos_qc                                          here
    one good test hides one that was not run         not evaluated stands above good (aggregate)
    the first reading's rate is good                 it is not evaluated
    a suspect threshold of 0 is no threshold         parameters are above 0
    flat line: seconds, tolerance, range < tolerance readings in a row, within the record's step (flat_line)
    attenuated: fail below, suspect below            the same; too few readings: both not evaluated
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ioos_qc import qartod

from seepline.quality import Flag, Sample, aggregate
from seepline.quality.attenuated import attenuated
from seepline.quality.looks import Seen
from seepline.quality.rate import rate
from seepline.quality.span import declared_range
from seepline.quality.spike import spike
from seepline.reading import Quality

SCAN_S = 900
# Sixteenths: sums and halves are exact in binary, so a value at a limit is at it on both sides.
VALUES = st.lists(st.integers(-4000, 4000).map(lambda n: n / 16), min_size=3, max_size=40)
LIMIT = st.integers(1, 800).map(lambda n: n / 16)
GAPS = st.lists(st.integers(1, 7200), min_size=40, max_size=40)


def samples(values, gaps=(SCAN_S,) * 40):
    times = np.cumsum([0, *gaps[: len(values) - 1]])
    return [Sample(int(at) * 1000, value) for at, value in zip(times, values, strict=True)]


def flagged(test, series, **parameters):
    return [
        int(test(Seen(series[:at], this, series[at + 1 :]), **parameters).quality)
        for at, this in enumerate(series)
    ]


def times(series):
    return np.array([one.time_ms for one in series], dtype="datetime64[ms]").astype("datetime64[ns]")


@given(values=VALUES, suspect=LIMIT, more=LIMIT, method=st.sampled_from(["average", "differential"]))
def test_spikes_are_ioos_qcs(values, suspect, more, method):
    fail = suspect + more
    theirs = qartod.spike_test(values, suspect_threshold=suspect, fail_threshold=fail, method=method)
    ours = flagged(spike, samples(values), method=method, suspect=suspect, fail=fail, within_s=SCAN_S)
    assert ours == theirs.tolist()


@given(values=VALUES, per_hour=LIMIT, more=LIMIT, gaps=GAPS)
def test_rates_are_ioos_qcs_but_for_the_first_reading(values, per_hour, more, gaps):
    series = samples(values, gaps)
    # 3600 is no power of two: a rate at its limit may round to either side of it, so none is at it
    limits = {"threshold": (per_hour + 1e-7) / 3600, "fail_threshold": (per_hour + more + 1e-7) / 3600}
    theirs = qartod.rate_of_change_test(values, times(series), **limits).tolist()
    ours = flagged(rate, series, suspect=per_hour + 1e-7, fail=per_hour + more + 1e-7, within_s=10**6)
    assert ours[1:] == theirs[1:]
    assert (ours[0], theirs[0]) == (Quality.NOT_EVALUATED, Quality.GOOD)


@given(values=VALUES, low=LIMIT, width=LIMIT)
def test_declared_ranges_are_ioos_qcs_suspect_spans(values, low, width):
    span = (low, low + width)
    theirs = qartod.gross_range_test(values, fail_span=(-1e6, 1e6), suspect_span=span).tolist()
    assert flagged(declared_range, samples(values), suspect_min=span[0], suspect_max=span[1]) == theirs


@settings(max_examples=40, deadline=None)  # pandas' rolling windows are slow to set up
@given(values=VALUES, fail=LIMIT, more=LIMIT, method=st.sampled_from(["std", "range"]), least=st.integers(2, 6))
def test_attenuated_signals_are_ioos_qcs(values, fail, more, method, least):
    series, suspect = samples(values), fail + more
    theirs = qartod.attenuated_signal_test(
        values, times(series), suspect, fail, test_period=4 * SCAN_S, min_obs=least, check_type=method
    ).tolist()
    ours = flagged(
        attenuated, series, method=method, suspect=suspect, fail=fail, period_s=4 * SCAN_S, readings=least
    )
    for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        assert one == other or (method == "std" and _near(series, place, fail, suspect))


def _near(series, place, *limits):
    """Tell whether a standard deviation is so near to a limit that rounding decides: pandas sums as it rolls."""
    window = [one.value for one in series[max(0, place - 3) : place + 1]]
    return any(abs(float(np.std(window)) - limit) < 1e-6 for limit in limits)


@pytest.mark.parametrize("others", [[1], [1, 1], [3], [4], [2], [3, 4]])
def test_aggregation_differs_only_where_a_test_was_not_run(others):
    flags = [2, *others]
    theirs = qartod.qartod_compare([np.array([flag]) for flag in flags]).tolist()[0]
    ours = int(aggregate([Flag(Quality(flag)) for flag in flags]))
    assert ours == (theirs if max(others) > 1 else Quality.NOT_EVALUATED)
    assert theirs == max(others) if max(others) != 2 else 2
