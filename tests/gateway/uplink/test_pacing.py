"""Cap, batch size and windows, as properties of pure functions."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.uplink.pacing import BATCH_S, FIRST_ROWS, LEAST_ROWS, MOST_ROWS, full_bucket, next_rows, take, wait_s
from gateway.uplink.window import Window, WindowError, opens_in_s, parse_window, second_of_day

RATES = st.integers(100, 1_000_000)
PIECES = st.lists(st.tuples(st.integers(0, 20_000), st.floats(0, 60)), min_size=1, max_size=30)


@given(RATES, PIECES)
def test_whoever_waits_as_told_never_exceeds_burst_and_rate(rate, pieces):
    now_s, sent, bucket = 0.0, 0, full_bucket(rate, 0.0)
    for size, idle_s in pieces:
        now_s += idle_s
        bucket = take(bucket, size, now_s)
        now_s += wait_s(bucket, now_s)
        sent += size
        assert sent <= rate * (now_s + 1) * (1 + 1e-9) + 1e-6


@given(RATES, PIECES)
def test_a_full_line_is_used_up_to_its_cap(rate, pieces):
    now_s, sent, bucket = 0.0, 0, full_bucket(rate, 0.0)
    for size, _ in pieces:
        bucket = take(bucket, size, now_s)
        now_s += wait_s(bucket, now_s)
        sent += size
    assert sent >= rate * now_s * (1 - 1e-9) - 1e-6


@given(RATES, st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_clock_that_steps_back_gives_nothing_away(rate, first_s, second_s):
    bucket = take(take(full_bucket(rate, first_s), 10 * rate, first_s), 0, second_s)
    assert bucket.allowed <= rate
    assert wait_s(bucket, second_s) <= 10


@given(st.integers(1, 5000), st.floats(0.05, 2))
def test_a_batch_comes_to_take_some_seconds_on_any_line(rows_per_s, round_trip_s):
    rows = FIRST_ROWS
    for _ in range(40):
        rows = next_rows(rows, rows, round_trip_s + rows / rows_per_s)
    took_s = round_trip_s + rows / rows_per_s
    assert rows in (LEAST_ROWS, MOST_ROWS) or took_s == pytest.approx(BATCH_S, rel=0.3)


@given(st.integers(LEAST_ROWS, MOST_ROWS), st.integers(1, MOST_ROWS), st.floats(0, 1e4))
def test_a_batch_stays_within_its_limits_and_never_more_than_doubles(rows, sent, took_s):
    after = next_rows(rows, min(sent, rows), took_s)
    assert LEAST_ROWS <= after <= min(MOST_ROWS, max(2 * rows, LEAST_ROWS))


MINUTES = st.integers(0, 24 * 60 - 1)


@given(MINUTES, MINUTES, st.integers(0, 86_399))
def test_a_window_is_open_exactly_between_its_times(start, end, second):
    if start == end:
        return
    window = parse_window(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}")
    from_start, before_end = start * 60 <= second, second < end * 60
    is_open = (from_start and before_end) if start < end else (from_start or before_end)
    assert (opens_in_s([window], second) == 0) is is_open


@given(st.lists(st.builds(Window, MINUTES.map(lambda m: 60 * m), st.integers(1, 3600)), min_size=1, max_size=4))
def test_it_opens_when_it_was_told_and_not_before(windows):
    for second in range(0, 86_400, 997):
        told_s = opens_in_s(windows, second)
        assert opens_in_s(windows, (second + told_s) % 86_400) == 0
        assert told_s == 0 or opens_in_s(windows, (second + told_s - 1) % 86_400) == 1


def test_without_windows_the_link_is_always_open():
    assert opens_in_s([], 0) == 0


@pytest.mark.parametrize(
    "text", ["", "2:00-02:20", "02:00-24:00", "02:00-02:00", "02:60-03:00", "02:00", "02:00–02:20"]
)
def test_what_is_no_window_is_refused_with_an_example(text):
    with pytest.raises(WindowError, match="expected"):
        parse_window(text)


@given(
    st.integers(0, 4_000_000_000_000),
    st.sampled_from(["UTC", "Asia/Dushanbe", "America/Los_Angeles", "Australia/Lord_Howe"]),
)
def test_the_second_of_the_day_is_the_zone_s_wall_clock(at_ms, zone):
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at_ms // 1000)).astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, fold=0)
    wall_s = (local.replace(tzinfo=None) - midnight.replace(tzinfo=None)).total_seconds()
    assert second_of_day(at_ms, zone) == math.floor(wall_s)
