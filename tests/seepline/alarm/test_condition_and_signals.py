"""Alarm steps: what enters a level, what leaves it, what never lowers it."""

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from seepline import alarm
from seepline.alarm import AlarmState, FaultState, SilenceState, Track
from seepline.reading import Quality, Reading
from seepline.site import Threshold
from seepline.site_wiring import Logger
from seepline.thresholds import Level, level_of

UPPER = Threshold(
    set="s1", point="P1", quantity="pore_pressure", direction="above",
    yellow=40, orange=60, red=80, deadband=2, delay_count=2,
)  # fmt: skip
LOWER = replace(
    UPPER, quantity="freeboard", direction="below", yellow=3, orange=2, red=1, deadband=0.5, delay_count=1
)
RISE = replace(
    UPPER, direction="rate_up", yellow=1, orange=2, red=4, deadband=0, delay_count=1, rate_window_s=7200
)
HOUR_MS = 3_600_000


def reading(hour: float, value: float | None, **changes: object) -> Reading:
    time_ms = int(hour * HOUR_MS)
    whole = Reading(
        point="P1", instrument="I1", quantity="pore_pressure", time_ms=time_ms, value=value, quality=Quality.GOOD,
        calibration="c:1", judged=value is not None, inputs=(f"1:7:{time_ms}",),
    )  # fmt: skip
    return whole._replace(**changes)  # type: ignore[arg-type]


def run(threshold: Threshold, values: list[tuple[float, float | None]], state: AlarmState | None = None):
    state, events = state or AlarmState(), []
    for hour, value in values:
        state, new = alarm.step("site", state, reading(hour, value), threshold, int(hour * HOUR_MS) + 1000)
        events += new
    return state, events


def levels(events):
    return [(event.kind, event.from_level, event.to_level) for event in events]


def test_one_reading_beyond_the_limit_is_not_yet_an_alarm():
    state, events = run(UPPER, [(1, 45.0), (2, 39.0), (3, 45.0)])
    assert events == []
    assert state.present.level is Level.GREEN


def test_the_level_climbs_after_the_declared_count_at_each_level():
    _, events = run(UPPER, [(1, 45.0), (2, 46.0), (3, 65.0), (4, 66.0), (5, 85.0), (6, 86.0)])
    assert levels(events) == [("level", 0, 1), ("level", 1, 2), ("level", 2, 3)]
    assert [event.limit for event in events] == [40, 60, 80]
    assert [event.value for event in events] == [46.0, 66.0, 86.0]


def test_a_jump_beyond_red_is_one_event_to_red():
    _, events = run(UPPER, [(1, 95.0), (2, 95.0)])
    assert levels(events) == [("level", 0, 3)]


def test_a_value_equal_to_the_limit_has_reached_it():
    assert level_of(UPPER, 40.0) is Level.YELLOW
    assert level_of(LOWER, 3.0) is Level.YELLOW


def test_the_deadband_holds_the_level_until_the_value_is_clearly_back():
    state, events = run(UPPER, [(1, 41.0), (2, 41.0), (3, 38.5), (4, 38.0)])
    assert levels(events) == [("level", 0, 1)]
    assert state.present.level is Level.YELLOW
    _, events = run(UPPER, [(5, 37.9)], state)
    assert levels(events) == [("level", 1, 0)]
    assert events[0].limit == 40


def test_a_lower_limit_counts_downwards():
    _, events = run(LOWER, [(1, 3.5), (2, 2.9), (3, 0.9), (4, 1.4), (5, 1.6), (6, 4.0)])
    assert levels(events) == [("level", 0, 1), ("level", 1, 3), ("level", 3, 2), ("level", 2, 0)]


def test_a_missing_reading_neither_lowers_nor_counts():
    state, events = run(UPPER, [(1, 45.0), (2, None), (3, 45.0), (4, None), (5, None)])
    assert levels(events) == [("level", 0, 1)]
    assert state.present.level is Level.YELLOW


def test_a_suspect_reading_counts():
    state, _ = alarm.step("site", AlarmState(), reading(1, 90.0, quality=Quality.SUSPECT), UPPER, 0)
    _, events = alarm.step("site", state, reading(2, 90.0, quality=Quality.FAIL), UPPER, 0)
    assert levels(events) == [("level", 0, 3)]


def test_a_rate_is_taken_over_its_window_and_not_between_neighbours():
    _, events = run(RISE, [(0, 10.0), (0.25, 13.0)])
    assert events == []
    _, events = run(RISE, [(0, 10.0), (1, 10.4), (2, 13.0), (3, 13.2)])
    assert levels(events) == [("level", 0, 1)]
    assert events[0].value == 1.5


def test_a_falling_rate_is_positive_in_its_own_direction():
    _, events = run(replace(RISE, direction="rate_down"), [(0, 30.0), (1, 26.0)])
    assert levels(events) == [("level", 0, 3)]


def test_late_readings_warn_once_and_never_lower():
    state, _ = run(UPPER, [(10, 45.0), (11, 45.0)])
    late = [(1, 65.0), (2, 66.0), (3, 20.0), (4, 20.0)]
    state, events = run(UPPER, late, state)
    assert levels(events) == [("late", 0, 2)]
    assert state.present.level is Level.YELLOW
    assert events[0].time_ms == 2 * HOUR_MS


def test_a_late_reading_is_the_present_state_where_nothing_newer_was_valid():
    state, _ = run(UPPER, [(1, 45.0), (10, None)])
    _, events = run(UPPER, [(5, 47.0)], state)
    assert levels(events) == [("level", 0, 1)]


def test_the_same_input_gives_the_same_event_ids_and_different_input_others():
    _, first = run(UPPER, [(1, 45.0), (2, 46.0)])
    _, again = run(UPPER, [(1, 45.0), (2, 46.0)])
    _, other = run(replace(UPPER, set="s2"), [(1, 45.0), (2, 46.0)])
    assert first[0].id == again[0].id != other[0].id


@given(st.lists(st.floats(min_value=0, max_value=120), max_size=60))
def test_the_present_level_is_never_below_what_the_last_readings_prove(values):
    state, events = run(UPPER, [(hour, value) for hour, value in enumerate(values)])
    if len(values) >= 2:
        proven = min(level_of(UPPER, value) for value in values[-2:])
        assert state.present.level >= proven
    for before, after in itertools.pairwise(events):
        assert after.from_level == before.to_level != after.to_level
    assert (events[-1].to_level if events else Level.GREEN) == state.present.level


@given(
    st.lists(st.tuples(st.integers(0, 40), st.floats(min_value=0, max_value=120)), max_size=40),
    st.floats(min_value=80, max_value=120),
)
def test_no_late_reading_changes_the_present_track(late, red):
    state, _ = run(UPPER, [(50, red), (51, red)])
    after, events = run(UPPER, [(float(hour), value) for hour, value in late], state)
    assert after.present == state.present == Track(Level.RED, 51 * HOUR_MS, 51 * HOUR_MS, (2, 2, 2))
    assert all(event.kind == "late" and event.to_level > event.from_level for event in events)


def test_an_instrument_fault_is_told_once_with_its_reason_and_its_end():
    state = FaultState()
    bad = reading(2, None, reasons=("no wire signal",))
    kinds = []
    for one in (reading(1, 10.0), bad, reading(3, None, reasons=("no wire signal",)), reading(4, 11.0), bad):
        state, events = alarm.fault_step("site", state, one, Level.ORANGE, 0)
        kinds += [(event.kind, event.text, event.to_level) for event in events]
    assert kinds == [("fault", "no wire signal", Level.ORANGE), ("fault_end", "", Level.ORANGE)]


LOGGER = Logger(id="L1", serial=1, bus="b", address=1, scan_s=900, silence_s=3600)


def test_a_silent_logger_is_told_with_the_time_of_its_last_reading():
    state, events = alarm.silence_step("site", SilenceState(), LOGGER, 1000, 1000 + 3_600_000)
    assert events == ()
    state, events = alarm.silence_step("site", state, LOGGER, 1000, 1001 + 3_600_000)
    assert [(event.kind, event.time_ms, event.arrived_ms) for event in events] == [("silence", 1000, 3_601_001)]
    state, events = alarm.silence_step("site", state, LOGGER, 1000, 9_000_000)
    assert events == ()
    _, events = alarm.silence_step("site", state, LOGGER, 9_000_000, 9_000_001)
    assert [event.kind for event in events] == ["silence_end"]


def test_a_logger_that_never_spoke_falls_silent_too():
    state, _ = alarm.silence_step("site", SilenceState(), LOGGER, None, 0)
    _, events = alarm.silence_step("site", state, LOGGER, None, 3_600_001)
    assert [event.kind for event in events] == ["silence"]


def test_a_clock_ten_minutes_ahead_is_drift_and_more_is_told_once_until_a_fresh_reading_is_dated_right():
    state, kinds = alarm.ClockState(), []
    for time_ms, arrived_ms in ((600_000, 0), (600_001, 0), (900_000, 1), (0, 3_600_001), (1, 3_600_001)):
        state, events = alarm.clock_step("site", state, LOGGER, time_ms, arrived_ms)
        kinds += [(event.kind, event.time_ms, event.text) for event in events]
    assert kinds == [
        ("clock", 0, "readings are dated 600 s ahead"),
        ("clock_end", 3_600_001, "readings are dated right"),
    ]


def test_a_delay_in_time_counts_from_the_first_reading_beyond_the_limit():
    slow = replace(UPPER, delay_s=2 * 3600, delay_count=1)
    _, events = run(slow, [(1, 45.0), (2, 45.0), (2.9, 45.0)])
    assert events == []
    _, events = run(slow, [(1, 45.0), (2, 39.0), (3, 45.0), (4, 65.0), (5, 65.0), (6, 65.0)])
    assert [(event.to_level, event.time_ms) for event in events] == [(1, 5 * HOUR_MS), (2, 6 * HOUR_MS)]


def test_a_delay_that_a_new_set_has_counts_from_its_first_reading():
    state, _ = run(replace(UPPER, delay_count=9), [(1, 45.0), (2, 45.0)])
    _, events = run(replace(UPPER, delay_s=3600), [(3, 45.0), (4, 45.0)], state)
    assert [event.time_ms for event in events] == [4 * HOUR_MS]


def test_a_level_is_left_after_its_count_and_time_of_readings_that_are_back():
    held = replace(UPPER, delay_count=1, off_count=3)
    state, events = run(held, [(1, 85.0), (2, 20.0), (3, 20.0), (4, 30.0), (5, 20.0), (6, 20.0)])
    assert levels(events) == [("level", 0, 3), ("level", 3, 0)]
    assert events[1].time_ms == 4 * HOUR_MS
    _, events = run(
        replace(held, off_count=1, off_s=3 * 3600), [(1, 85.0), (2, 50.0), (3, 20.0), (5, 20.0), (6, 20.0)]
    )
    assert levels(events) == [("level", 0, 3), ("level", 3, 1), ("level", 1, 0)]
    assert [event.time_ms for event in events[1:]] == [5 * HOUR_MS, 6 * HOUR_MS]
    assert state.present.level is Level.GREEN


def test_one_reading_beyond_the_limit_begins_the_count_of_those_that_are_back_anew():
    held = replace(UPPER, delay_count=1, off_count=2)
    state, _ = run(held, [(1, 45.0), (2, 20.0), (3, 45.0), (4, 20.0)])
    assert state.present.level is Level.YELLOW


def test_a_rule_that_clears_at_once_again_keeps_no_memory_of_the_other_one():
    state, _ = run(replace(UPPER, delay_count=1, off_count=5), [(1, 45.0), (2, 20.0)])
    state, _ = run(UPPER, [(3, 20.0)], state)
    assert state.present == Track(Level.GREEN, 3 * HOUR_MS, 3 * HOUR_MS)


def test_a_reading_without_a_value_changes_no_track():
    assert alarm.advance(Track(), reading(1, None), UPPER) == (Track(), None)


@given(st.lists(st.floats(min_value=0, max_value=120), max_size=60), st.integers(1, 4), st.integers(1, 4))
def test_longer_delays_never_enter_sooner_and_never_leave_sooner(values, on, off):
    hours = list(enumerate(values))
    short, _ = run(replace(UPPER, delay_count=1, off_count=1), hours)
    late_in, _ = run(replace(UPPER, delay_count=on, off_count=1), hours)
    late_out, _ = run(replace(UPPER, delay_count=1, off_count=off), hours)
    assert late_in.present.level <= short.present.level <= late_out.present.level
