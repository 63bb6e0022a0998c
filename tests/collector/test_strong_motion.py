"""An earthquake, as the logger computed it: readings of a point, judged at once, equal after a restart."""

from dataclasses import replace

import pytest

from collector.raw_lines import RawRow, RawValue
from seepline.derive import strong_motion
from seepline.reading import Quality
from seepline.site import Threshold
from seepline.site_file import SiteError, parse_site
from seepline.site_motion import StrongMotion
from seepline.thresholds import Level
from seepline.wire.event import EPOCH_2020_S, EVENT_BLOCK
from seepline.wire.record import MISSING_I32
from tests.collector.chain import SCAN_MS, T0_MS, Chain
from tests.collector.conftest import DAM

SHAKES = StrongMotion(point="P1", logger="a", valid_from_ms=T0_MS - 86_400_000)
LIMIT = Threshold(
    set="s1",
    point="P1",
    quantity="peak_acceleration",
    direction="above",
    yellow=0.5,
    orange=1.0,
    red=2.0,
    deadband=0.0,
    delay_count=1,
)
START_S = T0_MS // 1000 - EPOCH_2020_S + 200
NUMBERS = {
    "detail": 0,
    "start_s2020": START_S,
    "start_ms": 250,
    "duration_ms": 4200,
    "significant_duration_ms": 3100,
    "pga_x_ug": 100_000,
    "pga_y_ug": 250_000,
    "pga_z_ug": 50_000,
    "arias_x_um_per_s": 1000,
    "arias_y_um_per_s": 2000,
    "arias_z_um_per_s": 500,
    "cav_x_um_per_s": 300_000,
    "cav_y_um_per_s": 400_000,
    "cav_z_um_per_s": 90_000,
}
BEGUN_MS = T0_MS + 200_250


@pytest.fixture
def shaken(dam, tmp_path):
    made = Chain(replace(dam, strong_motion=(SHAKES,), thresholds=(*dam.thresholds, LIMIT)), tmp_path)
    yield made
    made.close()


def told(rows, seq=99, off_ms=0, **changed) -> RawRow:
    values = tuple(
        RawValue(f"strong_motion.{name}", float(number), 0) for name, number in {**NUMBERS, **changed}.items()
    )
    row = rows.row("a", 1, values, seq=seq)
    return replace(row, block=EVENT_BLOCK, time_ms=row.time_ms + off_ms)


def latest(chain):
    return {
        quantity: one
        for (point, quantity), one in chain.reader.latest().items()
        if point == "P1" and one.calibration == strong_motion.LABEL
    }


def test_an_event_is_readings_at_the_time_it_began_and_raises_a_level_at_once(shaken, rows):
    shaken.take(told(rows))
    found = latest(shaken)
    assert {name: round(one.value, 4) for name, one in found.items()} == {
        "peak_acceleration": 2.4517,
        "peak_acceleration_z": 0.4903,
        "arias_intensity": 0.0035,
        "cumulative_absolute_velocity": 0.4,
        "shaking_duration": 4.2,
        "significant_duration": 3.1,
    }
    peak = found["peak_acceleration"]
    assert (peak.time_ms, peak.inputs, peak.quality) == (BEGUN_MS, ("a:7:99",), Quality.GOOD)
    assert (peak.judged, peak.level) == (True, Level.RED)
    assert shaken.kinds() == ["strong_motion", "level"]
    (told_of,) = [one for one in shaken.reader.events() if one.kind == "strong_motion"]
    assert (told_of.time_ms, told_of.logger) == (BEGUN_MS, "a")


@pytest.mark.parametrize("detail", [1, 2, 4, 7])
def test_a_record_of_a_part_is_at_least_and_still_judged(shaken, rows, detail):
    shaken.take(told(rows, detail=detail))
    found = latest(shaken)
    assert {one.bound for name, one in found.items() if name != "significant_duration"} == {"at_least"}
    assert {one.quality for one in found.values()} == {Quality.SUSPECT}
    assert "level" in shaken.kinds()


def test_without_a_set_clock_the_record_s_own_time_counts(shaken, rows):
    shaken.take(told(rows, start_s2020=MISSING_I32, start_ms=MISSING_I32))
    assert latest(shaken)["peak_acceleration"].time_ms == T0_MS + SCAN_MS


def test_a_start_behind_the_record_is_none(shaken, rows):
    shaken.take(told(rows, start_s2020=START_S + 10_000_000))
    assert latest(shaken)["peak_acceleration"].time_ms == T0_MS + SCAN_MS


def test_the_largest_of_two_axes_is_at_least(shaken, rows):
    shaken.take(told(rows, pga_y_ug=MISSING_I32))
    found = latest(shaken)
    peak = found["peak_acceleration"]
    assert (round(peak.value, 4), peak.bound, peak.quality) == (0.9807, "at_least", Quality.SUSPECT)
    assert peak.reasons[0] == "the record was without an axis"
    assert found["cumulative_absolute_velocity"].bound == found["peak_acceleration_z"].bound == ""


def test_a_record_dated_ahead_and_a_second_word_are_told_and_not_judged(shaken, rows):
    shaken.take(told(rows, off_ms=3_600_000), at_ms=T0_MS + SCAN_MS)
    assert not latest(shaken)
    assert "strong_motion" not in shaken.kinds()
    shaken.take(told(rows))
    shaken.take(told(rows, seq=100, pga_y_ug=1))
    assert latest(shaken)["peak_acceleration"].value == pytest.approx(2.4517, abs=1e-4)
    assert "conflict" in shaken.kinds()


def test_it_is_equal_after_a_restart_and_of_its_own_dates_only(shaken, rows):
    shaken.take(told(rows))
    before = latest(shaken)
    shaken.close()
    shaken.open()
    shaken.judge()
    assert latest(shaken) == before
    ended = replace(SHAKES, valid_to_ms=BEGUN_MS)
    assert not list(
        strong_motion.readings(replace(shaken.site, strong_motion=(ended,)), "a", BEGUN_MS, "", NUMBERS)
    )


def test_wrong_entries_are_named_all_at_once():
    text = (
        DAM.read_text()
        + """
[[strong_motion]]
point = "P9"
logger = "x"
valid_from = 2016-01-01T00:00:00Z

[[strong_motion]]
point = "P1"
logger = "a"
valid_from = 2015-01-01T00:00:00Z

[[strong_motion]]
point = "P1"
logger = "b"
valid_from = 2016-01-01T00:00:00Z
valid_to = 2015-01-01T00:00:00Z

[[strong_motion]]
point = "P1"
logger = "b"
valid_from = 2016-01-01T00:00:00Z

[[threshold]]
set = "s1"
point = "P1"
quantity = "peak_acceleration"
direction = "rate_up"
yellow = 0.5
orange = 1.0
red = 2.0
deadband = 0.0
delay_count = 3
rate_window_s = 60
"""
    )
    with pytest.raises(SiteError) as caught:
        parse_site(text)
    assert [problem.path for problem in caught.value.problems] == [
        "strong_motion[1].point",
        "strong_motion[1].logger",
        "strong_motion[3].valid_to",
        "strong_motion[4].point",
        "threshold[2].delay_count",
        "threshold[2].direction",
    ]
