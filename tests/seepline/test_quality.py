"""Flags explain a value; they never mute it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.quality import Flag, aggregate, evaluate, gross_range, judge, stuck
from seepline.reading import Quality, RawReading, Reading
from seepline.site import Assignment, Calibration, Instrument, Point, Site, SiteInfo
from seepline.site_wiring import Channel


def channel(stuck_after=None, resolution=None):
    where = {"id": "rain", "logger": "wa", "block": 1, "slot": 1}
    return Channel(kind="voltage", unit="mV", stuck_after=stuck_after, resolution=resolution, **where)


def reading(value, quality=Quality.GOOD, judged=True):
    return Reading(
        point="P",
        instrument="i",
        quantity="temperature",
        time_ms=0,
        value=value,
        quality=quality,
        calibration="c:1",
        judged=judged,
    )


@pytest.mark.parametrize(
    ("value", "quality"),
    [(-60.1, Quality.FAIL), (-60.0, Quality.GOOD), (80.0, Quality.GOOD), (80.1, Quality.FAIL)],
)
def test_gross_range_fails_outside_what_nature_allows(value, quality):
    flag = gross_range("temperature", value)
    assert flag.quality is quality
    assert bool(flag.reason) is (quality is Quality.FAIL)


@pytest.mark.parametrize(
    ("values", "quality"),
    [
        ([5.0, 5.0, 5.0], Quality.SUSPECT),
        ([5.0, 5.0009, 5.0], Quality.SUSPECT),
        ([2923.0, 2923.001, 2923.0], Quality.GOOD),
        ([4.0, 5.0, 5.0], Quality.GOOD),
        ([5.0, 5.0], Quality.NOT_EVALUATED),
        ([5.0], Quality.NOT_EVALUATED),
        ([4.0, 5.0], Quality.GOOD),
    ],
)
def test_stuck_is_so_many_equal_raw_readings_within_the_resolution(values, quality):
    assert stuck(channel(3, 0.001), values).quality is quality


@pytest.mark.parametrize("undeclared", [channel(), channel(stuck_after=3), channel(resolution=0.1)])
def test_stuck_is_not_evaluated_unless_both_are_declared(undeclared):
    assert stuck(undeclared, [5.0, 5.0, 5.0]).quality is Quality.NOT_EVALUATED


def test_a_good_test_never_hides_one_that_was_not_run():
    good, unknown = Flag(Quality.GOOD), Flag(Quality.NOT_EVALUATED)
    suspect, fail = Flag(Quality.SUSPECT), Flag(Quality.FAIL)
    assert aggregate([good, good]) is Quality.GOOD
    assert aggregate([good, unknown]) is Quality.NOT_EVALUATED
    assert aggregate([unknown, suspect]) is Quality.SUSPECT
    assert aggregate([suspect, fail, good]) is Quality.FAIL


@given(
    st.sampled_from([Quality.GOOD, Quality.SUSPECT]), st.lists(st.sampled_from(Quality).filter(lambda q: q < 9))
)
def test_no_flag_takes_a_reading_out_of_judgement(status, qualities):
    before = reading(12.5, status)
    after = judge(before, [Flag(quality, "a reason") for quality in qualities])
    assert (after.value, after.judged) == (12.5, True)
    assert judge(before, [Flag(quality, "a reason") for quality in qualities]) == after


def test_a_missing_value_keeps_its_own_flag():
    missing = reading(None, Quality.MISSING, judged=False)
    assert judge(missing, [Flag(Quality.FAIL, "a reason")]) == missing


SCAN_MS = 900_000


def site_of(fitted):
    return Site(
        info=SiteInfo(id="m", name="m", timezone="UTC", datum="d", grey_above_share=0.5),
        channels=(fitted,),
        points=(
            Point(
                id="B",
                section="s",
                kind="barometer",
                easting_m=0.0,
                northing_m=0.0,
                elevation_m=0.0,
                failure_mode="",
                critical=False,
            ),
        ),
        instruments=(Instrument(id="b", kind="barometer", maker="", serial="1"),),
        assignments=(Assignment(point="B", instrument="b", inputs={"voltage": "wa/rain"}, valid_from_ms=0),),
        calibrations=(
            Calibration(
                id="c",
                version=1,
                instrument="b",
                valid_from_ms=0,
                valid_to_ms=None,
                form="linear",
                source="test",
                input_unit="mV",
                output_unit="hPa",
                coefficients={"gain": 0.24, "offset": 500.0},
            ),
        ),
    )


def evaluated(fitted, values):
    """Return the readings of consecutive scans, asked for newest first."""
    raw = {n * SCAN_MS: RawReading("wa/rain", n * SCAN_MS, value) for n, value in enumerate(values)}

    def previous(name, time_ms, n):
        return sorted((one for at, one in raw.items() if at < time_ms), key=lambda one: -one.time_ms)[:n]

    site = site_of(fitted)
    made = [
        evaluate(site, site.assignments[0], time_ms, lambda name, at, age: raw.get(at), previous)[0]
        for time_ms in sorted(raw, reverse=True)
    ]
    return made[::-1]


def test_a_stuck_voltage_is_suspect_and_stays_judged():
    made = evaluated(channel(3, 1.0), [2056.0, 2058.0, 2058.0, 2058.0, 2060.0])
    assert [one.quality.name for one in made] == ["NOT_EVALUATED", "GOOD", "GOOD", "SUSPECT", "GOOD"]
    assert all(one.judged for one in made)
    assert made[3].reasons == ("wa/rain is stuck: 3 equal raw readings in a row",)


def test_without_a_declared_resolution_the_aggregate_says_not_evaluated():
    assert [one.quality for one in evaluated(channel(), [2056.0, 2058.0])] == [Quality.NOT_EVALUATED] * 2


def test_an_impossible_value_fails_keeps_its_value_and_is_judged():
    (made,) = evaluated(channel(), [9000.0])
    assert (made.quality, made.value, made.judged) == (Quality.FAIL, pytest.approx(266.0), True)


def test_a_missing_reading_between_equal_ones_is_no_value_of_the_run():
    made = evaluated(channel(3, 1.0), [2058.0, None, 2058.0, 2058.0])
    assert [one.quality for one in made] == [
        Quality.NOT_EVALUATED,
        Quality.MISSING,
        Quality.NOT_EVALUATED,
        Quality.NOT_EVALUATED,
    ]
